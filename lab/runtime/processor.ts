// A container's part of the processor: how much of it the container uses, and its limit, which stops the
// container for the rest of a period in which it has used up its quota (CFS bandwidth control, as cgroup's cpu.max).
import type { Clock } from '../clock.ts';
import { type Share, stepsPerCore, type Turns } from './turns.ts';

const periodMs = 100;
/** Usage is counted in spans of this length, so that a load is that of the last span and the one at hand. */
const spanMs = 15_000;

export class Processor {
	readonly #clock: Clock;
	readonly #turns: Turns;
	readonly #quota: number;
	readonly #startedAt: number;
	#period = 0;
	#usedInPeriod = 0;
	#span: number;
	#steps = 0;
	#stepsBefore = 0;

	/** `limit` in cores. */
	constructor(clock: Clock, turns: Turns, limit = Number.POSITIVE_INFINITY) {
		this.#clock = clock;
		this.#turns = turns;
		this.#quota = limit * stepsPerCore * periodMs;
		this.#startedAt = clock.now();
		this.#span = Math.floor(this.#startedAt / spanMs);
	}

	/** Takes steps for a process; false where it has to wait by `next`. */
	take(share: Share, steps: number): boolean {
		const now = this.#clock.now();
		this.#enterSpan(now);
		this.#steps += steps;
		const period = Math.floor(now / periodMs);
		if (period !== this.#period) {
			this.#period = period;
			this.#usedInPeriod = 0;
		}
		this.#usedInPeriod += steps;
		return this.#turns.take(share, steps) && this.#usedInPeriod <= this.#quota;
	}

	/** Calls `wake` when the process may go on: in the next turn, or where the quota is used up in the next period. */
	next(wake: () => void): () => void {
		if (this.#usedInPeriod <= this.#quota) return this.#turns.next(wake);
		const timer = this.#clock.after((this.#period + 1) * periodMs - this.#clock.now(), wake);
		return () => timer.cancel();
	}

	/** How many cores were in use of late: on average over what is counted, 15 to 30 seconds. */
	get load(): { cores: number; windowMs: number } {
		const now = this.#clock.now();
		this.#enterSpan(now);
		const since = Math.max(this.#startedAt, (this.#span - 1) * spanMs);
		const windowMs = Math.max(1, now - since);
		return { cores: (this.#steps + this.#stepsBefore) / stepsPerCore / windowMs, windowMs };
	}

	#enterSpan(now: number): void {
		const span = Math.floor(now / spanMs);
		if (span === this.#span) return;
		this.#stepsBefore = span === this.#span + 1 ? this.#steps : 0;
		this.#steps = 0;
		this.#span = span;
	}
}
