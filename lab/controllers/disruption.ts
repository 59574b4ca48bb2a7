// How many pods a PodDisruptionBudget lets go at once
// (kubernetes.io/docs/concepts/workloads/pods/disruptions, kubernetes.io/docs/tasks/run-application/configure-pdb).
import type { Client } from '../api/client.ts';
import { deepEqual } from '../api/deep-equal.ts';
import { formatLabelSelector, selectorMatches } from '../api/selectors/label-selector.ts';
import { formatTime, parseTime } from '../schema/time.ts';
import type {
	Condition,
	Deployment,
	IntOrString,
	OwnerReference,
	Pod,
	PodDisruptionBudget,
	PodDisruptionBudgetStatus,
} from '../schema/types.ts';
import { queueController, type StartController } from './controller.ts';
import { controllerOf } from './owner-references.ts';
import { isPodReady, isPodTerminating } from './pod-state.ts';
import { createWorkQueue, keyOf, splitKey } from './work-queue.ts';

const budgets = 'poddisruptionbudgets.policy';
/** An evicted pod that is still there after this time counts again. */
const deletionTimeoutMs = 120_000;

/** What has a number of replicas to count from, by its owner reference. */
const scalable: Readonly<Record<string, string>> = {
	'v1/ReplicationController': 'replicationcontrollers',
	'apps/v1/Deployment': 'deployments.apps',
	'apps/v1/ReplicaSet': 'replicasets.apps',
	'apps/v1/StatefulSet': 'statefulsets.apps',
};

/** The number of pods that should be there cannot be told. */
class CountError extends Error {}

/** The pods that the budget selects; without a selector none. */
function selectedPods(client: Client, { metadata, spec }: PodDisruptionBudget): readonly Pod[] {
	return client.list<Pod>('pods', metadata.namespace, (pod) =>
		selectorMatches(spec?.selector, pod.metadata.labels),
	);
}

/** The replicas that the pods' controllers are to have, each controller counted once. Throws CountError. */
function expectedReplicas(client: Client, pods: readonly Pod[]): { count: number; unmanaged: boolean } {
	const counted = new Map<string, number>();
	let unmanaged = false;
	for (const pod of pods) {
		let owner: OwnerReference | undefined = controllerOf(pod);
		if (!owner) {
			unmanaged = true;
			continue;
		}
		let found = controllerNamed(client, pod.metadata.namespace, owner);
		const above = found && owner.kind === 'ReplicaSet' ? controllerOf(found) : undefined;
		if (above) {
			owner = above;
			found = controllerNamed(client, pod.metadata.namespace, above);
		}
		if (!found) throw new CountError(`found no controllers for pod ${JSON.stringify(pod.metadata.name)}`);
		counted.set(owner.uid, found.spec.replicas ?? 1);
	}
	return { count: [...counted.values()].reduce((sum, replicas) => sum + replicas, 0), unmanaged };
}

function controllerNamed(
	client: Client,
	namespace: string,
	{ apiVersion, kind, name, uid }: OwnerReference,
): Deployment | undefined {
	const resource = scalable[`${apiVersion}/${kind}`];
	if (!resource) {
		const group = apiVersion.includes('/') ? `.${apiVersion.slice(0, apiVersion.indexOf('/'))}` : '';
		throw new CountError(`${kind.toLowerCase()}s${group} does not implement the scale subresource`);
	}
	const found = client.get<Deployment>(resource, namespace, name);
	return found?.metadata.uid === uid ? found : undefined;
}

/** A percentage of the total is rounded up. */
function scaled(value: IntOrString, total: number): number {
	if (typeof value === 'number') return value;
	return Math.ceil((Number.parseInt(value, 10) * total) / 100);
}

export const startDisruptionController: StartController = ({ client, clock, events }) => {
	const recorder = events.recorder('controllermanager');

	const reconcile = (key: string) => {
		const { namespace, name } = splitKey(key);
		const budget = client.get<PodDisruptionBudget>(budgets, namespace, name);
		if (!budget) return;
		const pods = selectedPods(client, budget);
		if (pods.length === 0) recorder.event(budget, 'Normal', 'NoPods', 'No matching pods found');
		try {
			const { expected, desired } = wanted(budget, pods);
			publish(budget, pods, expected, desired);
		} catch (error) {
			if (!(error instanceof CountError)) throw error;
			const message = `Failed to calculate the number of expected pods: ${error.message}`;
			recorder.event(budget, 'Warning', 'CalculateExpectedPodCountFailed', message);
			const status = { ...budget.status, disruptionsAllowed: 0 };
			write(budget, status, condition(budget, 'False', 'SyncFailed', error.message));
		}
	};

	const wanted = (budget: PodDisruptionBudget, pods: readonly Pod[]) => {
		const { minAvailable, maxUnavailable, selector } = budget.spec ?? {};
		if (maxUnavailable === undefined && typeof minAvailable === 'number')
			return { expected: pods.length, desired: minAvailable };
		if (maxUnavailable === undefined && minAvailable === undefined) return { expected: 0, desired: 0 };
		const { count, unmanaged } = expectedReplicas(client, pods);
		if (unmanaged)
			recorder.event(
				budget,
				'Warning',
				'UnmanagedPods',
				`Pods selected by this PodDisruptionBudget (selector: ${formatLabelSelector(selector)}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.`,
			);
		const desired =
			maxUnavailable !== undefined
				? Math.max(0, count - scaled(maxUnavailable, count))
				: scaled(minAvailable!, count);
		return { expected: count, desired };
	};

	const publish = (
		budget: PodDisruptionBudget,
		pods: readonly Pod[],
		expectedPods: number,
		desiredHealthy: number,
	) => {
		const disruptedPods = stillDisrupted(budget, pods);
		const currentHealthy = pods.filter(
			(pod) => !isPodTerminating(pod) && !(pod.metadata.name in disruptedPods) && isPodReady(pod),
		).length;
		const disruptionsAllowed = expectedPods > 0 ? Math.max(0, currentHealthy - desiredHealthy) : 0;
		const status: PodDisruptionBudgetStatus = {
			conditions: budget.status?.conditions ?? [],
			currentHealthy,
			desiredHealthy,
			expectedPods,
			disruptionsAllowed,
			...(Object.keys(disruptedPods).length > 0 && { disruptedPods }),
		};
		const verdict =
			disruptionsAllowed > 0
				? condition(budget, 'True', 'SufficientPods')
				: condition(budget, 'False', 'InsufficientPods');
		write(budget, status, verdict);
	};

	/** Evicted pods that have not begun to go. */
	const stillDisrupted = (budget: PodDisruptionBudget, pods: readonly Pod[]): Record<string, string> => {
		const left: Record<string, string> = {};
		const now = clock.now();
		for (const pod of pods) {
			const since = budget.status?.disruptedPods?.[pod.metadata.name];
			if (since === undefined || isPodTerminating(pod)) continue;
			const expiry = (parseTime(since) ?? 0) + deletionTimeoutMs;
			if (expiry <= now) {
				const { namespace, name } = budget.metadata;
				const message = `Pod was expected by PDB ${namespace}/${name} to be deleted but it wasn't`;
				recorder.event(pod, 'Warning', 'NotDeleted', message);
				continue;
			}
			left[pod.metadata.name] = since;
			queue.addAfter(keyOf(budget), expiry - now);
		}
		return left;
	};

	const condition = (
		{ metadata, status }: PodDisruptionBudget,
		value: 'True' | 'False',
		reason: string,
		message = '',
	): Condition => {
		const earlier = status?.conditions?.find(({ type }) => type === 'DisruptionAllowed');
		return {
			type: 'DisruptionAllowed',
			status: value,
			observedGeneration: metadata.generation,
			lastTransitionTime: earlier?.status === value ? earlier.lastTransitionTime : formatTime(clock.now()),
			reason,
			message,
		};
	};

	const write = (budget: PodDisruptionBudget, status: PodDisruptionBudgetStatus, verdict: Condition) => {
		const others = (budget.status?.conditions ?? []).filter(({ type }) => type !== verdict.type);
		const complete = {
			...status,
			conditions: [...others, verdict],
			observedGeneration: budget.metadata.generation,
		};
		if (!deepEqual(complete, budget.status))
			client.updateStatus<PodDisruptionBudget>(budgets, { ...budget, status: complete });
	};

	const queue = createWorkQueue({ name: 'disruption', clock, reconcile });
	const enqueueBudgetsOf = (pod: Pod) => {
		for (const budget of client.list<PodDisruptionBudget>(budgets, pod.metadata.namespace))
			if (selectorMatches(budget.spec?.selector, pod.metadata.labels)) queue.add(keyOf(budget));
	};
	/** A controller was scaled: budgets of its pods count from another number. */
	const enqueueNamespace = (namespace: string) => {
		for (const budget of client.list<PodDisruptionBudget>(budgets, namespace)) queue.add(keyOf(budget));
	};
	const ends = [
		client.watch<PodDisruptionBudget>(budgets, ({ object }) => queue.add(keyOf(object))),
		client.watch<Pod>('pods', ({ object, previous }) => {
			enqueueBudgetsOf(object);
			if (previous) enqueueBudgetsOf(previous);
		}),
		...[...new Set(Object.values(scalable))].map((resource) =>
			client.watch<Deployment>(resource, ({ object, previous }) => {
				if (previous && previous.spec.replicas !== object.spec.replicas)
					enqueueNamespace(object.metadata.namespace);
			}),
		),
	];
	return queueController(queue, ends);
};
