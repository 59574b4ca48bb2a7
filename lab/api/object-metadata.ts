// What every write does with metadata, whatever the kind (k8s.io/apiserver/pkg/registry/rest).
import type { KubernetesObject } from '../schema/types.ts';
import { deepEqual } from './deep-equal.ts';
import type { RequestContext, Resource } from './registry.ts';
import { finalizerWarnings, type MetadataRules } from './validation/metadata.ts';

/** What the resource asks of metadata. */
export const metadataRules = ({ namespaced, nameRule, decode }: Resource): MetadataRules => ({
	namespaced,
	nameRule,
	custom: decode !== undefined,
});

/** Warns where a custom object gets a finalizer that does not name whose it is. */
export function warnOfFinalizers(
	{ decode }: Resource,
	{ metadata }: KubernetesObject,
	old: KubernetesObject | undefined,
	{ warn }: RequestContext,
): void {
	if (!decode || deepEqual(metadata.finalizers, old?.metadata.finalizers)) return;
	for (const warning of finalizerWarnings(metadata)) warn(warning);
}

/** What a client cannot change; a deletion, which it can only ask for with DELETE, is refused later on. */
export function keepSystemFields(object: KubernetesObject, old: KubernetesObject): void {
	const { metadata } = object;
	metadata.uid ||= old.metadata.uid;
	metadata.creationTimestamp = old.metadata.creationTimestamp;
	delete metadata.selfLink;
	if (old.metadata.generation === undefined) delete metadata.generation;
	else metadata.generation = old.metadata.generation;
	if (old.metadata.deletionTimestamp) metadata.deletionTimestamp = old.metadata.deletionTimestamp;
	metadata.deletionGracePeriodSeconds ??= old.metadata.deletionGracePeriodSeconds;
	if (metadata.deletionGracePeriodSeconds === undefined) delete metadata.deletionGracePeriodSeconds;
}
