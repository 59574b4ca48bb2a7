// What a container writes, in lines with their time, as containerd keeps it: the last 10 MiB.
import type { ContainerLog, LogEntry } from './container.ts';

/** containerLogMaxSize of a kubelet. */
const mostBytes = 10 * 1024 * 1024;
/** What the file has before each line: its time, stream and tag (CRI logging format), `2026-01-01T00:00:00.000000000Z stdout F `. */
const lineHeader = 40;
/** max_container_log_line_size of containerd: a longer line is kept in parts. */
const longestLine = 16 * 1024;
const newline = 0x0a;

export class LogRing implements ContainerLog {
	#entries: LogEntry[] = [];
	#bytes = 0;
	/** How many entries have been dropped from the front. */
	#dropped = 0;
	#ended = false;
	readonly #partial = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
	readonly #followers = new Set<() => void>();

	entries(): readonly LogEntry[] {
		return this.#entries;
	}

	/** Takes what a stream wrote at a time in milliseconds since 1970; a line counts once it is whole. */
	append(stream: 'stdout' | 'stderr', data: Uint8Array, at: number): void {
		let rest = data.slice(); // shared by its lines: a buffer for each would cost far more than a short line
		while (rest.length > 0) {
			const held = this.#partial[stream].reduce((sum, part) => sum + part.length, 0);
			const end = rest.indexOf(newline) + 1;
			const length = Math.min(end === 0 ? rest.length : end, longestLine - held);
			this.#partial[stream].push(rest.subarray(0, length));
			if (length === end || held + length === longestLine) this.#flush(stream, at);
			rest = rest.subarray(length);
		}
		this.#wake();
	}

	/** The container has ended: lines without an end count as they are, and who follows is done. */
	end(at: number): void {
		this.#flush('stdout', at);
		this.#flush('stderr', at);
		this.#ended = true;
		this.#wake();
	}

	async *follow(signal: AbortSignal): AsyncGenerator<LogEntry> {
		let next = 0;
		while (!signal.aborted) {
			next = Math.max(next, this.#dropped);
			const entry = this.#entries[next - this.#dropped];
			if (entry) {
				next++;
				yield entry;
			} else if (this.#ended) return;
			else await this.#change(signal);
		}
	}

	#flush(stream: 'stdout' | 'stderr', at: number): void {
		const parts = this.#partial[stream];
		if (parts.length === 0) return;
		this.#partial[stream] = [];
		const data = parts.length === 1 ? parts[0] : joined(parts);
		this.#entries.push({ at, stream, data });
		this.#bytes += lineHeader + data.length;
		if (this.#bytes > mostBytes) this.#drop();
	}

	/** Drops the older half, as a rotation does, so that a full log is not moved for every line. */
	#drop(): void {
		let count = 0;
		while (this.#bytes > mostBytes / 2) this.#bytes -= lineHeader + this.#entries[count++].data.length;
		this.#entries = this.#entries.slice(count);
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

function joined(parts: readonly Uint8Array[]): Uint8Array {
	const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
	let offset = 0;
	for (const part of parts) {
		whole.set(part, offset);
		offset += part.length;
	}
	return whole;
}
