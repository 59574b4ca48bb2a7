// A time that is waited for and begun anew. Timers measure it, not timestamps: the lab may shorten waits while its
// timestamps stay at wall time.
import type { Clock, Timer } from '../../../clock.ts';

export class Countdown {
	readonly #clock: Clock;
	readonly #whenOver: () => void;
	#timer: Timer | undefined;
	/** Whether the time has passed since it was begun last; so before it is begun at all. */
	isOver = true;

	constructor(clock: Clock, whenOver: () => void = () => {}) {
		this.#clock = clock;
		this.#whenOver = whenOver;
	}

	/** Whether it has been begun and is not over. */
	get isRunning(): boolean {
		return this.#timer !== undefined;
	}

	/** Begins to wait `ms` milliseconds, whatever was waited for before. */
	restart(ms: number): void {
		this.#timer?.cancel();
		this.isOver = false;
		this.#timer = this.#clock.after(ms, () => {
			this.#timer = undefined;
			this.isOver = true;
			this.#whenOver();
		});
	}

	/** Ends the wait without its being over. */
	stop(): void {
		this.#timer?.cancel();
		this.#timer = undefined;
		this.isOver = false;
	}
}
