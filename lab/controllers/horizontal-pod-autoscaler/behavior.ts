// How fast an autoscaler may follow what its metrics ask for: the stabilization window and the policies of its
// behavior (kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale, "Configurable scaling behavior").
import type { HorizontalPodAutoscaler, HPAScalingRules } from '../../schema/types.ts';

/** kube-controller-manager's --horizontal-pod-autoscaler-downscale-stabilization. */
const downscaleStabilizationSeconds = 300;

interface Change {
	at: number;
	by: number;
}

/** What an autoscaler has recommended and done, as far back as its windows reach. */
export interface History {
	recommendations: { at: number; replicas: number }[];
	ups: Change[];
	downs: Change[];
}

export const newHistory = (): History => ({ recommendations: [], ups: [], downs: [] });

export interface Verdict {
	replicas: number;
	/** Of the conditions AbleToScale and ScalingLimited. */
	able?: { reason: string; message: string };
	limited: { status: 'True' | 'False'; reason: string; message: string };
}

const unlimited: Verdict['limited'] = {
	status: 'False',
	reason: 'DesiredWithinRange',
	message: 'the desired count is within the acceptable range',
};

const rulesOf = ({ spec }: HorizontalPodAutoscaler, direction: 'scaleUp' | 'scaleDown'): HPAScalingRules =>
	spec.behavior?.[direction] ?? {};

/** What becomes of the wish for `desired` replicas. Records the wish in the history. */
export function limit(
	autoscaler: HorizontalPodAutoscaler,
	history: History,
	current: number,
	desired: number,
	now: number,
): Verdict {
	const stabilized = stabilize(autoscaler, history, current, desired, now);
	const verdict = limitChange(autoscaler, history, current, stabilized, now);
	if (stabilized === desired) return verdict;
	const down = stabilized > desired;
	const able = {
		reason: down ? 'ScaleDownStabilized' : 'ScaleUpStabilized',
		message: down
			? 'recent recommendations were higher than current one, applying the highest recent recommendation'
			: 'recent recommendations were lower than current one, applying the lowest recent recommendation',
	};
	return { ...verdict, able };
}

function stabilize(
	autoscaler: HorizontalPodAutoscaler,
	history: History,
	current: number,
	desired: number,
	now: number,
): number {
	const up = (rulesOf(autoscaler, 'scaleUp').stabilizationWindowSeconds ?? 0) * 1000;
	const down =
		(rulesOf(autoscaler, 'scaleDown').stabilizationWindowSeconds ?? downscaleStabilizationSeconds) * 1000;
	if (history.recommendations.length === 0) history.recommendations.push({ at: now, replicas: current });
	let lowest = desired;
	let highest = desired;
	for (const { at, replicas } of history.recommendations) {
		if (at > now - up) lowest = Math.min(lowest, replicas);
		if (at > now - down) highest = Math.max(highest, replicas);
	}
	history.recommendations = history.recommendations.filter(({ at }) => at > now - Math.max(up, down));
	history.recommendations.push({ at: now, replicas: desired });
	return Math.min(Math.max(current, lowest), highest);
}

function limitChange(
	autoscaler: HorizontalPodAutoscaler,
	history: History,
	current: number,
	desired: number,
	now: number,
): Verdict {
	const { minReplicas = 1, maxReplicas } = autoscaler.spec;
	const verdict = (replicas: number, reason: string, message: string): Verdict => ({
		replicas,
		limited: { status: 'True', reason, message },
	});
	const above = 'the desired replica count is more than the maximum replica count';
	const below = 'the desired replica count is less than the minimum replica count';
	if (desired > current) {
		const allowed = upLimit(autoscaler, history, current, now);
		if (desired > Math.min(allowed, maxReplicas))
			return allowed < maxReplicas
				? verdict(
						Math.max(allowed, current),
						'ScaleUpLimit',
						'the desired replica count is increasing faster than the maximum scale rate',
					)
				: verdict(maxReplicas, 'TooManyReplicas', above);
	} else if (desired < current) {
		const allowed = downLimit(autoscaler, history, current, now);
		if (desired < Math.max(allowed, minReplicas))
			return allowed > minReplicas
				? verdict(
						Math.min(allowed, current),
						'ScaleDownLimit',
						'the desired replica count is decreasing faster than the maximum scale rate',
					)
				: verdict(minReplicas, 'TooFewReplicas', below);
	} else if (desired > maxReplicas) return verdict(maxReplicas, 'TooManyReplicas', above);
	else if (desired < minReplicas) return verdict(minReplicas, 'TooFewReplicas', below);
	return { replicas: desired, limited: unlimited };
}

const changedWithin = (changes: readonly Change[], seconds: number, now: number) =>
	changes.filter(({ at }) => at > now - seconds * 1000).reduce((sum, { by }) => sum + by, 0);

/** How many replicas there were before the period of a policy. */
const before = ({ ups, downs }: History, current: number, seconds: number, now: number) =>
	current - changedWithin(ups, seconds, now) + changedWithin(downs, seconds, now);

/** Without a behavior: twice as many, or four. */
function upLimit(
	autoscaler: HorizontalPodAutoscaler,
	history: History,
	current: number,
	now: number,
): number {
	if (!autoscaler.spec.behavior) return Math.max(2 * current, 4);
	const { selectPolicy, policies = [] } = rulesOf(autoscaler, 'scaleUp');
	if (selectPolicy === 'Disabled') return current;
	const limits = policies.map(({ type, value, periodSeconds }) => {
		const start = before(history, current, periodSeconds, now);
		return type === 'Pods' ? start + value : Math.ceil(start * (1 + value / 100));
	});
	return selectPolicy === 'Min' ? Math.min(...limits) : Math.max(...limits);
}

/** Without a behavior there is none. */
function downLimit(
	autoscaler: HorizontalPodAutoscaler,
	history: History,
	current: number,
	now: number,
): number {
	if (!autoscaler.spec.behavior) return 0;
	const { selectPolicy, policies = [] } = rulesOf(autoscaler, 'scaleDown');
	if (selectPolicy === 'Disabled') return current;
	const limits = policies.map(({ type, value, periodSeconds }) => {
		const start = before(history, current, periodSeconds, now);
		return type === 'Pods' ? start - value : Math.trunc(start * (1 - value / 100));
	});
	return selectPolicy === 'Min' ? Math.max(...limits) : Math.min(...limits);
}

/** Records what was done, for policies to count. */
export function recordChange(
	autoscaler: HorizontalPodAutoscaler,
	history: History,
	from: number,
	to: number,
	now: number,
): void {
	const longest = (direction: 'scaleUp' | 'scaleDown') =>
		Math.max(...(rulesOf(autoscaler, direction).policies ?? []).map(({ periodSeconds }) => periodSeconds), 0);
	const oldest = now - Math.max(longest('scaleUp'), longest('scaleDown')) * 1000;
	history.ups = history.ups.filter(({ at }) => at > oldest);
	history.downs = history.downs.filter(({ at }) => at > oldest);
	if (to > from) history.ups.push({ at: now, by: to - from });
	else if (to < from) history.downs.push({ at: now, by: from - to });
}
