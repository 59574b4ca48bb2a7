// How much may be sent before the other side grants more: on one stream, or on all of a connection together
// (SPDY protocol draft 3.1, section 2.6.8).

const initialWindow = 64 * 1024;

export class SendWindow {
	#left = initialWindow;
	/**
	 * Whether the window counts. Kubernetes' own clients never grant anything, so that a window would stop them for
	 * ever; who grants something once keeps the protocol.
	 */
	#granting = false;
	#waiting: (() => void)[] = [];

	/** In bytes; below nothing where more was sent before the window counted. */
	get left(): number {
		return this.#granting ? this.#left : Number.POSITIVE_INFINITY;
	}

	take(bytes: number): void {
		this.#left -= bytes;
	}

	/** The other side grants so many bytes more. */
	grow(bytes: number): void {
		this.#granting = true;
		this.#left += bytes;
		this.#wake();
	}

	/** Nobody is there any more who could grant anything. */
	open(): void {
		this.#granting = false;
		this.#wake();
	}

	/** Resolves when it is worth another look. */
	opened(): Promise<void> {
		return new Promise((resolve) => {
			this.#waiting.push(resolve);
		});
	}

	#wake(): void {
		for (const resolve of this.#waiting.splice(0)) resolve();
	}
}
