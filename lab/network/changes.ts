// Waiting for something to become another.

export class Changes {
	readonly #waiting = new Set<() => void>();

	/** Has everybody who waits look again. */
	tell(): void {
		const waiting = [...this.#waiting];
		this.#waiting.clear();
		for (const wake of waiting) wake();
	}

	/** Resolves at the next change; rejects with the signal's reason. */
	next(signal?: AbortSignal): Promise<void> {
		return new Promise((resolve, reject) => {
			if (signal?.aborted) return reject(signal.reason);
			const wake = () => {
				signal?.removeEventListener('abort', abort);
				resolve();
			};
			const abort = () => {
				this.#waiting.delete(wake);
				reject(signal?.reason);
			};
			signal?.addEventListener('abort', abort, { once: true });
			this.#waiting.add(wake);
		});
	}
}
