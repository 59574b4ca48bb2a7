// The PersistentVolume controller: binds claims and volumes to each other, and asks for volumes that are missing.
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../schema/types.ts';
import { queueController, type StartController } from '../controller.ts';
import { createWorkQueue, keyOf, splitKey } from '../work-queue.ts';
import { annotation, bindCompleted, selectedNode } from './annotations.ts';
import { syncClaim } from './claims.ts';
import { getClaim, getVolume } from './storage.ts';
import { syncVolume } from './volumes.ts';

export const startPersistentVolumeController: StartController = ({ client, clock, events }) => {
	const recorder = events.recorder('persistentvolume-controller');
	const enqueueClaim = (claim: PersistentVolumeClaim) => queue.add(keyOf(claim));

	/** Keys with a namespace are claims', the others volumes'. */
	const reconcile = (key: string) => {
		const { namespace, name } = splitKey(key);
		const claim = namespace ? getClaim(client, namespace, name) : undefined;
		const volume = namespace ? undefined : getVolume(client, name);
		if (claim) syncClaim({ client, clock, events: recorder }, claim);
		if (volume) syncVolume({ client, clock, events: recorder, enqueueClaim }, volume);
	};
	const queue = createWorkQueue({ name: 'persistent volume', clock, reconcile });

	const enqueueUnbound = () => {
		for (const claim of client.list<PersistentVolumeClaim>('persistentvolumeclaims'))
			if (!annotation(claim, bindCompleted)) enqueueClaim(claim);
	};

	const ends = [
		client.watch<PersistentVolumeClaim>('persistentvolumeclaims', ({ type, object, previous }) => {
			if (type !== 'DELETED' && needsLook(object, previous)) enqueueClaim(object);
			if (object.spec.volumeName) queue.add(object.spec.volumeName);
		}),
		client.watch<PersistentVolume>('persistentvolumes', ({ type, object, previous }) => {
			const { claimRef } = object.spec;
			if (type !== 'DELETED') queue.add(object.metadata.name);
			if (claimRef) queue.add(`${claimRef.namespace}/${claimRef.name}`);
			// A volume that is free now may be what others wait for.
			else if (object.status?.phase === 'Available' && previous?.status?.phase !== 'Available')
				enqueueUnbound();
		}),
		client.watch<StorageClass>('storageclasses.storage.k8s.io', ({ type }) => {
			if (type !== 'DELETED') enqueueUnbound();
		}),
	];
	return queueController(queue, ends);
};

/** What the binder itself has just written needs no second look: it would tell of the same again. */
function needsLook(claim: PersistentVolumeClaim, previous: PersistentVolumeClaim | undefined): boolean {
	if (!previous) return true;
	const seen = (each: PersistentVolumeClaim) =>
		JSON.stringify([
			annotation(each, bindCompleted),
			annotation(each, selectedNode),
			each.spec.volumeName,
			each.spec.storageClassName,
			each.status?.phase,
		]);
	return seen(claim) !== seen(previous);
}
