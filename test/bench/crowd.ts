// Run in a process of its own: so many labs with so many running pods each, and what they add to the memory of a
// server and use of a core while nothing happens. Prints one line of JSON.

import { setTimeout as sleep } from 'node:timers/promises';
import { createLabHost } from '../../lab/node/host.ts';
import { kubectlPath } from '../../server/kubectl/kubectl.ts';
import { connectCluster } from './cluster.ts';

export interface Crowd {
	/** Resident memory above the process without a lab, in MB. */
	megabytes: number;
	/** Of one core, while all pods run and nobody asks for anything. */
	idlePercent: number;
}

const [labs, pods] = process.argv.slice(2).map(Number);
const idleMs = 10_000;
/** Until what the start leaves to do is done, and its memory given back. */
const settleMs = 20_000;
const deployments = '/apis/apps/v1/namespaces/default/deployments';

const deployment = (replicas: number) => ({
	apiVersion: 'apps/v1',
	kind: 'Deployment',
	metadata: { name: 'web' },
	spec: {
		replicas,
		selector: { matchLabels: { app: 'web' } },
		template: {
			metadata: { labels: { app: 'web' } },
			spec: { containers: [{ name: 'nginx', image: 'nginx:1.27' }] },
		},
	},
});

const residentMegabytes = () => process.memoryUsage.rss() / 1e6;

const kubectl = await kubectlPath();
const host = createLabHost();
const before = residentMegabytes();
for (let count = 0; count < labs; count++) {
	const lab = await host.create({ nodes: Math.max(3, Math.ceil(pods / 100)), pace: 'fast' });
	const cluster = await connectCluster(kubectl, lab.kubeconfig);
	await cluster.request('POST', deployments, deployment(pods));
	await cluster.eventually(async () => {
		const { status } = JSON.parse(await cluster.request('GET', `${deployments}/web`));
		if (status.availableReplicas !== pods) throw new Error(`only ${status.availableReplicas} are available`);
	});
	await cluster.close();
	await lab.setPace('real');
}
await sleep(settleMs);
const used = process.cpuUsage();
await sleep(idleMs);
const { user, system } = process.cpuUsage(used);
const result: Crowd = {
	megabytes: residentMegabytes() - before,
	idlePercent: (user + system) / 10 / idleMs,
};
console.log(JSON.stringify(result));
await host.close();
