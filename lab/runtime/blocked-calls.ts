// The calls of a process that wait for something, and how they end early.

/** Begins to wait, and gives what gives it up. */
export type Start<T> = (done: (value: T) => void, fail: (error: unknown) => void) => () => void;

interface Blocked {
	fail: (error: unknown) => void;
	/** Whether a signal's handler ends it. */
	interruptible: boolean;
}

export class BlockedCalls {
	readonly #calls = new Set<Blocked>();

	get size(): number {
		return this.#calls.size;
	}

	wait<T>(start: Start<T>, interruptible: boolean): Promise<T> {
		return new Promise<T>((resolve, reject) => {
			let cancel = () => {};
			const blocked: Blocked = {
				interruptible,
				fail: (error) => {
					this.#calls.delete(blocked);
					cancel();
					reject(error);
				},
			};
			this.#calls.add(blocked);
			const settle =
				<V>(then: (value: V) => void) =>
				(value: V) => {
					this.#calls.delete(blocked);
					then(value);
				};
			cancel = start(settle<T>(resolve), settle(reject));
		});
	}

	interruptible(): Blocked[] {
		return [...this.#calls].filter(({ interruptible }) => interruptible);
	}

	/** Ends those of several calls that still wait. */
	fail(calls: readonly Blocked[], error: unknown): void {
		for (const call of calls) if (this.#calls.has(call)) call.fail(error);
	}

	failAll(error: unknown): void {
		this.fail([...this.#calls], error);
	}
}
