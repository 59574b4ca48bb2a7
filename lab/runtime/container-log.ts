// What a container writes, in lines with their time, as containerd keeps it: the last 10 MiB.
import { concat } from '../bytes.ts';
import type { ContainerLog, LogEntry } from './container.ts';

/** containerLogMaxSize of a kubelet. */
const mostBytes = 10 * 1024 * 1024;
/** What the file has before each line: its time, stream and tag (CRI logging format), `2026-01-01T00:00:00.000000000Z stdout F `. */
const lineHeader = 40;
/** max_container_log_line_size of containerd: a longer line is kept in parts. */
const longestLine = 16 * 1024;
const newline = 0x0a;

/** Whole lines of one write: a value for each line would cost far more than a short line. */
interface Block {
	at: number;
	stream: 'stdout' | 'stderr';
	data: Uint8Array;
	/** With what the file has before each line. */
	bytes: number;
}

/** Where the line that begins at an offset ends, its newline included. */
function lineEnd(data: Uint8Array, start: number): number {
	const end = data.indexOf(newline, start) + 1;
	return Math.min(end === 0 ? data.length : end, start + longestLine);
}

/** As many as linesOf gives; byte by byte, since a call for each would be felt where lines are short. */
function countLines(data: Uint8Array): number {
	let lines = 0;
	let start = 0;
	for (let at = 0; at < data.length; at++) {
		if (data[at] !== newline && at + 1 - start < longestLine) continue;
		lines++;
		start = at + 1;
	}
	return start < data.length ? lines + 1 : lines;
}

function* linesOf({ at, stream, data }: Block): Generator<LogEntry> {
	for (let start = 0; start < data.length; ) {
		const end = lineEnd(data, start);
		yield { at, stream, data: data.subarray(start, end) };
		start = end;
	}
}

export class LogRing implements ContainerLog {
	#blocks: Block[] = [];
	#bytes = 0;
	/** How many blocks have been dropped from the front. */
	#dropped = 0;
	#ended = false;
	/** What has no end of line yet. */
	readonly #partial = {
		stdout: { parts: [] as Uint8Array[], length: 0 },
		stderr: { parts: [] as Uint8Array[], length: 0 },
	};
	readonly #followers = new Set<() => void>();

	get bytes(): number {
		return this.#bytes;
	}

	entries(): readonly LogEntry[] {
		return this.#blocks.flatMap((block) => [...linesOf(block)]);
	}

	/** Takes what a stream wrote at a time in milliseconds since 1970; a line counts once it is whole. */
	append(stream: 'stdout' | 'stderr', data: Uint8Array, at: number): void {
		const partial = this.#partial[stream];
		partial.parts.push(data.slice());
		partial.length += data.length;
		const lastEnd = data.lastIndexOf(newline) + 1;
		if (lastEnd === 0 && partial.length < longestLine) return;
		const whole = concat(partial.parts);
		const ended = lastEnd === 0 ? 0 : whole.length - data.length + lastEnd;
		// Of what has no end, only parts of full length count.
		const complete = ended + Math.floor((whole.length - ended) / longestLine) * longestLine;
		partial.parts = complete < whole.length ? [whole.slice(complete)] : [];
		partial.length = whole.length - complete;
		this.#push(stream, whole.subarray(0, complete), at);
		this.#wake();
	}

	/** The container has ended: lines without an end count as they are, and who follows is done. */
	end(at: number): void {
		for (const stream of ['stdout', 'stderr'] as const) {
			const { parts } = this.#partial[stream];
			if (parts.length > 0) this.#push(stream, concat(parts), at);
			this.#partial[stream].parts = [];
		}
		this.#ended = true;
		this.#wake();
	}

	async *follow(signal: AbortSignal): AsyncGenerator<LogEntry> {
		let next = 0;
		while (!signal.aborted) {
			next = Math.max(next, this.#dropped);
			const block = this.#blocks[next - this.#dropped];
			if (block) {
				next++;
				for (const entry of linesOf(block)) {
					if (signal.aborted) return;
					yield entry;
				}
			} else if (this.#ended) return;
			else await this.#change(signal);
		}
	}

	#push(stream: 'stdout' | 'stderr', data: Uint8Array, at: number): void {
		if (data.length === 0) return;
		const bytes = data.length + lineHeader * countLines(data);
		this.#blocks.push({ at, stream, data, bytes });
		this.#bytes += bytes;
		if (this.#bytes > mostBytes) this.#drop();
	}

	/** Drops the older half, as a rotation does, so that a full log is not moved for every line. */
	#drop(): void {
		let count = 0;
		while (this.#bytes > mostBytes / 2 && count < this.#blocks.length - 1)
			this.#bytes -= this.#blocks[count++].bytes;
		this.#blocks = this.#blocks.slice(count);
		this.#dropped += count;
	}

	#wake(): void {
		const followers = [...this.#followers];
		this.#followers.clear();
		for (const wake of followers) wake();
	}

	#change(signal: AbortSignal): Promise<void> {
		return new Promise((resolve) => {
			const wake = () => {
				signal.removeEventListener('abort', wake);
				this.#followers.delete(wake);
				resolve();
			};
			this.#followers.add(wake);
			signal.addEventListener('abort', wake, { once: true });
		});
	}
}
