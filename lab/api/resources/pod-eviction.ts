// Evicting a pod: the pods/eviction subresource, a deletion that disruption budgets may refuse
// (kubernetes.io/docs/concepts/scheduling-eviction/api-eviction).
import { formatTime } from '../../schema/time.ts';
import type { Pod, PodDisruptionBudget } from '../../schema/types.ts';
import { admitEviction } from '../admission/node-restriction.ts';
import type { DeleteOptions } from '../client.ts';
import { ApiError, forbidden } from '../errors.ts';
import type { ObjectOperations, OperationOptions } from '../operations.ts';
import type { Resource } from '../registry.ts';
import { selectorMatches } from '../selectors/label-selector.ts';
import { podDisruptionBudgets } from './pod-disruption-budget.ts';

/** How many evictions the disruption controller may not have seen yet. */
const mostDisruptedPods = 2000;
const refused = "Cannot evict pod as it would violate the pod's disruption budget.";

/**
 * Deletes the pod where its budget allows it. Throws NotFound, TooManyRequests where the budget does not, and
 * with code 500 where several budgets select the pod.
 */
export function evictPod(
	operations: ObjectOperations,
	pods: Resource,
	namespace: string,
	name: string,
	deleteOptions: DeleteOptions,
	options: OperationOptions,
): void {
	const pod = operations.get(pods, namespace, name) as Pod;
	admitEviction(options.user, pod);
	let { preconditions } = deleteOptions;
	if (!isBeyondBudgets(pod)) {
		const budget = budgetOf(operations, pod);
		const mode = budget ? evictionMode(pod, budget) : 'free';
		if (budget && mode === 'counted') countDisruption(operations, budget, name, options);
		// The pod must not have become ready meanwhile.
		if (mode === 'unhealthy')
			preconditions = { resourceVersion: pod.metadata.resourceVersion, ...preconditions };
	}
	operations.delete(pods, namespace, name, { ...deleteOptions, preconditions }, { ...options, dryRun: true });
	if (options.dryRun) return;
	if (!isOver(pod)) markAsTarget(operations, pods, pod, options);
	const { preconditions: _, ...rest } = deleteOptions;
	operations.delete(pods, namespace, name, rest, options);
}

const isOver = ({ status }: Pod) => status?.phase === 'Succeeded' || status?.phase === 'Failed';

/** One that has ended, has not begun or is going already disturbs nobody. */
const isBeyondBudgets = (pod: Pod) =>
	isOver(pod) || pod.status?.phase === 'Pending' || pod.metadata.deletionTimestamp !== undefined;

const isReady = ({ status }: Pod) =>
	status?.conditions?.some((each) => each.type === 'Ready' && each.status === 'True') ?? false;

function budgetOf(operations: ObjectOperations, pod: Pod): PodDisruptionBudget | undefined {
	const { namespace, labels } = pod.metadata;
	const budgets = operations.store.list(podDisruptionBudgets.key, namespace) as PodDisruptionBudget[];
	const matching = budgets.filter(({ spec }) => {
		const { matchLabels = {}, matchExpressions = [] } = spec?.selector ?? {};
		const selects = Object.keys(matchLabels).length + matchExpressions.length > 0;
		return selects && selectorMatches(spec?.selector, labels);
	});
	if (matching.length > 1)
		throw new ApiError(
			500,
			'',
			'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
		);
	return matching[0];
}

/** Whether the eviction counts against the budget, or may pass since the pod is not healthy anyway. */
function evictionMode(pod: Pod, { spec, status }: PodDisruptionBudget): 'counted' | 'unhealthy' {
	if (isReady(pod)) return 'counted';
	if (spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return 'unhealthy';
	const { currentHealthy = 0, desiredHealthy = 0 } = status ?? {};
	return currentHealthy >= desiredHealthy && desiredHealthy > 0 ? 'unhealthy' : 'counted';
}

const tooManyRequests = (cause: string, retryAfterSeconds: number) =>
	new ApiError(429, 'TooManyRequests', refused, {
		causes: [{ reason: 'DisruptionBudget', message: cause }],
		...(retryAfterSeconds > 0 && { retryAfterSeconds }),
	});

/** Takes one of the disruptions that the budget allows. */
function countDisruption(
	operations: ObjectOperations,
	budget: PodDisruptionBudget,
	pod: string,
	options: OperationOptions,
): void {
	const { namespace, name, generation = 0 } = budget.metadata;
	const { status = {} } = budget;
	const { disruptionsAllowed = 0, desiredHealthy = 0, currentHealthy = 0, disruptedPods = {} } = status;
	if ((status.observedGeneration ?? 0) < generation)
		throw tooManyRequests(`The disruption budget ${name} is still being processed by the server.`, 10);
	if (Object.keys(disruptedPods).length > mostDisruptedPods)
		throw forbidden(
			{ group: 'policy', plural: 'poddisruptionbudget' },
			name,
			'DisruptedPods map too big - too many evictions not confirmed by PDB controller',
		);
	if (disruptionsAllowed === 0)
		throw tooManyRequests(
			`The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`,
			0,
		);
	const left = disruptionsAllowed - 1;
	const now = formatTime(operations.now());
	const conditions = (status.conditions ?? []).map((condition) =>
		left === 0 && condition.type === 'DisruptionAllowed' && condition.status === 'True'
			? { ...condition, status: 'False', reason: 'InsufficientPods', lastTransitionTime: now }
			: condition,
	);
	const changed: PodDisruptionBudget = {
		...budget,
		status: {
			...status,
			disruptionsAllowed: left,
			disruptedPods: { ...disruptedPods, [pod]: now },
			conditions,
		},
	};
	operations.update(podDisruptionBudgets, namespace, name, 'status', () => structuredClone(changed), options);
}

/** Says in the pod's status why it goes. */
function markAsTarget(
	operations: ObjectOperations,
	pods: Resource,
	{ metadata: { namespace, name } }: Pod,
	options: OperationOptions,
): void {
	const type = 'DisruptionTarget';
	const mark = (stored: Pod): Pod => ({
		...structuredClone(stored),
		status: {
			...stored.status,
			conditions: [
				...(stored.status?.conditions ?? []).filter((each) => each.type !== type),
				{
					type,
					status: 'True',
					reason: 'EvictionByEvictionAPI',
					message: 'Eviction API: evicting',
					lastTransitionTime: formatTime(operations.now()),
					observedGeneration: stored.metadata.generation,
				},
			],
		},
	});
	operations.update(pods, namespace, name, 'status', (stored) => mark(stored as Pod), options);
}
