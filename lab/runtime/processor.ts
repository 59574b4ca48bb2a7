// A container's part of the processor: how much of it the container uses, and its limit, which stops the
// container until it has quota again (CFS bandwidth control, as cgroup's cpu.max).
import type { Clock } from '../clock.ts';
import type { Share, Turns } from './turns.ts';

const periodMs = 100;
/** Usage is counted in spans of this length, so that a load is that of the last span and the one at hand. */
const spanMs = 15_000;

export class Processor {
	/** What Turns counts in the turn at hand. */
	stepsInTurn = 0;
	readonly #clock: Clock;
	readonly #turns: Turns;
	/** Milliseconds of a core in each period. */
	#quota: number;
	readonly #startedAt: number;
	/** What is left of the quota, negative where more was used. */
	#left: number;
	#period: number;
	#span: number;
	#used = 0;
	#usedBefore = 0;

	/** `limit` in cores. */
	constructor(clock: Clock, turns: Turns, limit = Number.POSITIVE_INFINITY) {
		this.#clock = clock;
		this.#turns = turns;
		this.#quota = limit * periodMs;
		this.#left = this.#quota;
		this.#startedAt = clock.now();
		this.#period = Math.floor(this.#startedAt / periodMs);
		this.#span = Math.floor(this.#startedAt / spanMs);
	}

	/** Changes the limit, in cores, from now on. */
	limit(limit = Number.POSITIVE_INFINITY): void {
		this.#quota = limit * periodMs;
		this.#left = Math.min(this.#left, this.#quota);
	}

	/** Takes steps for a process; false where it has to wait by `next`. */
	take(share: Share, steps: number): boolean {
		return this.#turns.take(share, steps, this) && !this.#isThrottled;
	}

	/** Calls `wake` when the process may go on: in the next turn, or when there is quota again. */
	next(wake: () => void): () => void {
		if (!this.#isThrottled) return this.#turns.next(wake);
		const periods = Math.floor(-this.#left / this.#quota) + 1;
		const timer = this.#clock.after((this.#period + periods) * periodMs - this.#clock.now(), wake);
		return () => timer.cancel();
	}

	/** Counts milliseconds of a core that have been used. */
	charge(ms: number): void {
		this.#refill();
		this.#enterSpan();
		this.#left -= ms;
		this.#used += ms;
	}

	/** How many cores were in use of late: on average over what is counted, 15 to 30 seconds. */
	get load(): { cores: number; windowMs: number } {
		this.#enterSpan();
		const since = Math.max(this.#startedAt, (this.#span - 1) * spanMs);
		const windowMs = Math.max(1, this.#clock.now() - since);
		return { cores: (this.#used + this.#usedBefore) / windowMs, windowMs };
	}

	get #isThrottled(): boolean {
		if (this.#quota === Number.POSITIVE_INFINITY) return false;
		this.#refill();
		return this.#left <= 0;
	}

	#refill(): void {
		const period = Math.floor(this.#clock.now() / periodMs);
		if (period === this.#period) return;
		this.#left = Math.min(this.#quota, this.#left + (period - this.#period) * this.#quota);
		this.#period = period;
	}

	#enterSpan(): void {
		const span = Math.floor(this.#clock.now() / spanMs);
		if (span === this.#span) return;
		this.#usedBefore = span === this.#span + 1 ? this.#used : 0;
		this.#used = 0;
		this.#span = span;
	}
}
