// When a container that was asked to stop is killed.
import type { Clock, Timer } from '../clock.ts';
import type { Container } from '../runtime/container.ts';

export class KillTimer {
	readonly #clock: Clock;
	#set: { at: number; timer: Timer } | undefined;

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/** Of several times the earliest counts. */
	set(container: Container, graceMs: number): void {
		const at = this.#clock.now() + graceMs;
		if (this.#set && this.#set.at <= at) return;
		this.clear();
		this.#set = { at, timer: this.#clock.after(graceMs, () => container.signal('KILL')) };
	}

	clear(): void {
		this.#set?.timer.cancel();
		this.#set = undefined;
	}
}
