// The lab's storage, as etcd behind the API server's watch cache: one revision counter for everything,
// frozen objects, and a bounded history per resource from which a watch can start.
import type { KubernetesObject } from '../schema/types.ts';
import { freezeDeeply } from './freeze.ts';
import { SortedObjects } from './sorted-objects.ts';

export interface StoreEvent {
	type: 'ADDED' | 'MODIFIED' | 'DELETED';
	/** For DELETED the last state, with the deletion's revision. */
	object: KubernetesObject;
	/** What was stored before, for MODIFIED and DELETED. */
	previous?: KubernetesObject;
	revision: number;
}

export type StoreHandler = (event: StoreEvent) => void;

/** The revision asked for is older than the history that is kept. */
export class TooOldError extends Error {
	readonly requested: number;
	readonly oldest: number;
	constructor(requested: number, oldest: number) {
		super(`too old resource version: ${requested} (${oldest})`);
		this.name = 'TooOldError';
		this.requested = requested;
		this.oldest = oldest;
	}
}

interface Watcher {
	/** It has been given, or has in the queue, all up to this revision. */
	since: number;
	handler: StoreHandler;
	ended: boolean;
}

interface ResourceState {
	namespaces: Map<string, SortedObjects>;
	history: StoreEvent[];
	/** Events up to this revision have been dropped. */
	droppedUpTo: number;
	watchers: Set<Watcher>;
}

/** All that a store holds, without its history. */
export interface StoreContent {
	readonly revision: number;
	/** By resource. */
	readonly objects: Readonly<Record<string, readonly KubernetesObject[]>>;
}

/** Keys are `resource` (`pods`, `statefulsets.apps`), namespace ('' where there is none) and name. */
export class Store {
	#revision = 1;
	/** No event up to this revision is known. */
	readonly #begunAt: number = 0;
	readonly #historyLimit: number;
	readonly #resources = new Map<string, ResourceState>();
	#queue: { event: StoreEvent; watchers: Iterable<Watcher>; replayed: boolean }[] = [];

	/**
	 * `historyLimit`: how many events of each resource are kept for watches to start from. `content`: of an earlier
	 * store, which this one goes on from.
	 */
	constructor(historyLimit = 4096, content?: StoreContent) {
		this.#historyLimit = historyLimit;
		if (!content) return;
		this.#revision = content.revision;
		this.#begunAt = content.revision;
		for (const [resource, objects] of Object.entries(content.objects)) {
			const { namespaces } = this.#state(resource);
			for (const object of objects) {
				const { namespace = '', name } = object.metadata;
				const held = namespaces.get(namespace) ?? new SortedObjects();
				namespaces.set(namespace, held);
				held.set(name, freezeDeeply(object));
			}
		}
	}

	get content(): StoreContent {
		const held = [...this.#resources.keys()].map((resource) => [resource, this.list(resource)] as const);
		return { revision: this.#revision, objects: Object.fromEntries(held) };
	}

	/** The revision of the last write to anything. */
	get revision(): number {
		return this.#revision;
	}

	get(resource: string, namespace: string, name: string): KubernetesObject | undefined {
		return this.#resources.get(resource)?.namespaces.get(namespace)?.get(name);
	}

	/** All objects of a namespace, or of all ('' ), in order of namespace and name. */
	list(resource: string, namespace = ''): readonly KubernetesObject[] {
		const state = this.#resources.get(resource);
		if (!state) return [];
		if (namespace) return state.namespaces.get(namespace)?.values() ?? [];
		if (state.namespaces.size === 1) return [...state.namespaces.values()][0].values();
		return [...state.namespaces.keys()].sort().flatMap((key) => state.namespaces.get(key)!.values());
	}

	/** The list as it was at a revision; throws TooOldError where the history does not reach back to it. */
	listAt(resource: string, namespace: string, revision: number): readonly KubernetesObject[] {
		const state = this.#resources.get(resource);
		if (!state) return [];
		const since = this.#eventsSince(state, revision);
		if (since.length === 0) return this.list(resource, namespace);
		const key = (object: KubernetesObject) => `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
		const objects = new Map(this.list(resource, namespace).map((object) => [key(object), object]));
		for (const event of since.reverse()) {
			if (namespace && event.object.metadata.namespace !== namespace) continue;
			if (event.previous) objects.set(key(event.object), event.previous);
			else objects.delete(key(event.object));
		}
		return [...objects.keys()].sort().map((name) => objects.get(name)!);
	}

	/** Stores the object under the next revision, which becomes its resourceVersion, and freezes it. */
	put(resource: string, object: KubernetesObject): KubernetesObject {
		const state = this.#state(resource);
		const namespace = object.metadata.namespace ?? '';
		let objects = state.namespaces.get(namespace);
		if (!objects) {
			objects = new SortedObjects();
			state.namespaces.set(namespace, objects);
		}
		object.metadata.resourceVersion = String(++this.#revision);
		freezeDeeply(object);
		const previous = objects.set(object.metadata.name, object);
		this.#record(state, {
			type: previous ? 'MODIFIED' : 'ADDED',
			object,
			...(previous ? { previous } : {}),
			revision: this.#revision,
		});
		return object;
	}

	/** Removes an object; gives its last state with the deletion's revision, or undefined where there was none. */
	remove(resource: string, namespace: string, name: string): KubernetesObject | undefined {
		const state = this.#state(resource);
		const objects = state.namespaces.get(namespace);
		const previous = objects?.delete(name);
		if (!objects || !previous) return undefined;
		if (objects.size === 0) state.namespaces.delete(namespace);
		const resourceVersion = String(++this.#revision);
		const object = freezeDeeply({ ...previous, metadata: { ...previous.metadata, resourceVersion } });
		this.#record(state, { type: 'DELETED', object, previous, revision: this.#revision });
		return object;
	}

	/**
	 * Calls the handler for each change after revision `since` (the present one unless told), each in a later
	 * microtask, in order of revision, with what the history has first. The function it gives ends the watch.
	 * Throws TooOldError where the history does not reach back to `since`.
	 */
	watch(resource: string, handler: StoreHandler, since = this.#revision): () => void {
		const state = this.#state(resource);
		const watcher: Watcher = { since: Math.max(since, this.#revision), handler, ended: false };
		const missed = since < this.#revision ? this.#eventsSince(state, since) : [];
		for (const event of missed) this.#deliver(event, [watcher], true);
		state.watchers.add(watcher);
		return () => {
			watcher.ended = true;
			state.watchers.delete(watcher);
		};
	}

	#state(resource: string): ResourceState {
		let state = this.#resources.get(resource);
		if (!state) {
			state = { namespaces: new Map(), history: [], droppedUpTo: this.#begunAt, watchers: new Set() };
			this.#resources.set(resource, state);
		}
		return state;
	}

	#eventsSince(state: ResourceState, revision: number): StoreEvent[] {
		if (revision < state.droppedUpTo) throw new TooOldError(revision, state.droppedUpTo);
		let low = 0;
		let high = state.history.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			if (state.history[middle].revision <= revision) low = middle + 1;
			else high = middle;
		}
		return state.history.slice(low);
	}

	#record(state: ResourceState, event: StoreEvent): void {
		state.history.push(event);
		// Dropping half at a time keeps the cost of a write constant.
		if (state.history.length > this.#historyLimit) {
			const dropped = state.history.splice(0, Math.ceil(this.#historyLimit / 2));
			state.droppedUpTo = dropped[dropped.length - 1].revision;
		}
		if (state.watchers.size > 0) this.#deliver(event, state.watchers);
	}

	/** One queue for all watchers, so that nobody sees a later revision before an earlier one. */
	#deliver(event: StoreEvent, watchers: Iterable<Watcher>, replayed = false): void {
		this.#queue.push({ event, watchers, replayed });
		if (this.#queue.length === 1) queueMicrotask(() => this.#drain());
	}

	#drain(): void {
		for (let index = 0; index < this.#queue.length; index++) {
			const { event, watchers, replayed } = this.#queue[index];
			for (const watcher of watchers) {
				if (!replayed && event.revision <= watcher.since) continue;
				if (watcher.ended) continue;
				try {
					watcher.handler(event);
				} catch (error) {
					// One watcher's fault must not keep the event from the others, and must not go unseen.
					queueMicrotask(() => {
						throw error;
					});
				}
			}
		}
		this.#queue = [];
	}
}

/** What can be asked of a store. */
export type StoreReader = Pick<Store, 'revision' | 'get' | 'list' | 'listAt' | 'watch'>;
