// npm run bench: how fast the embedded lab is on this machine, each number the median of five. Where
// KUBECONFIG_PEER names the kubeconfig of a real cluster, what can be asked of it stands beside.

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createFastClock } from '../../lab/clock.ts';
import { createLab } from '../../lab/index.ts';
import { createLabHost } from '../../lab/node/host.ts';
import type { ConfigMap, Draft, Namespace } from '../../lab/schema/types.ts';
import { kubectlPath } from '../../server/kubectl/kubectl.ts';
import type { Boot } from './boot.ts';
import { type Cluster, connectCluster } from './cluster.ts';

const rounds = 5;

interface Row {
	what: string;
	unit: string;
	here?: number;
	peer?: number;
	goal?: string;
}

function median(numbers: number[]): number {
	return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)];
}

async function medianOf(measure: (round: number) => Promise<number>): Promise<number> {
	const numbers: number[] = [];
	for (let round = 0; round < rounds; round++) numbers.push(await measure(round));
	return median(numbers);
}

async function boots(): Promise<Row[]> {
	const file = fileURLToPath(new URL('boot.ts', import.meta.url));
	const results: Boot[] = [];
	for (let round = 0; round < rounds; round++) {
		const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', file]);
		results.push(JSON.parse(stdout) as Boot);
	}
	const of = (pick: (boot: Boot) => number) => median(results.map(pick));
	return [
		{
			what: 'first lab: start to 3 Ready nodes',
			unit: 'ms',
			here: of((boot) => boot.firstMs),
			goal: '300',
		},
		{ what: 'second lab: start to 3 Ready nodes', unit: 'ms', here: of((boot) => boot.secondMs) },
		{ what: 'first lab: memory', unit: 'MB', here: of((boot) => boot.firstMegabytes), goal: '60' },
		{ what: 'second lab: memory', unit: 'MB', here: of((boot) => boot.secondMegabytes) },
	];
}

const configMap = (namespace: string, name: string): Draft<ConfigMap> => ({
	apiVersion: 'v1',
	kind: 'ConfigMap',
	metadata: { name, namespace },
	data: { greeting: 'hello', subject: 'world' },
});

async function writesInProcess(): Promise<number> {
	const writes = 2000;
	return medianOf(async () => {
		const lab = createLab({ nodes: 1, clock: createFastClock(), seed: 1 });
		lab.client.create<Namespace>('namespaces', {
			apiVersion: 'v1',
			kind: 'Namespace',
			metadata: { name: 'bench' },
			spec: {},
		});
		const started = performance.now();
		for (let number = 0; number < writes; number++)
			lab.client.create<ConfigMap>('configmaps', configMap('bench', `config-${number}`));
		const seconds = (performance.now() - started) / 1000;
		lab.stop();
		return writes / seconds;
	});
}

/** Requests a second, 16 at a time over one connection. */
async function rate(count: number, request: (number: number) => Promise<unknown>): Promise<number> {
	let next = 0;
	const started = performance.now();
	const client = async () => {
		while (next < count) await request(next++);
	};
	await Promise.all(Array.from({ length: 16 }, client));
	return count / ((performance.now() - started) / 1000);
}

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

/** What any cluster can be asked, in the order of `clusterRows`. */
async function askCluster(cluster: Cluster): Promise<number[]> {
	const namespace = `bench-${process.pid}`;
	const path = `/api/v1/namespaces/${namespace}/configmaps`;
	const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
	await cluster.request('POST', '/api/v1/namespaces', object);
	try {
		await cluster.kubectl('wait', '--for=create', '-n', namespace, 'serviceaccount/default', '--timeout=30s');
		const writes = await medianOf((round) =>
			rate(200, (number) => cluster.request('POST', path, configMap(namespace, `config-${round}-${number}`))),
		);
		const one = `${path}/config-0-0`;
		const reads = await medianOf(() => rate(1000, () => cluster.request('GET', one)));
		const startup = await medianOf(async () => {
			const sets = `/apis/apps/v1/namespaces/${namespace}/statefulsets`;
			const started = performance.now();
			await cluster.request('POST', sets, statefulSet);
			await cluster.kubectl('rollout', 'status', 'statefulset/web', '-n', namespace, '--timeout=120s');
			const seconds = (performance.now() - started) / 1000;
			await cluster.kubectl('delete', 'statefulset/web', '-n', namespace, '--cascade=foreground');
			return seconds;
		});
		return [writes, reads, startup];
	} finally {
		await cluster.request('DELETE', `/api/v1/namespaces/${namespace}`);
	}
}

const clusterRows: Row[] = [
	{ what: 'creates over HTTPS', unit: '/s' },
	{ what: 'gets over HTTPS', unit: '/s' },
	{ what: 'StatefulSet of 2 to ready (embedded: fast)', unit: 's' },
];

async function clusters(): Promise<Row[]> {
	const kubectl = await kubectlPath();
	const host = createLabHost();
	try {
		const lab = await host.create({ nodes: 3, pace: 'fast' });
		const here = await connectCluster(kubectl, lab.kubeconfig);
		const ours = await askCluster(here);
		await here.close();
		const peerFile = process.env.KUBECONFIG_PEER;
		let theirs: number[] = [];
		if (peerFile) {
			const peer = await connectCluster(kubectl, await readFile(peerFile, 'utf8'));
			theirs = await askCluster(peer);
			await peer.close();
		}
		return clusterRows.map((row, index) => ({ ...row, here: ours[index], peer: theirs[index] }));
	} finally {
		await host.close();
	}
}

function shown(number: number | undefined): string {
	if (number === undefined) return '';
	return number >= 100 ? Math.round(number).toString() : number.toFixed(number < 10 ? 2 : 1);
}

function print(rows: Row[]): void {
	const head = ['', 'here', ...(process.env.KUBECONFIG_PEER ? ['peer'] : []), 'unit', 'goal'];
	const cells = rows.map(({ what, unit, here, peer, goal = '' }) => [
		what,
		shown(here),
		...(process.env.KUBECONFIG_PEER ? [shown(peer)] : []),
		unit,
		goal,
	]);
	const widths = head.map((title, column) =>
		Math.max(title.length, ...cells.map((row) => row[column].length)),
	);
	for (const row of [head, ...cells])
		console.log(
			row
				.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
				.join('  '),
		);
}

const inProcess: Row = { what: 'creates in the process', unit: '/s', here: await writesInProcess() };
print([...(await boots()), inProcess, ...(await clusters())]);
