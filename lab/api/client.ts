// How the lab's own parts (controllers, scheduler, kubelet) use the API: in the process and synchronously,
// through the same defaulting, validation and storage as a request from outside.
import type { Draft, KubernetesObject } from '../schema/types.ts';

/** A resource by its plural and, outside the core group, its group: `pods`, `statefulsets.apps`. */
export type ResourceName = string;

export type WatchHandler<T> = (event: {
	type: 'ADDED' | 'MODIFIED' | 'DELETED';
	object: T;
	/** What was stored before, for MODIFIED and DELETED. */
	previous?: T;
}) => void;

export interface DeleteOptions {
	gracePeriodSeconds?: number;
	propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
	preconditions?: { uid?: string; resourceVersion?: string };
}

/**
 * Objects that it gives are stored ones and frozen: take a `structuredClone` to change one.
 * What the server would refuse throws an `ApiError` (errors.ts), with the code and reason of the Status.
 */
export interface Client {
	/** The object, or undefined where there is none. `namespace` is '' for what is cluster-scoped. */
	get<T extends KubernetesObject>(resource: ResourceName, namespace: string, name: string): T | undefined;
	/** All objects of a namespace ('' for all namespaces), in order of namespace and name. */
	list<T extends KubernetesObject>(
		resource: ResourceName,
		namespace?: string,
		selector?: (object: T) => boolean,
	): readonly T[];
	create<T extends KubernetesObject>(resource: ResourceName, object: Draft<T>): T;
	/**
	 * Replaces the object; where it carries a resourceVersion, only if that is still the stored one. The
	 * resource may name a subresource: `namespaces/finalize` writes the finalizers in spec.
	 */
	update<T extends KubernetesObject>(resource: ResourceName, object: T): T;
	/** Replaces the object's status, likewise; spec and most of metadata stay as stored. */
	updateStatus<T extends KubernetesObject>(resource: ResourceName, object: T): T;
	delete(resource: ResourceName, namespace: string, name: string, options?: DeleteOptions): void;
	/** Binds a pod to a node (the `binding` subresource). */
	bind(namespace: string, pod: string, node: string): void;
	/**
	 * Calls the handler with ADDED for each object there is, at once, and then for each change, each in a
	 * later microtask and in order of revision. The function it gives ends the watch.
	 */
	watch<T extends KubernetesObject>(resource: ResourceName, handler: WatchHandler<T>): () => void;
	/** The same client, whose writes are owned by another manager (`kubelet`) in metadata.managedFields. */
	managedBy(manager: string): Client;
}
