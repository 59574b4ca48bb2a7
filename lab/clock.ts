// Time in the lab. Nothing in lab/ reads Date.now() or calls setTimeout: it asks the clock, so that a test
// can run a day in a second and get the same day each time.

/** A timer that has not fired yet. */
export interface Timer {
	cancel(): void;
}

export interface Clock {
	readonly pace: 'real' | 'fast' | 'virtual';
	/** Wall time in milliseconds since 1970, as timestamps show it. */
	now(): number;
	/**
	 * Milliseconds since some moment, at the speed at which timers fire: what a duration is measured by, where
	 * waits may be shortened while timestamps stay at wall time.
	 */
	elapsed(): number;
	/** Calls `action` once after `ms` milliseconds of lab time; 0 means in a later turn, never at once. */
	after(ms: number, action: () => void): Timer;
	/** Resolves after `ms` milliseconds of lab time; rejects with the signal's reason when it is aborted. */
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
	/**
	 * Waits for what takes the host's time and none of the lab's, as loading a module does: virtual time stands
	 * still meanwhile, and equal runs stay equal whatever finishes first.
	 */
	outside<T>(work: Promise<T>): Promise<T>;
}

function sleeper(after: Clock['after']): Clock['sleep'] {
	return (ms, signal) =>
		new Promise((resolve, reject) => {
			if (signal?.aborted) return reject(signal.reason);
			const abort = () => {
				timer.cancel();
				reject(signal?.reason);
			};
			const timer = after(ms, () => {
				signal?.removeEventListener('abort', abort);
				resolve();
			});
			signal?.addEventListener('abort', abort, { once: true });
		});
}

/** A timer of the host; the longest it can wait is 2³¹−1 ms, so a longer one is waited for in parts. */
function hostTimer(ms: number, action: () => void): Timer {
	const longest = 2 ** 31 - 1;
	let id = setTimeout(
		function part() {
			ms -= longest;
			if (ms > 0) id = setTimeout(part, Math.min(ms, longest));
			else action();
		},
		Math.min(ms, longest),
	);
	return { cancel: () => clearTimeout(id) };
}

/** Time goes on while the host works. */
const outside: Clock['outside'] = (work) => work;

/** How fast a lab's phases pass: as on a real node, or shortened. */
export type Pace = 'real' | 'fast';

/** The host's time. */
export interface HostClock extends Clock {
	/** Can be changed while timers wait: what is left of their time passes at the new pace. */
	pace: Pace;
}

/** One timer of a host's clock, which goes on at another speed when it is told. */
class PacedTimer implements Timer {
	readonly #fire: () => void;
	/** Milliseconds of lab time. */
	#left: number;
	#since = 0;
	#timer: Timer | undefined;

	constructor(ms: number, fire: () => void) {
		this.#left = ms;
		this.#fire = fire;
	}

	start(speed: number): void {
		this.#since = performance.now();
		this.#timer = hostTimer(this.#left / speed, this.#fire);
	}

	/** @param speed at which it has gone so far. */
	pause(speed: number): void {
		this.#timer?.cancel();
		this.#left = Math.max(0, this.#left - (performance.now() - this.#since) * speed);
	}

	cancel(): void {
		this.#timer?.cancel();
	}
}

/**
 * The host's own time; at the fast pace waits take a `speed`th of theirs. Timestamps are wall time at either,
 * since kubectl computes ages from it.
 */
export function createHostClock(pace: Pace, speed = 20): HostClock {
	const waiting = new Set<PacedTimer>();
	const speedAt = (at: Pace) => (at === 'real' ? 1 : speed);
	let passed = 0;
	let since = performance.now();
	const elapsed = () => passed + (performance.now() - since) * speedAt(pace);
	const after: Clock['after'] = (ms, action) => {
		const timer = new PacedTimer(ms, () => {
			waiting.delete(timer);
			action();
		});
		waiting.add(timer);
		timer.start(speedAt(pace));
		return {
			cancel: () => {
				waiting.delete(timer);
				timer.cancel();
			},
		};
	};
	return {
		get pace() {
			return pace;
		},
		set pace(next) {
			if (next === pace) return;
			for (const timer of waiting) timer.pause(speedAt(pace));
			passed = elapsed();
			since = performance.now();
			pace = next;
			for (const timer of waiting) timer.start(speedAt(pace));
		},
		now: () => Date.now(),
		elapsed,
		after,
		sleep: sleeper(after),
		outside,
	};
}

export interface VirtualClock extends Clock {
	/** How many timers have not fired yet. */
	readonly waiting: number;
	/** Moves time on by `ms`, firing what falls due in order, and lets each firing's consequences settle. */
	advance(ms: number): Promise<void>;
	/** Moves time on, timer by timer, until `condition` holds; throws when `limit` ms of lab time have passed first. */
	advanceUntil(condition: () => boolean, limit?: number): Promise<void>;
}

interface Pending {
	at: number;
	order: number;
	action: () => void;
}

/** One turn of the host's event loop: every promise that can settle by itself has settled after it. */
const settle = () =>
	new Promise<void>((resolve) => {
		const channel = new MessageChannel();
		channel.port1.onmessage = () => {
			channel.port1.close();
			resolve();
		};
		channel.port2.postMessage(null);
	});

/** Time that moves only when told to; equal inputs give equal runs. */
export function createVirtualClock(start = Date.UTC(2026, 0, 1)): VirtualClock {
	let now = start;
	let order = 0;
	const pending: Pending[] = [];
	const earlier = (a: Pending, b: Pending) => a.at < b.at || (a.at === b.at && a.order < b.order);
	const after: Clock['after'] = (ms, action) => {
		const entry: Pending = { at: now + Math.max(0, ms), order: order++, action };
		let low = 0;
		let high = pending.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			if (earlier(pending[middle], entry)) low = middle + 1;
			else high = middle;
		}
		pending.splice(low, 0, entry);
		return {
			cancel: () => {
				const index = pending.indexOf(entry);
				if (index >= 0) pending.splice(index, 1);
			},
		};
	};
	/** Work of the host that somebody waits for, in the order of asking. */
	let awaited: { work: Promise<unknown>; resume: () => void }[] = [];
	const settleAll = async () => {
		await settle();
		while (awaited.length > 0) {
			const done = awaited;
			awaited = [];
			await Promise.allSettled(done.map(({ work }) => work));
			for (const { resume } of done) resume();
			await settle();
		}
	};
	const fireNext = async (until: number): Promise<boolean> => {
		await settleAll();
		const next = pending[0];
		if (!next || next.at > until) return false;
		pending.shift();
		now = next.at;
		next.action();
		return true;
	};
	return {
		pace: 'virtual',
		get waiting() {
			return pending.length;
		},
		now: () => now,
		elapsed: () => now,
		after,
		sleep: sleeper(after),
		outside: (work) =>
			new Promise((resolve) => {
				// A failure is told to whoever asked, in its turn.
				work.catch(() => {});
				awaited.push({ work, resume: () => resolve(work) });
			}),
		async advance(ms) {
			const end = now + ms;
			while (await fireNext(end));
			now = end;
		},
		async advanceUntil(condition, limit = 3_600_000) {
			const end = now + limit;
			await settleAll();
			while (!condition()) {
				if (!(await fireNext(end)))
					throw new Error(`the condition did not hold within ${limit} ms of lab time`);
				if (pending[0]?.at !== now) await settleAll();
			}
		},
	};
}
