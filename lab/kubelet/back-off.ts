// The kubelet's back-off for restarts and pulls: 10 s, doubled each time up to 5 min, forgotten after 10 min
// (kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy).
import type { Clock } from '../clock.ts';

const initialMs = 10_000;
const maximumMs = 300_000;

export interface BackOff {
	/**
	 * How long to wait since `eventAt` before the next attempt: 0 the first time, and when the last one was
	 * long ago.
	 */
	delay(eventAt: number): number;
	/** Notes an attempt: the next delay is twice as long. */
	attempt(eventAt: number): void;
}

export function createBackOff(clock: Clock): BackOff {
	let last: { delay: number; at: number } | undefined;
	const current = (eventAt: number) => (last && eventAt - last.at <= 2 * maximumMs ? last : undefined);
	return {
		delay: (eventAt) => current(eventAt)?.delay ?? 0,
		attempt(eventAt) {
			const earlier = current(eventAt);
			last = {
				delay: earlier ? Math.min(earlier.delay * 2, maximumMs) : initialMs,
				at: clock.now(),
			};
		},
	};
}
