// Questions about a pod that several controllers ask.

import { parseTime } from '../schema/time.ts';
import type { Pod, PodCondition } from '../schema/types.ts';

export function podCondition(pod: Pod, type: string): PodCondition | undefined {
	return pod.status?.conditions?.find((condition) => condition.type === type);
}

export function isPodReady(pod: Pod): boolean {
	return podCondition(pod, 'Ready')?.status === 'True';
}

/** Phase Succeeded or Failed: its containers never start again. */
export function isPodTerminal(pod: Pod): boolean {
	return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}

export function isPodTerminating(pod: Pod): boolean {
	return pod.metadata.deletionTimestamp !== undefined;
}

/** Milliseconds until the pod will have been ready for `minReadySeconds`: 0 when it has, undefined when not ready. */
export function untilAvailable(pod: Pod, minReadySeconds: number, now: number): number | undefined {
	const ready = podCondition(pod, 'Ready');
	if (ready?.status !== 'True') return undefined;
	if (minReadySeconds === 0) return 0;
	const since = parseTime(ready.lastTransitionTime) ?? now;
	return Math.max(0, since + minReadySeconds * 1000 - now);
}
