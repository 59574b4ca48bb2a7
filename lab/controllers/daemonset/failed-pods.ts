// A daemon pod that fails at once is not replaced at once: each failure on a node doubles the wait.
import type { Clock } from '../../clock.ts';

const firstWaitMs = 1000;
const longestWaitMs = 15 * 60 * 1000;

export interface FailedPodBackOff {
	/** Milliseconds to wait before the node's failed pod may go; 0 lets it go and makes the next wait longer. */
	wait(set: string, node: string): number;
	forget(set: string): void;
}

export function createFailedPodBackOff(clock: Clock): FailedPodBackOff {
	const known = new Map<string, Map<string, { since: number; wait: number }>>();
	return {
		wait(set, node) {
			const nodes = known.get(set) ?? new Map<string, { since: number; wait: number }>();
			known.set(set, nodes);
			const now = clock.now();
			const earlier = nodes.get(node);
			const left = earlier ? earlier.since + earlier.wait - now : 0;
			if (left > 0) return left;
			// After twice the longest wait without a failure all is forgiven.
			const forgiven = !earlier || now - earlier.since > 2 * longestWaitMs;
			nodes.set(node, {
				since: now,
				wait: forgiven ? firstWaitMs : Math.min(earlier.wait * 2, longestWaitMs),
			});
			return 0;
		},
		forget(set) {
			known.delete(set);
		},
	};
}
