// What binder, scheduler, kubelet and driver ask of claims, volumes and classes.
import { classOf } from '../../api/admission/default-storage-class.ts';
import type { Client } from '../../api/client.ts';
import type {
	PersistentVolume,
	PersistentVolumeClaim,
	Pod,
	StorageClass,
	Volume,
} from '../../schema/types.ts';

type Reader = Pick<Client, 'get'>;

export const getClaim = (client: Reader, namespace: string, name: string) =>
	client.get<PersistentVolumeClaim>('persistentvolumeclaims', namespace, name);

export const getVolume = (client: Reader, name: string | undefined) =>
	name ? client.get<PersistentVolume>('persistentvolumes', '', name) : undefined;

/** The class of a claim, undefined where it names none or one that there is not. */
export function getClass(client: Reader, claim: PersistentVolumeClaim): StorageClass | undefined {
	const name = classOf(claim);
	return name ? client.get<StorageClass>('storageclasses.storage.k8s.io', '', name) : undefined;
}

/** Whether a class leaves binding to the scheduler. */
export const waitsForConsumer = (storageClass: StorageClass | undefined): boolean =>
	storageClass?.volumeBindingMode === 'WaitForFirstConsumer';

/** The claim that a pod's volume stands for: one that it names, or one made for the pod alone. */
export function claimNameOf(
	pod: Pod,
	{ name, persistentVolumeClaim, ephemeral }: Volume,
): string | undefined {
	if (persistentVolumeClaim) return persistentVolumeClaim.claimName;
	return ephemeral ? `${pod.metadata.name}-${name}` : undefined;
}

/** The names of all claims that a pod uses. */
export const claimsOfPod = (pod: Pod): string[] =>
	(pod.spec.volumes ?? []).flatMap((volume) => claimNameOf(pod, volume) ?? []);

export const usesClaim = (pod: Pod, { metadata }: PersistentVolumeClaim): boolean =>
	pod.metadata.namespace === metadata.namespace && claimsOfPod(pod).includes(metadata.name);

/** Whether both ends of a binding are in place. */
export const isBound = (claim: PersistentVolumeClaim): boolean =>
	claim.status?.phase === 'Bound' && Boolean(claim.spec.volumeName);

/** Whether the volume is kept for the claim: bound to it, or reserved for one of its name. */
export function isVolumeFor({ spec: { claimRef } }: PersistentVolume, claim: PersistentVolumeClaim): boolean {
	const { namespace, name, uid } = claim.metadata;
	if (claimRef?.namespace !== namespace || claimRef.name !== name) return false;
	return !claimRef.uid || claimRef.uid === uid;
}
