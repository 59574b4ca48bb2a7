// Whom a change of an object concerns that is managed: who owns it, or without an owner whoever may adopt it.
import type { Client } from '../api/client.ts';
import { selectorMatches } from '../api/selectors/label-selector.ts';
import type { KubernetesObject, LabelSelector } from '../schema/types.ts';
import { controllerOf } from './owner-references.ts';
import { keyOf, type WorkQueue } from './work-queue.ts';

export interface OwnerKind<Owner extends KubernetesObject> {
	/** As `statefulsets.apps`. */
	resource: string;
	kind: Owner['kind'];
	selectorOf(owner: Owner): LabelSelector | undefined;
}

/** The keys of an object's owner, or without one of each whose selector it matches. */
export function ownerKeys<Owner extends KubernetesObject>(
	client: Client,
	{ resource, kind, selectorOf }: OwnerKind<Owner>,
	owned: KubernetesObject,
): string[] {
	const owner = controllerOf(owned);
	const { namespace, labels } = owned.metadata;
	if (owner) return owner.kind === kind ? [`${namespace}/${owner.name}`] : [];
	return client
		.list<Owner>(resource, namespace)
		.filter((each) => selectorMatches(selectorOf(each), labels))
		.map(keyOf);
}

/** Has the queue look at whom each change of a resource's objects concerns; gives what ends the watch. */
export function followOwned<Owner extends KubernetesObject>(
	client: Client,
	resource: string,
	owners: OwnerKind<Owner>,
	queue: WorkQueue,
): () => void {
	const enqueue = (owned: KubernetesObject) => {
		for (const key of ownerKeys(client, owners, owned)) queue.add(key);
	};
	return client.watch<KubernetesObject>(resource, ({ object, previous }) => {
		enqueue(object);
		if (previous && controllerOf(previous)?.uid !== controllerOf(object)?.uid) enqueue(previous);
	});
}
