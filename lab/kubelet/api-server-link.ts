// A kubelet's way to the API server, which can be cut. While it is, the kubelet knows what it last heard, as by
// client-go's informers, and nothing that it writes arrives.
import type { Client, WatchHandler } from '../api/client.ts';
import type { KubernetesObject } from '../schema/types.ts';

export interface ApiServerLink {
	/** What the kubelet uses; writes are lost while the link is cut, and leave what they were given. */
	readonly client: Client;
	readonly isUp: boolean;
	cut(): void;
	/** Watches are told what has changed meanwhile. */
	restore(): void;
	/** Resolves when the link is up. */
	up(): Promise<void>;
}

/** What a kubelet follows. */
const followed = [
	'pods',
	'nodes',
	'namespaces',
	'services',
	'configmaps',
	'secrets',
	'persistentvolumeclaims',
	'persistentvolumes',
	'csidrivers.storage.k8s.io',
	'volumeattachments.storage.k8s.io',
];

interface Watch {
	resource: string;
	handler: WatchHandler<KubernetesObject>;
	end(): void;
}

type Known = ReadonlyMap<string, readonly KubernetesObject[]>;

export function createApiServerLink(client: Client): ApiServerLink {
	const watches = new Set<Watch>();
	/** What there was when the link was cut, by resource. */
	let known: Known | undefined;
	const waiting: (() => void)[] = [];

	const list = (resource: string) => {
		const objects = known?.get(resource);
		if (!objects) throw new Error(`a kubelet that is cut off does not know of ${resource}`);
		return objects;
	};

	const linked = (direct: Client): Client => ({
		get: <T extends KubernetesObject>(resource: string, namespace: string, name: string) => {
			if (!known) return direct.get<T>(resource, namespace, name);
			const found = list(resource).find(
				({ metadata }) => metadata.name === name && (metadata.namespace ?? '') === namespace,
			);
			return found as T | undefined;
		},
		list: <T extends KubernetesObject>(
			resource: string,
			namespace = '',
			selector: (object: T) => boolean = () => true,
		) => {
			if (!known) return direct.list<T>(resource, namespace, selector);
			return (list(resource) as T[]).filter(
				(object) => (namespace === '' || object.metadata.namespace === namespace) && selector(object),
			);
		},
		create: <T extends KubernetesObject>(...args: Parameters<typeof direct.create<T>>) =>
			known ? (args[1] as T) : direct.create<T>(...args),
		update: (resource, object) => (known ? object : direct.update(resource, object)),
		updateStatus: (resource, object) => (known ? object : direct.updateStatus(resource, object)),
		delete: (...args) => (known ? undefined : direct.delete(...args)),
		bind: (...args) => (known ? undefined : direct.bind(...args)),
		watch<T extends KubernetesObject>(resource: string, handler: WatchHandler<T>) {
			const watch: Watch = { resource, handler: handler as WatchHandler<KubernetesObject>, end: () => {} };
			watches.add(watch);
			if (known) for (const object of list(resource)) watch.handler({ type: 'ADDED', object });
			else watch.end = direct.watch(resource, handler);
			return () => {
				watches.delete(watch);
				watch.end();
			};
		},
		managedBy: (manager) => linked(direct.managedBy(manager)),
	});

	/** Follows anew, and tells what differs from what was known. */
	const resume = (watch: Watch, before: readonly KubernetesObject[]) => {
		const { resource, handler } = watch;
		const earlier = new Map(before.map((object) => [object.metadata.uid, object]));
		const present = new Set(client.list(resource).map(({ metadata }) => metadata.uid));
		for (const [uid, object] of earlier)
			if (!present.has(uid)) handler({ type: 'DELETED', object, previous: object });
		watch.end = client.watch(resource, (event) => {
			const { uid, resourceVersion } = event.object.metadata;
			const previous = earlier.get(uid);
			earlier.delete(uid);
			if (event.type !== 'ADDED' || !previous) handler(event);
			else if (previous.metadata.resourceVersion !== resourceVersion)
				handler({ type: 'MODIFIED', object: event.object, previous });
		});
	};

	return {
		client: linked(client),
		get isUp() {
			return known === undefined;
		},
		cut() {
			if (known) return;
			known = new Map(followed.map((resource) => [resource, client.list(resource)]));
			for (const watch of watches) watch.end();
		},
		restore() {
			if (!known) return;
			const before = known;
			known = undefined;
			for (const watch of [...watches]) resume(watch, before.get(watch.resource) ?? []);
			for (const wake of waiting.splice(0)) wake();
		},
		up: () => (known ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve()),
	};
}
