// How long a StatefulSet takes to be ready.

import type { Cluster } from './cluster.ts';
import { medianOf, type Numbers, timed } from './measure.ts';

const statefulSet = {
	apiVersion: 'apps/v1',
	kind: 'StatefulSet',
	metadata: { name: 'web' },
	spec: {
		serviceName: 'web',
		replicas: 2,
		selector: { matchLabels: { app: 'web' } },
		template: {
			metadata: { labels: { app: 'web' } },
			spec: {
				terminationGracePeriodSeconds: 1,
				containers: [{ name: 'nginx', image: 'nginx:1.27' }],
			},
		},
	},
};

export async function measureStartup(cluster: Cluster): Promise<Numbers> {
	const name = `bench-startup-${process.pid}`;
	const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
	await cluster.request('POST', '/api/v1/namespaces', namespace);
	try {
		await cluster.eventually(() =>
			cluster.request('GET', `/api/v1/namespaces/${name}/serviceaccounts/default`),
		);
		const ms = await medianOf(async () => {
			const ready = await timed(async () => {
				await cluster.request('POST', `/apis/apps/v1/namespaces/${name}/statefulsets`, statefulSet);
				await cluster.kubectl('rollout', 'status', 'statefulset/web', '-n', name, '--timeout=120s');
			});
			await cluster.kubectl('delete', 'statefulset/web', '-n', name, '--cascade=foreground');
			return ready;
		});
		return { 'StatefulSet of 2 to ready (embedded: fast)': ms / 1000 };
	} finally {
		await cluster.request('DELETE', `/api/v1/namespaces/${name}`);
	}
}
