// Kinds that are views of something: another version of what is stored, or what is computed when it is asked
// for. A view takes the place of the operations on what is stored, so that every verb works on it.
import type { KubernetesObject } from '../schema/types.ts';
import type { StoreEvent, StoreHandler, StoreReader } from '../store/store.ts';
import type { DeleteOptions } from './client.ts';
import { methodNotAllowed, notFound } from './errors.ts';
import type { ObjectOperations, OperationOptions, UpdateScope } from './operations.ts';
import type { ComputationContext, Computed, Resource, StoredAs } from './registry.ts';

/** The operations for a resource: those on what is stored, unless it is a view. */
export function operationsFor(
	resource: Resource,
	operations: ObjectOperations,
	context: Omit<ComputationContext, 'time'>,
): ObjectOperations {
	if (resource.storedAs) return new VersionView(resource.storedAs, operations);
	if (resource.computed) return new ComputedView(resource.computed, operations, context);
	return operations;
}

/** Objects of one version, stored as those of another. */
class VersionView implements ObjectOperations {
	readonly store: StoreReader;
	readonly #operations: ObjectOperations;
	readonly #version: StoredAs<KubernetesObject>;

	constructor(version: StoredAs<KubernetesObject>, operations: ObjectOperations) {
		this.#version = version;
		this.#operations = operations;
		this.store = new VersionedStore(version, operations.store);
	}

	now(): number {
		return this.#operations.now();
	}

	get(resource: Resource, namespace: string, name: string): KubernetesObject {
		const object = this.store.get(resource.key, namespace, name);
		if (!object) throw notFound(resource, name);
		return object;
	}

	create(
		resource: Resource,
		namespace: string,
		draft: KubernetesObject,
		options: OperationOptions,
	): KubernetesObject {
		resource.setDefaults?.(draft);
		const { toStored, fromStored, resource: stored } = this.#version;
		return fromStored(this.#operations.create(stored, namespace, toStored(draft), options));
	}

	update(
		resource: Resource,
		namespace: string,
		name: string,
		scope: UpdateScope,
		change: (stored: KubernetesObject) => KubernetesObject,
		options: OperationOptions,
	): KubernetesObject {
		this.get(resource, namespace, name);
		const { toStored, fromStored, resource: stored } = this.#version;
		const converted = (object: KubernetesObject) => {
			const changed = change(fromStored(object));
			resource.setDefaults?.(changed);
			return toStored(changed);
		};
		return fromStored(this.#operations.update(stored, namespace, name, scope, converted, options));
	}

	delete(
		resource: Resource,
		namespace: string,
		name: string,
		options: DeleteOptions,
		operation: OperationOptions,
	) {
		this.get(resource, namespace, name);
		const { fromStored, resource: stored } = this.#version;
		const { object, gone } = this.#operations.delete(stored, namespace, name, options, operation);
		return { object: fromStored(object), gone };
	}
}

class VersionedStore implements StoreReader {
	readonly #store: StoreReader;
	readonly #key: string;
	readonly #convert: (stored: KubernetesObject) => KubernetesObject;

	constructor({ resource, fromStored }: StoredAs<KubernetesObject>, store: StoreReader) {
		this.#store = store;
		this.#key = resource.key;
		this.#convert = fromStored;
	}

	get revision(): number {
		return this.#store.revision;
	}

	get(_: string, namespace: string, name: string): KubernetesObject | undefined {
		const object = this.#store.get(this.#key, namespace, name);
		return object && this.#convert(object);
	}

	list(_: string, namespace = ''): readonly KubernetesObject[] {
		return this.#store.list(this.#key, namespace).map(this.#convert);
	}

	listAt(_: string, namespace: string, revision: number): readonly KubernetesObject[] {
		return this.#store.listAt(this.#key, namespace, revision).map(this.#convert);
	}

	watch(_: string, handler: StoreHandler, since?: number): () => void {
		const converted = (event: StoreEvent) => {
			const { object, previous } = event;
			handler({
				...event,
				object: this.#convert(object),
				...(previous && { previous: this.#convert(previous) }),
			});
		};
		return this.#store.watch(this.#key, converted, since);
	}
}

/** Objects that are made when they are asked for; nothing can be written to them. */
class ComputedView implements ObjectOperations {
	readonly store: StoreReader;
	readonly #operations: ObjectOperations;
	readonly #computed: Computed<KubernetesObject>;

	constructor(
		computed: Computed<KubernetesObject>,
		operations: ObjectOperations,
		context: Omit<ComputationContext, 'time'>,
	) {
		this.#computed = computed;
		this.#operations = operations;
		const list = (_: string, namespace = '') =>
			computed
				.objects({ ...context, time: operations.now() })
				.filter(({ metadata }) => !namespace || metadata.namespace === namespace);
		this.store = {
			revision: operations.store.revision,
			list,
			listAt: list,
			get: (key, namespace, name) => list(key, namespace).find(({ metadata }) => metadata.name === name),
			watch: refuse,
		};
	}

	now(): number {
		return this.#operations.now();
	}

	get(resource: Resource, namespace: string, name: string): KubernetesObject {
		const object = this.store.get(resource.key, namespace, name);
		if (!object) throw this.#computed.missing(namespace, name);
		return object;
	}

	create = refuse;
	update = refuse;
	delete = refuse;
}

function refuse(): never {
	throw methodNotAllowed();
}
