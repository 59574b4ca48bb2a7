// A terminal's last output, addressed by its offset in the whole output.

export class OutputRing {
	readonly #bytes: Buffer;
	#end = 0;

	/** @param capacity in bytes. */
	constructor(capacity: number) {
		this.#bytes = Buffer.allocUnsafe(capacity);
	}

	/** The offset after the last byte. */
	get end(): number {
		return this.#end;
	}

	/** The offset of the first byte that is still there. */
	get start(): number {
		return Math.max(0, this.#end - this.#bytes.length);
	}

	append(chunk: Uint8Array): void {
		const capacity = this.#bytes.length;
		const kept = chunk.subarray(Math.max(0, chunk.length - capacity));
		this.#end += chunk.length;
		const at = (this.#end - kept.length) % capacity;
		const first = kept.subarray(0, capacity - at);
		this.#bytes.set(first, at);
		this.#bytes.set(kept.subarray(first.length), 0);
	}

	/** A copy of the bytes from an offset on, at most `limit`; the offset must not be before `start`. */
	read(offset: number, limit: number): Buffer {
		const capacity = this.#bytes.length;
		const length = Math.min(limit, this.#end - offset);
		const at = offset % capacity;
		const first = Math.min(length, capacity - at);
		const copy = Buffer.allocUnsafe(length);
		this.#bytes.copy(copy, 0, at, at + first);
		this.#bytes.copy(copy, first, 0, length - first);
		return copy;
	}
}
