// The history of a workload's template: ControllerRevisions, named by a hash of what they hold
// (k8s.io/kubernetes/pkg/controller/history).
import type { Client } from '../api/client.ts';
import { deepEqual } from '../api/deep-equal.ts';
import { ApiError } from '../api/errors.ts';
import { selectorMatches } from '../api/selectors/label-selector.ts';
import type {
	ControllerRevision,
	KubernetesObject,
	LabelSelector,
	PodTemplateSpec,
} from '../schema/types.ts';
import { controllerOf, controllerReference, withOwner } from './owner-references.ts';

/** The label by which a pod tells its revision. */
export const revisionLabel = 'controller-revision-hash';

/** What has a history: StatefulSets and DaemonSets. */
export interface Versioned extends KubernetesObject {
	spec: { selector: LabelSelector; template: PodTemplateSpec };
	status?: { collisionCount?: number };
}

/** What a revision holds: a patch that sets the template. */
interface RevisionData {
	spec: { template: PodTemplateSpec & { $patch: 'replace' } };
}

/** Revision names keep to letters that spell no words (k8s.io/apimachinery/pkg/util/rand). */
const safeLetters = 'bcdfghjklmnpqrstvwxz2456789';

/**
 * The hash that names a revision: 32-bit FNV-1 of what it holds, as Go encodes JSON (members in order of
 * their names, `<`, `>` and `&` escaped), and of how many names before were taken; its decimal digits are
 * written in safe letters.
 */
export function revisionHash(data: unknown, collisionCount: number): string {
	let hash = 0x811c9dc5;
	for (const byte of new TextEncoder().encode(encodeAsGo(data) + collisionCount))
		hash = (Math.imul(hash, 0x01000193) ^ byte) >>> 0;
	return Array.from(String(hash), (digit) => safeLetters[digit.charCodeAt(0) % safeLetters.length]).join('');
}

function encodeAsGo(value: unknown): string {
	const sorted = JSON.stringify(value, (_, member) =>
		member && typeof member === 'object' && !Array.isArray(member)
			? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
			: member,
	);
	return sorted.replace(
		/[<>&\u2028\u2029]/g,
		(character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);
}

const dataOf = ({ spec }: Versioned): RevisionData => ({
	spec: { template: { ...spec.template, $patch: 'replace' } },
});

/** The template that a revision keeps. */
export function templateOf(revision: ControllerRevision): PodTemplateSpec {
	const { $patch: _, ...template } = (revision.data as unknown as RevisionData).spec.template;
	return template;
}

/** The owner's revisions in order of their numbers; matching ones without an owner are adopted. */
export function listRevisions(client: Client, owner: Versioned): ControllerRevision[] {
	return client
		.list<ControllerRevision>('controllerrevisions.apps', owner.metadata.namespace)
		.filter((revision) => {
			const controller = controllerOf(revision);
			return controller
				? controller.uid === owner.metadata.uid
				: selectorMatches(owner.spec.selector, revision.metadata.labels);
		})
		.map((revision) =>
			controllerOf(revision) || owner.metadata.deletionTimestamp
				? revision
				: client.update('controllerrevisions.apps', withOwner(revision, controllerReference(owner))),
		)
		.sort((a, b) => a.revision - b.revision || (a.metadata.name < b.metadata.name ? -1 : 1));
}

export interface History {
	/** In order of their numbers; the last one holds the template as it is now. */
	all: ControllerRevision[];
	update: ControllerRevision;
	collisionCount: number;
}

/**
 * The history with a revision of the template as it is now, which is made where the template is new. A
 * template that was there before gets its old revision back under the next number: that is a rollback.
 * `hashLabel` is the label of the revision that carries its hash.
 */
export function recordTemplate(client: Client, owner: Versioned, hashLabel: string): History {
	const all = listRevisions(client, owner);
	const next = (all.at(-1)?.revision ?? 0) + 1;
	const data = dataOf(owner);
	let collisionCount = owner.status?.collisionCount ?? 0;
	let update = all.findLast((revision) => deepEqual(revision.data, data));
	if (update && update !== all.at(-1)) {
		const renewed = client.update<ControllerRevision>('controllerrevisions.apps', {
			...update,
			revision: next,
		});
		all.splice(all.indexOf(update), 1);
		all.push(renewed);
		update = renewed;
	}
	while (!update) {
		const hash = revisionHash(data, collisionCount);
		try {
			update = client.create<ControllerRevision>('controllerrevisions.apps', {
				apiVersion: 'apps/v1',
				kind: 'ControllerRevision',
				metadata: {
					name: `${owner.metadata.name}-${hash}`,
					namespace: owner.metadata.namespace,
					labels: { ...owner.spec.template.metadata?.labels, [hashLabel]: hash },
					...(owner.metadata.annotations ? { annotations: owner.metadata.annotations } : {}),
					ownerReferences: [controllerReference(owner)],
				},
				data: data as unknown as ControllerRevision['data'],
				revision: next,
			});
			all.push(update);
		} catch (error) {
			// Another template has the same hash: the next name also hashes how often that happened.
			if (!(error instanceof ApiError && error.reason === 'AlreadyExists')) throw error;
			collisionCount += 1;
		}
	}
	return { all, update, collisionCount };
}

/** Deletes the oldest revisions beyond the limit; those for which `isLive` holds are neither counted nor deleted. */
export function truncateHistory(
	client: Client,
	all: readonly ControllerRevision[],
	limit: number,
	isLive: (revision: ControllerRevision) => boolean,
): void {
	const unused = all.filter((revision) => !isLive(revision));
	for (const { metadata } of unused.slice(0, Math.max(0, unused.length - limit)))
		client.delete('controllerrevisions.apps', metadata.namespace, metadata.name);
}
