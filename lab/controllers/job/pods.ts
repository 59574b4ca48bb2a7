// A Job's pods: how they are made, and what became of them
// (kubernetes.io/docs/concepts/workloads/controllers/job).
import { parseTime } from '../../schema/time.ts';
import type { Container, Draft, Job, Pod } from '../../schema/types.ts';
import { podFromTemplate } from '../pod-control.ts';
import { isPodTerminating } from '../pod-state.ts';

/** Keeps a pod until the Job has counted it. */
const finalizer = 'batch.kubernetes.io/job-tracking';
const indexKey = 'batch.kubernetes.io/job-completion-index';
const failureCountKey = 'batch.kubernetes.io/job-index-failure-count';
const ignoredFailureCountKey = 'batch.kubernetes.io/job-index-ignored-failure-count';

export const isIndexed = ({ spec }: Job): boolean => spec.completionMode === 'Indexed';

export const isTracked = ({ metadata }: Pod): boolean => metadata.finalizers?.includes(finalizer) ?? false;

export const tracked = (pod: Pod): Pod =>
	isTracked(pod)
		? pod
		: { ...pod, metadata: { ...pod.metadata, finalizers: [...(pod.metadata.finalizers ?? []), finalizer] } };

export const untracked = (pod: Pod): Pod => ({
	...pod,
	metadata: {
		...pod.metadata,
		finalizers: (pod.metadata.finalizers ?? []).filter((each) => each !== finalizer),
	},
});

/** The completion index; undefined where the pod has none. */
export function indexOf({ metadata }: Pod): number | undefined {
	const text = metadata.annotations?.[indexKey];
	return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

const countIn = ({ metadata }: Pod, key: string) =>
	Number.parseInt(metadata.annotations?.[key] ?? '0', 10) || 0;

/** How often the pod's index failed before it. */
export const earlierFailures = (pod: Pod): number => countIn(pod, failureCountKey);
export const earlierIgnoredFailures = (pod: Pod): number => countIn(pod, ignoredFailureCountKey);

/** Failed pods only are replaced, not those that are merely on their way out. */
export const replacesFailedOnly = ({ spec }: Job): boolean => spec.podReplacementPolicy === 'Failed';

export function isFailed(pod: Pod, job: Job): boolean {
	if (pod.status?.phase === 'Failed') return true;
	return !replacesFailedOnly(job) && isPodTerminating(pod) && pod.status?.phase !== 'Succeeded';
}

/** When the last of its containers ended, in milliseconds since 1970; otherwise when it was deleted. */
export function finishedAt({ status, metadata }: Pod, now: number): number {
	const ends = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])].map(
		({ state }) => parseTime(state?.terminated?.finishedAt) ?? 0,
	);
	const last = Math.max(0, ...ends);
	return last || (parseTime(metadata.deletionTimestamp) ?? now);
}

export interface IndexedPod {
	index: number;
	/** With a backoffLimitPerIndex: how often the index failed so far, counted and ignored. */
	failures?: { counted: number; ignored: number };
}

/** A new pod, for one index where the Job is indexed. */
export function podFor(job: Job, indexed?: IndexedPod): Draft<Pod> {
	const draft = podFromTemplate(job, job.spec.template);
	const metadata = { ...draft.metadata, finalizers: [...(draft.metadata.finalizers ?? []), finalizer] };
	if (!indexed) return { ...draft, metadata };
	const index = String(indexed.index);
	const { failures } = indexed;
	const spec = structuredClone(job.spec.template.spec ?? { containers: [] });
	for (const container of [...(spec.initContainers ?? []), ...spec.containers]) addIndexVariable(container);
	return {
		...draft,
		metadata: {
			...metadata,
			generateName: `${job.metadata.name}-${index}-`,
			labels: { ...metadata.labels, [indexKey]: index },
			annotations: {
				...metadata.annotations,
				[indexKey]: index,
				...(failures && { [failureCountKey]: String(failures.counted) }),
				...(failures?.ignored && { [ignoredFailureCountKey]: String(failures.ignored) }),
			},
		},
		spec: { ...spec, hostname: `${job.metadata.name}-${index}` },
	};
}

function addIndexVariable(container: Container): void {
	const name = 'JOB_COMPLETION_INDEX';
	if (container.env?.some((variable) => variable.name === name)) return;
	const fieldPath = `metadata.labels['${indexKey}']`;
	container.env = [...(container.env ?? []), { name, valueFrom: { fieldRef: { fieldPath } } }];
}
