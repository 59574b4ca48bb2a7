// What an agent does beside its main program: timers, and work that nobody waits for. All of it ends with the
// agent, and an error in any of it ends the agent, as a panic does.
import type { Clock, Timer } from '../../../clock.ts';
import type { Random } from '../../../random.ts';

export class Tasks {
	/** Numbers in [0, 1) from the lab's seed. */
	readonly random: Random;
	readonly #clock: Clock;
	readonly #failed: (error: unknown) => void;
	readonly #timers = new Set<Timer>();
	#stopped = false;

	constructor(clock: Clock, random: Random, failed: (error: unknown) => void) {
		this.#clock = clock;
		this.random = random;
		this.#failed = failed;
	}

	/** The time of day, for what is written down: milliseconds since 1970. */
	get now(): number {
		return this.#clock.now();
	}

	/** What durations are measured by, in milliseconds. */
	get elapsed(): number {
		return this.#clock.elapsed();
	}

	get stopped(): boolean {
		return this.#stopped;
	}

	/** Runs work that nobody waits for. */
	run(work: () => Promise<void>): void {
		if (!this.#stopped) work().catch(this.#failed);
	}

	after(ms: number, action: () => void): Timer {
		if (this.#stopped) return { cancel() {} };
		const timer = this.#clock.after(ms, () => {
			this.#timers.delete(handle);
			try {
				action();
			} catch (error) {
				this.#failed(error);
			}
		});
		const handle = {
			cancel: () => {
				timer.cancel();
				this.#timers.delete(handle);
			},
		};
		this.#timers.add(handle);
		return handle;
	}

	/** Calls `action` again and again, `ms` milliseconds after its last call has ended. */
	every(ms: number, action: () => void | Promise<void>): Timer {
		let cancelled = false;
		let timer: Timer;
		const again = () => {
			if (!cancelled)
				timer = this.after(ms, () =>
					this.run(async () => {
						await action();
						again();
					}),
				);
		};
		again();
		return {
			cancel() {
				cancelled = true;
				timer.cancel();
			},
		};
	}

	sleep(ms: number): Promise<void> {
		return new Promise((resolve) => {
			this.after(ms, resolve);
		});
	}

	/** Cancels every timer; nothing begins after it. */
	stop(): void {
		this.#stopped = true;
		for (const timer of this.#timers) timer.cancel();
	}
}
