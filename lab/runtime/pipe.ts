// A pipe (pipe(7)): 64 KiB between writers and readers; full, it holds its writers back; unread, it breaks.
import { systemError } from './errors.ts';
import type { OpenFile, Process } from './process.ts';
import { chargeTransfer } from './transfer-cost.ts';

const capacity = 64 * 1024;
const none = new Uint8Array(0);

/** One buffer with two ends. Either end is shared by every descriptor that is a copy of it. */
class Pipe {
	readonly name: string;
	readers = 1;
	writers = 1;
	#chunks: Uint8Array[] = [];
	#size = 0;
	/** Those who wait for a change: data, space, or the other side's end. */
	readonly #waiting = new Set<() => void>();

	constructor(name: string) {
		this.name = name;
	}

	async read(max: number, caller: Process): Promise<Uint8Array> {
		while (this.#size === 0) {
			if (this.writers === 0) return none;
			await this.#change(caller);
		}
		const first = this.#chunks[0];
		const part = first.subarray(0, max);
		if (part.length === first.length) this.#chunks.shift();
		else this.#chunks[0] = first.subarray(part.length);
		this.#size -= part.length;
		this.changed();
		return part;
	}

	async write(data: Uint8Array, caller: Process): Promise<void> {
		let rest = data;
		while (true) {
			if (this.readers === 0) {
				caller.kill(caller.pid, 'PIPE');
				throw systemError('EPIPE');
			}
			const space = capacity - this.#size;
			if (space > 0 && (space >= rest.length || rest.length > capacity)) {
				const part = rest.slice(0, space);
				if (part.length > 0) this.#chunks.push(part);
				this.#size += part.length;
				rest = rest.subarray(part.length);
				if (part.length > 0) this.changed();
			}
			if (rest.length === 0) return;
			await this.#change(caller);
		}
	}

	changed(): void {
		const waiting = [...this.#waiting];
		this.#waiting.clear();
		for (const wake of waiting) wake();
	}

	#change(caller: Process): Promise<void> {
		return caller.block<void>((done) => {
			this.#waiting.add(done);
			return () => this.#waiting.delete(done);
		});
	}
}

class PipeEnd implements OpenFile {
	readonly kind = 'pipe';
	readonly #pipe: Pipe;
	readonly #side: 'readers' | 'writers';

	constructor(pipe: Pipe, side: 'readers' | 'writers') {
		this.#pipe = pipe;
		this.#side = side;
	}

	get name(): string {
		return this.#pipe.name;
	}

	async read(max: number, caller: Process): Promise<Uint8Array> {
		if (this.#side === 'writers') throw systemError('EBADF');
		await chargeTransfer(caller, 0);
		return this.#pipe.read(max, caller);
	}

	async write(data: Uint8Array, caller: Process): Promise<void> {
		if (this.#side === 'readers') throw systemError('EBADF');
		await chargeTransfer(caller, data.length);
		return this.#pipe.write(data, caller);
	}

	retain(): void {
		this.#pipe[this.#side]++;
	}

	release(): void {
		this.#pipe[this.#side]--;
		if (this.#pipe[this.#side] === 0) this.#pipe.changed();
	}
}

/** Both ends of a new pipe, held once each. `number` names it in /proc. */
export function createPipe(number: number): { reader: OpenFile; writer: OpenFile } {
	const pipe = new Pipe(`pipe:[${number}]`);
	return { reader: new PipeEnd(pipe, 'readers'), writer: new PipeEnd(pipe, 'writers') };
}
