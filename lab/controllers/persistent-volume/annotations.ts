// The annotations by which binder, scheduler and provisioner tell each other how far a claim is
// (kubernetes.io/docs/reference/labels-annotations-taints).
import type { KubernetesObject } from '../../schema/types.ts';

/** On a claim: it has been bound once, so that a volume which is missing now is lost. */
export const bindCompleted = 'pv.kubernetes.io/bind-completed';
/** On a claim or volume: the binder chose its partner, nobody asked for it. */
export const boundByController = 'pv.kubernetes.io/bound-by-controller';
/** On a volume: who made it. */
export const provisionedBy = 'pv.kubernetes.io/provisioned-by';
/** On a claim: who is to make its volume. */
export const storageProvisioner = 'volume.kubernetes.io/storage-provisioner';
export const betaStorageProvisioner = 'volume.beta.kubernetes.io/storage-provisioner';
/** On a claim that waits for its first consumer: where that will run. */
export const selectedNode = 'volume.kubernetes.io/selected-node';

export const annotation = ({ metadata }: KubernetesObject, name: string): string | undefined =>
	metadata.annotations?.[name];

/** The object with annotations added. */
export const annotated = <T extends KubernetesObject>(object: T, added: Record<string, string>): T => ({
	...object,
	metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, ...added } },
});
