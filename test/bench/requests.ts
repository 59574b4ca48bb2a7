// Requests a second over HTTPS while a thousand watchers are connected.

import type { Cluster } from './cluster.ts';
import { medianOf, type Numbers, rate } from './measure.ts';

const namespaceCount = 100;
const watchersEach = 10;
/** Four requests an object: create, read, change, delete. */
const objects = 500;

const configMap = (name: string) => ({
	apiVersion: 'v1',
	kind: 'ConfigMap',
	metadata: { name },
	data: { greeting: 'hello', subject: 'world' },
});

/** The namespaces are deleted in the end, which a cluster does in its own time. */
async function inNamespaces<T>(
	cluster: Cluster,
	count: number,
	action: (names: string[]) => Promise<T>,
): Promise<T> {
	const names = Array.from({ length: count }, (_, number) => `bench-${process.pid}-${number}`);
	await rate(count, (number) =>
		cluster.request('POST', '/api/v1/namespaces', {
			apiVersion: 'v1',
			kind: 'Namespace',
			metadata: { name: names[number] },
		}),
	);
	try {
		return await action(names);
	} finally {
		await rate(count, (number) => cluster.remove(`/api/v1/namespaces/${names[number]}`));
	}
}

async function requestsPerSecond(cluster: Cluster, paths: string[], round: number): Promise<number> {
	const perObject = await rate(objects, async (number) => {
		const path = paths[number % paths.length];
		const name = `config-${round}-${number}`;
		await cluster.request('POST', path, configMap(name));
		await cluster.request('GET', `${path}/${name}`);
		await cluster.request('PUT', `${path}/${name}`, { ...configMap(name), data: { greeting: 'bye' } });
		await cluster.request('DELETE', `${path}/${name}`);
	});
	return perObject * 4;
}

export async function measureRequests(cluster: Cluster): Promise<Numbers> {
	return inNamespaces(cluster, namespaceCount, async (names) => {
		const paths = names.map((name) => `/api/v1/namespaces/${name}/configmaps`);
		const alone = await medianOf((round) => requestsPerSecond(cluster, paths, round));
		let events = 0;
		const seen = (count: number) => {
			events += count;
		};
		const watches = await Promise.all(
			paths.flatMap((path) => Array.from({ length: watchersEach }, () => cluster.watch(path, seen))),
		);
		const eventRates: number[] = [];
		const watched = await medianOf(async (round) => {
			const before = events;
			const started = performance.now();
			const requests = await requestsPerSecond(cluster, paths, round + 10);
			// Three of the four requests change the object.
			await cluster.until(() => events - before >= objects * 3 * watchersEach);
			eventRates.push((events - before) / ((performance.now() - started) / 1000));
			return requests;
		});
		for (const end of watches) end();
		return {
			'requests over HTTPS': alone,
			'requests over HTTPS, 1,000 watchers in 100 namespaces': watched,
			'events to those watchers': eventRates.toSorted((one, other) => one - other)[2],
		};
	});
}
