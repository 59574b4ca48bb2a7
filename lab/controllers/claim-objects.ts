// What a controller manages: it adopts matching objects that nobody owns, and lets go of owned ones that no
// longer match (k8s.io/kubernetes/pkg/controller/controller_ref_manager.go).
import type { Client } from '../api/client.ts';
import type { KubernetesObject } from '../schema/types.ts';
import { controllerOf, controllerReference, withOwner, withoutOwner } from './owner-references.ts';

/**
 * Gives the objects of a resource (`pods`, `replicasets.apps`) that belong to the owner after adoption and
 * release, those that are on their way out included. An owner that is being deleted takes on nothing.
 * `adopted` adds to an object what its new owner wants on it.
 */
export function claimObjects<T extends KubernetesObject>(
	client: Client,
	resource: string,
	owner: KubernetesObject,
	matches: (object: T) => boolean,
	adopted: (object: T) => T = (object) => object,
): T[] {
	const leaving = owner.metadata.deletionTimestamp !== undefined;
	return client.list<T>(resource, owner.metadata.namespace).flatMap((object) => {
		const controller = controllerOf(object);
		if (controller && controller.uid !== owner.metadata.uid) return [];
		const fits = matches(object);
		const gone = object.metadata.deletionTimestamp !== undefined;
		if (controller) {
			if (fits || leaving) return [object];
			client.update(resource, withoutOwner(object, owner.metadata.uid));
			return [];
		}
		if (!fits || leaving || gone) return [];
		return [client.update(resource, adopted(withOwner(object, controllerReference(owner))))];
	});
}
