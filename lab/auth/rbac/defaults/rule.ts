// How the default roles are written down: verbs, groups and resources as words.
import type { PolicyRule } from '../../../schema/types.ts';

export const read = 'get list watch';
export const write = 'create delete deletecollection patch update';
export const readAndWrite = 'create delete deletecollection get list patch update watch';

const words = (text: string) => text.split(' ');

/** A rule on resources; the group `core` is the one without a name. */
export function allow(verbs: string, groups: string, resources: string, names?: string): PolicyRule {
	return {
		apiGroups: words(groups).map((group) => (group === 'core' ? '' : group)),
		...(names && { resourceNames: words(names) }),
		resources: words(resources),
		verbs: words(verbs),
	};
}

/** A rule on paths that are none of a resource's. */
export function allowPaths(verbs: string, paths: string): PolicyRule {
	return { nonResourceURLs: words(paths), verbs: words(verbs) };
}

/** What everything that records events needs. */
export const recordEvents = allow('create patch update', 'core events.k8s.io', 'events');

/** Roles by name. */
export type Roles = Readonly<Record<string, readonly PolicyRule[]>>;
