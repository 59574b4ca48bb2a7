// What the browser runs: a cluster in the page, and a pod in it.

import { createHostClock } from '../../lab/clock.ts';
import { createLab, type Lab } from '../../lab/index.ts';
import type { Pod, ServiceAccount } from '../../lab/schema/types.ts';

/** Resolves with the first object of the resource that the condition holds for. */
function until<T extends Pod | ServiceAccount>(
	lab: Lab,
	resource: string,
	condition: (object: T) => boolean,
): Promise<T> {
	return new Promise((resolve) => {
		const stop = lab.client.watch<T>(resource, ({ type, object }) => {
			if (type === 'DELETED' || !condition(object)) return;
			resolve(object);
			queueMicrotask(() => stop());
		});
	});
}

/** Boots a cluster of one node, runs an nginx pod to Ready, and asks the API for it as a client would. */
export async function runPod(): Promise<{ phase: string; node: string; answer: string }> {
	const lab = createLab({ nodes: 1, clock: createHostClock('fast'), seed: 1 });
	try {
		await until<ServiceAccount>(lab, 'serviceaccounts', ({ metadata }) => metadata.namespace === 'default');
		lab.client.create<Pod>('pods', {
			apiVersion: 'v1',
			kind: 'Pod',
			metadata: { name: 'web', namespace: 'default' },
			spec: { containers: [{ name: 'nginx', image: 'nginx:1.27' }] },
		});
		const pod = await until<Pod>(
			lab,
			'pods',
			({ status }) =>
				status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false,
		);
		const response = await lab.api.handle({
			method: 'GET',
			path: '/api/v1/namespaces/default/pods/web',
			query: new URLSearchParams(),
			headers: { accept: 'application/json' },
			user: { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] },
			signal: new AbortController().signal,
		});
		return {
			phase: pod.status?.phase ?? '',
			node: pod.spec?.nodeName ?? '',
			answer: `${response.status} ${response.headers['content-type']}`,
		};
	} finally {
		lab.stop();
	}
}
