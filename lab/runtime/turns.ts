// Shares the host's processor between the simulated processes. A turn is a millisecond of lab time; in it all
// processes together may take so many steps, and what is over waits for the next turn, which is a later task of
// the host, so that neither the API server nor another container ever waits for a spinning program.
import type { Clock } from '../clock.ts';

const stepsPerTurn = 1000;
const turnLength = 1;
/** A process that spins alone has half of each turn, which is what one core does in a millisecond. */
export const stepsPerCore = stepsPerTurn / 2 / turnLength;
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
	#share = stepsPerTurn / 2;
	#scheduled = false;
	#waiting = new Set<() => void>();

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/** Takes steps for a process; false where it has to wait for its next turn by `next`. */
	take(share: Share, steps: number): boolean {
		if (!this.#scheduled) {
			this.#scheduled = true;
			this.#clock.after(turnLength, () => this.#begin());
		}
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

	#begin(): void {
		this.#turn++;
		this.#used = 0;
		this.#scheduled = false;
		const waiting = this.#waiting;
		this.#share = Math.max(smallestShare, Math.floor(stepsPerTurn / Math.max(2, waiting.size)));
		this.#waiting = new Set();
		if (waiting.size > 0) {
			this.#scheduled = true;
			this.#clock.after(turnLength, () => this.#begin());
		}
		for (const wake of waiting) wake();
	}
}
