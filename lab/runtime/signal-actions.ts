// How a process takes each signal (sigaction(2)), and the handlers of signals that have come but not yet run.
import { systemError } from './errors.ts';
import type { Signal } from './process.ts';

type Handler = () => void;

export class SignalActions {
	readonly #actions = new Map<Signal, 'ignore' | Handler>();
	#pending: Handler[] = [];

	get(signal: Signal): 'default' | 'ignore' | Handler {
		return this.#actions.get(signal) ?? 'default';
	}

	/** Throws SystemError EINVAL for those that can be neither handled nor ignored. */
	set(signal: Signal, action: 'default' | 'ignore' | Handler): void {
		if (signal === 'KILL' || signal === 'STOP') throw systemError('EINVAL');
		if (action === 'default') this.#actions.delete(signal);
		else this.#actions.set(signal, action);
	}

	/** Takes over what a parent ignores, as fork and exec do. */
	inherit(parent: SignalActions): void {
		for (const [signal, action] of parent.#actions)
			if (action === 'ignore') this.#actions.set(signal, action);
	}

	/** An exec leaves only what is ignored. */
	forgetHandlers(): void {
		for (const [signal, action] of this.#actions) if (action !== 'ignore') this.#actions.delete(signal);
	}

	pend(handler: Handler): void {
		this.#pending.push(handler);
	}

	/** Runs the handlers of signals that have come; false where there are none. */
	runHandlers(): boolean {
		if (this.#pending.length === 0) return false;
		const handlers = this.#pending;
		this.#pending = [];
		for (const handler of handlers) handler();
		return true;
	}
}
