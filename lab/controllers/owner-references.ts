// Who an object belongs to (kubernetes.io/docs/concepts/overview/working-with-objects/owners-dependents).
import type { KubernetesObject, ObjectMeta, OwnerReference } from '../schema/types.ts';

/** The reference by which a controller marks what it manages. */
export function controllerReference(owner: KubernetesObject): OwnerReference {
	return {
		apiVersion: owner.apiVersion,
		kind: owner.kind,
		name: owner.metadata.name,
		uid: owner.metadata.uid,
		controller: true,
		blockOwnerDeletion: true,
	};
}

/** The reference to the managing controller, if there is one. */
export function controllerOf(object: { metadata: Partial<ObjectMeta> }): OwnerReference | undefined {
	return object.metadata.ownerReferences?.find((reference) => reference.controller);
}

/** The object without its reference to an owner. */
export function withoutOwner<T extends KubernetesObject>(object: T, ownerUid: string): T {
	const left = (object.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== ownerUid);
	const { ownerReferences: _, ...metadata } = object.metadata;
	return { ...object, metadata: left.length > 0 ? { ...metadata, ownerReferences: left } : metadata };
}

/** The object with one more owner. */
export function withOwner<T extends KubernetesObject>(object: T, reference: OwnerReference): T {
	const ownerReferences = [...(object.metadata.ownerReferences ?? []), reference];
	return { ...object, metadata: { ...object.metadata, ownerReferences } };
}
