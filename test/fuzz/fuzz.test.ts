// 100,000 random requests: never a 500, never a hung watch, never a store whose parts disagree. FUZZ_SEED and
// FUZZ_REQUESTS replay or lengthen it; a failure tells the seed, the number of the request and the request.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiResponse } from '../../lab/api/http.ts';
import { createApiServer } from '../../lab/api/server.ts';
import { createVirtualClock } from '../../lab/clock.ts';
import { createRandom } from '../../lab/random.ts';
import type { KubernetesObject } from '../../lab/schema/types.ts';
import { Generator } from './generator.ts';
import { Invariants } from './invariants.ts';
import { objects, widgets } from './objects.ts';
import type { FuzzRequest } from './request.ts';

const seed = Number(process.env.FUZZ_SEED ?? 1);
const requests = Number(process.env.FUZZ_REQUESTS ?? 100_000);

function startServer() {
	const clock = createVirtualClock();
	const random = createRandom(seed);
	const server = createApiServer({ clock, random, connectorOf: () => undefined, historyLimit: 512 });
	return { clock, ...server };
}

type Server = ReturnType<typeof startServer>;

function prepare({ client }: Server): void {
	for (const name of ['default', 'other']) {
		client.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
		client.create('serviceaccounts', {
			apiVersion: 'v1',
			kind: 'ServiceAccount',
			metadata: { name: 'default', namespace: name },
		});
	}
	client.create('customresourcedefinitions.apiextensions.k8s.io', widgets);
}

/** What random requests may have taken away, so that there is something to work on. */
function restore(server: Server): void {
	const { client } = server;
	for (const name of ['default', 'other']) {
		if (client.get('namespaces', '', name)) continue;
		client.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
	}
	for (const namespace of ['default', 'other'])
		try {
			if (!client.get('serviceaccounts', namespace, 'default'))
				client.create('serviceaccounts', {
					apiVersion: 'v1',
					kind: 'ServiceAccount',
					metadata: { name: 'default', namespace },
				});
		} catch {
			// The namespace is going.
		}
	const definitions = 'customresourcedefinitions.apiextensions.k8s.io';
	if (!client.get(definitions, '', widgets.metadata.name)) client.create(definitions, widgets);
}

/** A watch over HTTP that lasts the whole test. */
function follow({ http }: Server, path: string, query: string) {
	const abort = new AbortController();
	const events: { type: string; object: KubernetesObject }[] = [];
	const ended = (async () => {
		const { body } = await http.handle({
			method: 'GET',
			path,
			query: new URLSearchParams(`watch=true&${query}`),
			headers: {},
			user: { username: 'admin', groups: ['system:masters'] },
			signal: abort.signal,
		});
		assert.ok(typeof body === 'object' && Symbol.asyncIterator in body, `${path} is a stream`);
		for await (const chunk of body)
			for (const line of String(chunk).split('\n')) if (line) events.push(JSON.parse(line));
	})();
	return {
		/** Ends the watch, and gives what it told. */
		async end() {
			abort.abort();
			await ended;
			return events;
		},
	};
}

const shown = ({ method, path, query, headers, body }: FuzzRequest) =>
	`${method} ${path}?${query} ${JSON.stringify(headers)} ${body ? new TextDecoder().decode(body) : ''}`;

/** Reads a stream to its end, which an aborted request must bring about. */
async function drained(body: ApiResponse['body'], abort: AbortController): Promise<string> {
	if (typeof body === 'string') return body;
	if (body instanceof Uint8Array) return '';
	queueMicrotask(() => abort.abort());
	let text = '';
	for await (const chunk of body) text += chunk;
	return text;
}

test(`${requests} random requests, seed ${seed}`, async () => {
	const server = startServer();
	prepare(server);
	/** Every change of a ConfigMap, as `MODIFIED 12`. */
	const told: string[] = [];
	const invariants = new Invariants(server.client, server.registry, (resource, type, { metadata }) => {
		if (resource === 'configmaps') told.push(`${type} ${metadata.resourceVersion}`);
	});
	const since = `resourceVersion=${server.client.get('namespaces', '', 'default')?.metadata.resourceVersion}`;
	const whole = follow(server, '/api/v1/configmaps', since);
	const selected = follow(
		server,
		'/api/v1/namespaces/default/configmaps',
		`${since}&labelSelector=app%3Dweb`,
	);
	const generator = new Generator(createRandom(seed));
	const counts = new Map<number, number>();
	/** Each answer that should not be, with the first request that gets it. */
	const failures = new Map<string, string>();
	for (let number = 0; number < requests; number++) {
		const request = generator.next();
		const abort = new AbortController();
		const where = () => `seed ${seed}, request ${number}: ${shown(request)}`;
		const response = await server.http.handle({
			...request,
			user: { username: 'admin', groups: ['system:masters'] },
			signal: abort.signal,
		});
		counts.set(response.status, (counts.get(response.status) ?? 0) + 1);
		const text = await drained(response.body, abort);
		if (response.status === 500) failures.set(text, failures.get(text) ?? where());
		if (response.status < 300 && typeof response.body === 'string' && text.startsWith('{"')) {
			const object = JSON.parse(text) as { kind?: string; metadata?: { name?: string; namespace?: string } };
			const { name, namespace } = object.metadata ?? {};
			const seedling = objects.find((each) => each.object.kind === object.kind);
			if (seedling && name) {
				const at = seedling.path.lastIndexOf('/');
				const [root, plural] = [seedling.path.slice(0, at), seedling.path.slice(at)];
				const space = namespace ? `/namespaces/${namespace}` : '';
				generator.learn(`${root}${space}${plural}/${encodeURIComponent(name)}`, object);
			}
		}
		if (number % 500 === 0) {
			await server.clock.advance(1000);
			try {
				invariants.check();
			} catch (error) {
				throw new Error(`${where()}: ${(error as Error).message}`, { cause: error });
			}
			restore(server);
		}
	}
	await server.clock.advance(1000);
	invariants.check();
	assert.deepEqual(
		(await whole.end()).map(({ type, object }) => `${type} ${object.metadata.resourceVersion}`),
		told,
		'a watch over HTTP sees exactly the history',
	);
	const replayed = new Map<string, string>();
	for (const { type, object } of await selected.end()) {
		const { name, resourceVersion } = object.metadata;
		assert.equal(replayed.has(name), type !== 'ADDED', `${type} ${name} fits what was told before`);
		if (type === 'DELETED') replayed.delete(name);
		else replayed.set(name, resourceVersion);
	}
	const remaining = server.client
		.list<KubernetesObject>('configmaps', 'default')
		.filter(({ metadata }) => metadata.labels?.app === 'web');
	assert.deepEqual(
		[...replayed].sort(),
		remaining.map(({ metadata }) => [metadata.name, metadata.resourceVersion]),
		'a watch with a selector ends with what a list with it has',
	);
	assert.deepEqual([...failures], []);
	for (const status of [200, 201, 400, 404, 409, 422])
		assert.ok((counts.get(status) ?? 0) > 0, `some requests answer ${status}`);
});
