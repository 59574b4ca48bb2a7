// The history of a set's template: ControllerRevisions, named by a hash of what they hold
// (k8s.io/kubernetes/pkg/controller/history).
import type { Client } from '../../api/client.ts';
import { deepEqual } from '../../api/deep-equal.ts';
import { ApiError } from '../../api/errors.ts';
import { selectorMatches } from '../../api/selectors/label-selector.ts';
import type { ControllerRevision, Pod, PodTemplateSpec, StatefulSet } from '../../schema/types.ts';
import { controllerOf, controllerReference, withOwner } from '../owner-references.ts';

export const revisionLabel = 'controller-revision-hash';
const hashLabel = 'controller.kubernetes.io/hash';

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

const dataOf = (set: StatefulSet): RevisionData => ({
	spec: { template: { ...set.spec.template, $patch: 'replace' } },
});

/** The set as it was at a revision. */
export function atRevision(set: StatefulSet, revision: ControllerRevision): StatefulSet {
	const { $patch: _, ...template } = (revision.data as unknown as RevisionData).spec.template;
	return { ...set, spec: { ...set.spec, template } };
}

/** The set's revisions in order of their numbers; matching ones without an owner are adopted. */
export function listRevisions(client: Client, set: StatefulSet): ControllerRevision[] {
	return client
		.list<ControllerRevision>('controllerrevisions.apps', set.metadata.namespace)
		.filter((revision) => {
			const owner = controllerOf(revision);
			return owner
				? owner.uid === set.metadata.uid
				: selectorMatches(set.spec.selector, revision.metadata.labels);
		})
		.map((revision) =>
			controllerOf(revision) || set.metadata.deletionTimestamp
				? revision
				: client.update('controllerrevisions.apps', withOwner(revision, controllerReference(set))),
		)
		.sort((a, b) => a.revision - b.revision || (a.metadata.name < b.metadata.name ? -1 : 1));
}

export interface SetRevisions {
	all: ControllerRevision[];
	current: ControllerRevision;
	update: ControllerRevision;
	collisionCount: number;
}

/**
 * The revision that the set is at and the one that it goes to, which is made where the template is new. A
 * template that was there before gets its old revision back under the next number: that is a rollback.
 */
export function currentAndUpdateRevision(client: Client, set: StatefulSet): SetRevisions {
	const all = listRevisions(client, set);
	const next = (all.at(-1)?.revision ?? 0) + 1;
	const data = dataOf(set);
	let collisionCount = set.status?.collisionCount ?? 0;
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
		const name = `${set.metadata.name}-${hash}`;
		try {
			update = client.create<ControllerRevision>('controllerrevisions.apps', {
				apiVersion: 'apps/v1',
				kind: 'ControllerRevision',
				metadata: {
					name,
					namespace: set.metadata.namespace,
					labels: { ...set.spec.template.metadata?.labels, [hashLabel]: hash },
					...(set.metadata.annotations ? { annotations: set.metadata.annotations } : {}),
					ownerReferences: [controllerReference(set)],
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
	const current = all.find(({ metadata }) => metadata.name === set.status?.currentRevision) ?? update;
	return { all, current, update, collisionCount };
}

/** Deletes the oldest revisions beyond the history limit; those in use are neither counted nor deleted. */
export function truncateHistory(
	client: Client,
	set: StatefulSet,
	{ all, current, update }: SetRevisions,
	pods: readonly Pod[],
): void {
	const live = new Set([current.metadata.name, update.metadata.name]);
	for (const pod of pods) live.add(pod.metadata.labels?.[revisionLabel] ?? '');
	const unused = all.filter(({ metadata }) => !live.has(metadata.name));
	const excess = unused.length - (set.spec.revisionHistoryLimit ?? 10);
	for (const { metadata } of unused.slice(0, Math.max(0, excess)))
		client.delete('controllerrevisions.apps', metadata.namespace, metadata.name);
}
