// What must hold of a server's store whatever is asked of it, seen through its watches.
import assert from 'node:assert/strict';
import type { Client } from '../../lab/api/client.ts';
import type { ResourceRegistry } from '../../lab/api/registry.ts';
import type { KubernetesObject } from '../../lab/schema/types.ts';

const keyOf = ({ metadata }: KubernetesObject) => `${metadata.namespace ?? ''}/${metadata.name}`;

type Told = (resource: string, type: string, object: KubernetesObject) => void;

/** Follows every kind, and checks each change as it is told. */
export class Invariants {
	readonly #client: Client;
	readonly #replayed = new Map<string, Map<string, KubernetesObject>>();
	readonly #faults: string[] = [];
	#revision = 0;

	/** `told` is called with every change from now on. */
	constructor(client: Client, registry: ResourceRegistry, told: Told) {
		this.#client = client;
		registry.eachStored(({ key, hasGeneration }) => {
			const objects = new Map<string, KubernetesObject>();
			this.#replayed.set(key, objects);
			let started = false;
			client.watch<KubernetesObject>(key, ({ type, object, previous }) => {
				if (started) told(key, type, object);
				if (started) this.#changed(key, type, object, previous, hasGeneration ?? false);
				if (type === 'DELETED') objects.delete(keyOf(object));
				else objects.set(keyOf(object), object);
			});
			started = true;
		});
	}

	#changed(
		resource: string,
		type: string,
		object: KubernetesObject,
		previous: KubernetesObject | undefined,
		hasGeneration: boolean,
	): void {
		const fault = (what: string) => this.#faults.push(`${resource} ${keyOf(object)} ${type}: ${what}`);
		const { metadata } = object;
		const revision = Number(metadata.resourceVersion);
		if (!(revision > this.#revision)) fault(`revision ${revision} after ${this.#revision}`);
		this.#revision = revision;
		const known = this.#replayed.get(resource)?.get(keyOf(object));
		if ((type === 'ADDED') === (known !== undefined)) fault('is not what was told before');
		if (known !== previous) fault('previous is not what was told before');
		if (!Object.isFrozen(object) || !Object.isFrozen(metadata)) fault('is not frozen');
		if (type === 'ADDED') {
			if (hasGeneration !== (metadata.generation === 1))
				fault(`begins with generation ${metadata.generation}`);
			return;
		}
		const before = previous?.metadata;
		if (metadata.uid !== before?.uid) fault('has another uid');
		if (metadata.creationTimestamp !== before?.creationTimestamp) fault('was created at another time');
		if (before?.deletionTimestamp && !metadata.deletionTimestamp) fault('is no longer being deleted');
		const step = (metadata.generation ?? 0) - (before?.generation ?? 0);
		if (step < 0 || step > 1) fault(`goes ${step} generations on`);
	}

	/** Throws where a change was wrong, or what is listed is not what the changes make. */
	check(): void {
		assert.deepEqual(this.#faults, []);
		for (const [resource, objects] of this.#replayed) {
			let listed: readonly KubernetesObject[];
			try {
				listed = this.#client.list<KubernetesObject>(resource);
			} catch {
				// A custom kind that has gone, with all its objects.
				listed = [];
			}
			assert.equal(listed.length, objects.size, `${resource}: as many are listed as are there`);
			for (const object of listed) {
				assert.equal(objects.get(keyOf(object)), object, `${resource} ${keyOf(object)} is as it was told`);
				const { namespace, name } = object.metadata;
				assert.equal(this.#client.get(resource, namespace ?? '', name), object);
			}
		}
	}
}
