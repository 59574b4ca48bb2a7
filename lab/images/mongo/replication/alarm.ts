// A sleep that can be cut short.
import type { Process } from '../../../runtime/process.ts';

export class Alarm {
	readonly #process: Process;
	#wake: (() => void) | undefined;

	constructor(process: Process) {
		this.#process = process;
	}

	/** Waits `ms` milliseconds, or until `ring`. */
	sleep(ms: number): Promise<void> {
		return this.#process.block<void>((done) => {
			const timer = this.#process.clock.after(ms, done);
			this.#wake = () => {
				timer.cancel();
				done();
			};
			return () => timer.cancel();
		});
	}

	ring(): void {
		const wake = this.#wake;
		this.#wake = undefined;
		wake?.();
	}
}
