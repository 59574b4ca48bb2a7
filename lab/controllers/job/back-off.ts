// A Job waits before it replaces a failed pod: 10 s, doubled at each failure in a row, at most 10 min
// (kubernetes.io/docs/concepts/workloads/controllers/job/#pod-backoff-failure-policy).
const firstWaitMs = 10_000;
const longestWaitMs = 600_000;

/** Milliseconds still to wait after so many failures, the last one at `lastFailure`. */
export function waitAfter(failures: number, lastFailure: number, now: number): number {
	if (failures === 0) return 0;
	const wait = Math.min(firstWaitMs * 2 ** (failures - 1), longestWaitMs);
	return Math.max(0, lastFailure + wait - now);
}

interface Row {
	failures: number;
	lastFailure: number;
}

export interface BackOff {
	/** Notes pods that have ended, each once; a success ends the row of failures. */
	note(uid: string, ended: readonly { failed: boolean; at: number }[]): void;
	/** Milliseconds to wait before a new pod. */
	wait(uid: string, now: number): number;
	forget(uid: string): void;
}

export function createBackOff(): BackOff {
	const rows = new Map<string, Row>();
	return {
		note(uid, ended) {
			for (const { failed, at } of ended.toSorted((a, b) => a.at - b.at)) {
				if (!failed) rows.delete(uid);
				else rows.set(uid, { failures: (rows.get(uid)?.failures ?? 0) + 1, lastFailure: at });
			}
		},
		wait(uid, now) {
			const { failures, lastFailure } = rows.get(uid) ?? { failures: 0, lastFailure: 0 };
			return waitAfter(failures, lastFailure, now);
		},
		forget(uid) {
			rows.delete(uid);
		},
	};
}
