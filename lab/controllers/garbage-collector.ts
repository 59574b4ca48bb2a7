// Deletes what has lost its owners, and carries out foreground and orphaning deletion
// (kubernetes.io/docs/concepts/architecture/garbage-collection). Owners are told by uid, never by name.
import { ApiError } from '../api/errors.ts';
import type { KubernetesObject } from '../schema/types.ts';
import { queueController, type StartController, type StoredKinds } from './controller.ts';
import { withoutOwner } from './owner-references.ts';
import { createWorkQueue } from './work-queue.ts';

const foreground = 'foregroundDeletion';
const orphan = 'orphan';

interface Known {
	resource: string;
	object: KubernetesObject;
}

const hasFinalizer = ({ metadata }: KubernetesObject, finalizer: string): boolean =>
	metadata.finalizers?.includes(finalizer) ?? false;

/** Being deleted in the foreground: it waits for its dependents. */
const awaitsDependents = (object: KubernetesObject): boolean =>
	object.metadata.deletionTimestamp !== undefined && hasFinalizer(object, foreground);

/** `resources` are all that can own or be owned, but for events. */
export const startGarbageCollector =
	(resources: StoredKinds): StartController =>
	({ client, clock }) => {
		const known = new Map<string, Known>();
		const dependents = new Map<string, Set<string>>();

		const dependentsOf = (uid: string): Known[] =>
			[...(dependents.get(uid) ?? [])].flatMap((dependent) => known.get(dependent) ?? []);

		const forget = (uid: string, object: KubernetesObject) => {
			for (const owner of object.metadata.ownerReferences ?? []) {
				const others = dependents.get(owner.uid);
				others?.delete(uid);
				if (others?.size === 0) dependents.delete(owner.uid);
			}
		};

		const remember = (resource: string, object: KubernetesObject) => {
			const { uid, ownerReferences = [] } = object.metadata;
			const earlier = known.get(uid);
			if (earlier) forget(uid, earlier.object);
			known.set(uid, { resource, object });
			for (const owner of ownerReferences) {
				const others = dependents.get(owner.uid) ?? new Set();
				dependents.set(owner.uid, others.add(uid));
			}
		};

		const removeFinalizer = ({ resource, object }: Known, finalizer: string) => {
			const finalizers = (object.metadata.finalizers ?? []).filter((other) => other !== finalizer);
			client.update(resource, { ...object, metadata: { ...object.metadata, finalizers } });
		};

		const reconcile = (uid: string) => {
			const node = known.get(uid);
			const { namespace = '', name = '' } = node?.object.metadata ?? {};
			const object = node && client.get<KubernetesObject>(node.resource, namespace, name);
			if (object?.metadata.uid !== uid) return;
			const current = { resource: node!.resource, object };
			if (object.metadata.deletionTimestamp) {
				if (hasFinalizer(object, orphan)) return orphanDependents(current);
				if (hasFinalizer(object, foreground)) return deleteDependentsFirst(current);
				return;
			}
			collect(current);
		};

		const orphanDependents = (owner: Known) => {
			for (const { resource, object } of dependentsOf(owner.object.metadata.uid)) {
				const { namespace, name, uid } = object.metadata;
				const dependent = client.get<KubernetesObject>(resource, namespace ?? '', name);
				if (dependent?.metadata.uid === uid)
					client.update(resource, withoutOwner(dependent, owner.object.metadata.uid));
			}
			removeFinalizer(owner, orphan);
		};

		const deleteDependentsFirst = (owner: Known) => {
			const { uid } = owner.object.metadata;
			const left = dependentsOf(uid);
			const blocking = left.some(({ object }) =>
				object.metadata.ownerReferences?.some((other) => other.uid === uid && other.blockOwnerDeletion),
			);
			if (!blocking) return removeFinalizer(owner, foreground);
			for (const { object } of left) if (!object.metadata.deletionTimestamp) queue.add(object.metadata.uid);
		};

		/** Deletes the object where no owner is left to keep it. */
		const collect = ({ resource, object }: Known) => {
			const { namespace, name, uid, ownerReferences = [] } = object.metadata;
			if (ownerReferences.length === 0) return;
			const keeps = (ownerUid: string) => {
				const owner = known.get(ownerUid);
				return owner !== undefined && !awaitsDependents(owner.object);
			};
			const gone = ownerReferences.filter((owner) => !keeps(owner.uid));
			if (gone.length === 0) return;
			if (gone.length < ownerReferences.length) {
				let left = object;
				for (const owner of gone) left = withoutOwner(left, owner.uid);
				client.update(resource, left);
				return;
			}
			const waited = gone.some((owner) => known.has(owner.uid)) && dependents.has(uid);
			client.delete(resource, namespace ?? '', name, {
				preconditions: { uid },
				propagationPolicy: waited || hasFinalizer(object, foreground) ? 'Foreground' : 'Background',
			});
		};

		const queue = createWorkQueue({
			name: 'garbage collector',
			clock,
			reconcile(uid) {
				try {
					reconcile(uid);
				} catch (error) {
					if (!(error instanceof ApiError && error.reason === 'NotFound')) throw error;
				}
			},
		});

		const observe = (resource: string, type: string, object: KubernetesObject) => {
			const { uid, ownerReferences = [], deletionTimestamp } = object.metadata;
			if (type === 'DELETED') {
				for (const dependent of dependents.get(uid) ?? []) queue.add(dependent);
				for (const owner of ownerReferences) {
					const waiting = known.get(owner.uid);
					if (waiting && awaitsDependents(waiting.object)) queue.add(owner.uid);
				}
				forget(uid, object);
				known.delete(uid);
				return;
			}
			remember(resource, object);
			if (deletionTimestamp ? object.metadata.finalizers?.length : ownerReferences.length > 0) queue.add(uid);
		};

		const ends: (() => void)[] = [];
		resources.eachStored(({ key }) => {
			if (key === 'events') return;
			ends.push(client.watch<KubernetesObject>(key, ({ type, object }) => observe(key, type, object)));
		});
		return queueController(queue, ends);
	};
