// The frame of every controller: a queue of keys that are reconciled one at a time, retried with back-off.
import { ApiError } from '../api/errors.ts';
import type { Clock, Timer } from '../clock.ts';
import { reportFault } from '../report-fault.ts';

/** client-go's default rate limiter for a controller's items: 5 ms, doubled at each failure, at most 1000 s. */
const firstRetryMs = 5;
const longestRetryMs = 1_000_000;

export interface WorkQueue {
	/** Has the key reconciled in a later turn; a key that is waiting already is reconciled once. */
	add(key: string): void;
	/** Likewise, after `ms` milliseconds; the earlier of two times counts. */
	addAfter(key: string, ms: number): void;
	/** Reconciles at once what waits, and what that adds; for the time when nothing runs beside it. */
	drain(): void;
	stop(): void;
}

export interface WorkQueueOptions {
	/** Names the controller where a fault is reported. */
	name: string;
	clock: Clock;
	/**
	 * Makes what the key names as it should be, whatever happened before. What it throws has the key tried
	 * again: a refusal of the API server is routine, anything else is a fault and is reported as well.
	 */
	reconcile(key: string): void;
}

export function createWorkQueue({ name, clock, reconcile }: WorkQueueOptions): WorkQueue {
	const waiting = new Set<string>();
	const failures = new Map<string, number>();
	const delayed = new Map<string, { at: number; timer: Timer }>();
	let turn: Timer | undefined;
	let stopped = false;

	const add = (key: string) => {
		if (stopped) return;
		delayed.get(key)?.timer.cancel();
		delayed.delete(key);
		waiting.add(key);
		turn ??= clock.after(0, () => {
			turn = undefined;
			process([...waiting]);
		});
	};

	const addAfter = (key: string, ms: number) => {
		if (stopped || waiting.has(key)) return;
		const at = clock.now() + ms;
		const earlier = delayed.get(key);
		if (earlier && earlier.at <= at) return;
		earlier?.timer.cancel();
		delayed.set(key, { at, timer: clock.after(ms, () => add(key)) });
	};

	const process = (keys: readonly string[]) => {
		for (const key of keys) {
			if (stopped || !waiting.delete(key)) continue;
			try {
				reconcile(key);
				failures.delete(key);
			} catch (error) {
				if (!(error instanceof ApiError)) reportFault(`${name}, reconciling ${key}`, error);
				const count = failures.get(key) ?? 0;
				failures.set(key, count + 1);
				addAfter(key, Math.min(firstRetryMs * 2 ** count, longestRetryMs));
			}
		}
	};

	return {
		add,
		addAfter,
		drain() {
			while (waiting.size > 0 && !stopped) process([...waiting]);
		},
		stop() {
			stopped = true;
			turn?.cancel();
			for (const { timer } of delayed.values()) timer.cancel();
			delayed.clear();
			waiting.clear();
		},
	};
}

/** The key of an object: `namespace/name`, or the name alone for what is cluster-scoped. */
export function keyOf(object: { metadata: { namespace?: string; name: string } }): string {
	const { namespace, name } = object.metadata;
	return namespace ? `${namespace}/${name}` : name;
}

export function splitKey(key: string): { namespace: string; name: string } {
	const slash = key.indexOf('/');
	return { namespace: key.slice(0, Math.max(slash, 0)), name: key.slice(slash + 1) };
}
