// What the admission plugins of storage do: DefaultStorageClass, StorageObjectInUseProtection,
// PersistentVolumeClaimResize (https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/).
import { compareQuantities } from '../../schema/quantity.ts';
import type { KubernetesObject, PersistentVolumeClaim, StorageClass } from '../../schema/types.ts';
import type { Client } from '../client.ts';
import { forbidden } from '../errors.ts';
import type { RequestContext } from '../registry.ts';
import { classAnnotation } from '../validation/persistent-volume-claim.ts';

/** Held by a claim while a pod uses it, and by a volume while a claim is bound to it. */
export const claimProtection = 'kubernetes.io/pvc-protection';
export const volumeProtection = 'kubernetes.io/pv-protection';

/** What makes a class the one for claims that name none. */
export const defaultClassAnnotation = 'storageclass.kubernetes.io/is-default-class';

export const isDefaultClass = ({ metadata }: StorageClass): boolean =>
	metadata.annotations?.[defaultClassAnnotation] === 'true' ||
	metadata.annotations?.['storageclass.beta.kubernetes.io/is-default-class'] === 'true';

/** The class that a claim asks for; undefined where it leaves that open, '' where it wants none. */
export const classOf = ({ metadata, spec }: PersistentVolumeClaim): string | undefined =>
	metadata.annotations?.[classAnnotation] ?? spec.storageClassName;

/** The default class; of several the newest. */
export function defaultClass(objects: Pick<Client, 'list'>): StorageClass | undefined {
	const [newest] = objects
		.list<StorageClass>('storageclasses.storage.k8s.io')
		.filter(isDefaultClass)
		.sort((a, b) => (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? ''));
	return newest;
}

/** Keeps the object from going while it is in use: what looks after it takes the finalizer off. */
export function protect({ metadata }: KubernetesObject, finalizer: string): void {
	if (!metadata.finalizers?.includes(finalizer))
		metadata.finalizers = [...(metadata.finalizers ?? []), finalizer];
}

export function admitClaim(claim: PersistentVolumeClaim, { objects }: RequestContext): void {
	if (classOf(claim) === undefined) {
		const chosen = defaultClass(objects);
		if (chosen) claim.spec.storageClassName = chosen.metadata.name;
	}
	protect(claim, claimProtection);
}

/** Throws Forbidden where a claim grows that may not. */
export function admitResize(
	claim: PersistentVolumeClaim,
	old: PersistentVolumeClaim,
	{ objects }: RequestContext,
): void {
	const size = claim.spec.resources?.requests?.storage;
	const before = old.spec.resources?.requests?.storage;
	if (!size || !before || compareQuantities(size, before) <= 0) return;
	const refuse = (why: string) =>
		forbidden({ group: '', plural: 'persistentvolumeclaims' }, claim.metadata.name, why);
	if (old.status?.phase !== 'Bound') throw refuse('Only bound persistent volume claims can be expanded');
	const name = classOf(claim);
	const storageClass = name
		? objects.get<StorageClass>('storageclasses.storage.k8s.io', '', name)
		: undefined;
	if (!storageClass?.allowVolumeExpansion)
		throw refuse(
			'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
		);
}
