// A process stopped by a signal: from when on, whether its parent knows, and who waits for CONT.
import type { Signal } from './process.ts';

export class Stop {
	/** What stopped the process; undefined while it runs. */
	signal: Signal | undefined;
	#told = true;
	#waiting: (() => void)[] = [];

	/** False where it is stopped already. */
	begin(signal: Signal): boolean {
		if (this.signal) return false;
		this.signal = signal;
		this.#told = false;
		return true;
	}

	end(): void {
		if (!this.signal) return;
		this.signal = undefined;
		this.#told = true;
		this.wake();
	}

	/** Whether the parent has not been told of it. */
	get isNews(): boolean {
		return this.signal !== undefined && !this.#told;
	}

	/** The signal, of which the parent is told now. */
	tell(): Signal {
		this.#told = true;
		return this.signal!;
	}

	/** Resolves at the next CONT, or when the process ends. */
	over(): Promise<void> {
		return new Promise((resolve) => {
			this.#waiting.push(resolve);
		});
	}

	/** Lets those go on who wait. */
	wake(): void {
		for (const wake of this.#waiting.splice(0)) wake();
	}
}
