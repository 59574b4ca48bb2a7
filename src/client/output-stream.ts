import { flowControl } from '../../server/protocol.ts';

/**
 * Where a screen stands in its terminal's output, in bytes from the terminal's beginning: what has come, what the
 * screen has parsed, what of that was acknowledged, and up to where it is a replay of old output.
 */
export class OutputStream {
	/** The end of what has come; where output is asked for after a reconnect. */
	received = 0;
	#parsed = 0;
	#acknowledged = 0;
	#replayUntil = 0;

	/** Output before `offset` is old: what it makes the terminal answer must not be typed into the shell. */
	replayUntil(offset: number): void {
		this.#replayUntil = offset;
	}

	/** Whether the screen still parses old output. */
	get replaying(): boolean {
		return this.#parsed < this.#replayUntil;
	}

	/** Takes a frame's bytes; gives those that are new, or `gap` where some before them never came. */
	accept(offset: number, payload: Uint8Array): Uint8Array | 'gap' {
		if (offset > this.received) return 'gap';
		const fresh = payload.subarray(Math.min(this.received - offset, payload.length));
		this.received += fresh.length;
		return fresh;
	}

	/** The screen starts over at `offset`: a snapshot stands for everything before it. */
	restart(offset: number): void {
		this.received = offset;
		this.#parsed = offset;
		this.#acknowledged = offset;
		this.#replayUntil = offset;
	}

	/** The screen has parsed everything before `offset`; gives the offset to acknowledge, where it is time to. */
	parsed(offset: number): number | undefined {
		this.#parsed = Math.max(this.#parsed, offset);
		if (this.#parsed - this.#acknowledged < flowControl.ackEvery) return undefined;
		this.#acknowledged = this.#parsed;
		return this.#acknowledged;
	}
}
