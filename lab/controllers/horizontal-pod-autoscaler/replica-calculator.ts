// How many replicas a metric asks for (kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale,
// "Algorithm details").
import { quantityValue } from '../../schema/quantity.ts';
import { parseTime } from '../../schema/time.ts';
import type { Pod, PodMetrics } from '../../schema/types.ts';
import { isPodReady, isPodTerminating, podCondition } from '../pod-state.ts';

/** A ratio this near to 1 changes nothing. */
export const defaultTolerance = 0.1;
/** How long after its start a pod's processor use does not count unless it is ready. */
const cpuInitializationMs = 300_000;
const initialReadinessMs = 30_000;

export interface Tolerances {
	up: number;
	down: number;
}

/** Why a metric gives no number: `reason` is that of the event and the condition. */
export class MetricError extends Error {
	readonly reason: string;
	constructor(reason: string, message: string) {
		super(message);
		this.reason = reason;
	}
}

export interface Observation {
	/** The sum of what the pods with metrics use, in cores or bytes, by pod. */
	usage: ReadonlyMap<string, number>;
	ready: readonly string[];
	/** Ready ones count as they are, unready ones as idle, missing ones as idle or at the target. */
	unready: readonly string[];
	missing: readonly string[];
}

/** Sorts the pods of a target by what their metrics say. `container` takes that container's metrics alone. */
export function observe(
	pods: readonly Pod[],
	metrics: readonly PodMetrics[],
	resource: string,
	container: string | undefined,
	now: number,
): Observation {
	const usage = new Map<string, number>();
	for (const { metadata, containers } of metrics) {
		const counted = containers.filter(({ name }) => container === undefined || name === container);
		if (counted.length === 0 || counted.some((each) => each.usage[resource] === undefined)) continue;
		usage.set(
			metadata.name,
			counted.reduce((sum, each) => sum + quantityValue(each.usage[resource]), 0),
		);
	}
	const [ready, unready, missing]: string[][] = [[], [], []];
	for (const pod of pods) {
		const { name } = pod.metadata;
		if (isPodTerminating(pod) || pod.status?.phase === 'Failed') continue;
		if (pod.status?.phase === 'Pending') unready.push(name);
		else if (!usage.has(name)) missing.push(name);
		else if (resource === 'cpu' && isStarting(pod, now)) unready.push(name);
		else ready.push(name);
	}
	return { usage, ready, unready, missing };
}

/** Whether what the pod uses says nothing yet: it has just begun, and has not become ready. */
function isStarting(pod: Pod, now: number): boolean {
	const condition = podCondition(pod, 'Ready');
	const startedAt = parseTime(pod.status?.startTime);
	if (!condition || startedAt === undefined) return true;
	if (now < startedAt + cpuInitializationMs) return !isPodReady(pod);
	const turned = parseTime(condition.lastTransitionTime) ?? 0;
	return !isPodReady(pod) && turned < startedAt + initialReadinessMs;
}

/** What the pods request of a resource, by pod. Throws where a container requests none. */
export function requestsByPod(
	pods: readonly Pod[],
	resource: string,
	container: string | undefined,
): ReadonlyMap<string, number> {
	const requests = new Map<string, number>();
	for (const { metadata, spec } of pods) {
		const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
		let sum = 0;
		for (const { name, resources } of [...spec.containers, ...sidecars]) {
			if (container !== undefined && name !== container) continue;
			const request = resources?.requests?.[resource];
			if (request === undefined)
				throw new Error(`missing request for ${resource} in container ${name} of Pod ${metadata.name}`);
			sum += quantityValue(request);
		}
		requests.set(metadata.name, sum);
	}
	return requests;
}

const total = (names: readonly string[], values: ReadonlyMap<string, number>) =>
	names.reduce((sum, name) => sum + (values.get(name) ?? 0), 0);

const within = (ratio: number, { up, down }: Tolerances) => ratio >= 1 - down && ratio <= 1 + up;

/**
 * Replicas for a target. `full` is what a pod is to use at most: its share of the requests (by pod) or an amount;
 * the ratio of what is used to it decides. Unready and missing pods damp the change, as the documentation says.
 */
export function replicasFor(
	observation: Observation,
	full: (name: string) => number,
	/** A missing pod's use where the number is to fall: what it may use at most, requests for a utilization. */
	atMost: (name: string) => number,
	current: number,
	tolerances: Tolerances,
): { replicas: number; ratio: number } {
	const { usage, ready, unready, missing } = observation;
	const wanted = (names: readonly string[]) => names.reduce((sum, name) => sum + full(name), 0);
	const ratio = total(ready, usage) / wanted(ready);
	const damped = missing.length > 0 || (unready.length > 0 && ratio > 1);
	if (!damped)
		return { ratio, replicas: within(ratio, tolerances) ? current : Math.ceil(ratio * ready.length) };
	const counted = new Map(usage);
	for (const name of missing) counted.set(name, ratio < 1 ? Math.max(full(name), atMost(name)) : 0);
	const names = [...ready, ...missing];
	if (ratio > 1) {
		for (const name of unready) counted.set(name, 0);
		names.push(...unready);
	}
	const dampedRatio = total(names, counted) / wanted(names);
	const turns = (ratio < 1 && dampedRatio > 1) || (ratio > 1 && dampedRatio < 1);
	if (within(dampedRatio, tolerances) || turns) return { ratio, replicas: current };
	const replicas = Math.ceil(dampedRatio * names.length);
	const wrongWay = (dampedRatio < 1 && replicas > current) || (dampedRatio > 1 && replicas < current);
	return { ratio, replicas: wrongWay ? current : replicas };
}
