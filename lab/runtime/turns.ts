// Shares the host's processor between the simulated processes. A turn is a millisecond of lab time; in it all
// processes together may take so many steps, and what is over waits for the next turn, which is a later task of
// the host, so that neither the API server nor another container ever waits for a spinning program.
import type { Clock } from '../clock.ts';
import type { Processor } from './processor.ts';

const stepsPerTurn = 1000;
const turnLength = 1;
/** A process that spins alone has half of each turn: what one core does. */
const stepsPerCore = stepsPerTurn / 2;
/** However many processes spin, each gets on in its turn. */
const smallestShare = 10;

/** The steps that one process has taken in the turn at hand. */
export interface Share {
	turn: number;
	used: number;
}

export class Turns {
	readonly #clock: Clock;
	#turn = 0;
	#used = 0;
	#share = stepsPerCore;
	#scheduled = false;
	#waiting = new Set<() => void>();
	/** When the turn at hand began, or the first steps were taken after a time without any. */
	#startedAt = 0;
	readonly #busy = new Set<Processor>();

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/** Takes steps for a process; false where it has to wait for its next turn by `next`. */
	take(share: Share, steps: number, processor: Processor): boolean {
		if (!this.#scheduled) this.#schedule();
		processor.stepsInTurn += steps;
		this.#busy.add(processor);
		if (share.turn !== this.#turn) {
			// What was taken beyond the share, as by a fork, is paid for in the turns that follow.
			share.used = Math.max(0, share.used - (this.#turn - share.turn) * this.#share);
			share.turn = this.#turn;
		}
		share.used += steps;
		this.#used += steps;
		return share.used <= this.#share && this.#used <= stepsPerTurn + this.#share;
	}

	/** Calls `wake` in the next turn; what it gives takes that back. */
	next(wake: () => void): () => void {
		this.#waiting.add(wake);
		return () => this.#waiting.delete(wake);
	}

	#schedule(): void {
		this.#scheduled = true;
		this.#startedAt = this.#clock.now();
		this.#clock.after(turnLength, () => this.#begin());
	}

	/** Counts what containers have used: on a host that is slow a turn is longer, and so is its core's time. */
	#charge(): void {
		const length = Math.max(turnLength, this.#clock.now() - this.#startedAt);
		for (const processor of this.#busy) {
			processor.charge((processor.stepsInTurn / stepsPerCore) * length);
			processor.stepsInTurn = 0;
		}
		this.#busy.clear();
	}

	#begin(): void {
		this.#charge();
		this.#turn++;
		this.#used = 0;
		this.#scheduled = false;
		const waiting = this.#waiting;
		this.#share = Math.max(smallestShare, Math.floor(stepsPerTurn / Math.max(2, waiting.size)));
		this.#waiting = new Set();
		if (waiting.size > 0) this.#schedule();
		for (const wake of waiting) wake();
	}
}
