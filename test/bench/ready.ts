// Run in a process of its own: how long a StatefulSet of two takes at the fast pace from its creation until both
// pods are Ready, one after the other. Prints one line of JSON.

import { setTimeout as sleep } from 'node:timers/promises';
import { createHostClock } from '../../lab/clock.ts';
import { isPodReady } from '../../lab/controllers/pod-state.ts';
import { createLab } from '../../lab/index.ts';
import type { Draft, Pod, StatefulSet } from '../../lab/schema/types.ts';
import { medianOf } from './measure.ts';

export interface Ready {
	/** The first set of the process: its nodes pull the image, and the image's code is loaded. */
	coldMs: number;
	/** The median of five, with the image on the nodes. */
	warmMs: number;
}

const lab = createLab({ nodes: 2, clock: createHostClock('fast'), seed: 1 });

const statefulSet = (name: string): Draft<StatefulSet> => ({
	apiVersion: 'apps/v1',
	kind: 'StatefulSet',
	metadata: { name, namespace: 'default' },
	spec: {
		serviceName: name,
		replicas: 2,
		selector: { matchLabels: { app: name } },
		template: {
			metadata: { labels: { app: name } } as never,
			spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'nginx', image: 'nginx:1.27' }] },
		},
	},
});

/** Milliseconds until both are Ready; the set is gone again when it resolves. */
async function untilReady(name: string): Promise<number> {
	const both = Promise.withResolvers<void>();
	const started = performance.now();
	const end = lab.client.watch<Pod>('pods', () => {
		if (lab.client.list('pods', 'default', isPodReady).length === 2) both.resolve();
	});
	lab.client.create('statefulsets.apps', statefulSet(name));
	await both.promise;
	const ms = performance.now() - started;
	end();
	lab.client.delete('statefulsets.apps', 'default', name);
	while (lab.client.list('pods').length > 0) await sleep(20);
	return ms;
}

const coldMs = await untilReady('cold');
const warmMs = await medianOf((round) => untilReady(`warm-${round}`));
lab.stop();
const result: Ready = { coldMs, warmMs };
console.log(JSON.stringify(result));
