// Lists of ten thousand pods, as kubectl asks for them.

import type { Cluster } from './cluster.ts';
import { medianOf, type Numbers, rate, timed } from './measure.ts';

const count = 10_000;
const table = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

/** A pod that no scheduler looks at. */
const pod = (name: string) => ({
	apiVersion: 'v1',
	kind: 'Pod',
	metadata: { name, labels: { app: 'bench' } },
	spec: {
		schedulerName: 'nobody',
		containers: [
			{ name: 'main', image: 'nginx:1.27', ports: [{ containerPort: 80 }], env: [{ name: 'A', value: 'b' }] },
		],
	},
});

async function page(cluster: Cluster, path: string, token: string): Promise<string> {
	const next = token ? `&continue=${encodeURIComponent(token)}` : '';
	return cluster.request('GET', `${path}?limit=500${next}`, undefined, table);
}

async function wholeList(cluster: Cluster, path: string): Promise<void> {
	let token = '';
	let rows = 0;
	do {
		const answer = JSON.parse(await page(cluster, path, token)) as {
			metadata: { continue?: string };
			rows: unknown[];
		};
		token = answer.metadata.continue ?? '';
		rows += answer.rows.length;
	} while (token);
	if (rows !== count) throw new Error(`${path} gave ${rows} of ${count} pods`);
}

export async function measureLists(cluster: Cluster): Promise<Numbers> {
	const name = `bench-lists-${process.pid}`;
	const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
	await cluster.request('POST', '/api/v1/namespaces', namespace);
	const path = `/api/v1/namespaces/${name}/pods`;
	try {
		// A new namespace takes pods once its service account is complete.
		await cluster.eventually(() => cluster.request('POST', path, pod('first')));
		const creates = await rate(count - 1, (number) => cluster.request('POST', path, pod(`pod-${number}`)));
		const first = await medianOf(() => timed(() => page(cluster, path, '')));
		const whole = await medianOf(() => timed(() => wholeList(cluster, path)));
		return {
			'creates of pods over HTTPS': creates,
			'first 500 of 10,000 pods, a Table': first,
			'all 10,000 pods in pages of 500, Tables': whole,
		};
	} finally {
		await cluster.remove(`/api/v1/namespaces/${name}`);
	}
}
