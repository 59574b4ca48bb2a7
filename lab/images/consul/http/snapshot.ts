// /v1/snapshot: the whole state, out and in.
import { decodeBase64, encodeBase64 } from '../../../base64.ts';
import type { Route } from './route.ts';

const maximumArchive = 64 * 1024 * 1024;

export const snapshotRoutes: readonly Route[] = [
	{
		method: 'GET',
		path: '/v1/snapshot',
		async answer({ call }) {
			const { index, archive } = (await call('Snapshot.Save', {})) as { index: number; archive: string };
			return {
				bytes: decodeBase64(archive),
				headers: [['X-Consul-Index', String(index)]],
				type: 'application/x-gzip',
			};
		},
	},
	{
		method: 'PUT',
		path: '/v1/snapshot',
		async answer({ call, body }) {
			await call('Snapshot.Restore', { archive: encodeBase64(await body(maximumArchive)) });
			return {};
		},
	},
];
