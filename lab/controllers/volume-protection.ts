// A claim that a pod uses and a volume that is bound do not go: these controllers take the finalizers off that
// hold them once nobody needs them (kubernetes.io/docs/concepts/storage/persistent-volumes).
import { claimProtection, volumeProtection } from '../api/admission/storage-object-in-use-protection.ts';
import type { Client } from '../api/client.ts';
import type { KubernetesObject, PersistentVolume, PersistentVolumeClaim, Pod } from '../schema/types.ts';
import { queueController, type StartController } from './controller.ts';
import { claimsOfPod, usesClaim } from './persistent-volume/storage.ts';
import { createWorkQueue, keyOf, splitKey } from './work-queue.ts';

/** Puts the finalizer on what lacks it, and takes it off what is to go and free to. */
function sync<T extends KubernetesObject>(
	client: Client,
	resource: string,
	object: T,
	finalizer: string,
	isInUse: (object: T) => boolean,
): void {
	const { finalizers = [], deletionTimestamp } = object.metadata;
	const held = finalizers.includes(finalizer);
	if (held === !deletionTimestamp || (deletionTimestamp && (!held || isInUse(object)))) return;
	const left = held ? finalizers.filter((each) => each !== finalizer) : [...finalizers, finalizer];
	client.update(resource, { ...object, metadata: { ...object.metadata, finalizers: left } });
}

export const startClaimProtectionController: StartController = ({ client, clock }) => {
	const resource = 'persistentvolumeclaims';
	// A pod that no node has yet does not count: it will not start with a claim that is going.
	const isInUse = (claim: PersistentVolumeClaim) =>
		client.list<Pod>(
			'pods',
			claim.metadata.namespace,
			(pod) => Boolean(pod.spec.nodeName) && usesClaim(pod, claim),
		).length > 0;
	const queue = createWorkQueue({
		name: 'claim protection',
		clock,
		reconcile(key) {
			const { namespace, name } = splitKey(key);
			const claim = client.get<PersistentVolumeClaim>(resource, namespace, name);
			if (claim) sync(client, resource, claim, claimProtection, isInUse);
		},
	});
	const ends = [
		client.watch<PersistentVolumeClaim>(resource, ({ type, object }) => {
			if (type !== 'DELETED') queue.add(keyOf(object));
		}),
		client.watch<Pod>('pods', ({ type, object }) => {
			if (type === 'DELETED')
				for (const name of claimsOfPod(object)) queue.add(`${object.metadata.namespace}/${name}`);
		}),
	];
	return queueController(queue, ends);
};

export const startVolumeProtectionController: StartController = ({ client, clock }) => {
	const resource = 'persistentvolumes';
	const queue = createWorkQueue({
		name: 'volume protection',
		clock,
		reconcile(name) {
			const volume = client.get<PersistentVolume>(resource, '', name);
			if (volume) sync(client, resource, volume, volumeProtection, ({ status }) => status?.phase === 'Bound');
		},
	});
	const end = client.watch<PersistentVolume>(resource, ({ type, object }) => {
		if (type !== 'DELETED') queue.add(keyOf(object));
	});
	return queueController(queue, [end]);
};
