// npm run bench: how fast the embedded lab is on this machine, each number the median of five. Where
// KUBECONFIG_PEER names the kubeconfig of a real cluster, what can be asked of it stands beside.

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createHostClock } from '../../lab/clock.ts';
import { createLab } from '../../lab/index.ts';
import { createLabHost } from '../../lab/node/host.ts';
import type { ConfigMap } from '../../lab/schema/types.ts';
import { kubectlPath } from '../../server/kubectl/kubectl.ts';
import type { Boot } from './boot.ts';
import { connectCluster } from './cluster.ts';
import type { Crowd } from './crowd.ts';
import { measureLists } from './lists.ts';
import { median, medianOf, type Numbers, print, type Row } from './measure.ts';
import type { Ready } from './ready.ts';
import { measureRequests } from './requests.ts';
import { measureStartup } from './startup.ts';

/** What a file of this folder prints, run in a process of its own. */
async function ownProcess<T>(name: string, ...args: string[]): Promise<T> {
	const file = fileURLToPath(new URL(name, import.meta.url));
	const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', file, ...args]);
	return JSON.parse(stdout) as T;
}

/** Each in a process of its own, five times. */
async function ownProcesses<T>(name: string): Promise<T[]> {
	const results: T[] = [];
	for (let round = 0; round < 5; round++) results.push(await ownProcess<T>(name));
	return results;
}

async function boots(): Promise<Row[]> {
	const results = await ownProcesses<Boot>('boot.ts');
	const of = (pick: (boot: Boot) => number) => median(results.map(pick));
	return [
		{
			what: 'first lab: worker and all to 3 Ready nodes',
			unit: 'ms',
			here: of((boot) => boot.firstMs),
			goal: '300',
		},
		{
			what: 'second lab: start to 3 Ready nodes',
			unit: 'ms',
			here: of((boot) => boot.secondMs),
			goal: '100',
		},
		{ what: 'first lab: memory', unit: 'MB', here: of((boot) => boot.firstMegabytes), goal: '60' },
		{ what: 'second lab: memory', unit: 'MB', here: of((boot) => boot.secondMegabytes), goal: '10' },
	];
}

async function setsOfTwo(): Promise<Row[]> {
	const results = await ownProcesses<Ready>('ready.ts');
	const unit = 'ms';
	return [
		{
			what: 'StatefulSet of 2 to Ready, fast, image on its nodes',
			unit,
			here: median(results.map(({ warmMs }) => warmMs)),
			goal: '50',
		},
		{
			what: 'StatefulSet of 2 to Ready, fast, first of a process',
			unit,
			here: median(results.map(({ coldMs }) => coldMs)),
		},
	];
}

/** Once each: it is what is left after a while that counts, and that hardly varies. */
async function crowds(): Promise<Row[]> {
	const one = await ownProcess<Crowd>('crowd.ts', '1', '1000');
	const many = await ownProcess<Crowd>('crowd.ts', '200', '5');
	return [
		{ what: '1 lab of 1,000 running pods: memory', unit: 'MB', here: one.megabytes, goal: '250' },
		{ what: '1 lab of 1,000 running pods: idle', unit: '% of a core', here: one.idlePercent, goal: '5' },
		{ what: '200 labs of 5 running pods: memory', unit: 'MB', here: many.megabytes, goal: '2000' },
		{ what: '200 labs of 5 running pods: idle', unit: '% of a core', here: many.idlePercent },
	];
}

async function writesInProcess(): Promise<number> {
	const writes = 2000;
	return medianOf(async () => {
		const lab = createLab({ nodes: 1, clock: createHostClock('fast'), seed: 1 });
		const started = performance.now();
		for (let number = 0; number < writes; number++)
			lab.client.create<ConfigMap>('configmaps', {
				apiVersion: 'v1',
				kind: 'ConfigMap',
				metadata: { name: `config-${number}`, namespace: 'default' },
				data: { greeting: 'hello', subject: 'world' },
			});
		const seconds = (performance.now() - started) / 1000;
		lab.stop();
		return writes / seconds;
	});
}

/** What any cluster can be asked. */
async function askCluster(kubectl: string, kubeconfig: string): Promise<Numbers> {
	const cluster = await connectCluster(kubectl, kubeconfig);
	try {
		return {
			...(await measureRequests(cluster)),
			...(await measureLists(cluster)),
			...(await measureStartup(cluster)),
		};
	} finally {
		await cluster.close();
	}
}

/** By what they are; what is not named here is a number a second without a goal. */
const known: Record<string, Pick<Row, 'unit' | 'goal'>> = {
	'requests over HTTPS, 1,000 watchers in 100 namespaces': { unit: '/s', goal: '1500' },
	'first 500 of 10,000 pods, a Table': { unit: 'ms', goal: '25' },
	'all 10,000 pods in pages of 500, Tables': { unit: 'ms', goal: '400' },
	'StatefulSet of 2 to ready (embedded: fast)': { unit: 's' },
};

async function clusters(peerFile: string | undefined): Promise<Row[]> {
	const kubectl = await kubectlPath();
	const host = createLabHost();
	try {
		const lab = await host.create({ nodes: 3, pace: 'fast' });
		const here = await askCluster(kubectl, lab.kubeconfig);
		const peer: Numbers = peerFile ? await askCluster(kubectl, await readFile(peerFile, 'utf8')) : {};
		return Object.keys(here).map((what) => ({
			what,
			...(known[what] ?? { unit: '/s' }),
			here: here[what],
			peer: peer[what],
		}));
	} finally {
		await host.close();
	}
}

const peerFile = process.env.KUBECONFIG_PEER;
const inProcess: Row = {
	what: 'creates in the process',
	unit: '/s',
	here: await writesInProcess(),
	goal: '5000',
};
print(
	[...(await boots()), ...(await setsOfTwo()), ...(await crowds()), inProcess, ...(await clusters(peerFile))],
	peerFile !== undefined,
);
