// The Client that the lab's own parts use: the same operations as behind HTTP, without it.
import type { KubernetesObject } from '../schema/types.ts';
import type { Store, StoreEvent } from '../store/store.ts';
import type { Client, DeleteOptions } from './client.ts';
import type { UserInfo } from './http.ts';
import type { Operations, UpdateScope } from './operations.ts';
import { decodeAs, type Resource, type ResourceRegistry } from './registry.ts';
import { bindPod } from './resources/pod-binding.ts';

/** The lab's own parts may do everything. */
const system: UserInfo = { username: 'system:apiserver', groups: ['system:masters'] };

/** Reads only: what admission and allocation look at. */
export function createReader(store: Store): Pick<Client, 'get' | 'list'> {
	return {
		get: <T extends KubernetesObject>(resource: string, namespace: string, name: string) =>
			store.get(resource, namespace, name) as T | undefined,
		list: <T extends KubernetesObject>(
			resource: string,
			namespace = '',
			selector?: (object: T) => boolean,
		) => {
			const objects = store.list(resource, namespace) as readonly T[];
			return selector ? objects.filter(selector) : objects;
		},
	};
}

/** What the lab's own parts own is told by what they change alone. */
function withoutManagers(object: KubernetesObject): KubernetesObject {
	if (object.metadata) delete object.metadata.managedFields;
	return object;
}

/** `manager` is who owns the fields that the client sets. */
export function createInProcessClient(
	registry: ResourceRegistry,
	operations: Operations,
	manager = 'kube-apiserver',
): Client {
	const options = { user: system, manager };
	const { store } = operations;
	/** A copy that is the operation's to change, without what Kubernetes has no field for. */
	const decoded = (resource: Resource, object: unknown) =>
		withoutManagers(decodeAs(resource, object).object as unknown as KubernetesObject);
	const update = <T extends KubernetesObject>(name: string, object: T): T => {
		const [key, scope = ''] = name.split('/') as [string, UpdateScope?];
		const resource = registry.named(key);
		const { namespace = '' } = object.metadata;
		return operations.update(
			resource,
			namespace,
			object.metadata.name,
			scope,
			() => decoded(resource, object),
			options,
		) as T;
	};
	const reader = createReader(store);
	return {
		managedBy: (other) => createInProcessClient(registry, operations, other),
		get: (key, namespace, name) => reader.get(registry.named(key).key, namespace, name),
		list: (key, namespace, selector) => reader.list(registry.named(key).key, namespace, selector),
		create: <T extends KubernetesObject>(key: string, object: unknown) => {
			const resource = registry.named(key);
			const draft = decoded(resource, object);
			return operations.create(resource, draft.metadata.namespace ?? '', draft, options) as T;
		},
		update,
		updateStatus: (key, object) => update(`${key}/status`, object),
		delete(key: string, namespace: string, name: string, deleteOptions: DeleteOptions = {}) {
			operations.delete(registry.named(key), namespace, name, deleteOptions, options);
		},
		bind(namespace: string, pod: string, node: string) {
			bindPod(operations, registry.named('pods'), namespace, pod, node, options);
		},
		watch<T extends KubernetesObject>(
			key: string,
			handler: (event: { type: StoreEvent['type']; object: T; previous?: T }) => void,
		) {
			registry.named(key);
			// The watch is there before the handler is called, which may write.
			const end = store.watch(key, (event) => handler(event as unknown as { type: 'ADDED'; object: T }));
			for (const object of store.list(key)) handler({ type: 'ADDED', object: object as T });
			return end;
		},
	};
}
