import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubernetesObject } from '../schema/types.ts';
import { Store, type StoreEvent, TooOldError } from './store.ts';

const object = (namespace: string, name: string, labels?: Record<string, string>): KubernetesObject => ({
	apiVersion: 'v1',
	kind: 'ConfigMap',
	metadata: {
		name,
		namespace,
		uid: name,
		resourceVersion: '',
		creationTimestamp: '',
		...(labels && { labels }),
	},
});
const settle = () => new Promise<void>((resolve) => queueMicrotask(resolve));
const names = (objects: readonly KubernetesObject[]) =>
	objects.map((each) => `${each.metadata.namespace}/${each.metadata.name}`);

test('every write to anything takes the next revision', () => {
	const store = new Store();
	const first = store.put('configmaps', object('a', 'x'));
	const second = store.put('pods', object('a', 'x'));
	assert.equal(Number(second.metadata.resourceVersion), Number(first.metadata.resourceVersion) + 1);
	assert.equal(store.revision, Number(second.metadata.resourceVersion));
});

test('what is stored is frozen throughout', () => {
	const store = new Store();
	const stored = store.put('configmaps', object('a', 'x', { app: 'x' }));
	assert.throws(() => {
		stored.metadata.labels!.app = 'y';
	}, TypeError);
});

test('lists come in order of namespace and name', () => {
	const store = new Store();
	for (const [namespace, name] of [
		['b', 'x'],
		['a', 'z'],
		['a', 'y'],
	] as const)
		store.put('configmaps', object(namespace, name));
	assert.deepEqual(names(store.list('configmaps')), ['a/y', 'a/z', 'b/x']);
	assert.deepEqual(names(store.list('configmaps', 'a')), ['a/y', 'a/z']);
	store.remove('configmaps', 'a', 'y');
	assert.deepEqual(names(store.list('configmaps')), ['a/z', 'b/x']);
});

test('a list can be had as it was at an earlier revision', () => {
	const store = new Store();
	store.put('configmaps', object('a', 'x'));
	store.put('configmaps', object('a', 'y'));
	const then = store.revision;
	store.put('configmaps', object('a', 'x', { changed: 'yes' }));
	store.remove('configmaps', 'a', 'y');
	store.put('configmaps', object('a', 'z'));
	const before = store.listAt('configmaps', '', then);
	assert.deepEqual(names(before), ['a/x', 'a/y']);
	assert.equal(before[0].metadata.labels, undefined);
});

test('a watch gives what came after its revision, in order, then what comes', async () => {
	const store = new Store();
	store.put('configmaps', object('a', 'x'));
	const since = store.revision;
	store.put('configmaps', object('a', 'y'));
	const events: StoreEvent[] = [];
	const end = store.watch('configmaps', (event) => events.push(event), since);
	store.remove('configmaps', 'a', 'x');
	assert.equal(events.length, 0, 'nothing is called at once');
	await settle();
	assert.deepEqual(
		events.map((event) => `${event.type} ${event.object.metadata.name}`),
		['ADDED y', 'DELETED x'],
	);
	assert.equal(events[1].object.metadata.resourceVersion, String(store.revision));
	assert.equal(events[1].previous?.metadata.name, 'x');
	end();
	store.put('configmaps', object('a', 'w'));
	await settle();
	assert.equal(events.length, 2);
});

test('a write made by a watcher comes to every watcher after the event that caused it', async () => {
	const store = new Store();
	const seen: string[] = [];
	store.watch('configmaps', (event) => {
		seen.push(`first ${event.object.metadata.name}`);
		if (event.object.metadata.name === 'x') store.put('configmaps', object('a', 'y'));
	});
	store.watch('configmaps', (event) => seen.push(`second ${event.object.metadata.name}`));
	store.put('configmaps', object('a', 'x'));
	await settle();
	assert.deepEqual(seen, ['first x', 'second x', 'first y', 'second y']);
});

test('a watch from before the kept history is refused', () => {
	const store = new Store(4);
	const start = store.revision;
	for (let index = 0; index < 10; index++) store.put('configmaps', object('a', 'x'));
	assert.throws(() => store.watch('configmaps', () => {}, start), TooOldError);
	assert.throws(() => store.listAt('configmaps', '', start), TooOldError);
	assert.doesNotThrow(() => store.watch('configmaps', () => {}, store.revision - 1));
});

test('a store goes on from what another has kept: same objects, next revision, no history', async () => {
	const first = new Store();
	const start = first.revision;
	first.put('configmaps', object('a', 'x'));
	first.put('configmaps', object('b', 'x'));
	const second = new Store(4096, structuredClone(first.content));
	assert.deepEqual(second.content, first.content);
	assert.throws(() => (second.get('configmaps', 'a', 'x')!.metadata.name = 'y'), TypeError);
	// A client that followed the first one has to list anew, of what was stored and of what was not.
	assert.throws(() => second.watch('configmaps', () => {}, start), TooOldError);
	assert.throws(() => second.watch('pods', () => {}, start), TooOldError);
	const seen: string[] = [];
	second.watch('configmaps', ({ type, object }) => seen.push(`${type} ${object.metadata.name}`));
	const made = second.put('configmaps', object('a', 'y'));
	assert.equal(Number(made.metadata.resourceVersion), first.revision + 1);
	await settle();
	assert.deepEqual(seen, ['ADDED y']);
});
