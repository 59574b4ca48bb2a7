// How programs in a pod talk to the API server: the address from the environment, the token and the authority from
// the service account's volume (kubernetes.io/docs/tasks/run-application/access-api-from-pod).
import { concat } from '../../bytes.ts';
import type { HttpRequest } from '../../network/http.ts';
import { decode, encode } from '../byte-text.ts';
import type { Process } from '../process.ts';
import {
	connectFirst,
	exchange,
	type HttpUrl,
	hostField,
	type ReceivedResponse,
	secure,
} from './http-client.ts';

const account = '/var/run/secrets/kubernetes.io/serviceaccount';

export interface ApiCall {
	method: string;
	/** With the query. */
	target: string;
	accept?: string;
	body?: { type: string; text: string };
	signal?: AbortSignal;
}

export interface ClusterClient {
	/** The pod's own. */
	readonly namespace: string;
	/** As `10.96.0.1:443`. */
	readonly server: string;
	/** Asks, and gives the head of the answer; the body streams. Throws SystemError and TlsError. */
	open(call: ApiCall): Promise<ReceivedResponse>;
	/** Asks, and reads the answer whole. */
	ask(call: ApiCall): Promise<{ status: number; text: string }>;
}

/** A client for the cluster that the process runs in; undefined where it has no service account. */
export function clusterClient(process: Process, userAgent: string): ClusterClient | undefined {
	const { files, env } = process;
	const host = env.get('KUBERNETES_SERVICE_HOST');
	const port = Number(env.get('KUBERNETES_SERVICE_PORT'));
	if (!host || !port || !files.exists(`${account}/token`)) return undefined;
	const url: HttpUrl = { scheme: 'https', host, port, target: '/' };
	const open: ClusterClient['open'] = async ({
		method,
		target,
		accept = 'application/json',
		body,
		signal,
	}) => {
		// Read anew each time: the kubelet renews the token.
		const token = files.readText(`${account}/token`).trim();
		const connection = await connectFirst(process, [host], port, signal);
		await secure(process, connection, url, files.readText(`${account}/ca.crt`), signal);
		const request: Omit<HttpRequest, 'version'> = {
			method,
			target,
			headers: [
				['Host', hostField(url)],
				['User-Agent', userAgent],
				['Accept', accept],
				['Authorization', `Bearer ${token}`],
				['Connection', 'close'],
			],
		};
		if (body) {
			const data = encode(body.text);
			request.headers.push(['Content-Type', body.type], ['Content-Length', String(data.length)]);
			request.body = (async function* () {
				yield data;
			})();
		}
		return exchange(connection, request, signal);
	};
	return {
		namespace: files.readText(`${account}/namespace`).trim(),
		server: `${host}:${port}`,
		open,
		async ask(call) {
			const { status, body } = await open(call);
			const parts: Uint8Array[] = [];
			for await (const part of body ?? []) {
				process.allocate(part.length);
				parts.push(part);
			}
			return { status, text: decode(concat(parts)) };
		},
	};
}
