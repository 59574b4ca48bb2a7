// A StatefulSet's revisions: the one it is at, and the one it goes to.
import type { Client } from '../../api/client.ts';
import type { ControllerRevision, Pod, StatefulSet } from '../../schema/types.ts';
import { type History, recordTemplate, revisionLabel, templateOf, truncateHistory } from '../history.ts';

const hashLabel = 'controller.kubernetes.io/hash';

/** The set as it was at a revision. */
export function atRevision(set: StatefulSet, revision: ControllerRevision): StatefulSet {
	return { ...set, spec: { ...set.spec, template: templateOf(revision) } };
}

export interface SetRevisions extends History {
	current: ControllerRevision;
}

/** The revision that the set is at and the one that it goes to, which is made where the template is new. */
export function currentAndUpdateRevision(client: Client, set: StatefulSet): SetRevisions {
	const history = recordTemplate(client, set, hashLabel);
	const { all, update } = history;
	const current = all.find(({ metadata }) => metadata.name === set.status?.currentRevision) ?? update;
	return { ...history, current };
}

/** Deletes the oldest revisions beyond the history limit; those in use are neither counted nor deleted. */
export function truncateRevisions(
	client: Client,
	set: StatefulSet,
	{ all, current, update }: SetRevisions,
	pods: readonly Pod[],
): void {
	const live = new Set([current.metadata.name, update.metadata.name]);
	for (const pod of pods) live.add(pod.metadata.labels?.[revisionLabel] ?? '');
	truncateHistory(client, all, set.spec.revisionHistoryLimit ?? 10, ({ metadata }) =>
		live.has(metadata.name),
	);
}
