import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubernetesObject } from '../../schema/types.ts';
import { configMapDraft, type Listed, type StatusAnswer, serverUnderTest } from '../server-under-test.ts';

const maps = '/api/v1/namespaces/default/configmaps';

interface WatchEvent {
	type: string;
	object: KubernetesObject & { rows?: { cells: unknown[] }[]; columnDefinitions?: unknown[] | null };
}

/** A watch of a server, read event by event. */
async function watch(server: ReturnType<typeof serverUnderTest>, query: string, accept?: string) {
	const gone = new AbortController();
	const headers: Record<string, string> = accept ? { accept } : {};
	const { status, body } = await server.raw('GET', `${maps}?watch=true&${query}`, {
		headers,
		signal: gone.signal,
	});
	assert.equal(status, 200);
	const chunks = (body as AsyncIterable<string>)[Symbol.asyncIterator]();
	const waiting: WatchEvent[] = [];
	return {
		leave: () => gone.abort(),
		async next(): Promise<WatchEvent | undefined> {
			if (waiting.length === 0) {
				const { value, done } = await chunks.next();
				if (done) return undefined;
				for (const line of (value as string).trimEnd().split('\n')) waiting.push(JSON.parse(line));
			}
			return waiting.shift();
		},
	};
}

const create = (
	server: ReturnType<typeof serverUnderTest>,
	name: string,
	labels?: Record<string, string>,
) => {
	const draft = configMapDraft(name);
	return server.send('POST', maps, { body: { ...draft, metadata: { ...draft.metadata, labels } } });
};
const shown = (event: WatchEvent | undefined) => event && `${event.type} ${event.object.metadata.name}`;

test('a watch goes on from the list’s resource version, and ends with its client', async () => {
	const server = serverUnderTest();
	await create(server, 'a');
	const { body: list } = await server.send<Listed>('GET', maps);
	await create(server, 'b');
	const events = await watch(server, `resourceVersion=${list.metadata.resourceVersion}`);
	assert.equal(shown(await events.next()), 'ADDED b');
	await server.send('DELETE', `${maps}/a`);
	assert.equal(shown(await events.next()), 'DELETED a');
	events.leave();
	assert.equal(await events.next(), undefined);
});

test('without a resource version what there is comes first', async () => {
	const server = serverUnderTest();
	await create(server, 'a');
	const events = await watch(server, '');
	assert.equal(shown(await events.next()), 'ADDED a');
	await create(server, 'b');
	assert.equal(shown(await events.next()), 'ADDED b');
	events.leave();
});

test('WatchList ends what there is with an annotated bookmark', async () => {
	const server = serverUnderTest();
	await create(server, 'a');
	const events = await watch(
		server,
		'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true',
	);
	assert.equal(shown(await events.next()), 'ADDED a');
	const bookmark = await events.next();
	assert.equal(bookmark?.type, 'BOOKMARK');
	assert.equal(bookmark?.object.metadata.annotations?.['k8s.io/initial-events-end'], 'true');
	await create(server, 'b');
	assert.equal(shown(await events.next()), 'ADDED b');
	events.leave();
});

test('what enters a selection is added, what leaves it is deleted', async () => {
	const server = serverUnderTest();
	await create(server, 'a', { app: 'x' });
	const events = await watch(server, 'labelSelector=app%3Dx');
	await events.next();
	const headers = { 'content-type': 'application/merge-patch+json' };
	await server.send('PATCH', `${maps}/a`, { body: { metadata: { labels: { app: 'y' } } }, headers });
	assert.equal(shown(await events.next()), 'DELETED a');
	await server.send('PATCH', `${maps}/a`, { body: { metadata: { labels: { app: 'x' } } }, headers });
	assert.equal(shown(await events.next()), 'ADDED a');
	events.leave();
});

test('a watch from before the history ends with an error event', async () => {
	const server = serverUnderTest(undefined, 4);
	await create(server, 'a');
	const { body: list } = await server.send<Listed>('GET', maps);
	for (const name of ['b', 'c', 'd', 'e', 'f']) await create(server, name);
	const events = await watch(server, `resourceVersion=${list.metadata.resourceVersion}`);
	const last = await events.next();
	assert.equal(last?.type, 'ERROR');
	const status = last?.object as unknown as StatusAnswer;
	assert.deepEqual([status.code, status.reason], [410, 'Expired']);
	assert.match(status.message, /^too old resource version: \d+ \(\d+\)$/);
	assert.equal(await events.next(), undefined);
});

test('a watch of Tables names its columns once', async () => {
	const server = serverUnderTest();
	await create(server, 'a');
	await create(server, 'b');
	const events = await watch(server, '', 'application/json;as=Table;v=v1;g=meta.k8s.io');
	const first = await events.next();
	assert.equal(first?.object.columnDefinitions?.length, 3);
	assert.equal(first?.object.rows?.[0].cells[0], 'a');
	const second = await events.next();
	assert.equal(second?.object.columnDefinitions, null);
	events.leave();
});

test('bookmarks come with time, and the watch ends when its time is over', async () => {
	const server = serverUnderTest();
	const events = await watch(server, 'allowWatchBookmarks=true&timeoutSeconds=90');
	await server.clock.advance(60_000);
	assert.equal((await events.next())?.type, 'BOOKMARK');
	await server.clock.advance(30_000);
	assert.equal(await events.next(), undefined);
});

test('a watch may be of one object alone', async () => {
	const server = serverUnderTest();
	const gone = new AbortController();
	await create(server, 'a');
	await create(server, 'b');
	const { body } = await server.raw('GET', `/api/v1/watch/namespaces/default/configmaps/b`, {
		signal: gone.signal,
	});
	const { value } = await (body as AsyncIterable<string>)[Symbol.asyncIterator]().next();
	assert.deepEqual(
		(value as string)
			.trimEnd()
			.split('\n')
			.map((line) => shown(JSON.parse(line))),
		['ADDED b'],
	);
	gone.abort();
});
