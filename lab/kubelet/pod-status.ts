// A pod's status from the states of its containers (kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle).
import { formatTime } from '../schema/time.ts';
import type { Pod, PodCondition, PodStatus } from '../schema/types.ts';
import type { ContainerWorker } from './container-worker.ts';
import { resizeConditions } from './pod-resize.ts';

/** Why a pod was refused, or ended before its containers did. */
export interface PodFailure {
	reason: string;
	message: string;
	/** The node never took it: it has no containers to tell of. */
	rejected?: boolean;
	/** The kubelet ended it for the node's sake. */
	disrupted?: boolean;
}

export interface PodFacts {
	/** Its init containers and sidecars, and its containers, in order of the spec. */
	inits: readonly ContainerWorker[];
	apps: readonly ContainerWorker[];
	ephemerals: readonly ContainerWorker[];
	hostAddress: string;
	/** Once it has one. */
	address?: string;
	/** Whether its sandbox and network are there. */
	sandboxReady: boolean;
	/** When the kubelet took it on. */
	startedAt: number;
	/** Nothing of it will run again. */
	over: boolean;
	failure?: PodFailure;
	/** What is said of a change of its resources. */
	resize: readonly PodCondition[];
	now: number;
}

export function describePod(pod: Pod, facts: PodFacts): PodStatus {
	const { inits, apps, ephemerals, address, failure, hostAddress, startedAt } = facts;
	const phase = phaseOf(pod, facts);
	const earlier = pod.status ?? {};
	if (failure?.rejected) return rejected(pod, facts, failure);
	const byName = apps.map((app) => app.status()).sort((a, b) => (a.name < b.name ? -1 : 1));
	return {
		...earlier,
		observedGeneration: pod.metadata.generation,
		phase,
		conditions: conditionsOf(pod, phase, facts),
		...(failure ? { reason: failure.reason, message: failure.message } : {}),
		hostIP: hostAddress,
		hostIPs: [{ ip: hostAddress }],
		...(address ? { podIP: address, podIPs: [{ ip: address }] } : {}),
		startTime: earlier.startTime ?? formatTime(startedAt),
		...(inits.length > 0 ? { initContainerStatuses: inits.map((init) => init.status()) } : {}),
		containerStatuses: byName,
		...(ephemerals.length > 0 ? { ephemeralContainerStatuses: ephemerals.map((each) => each.status()) } : {}),
	};
}

/** What is said of a pod that the node does not take: only that, and since when. */
function rejected(pod: Pod, { startedAt }: PodFacts, { reason, message }: PodFailure): PodStatus {
	const { conditions: known = [], startTime, qosClass } = pod.status ?? {};
	const conditions = known.filter(({ type }) => !conditionsOfKubelet.has(type));
	return {
		observedGeneration: pod.metadata.generation,
		phase: 'Failed',
		...(conditions.length > 0 ? { conditions } : {}),
		reason,
		message,
		startTime: startTime ?? formatTime(startedAt),
		...(qosClass ? { qosClass } : {}),
	};
}

const conditionsOfKubelet = new Set([
	'PodReadyToStartContainers',
	'PodScheduled',
	'Initialized',
	'Ready',
	'ContainersReady',
]);

const succeeded = (worker: ContainerWorker) => worker.state.terminated?.exitCode === 0;

/** Whether an init container is done, or a sidecar is up, so that the next may start. */
export const hasInitialised = (worker: ContainerWorker): boolean =>
	worker.kind === 'sidecar' ? worker.isStarted : succeeded(worker);

function phaseOf(pod: Pod, { inits, apps, over, failure }: PodFacts): string {
	const { restartPolicy = 'Always' } = pod.spec;
	if (failure) return 'Failed';
	const ended = (worker: ContainerWorker) => worker.state.terminated !== undefined;
	const begun = (worker: ContainerWorker) =>
		worker.state.running !== undefined || ended(worker) || worker.lastState.terminated !== undefined;
	const initFailed = inits.some(
		(init) => init.kind === 'init' && ended(init) && !succeeded(init) && (restartPolicy === 'Never' || over),
	);
	if (initFailed) return 'Failed';
	if (over && apps.some(begun)) return apps.every(succeeded) ? 'Succeeded' : 'Failed';
	const appsBegun = apps.some(begun);
	if (!appsBegun && !inits.every(hasInitialised)) return 'Pending';
	if (!apps.every(begun)) return 'Pending';
	if (apps.some((app) => app.state.running) || !apps.every(ended)) return 'Running';
	if (restartPolicy === 'Always') return 'Running';
	if (apps.every(succeeded)) return 'Succeeded';
	return restartPolicy === 'Never' ? 'Failed' : 'Running';
}

/** Those that the kubelet keeps, in its order, and behind them those of others. */
function conditionsOf(pod: Pod, phase: string, facts: PodFacts): PodCondition[] {
	const known = pod.status?.conditions ?? [];
	const condition = (type: string, status: boolean, reason?: string, message?: string): PodCondition => {
		const earlier = known.find((each) => each.type === type);
		const value = status ? 'True' : 'False';
		return {
			type,
			observedGeneration: pod.metadata.generation,
			status: value,
			lastTransitionTime: earlier?.status === value ? earlier.lastTransitionTime : formatTime(facts.now),
			...(reason ? { reason } : {}),
			...(message ? { message } : {}),
		};
	};
	const initialised = initialisedCondition(phase, facts);
	const containersReady = readyCondition(phase, facts);
	const gates = (pod.spec.readinessGates ?? []).filter(
		({ conditionType }) => known.find(({ type }) => type === conditionType)?.status !== 'True',
	);
	const ready: Verdict =
		containersReady[0] && gates.length > 0
			? [
					false,
					'ReadinessGatesNotReady',
					`the status of pod readiness gate "${gates[0].conditionType}" is not "True", but False`,
				]
			: containersReady;
	const scheduled = known.find(({ type }) => type === 'PodScheduled') ?? condition('PodScheduled', true);
	const own = [
		...facts.resize,
		condition('PodReadyToStartContainers', facts.sandboxReady),
		condition('Initialized', ...initialised),
		condition('Ready', ...ready),
		condition('ContainersReady', ...containersReady),
		{ ...scheduled, observedGeneration: pod.metadata.generation },
		...(facts.failure?.disrupted
			? [condition('DisruptionTarget', true, 'TerminationByKubelet', facts.failure.message)]
			: []),
	];
	const types = new Set(own.map(({ type }) => type));
	return [...own, ...known.filter(({ type }) => !types.has(type) && !resizeConditions.has(type))];
}

type Verdict = [status: boolean, reason?: string, message?: string];

const list = (workers: readonly ContainerWorker[]) =>
	`[${workers.map(({ container }) => container.name).join(' ')}]`;

function initialisedCondition(phase: string, { inits }: PodFacts): Verdict {
	if (phase === 'Succeeded') return [true, 'PodCompleted'];
	const incomplete = inits.filter((init) => !hasInitialised(init));
	if (incomplete.length === 0 || phase === 'Running') return [true];
	return [false, 'ContainersNotInitialized', `containers with incomplete status: ${list(incomplete)}`];
}

function readyCondition(phase: string, { inits, apps }: PodFacts): Verdict {
	if (phase === 'Succeeded') return [false, 'PodCompleted'];
	if (phase === 'Failed') return [false, 'PodFailed'];
	const sidecars = inits.filter(({ kind }) => kind === 'sidecar');
	const unready = [...sidecars, ...apps].filter((worker) => !worker.isReady);
	if (unready.length === 0) return [true];
	return [false, 'ContainersNotReady', `containers with unready status: ${list(unready)}`];
}
