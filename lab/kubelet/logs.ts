// A container's log as `kubectl logs` asks for it.
import type { LogOptions } from '../api/node-connector.ts';
import type { ContainerLog, LogEntry } from '../runtime/container.ts';
import { parseTime } from '../schema/time.ts';

const encoder = new TextEncoder();
const newline = 10;

/** What the options ask for of the log, and what comes, where it is followed. */
export async function* readLog(
	log: ContainerLog,
	options: LogOptions,
	now: number,
	signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
	const since =
		options.sinceSeconds !== undefined
			? now - options.sinceSeconds * 1000
			: (parseTime(options.sinceTime) ?? Number.NEGATIVE_INFINITY);
	const there = log.entries();
	const skipped = options.tailLines === undefined ? 0 : firstOfLast(there, options.tailLines);
	let left = options.limitBytes ?? Number.POSITIVE_INFINITY;
	let atLineStart = true;
	const render = ({ at, data }: LogEntry): Uint8Array => {
		const stamp = options.timestamps && atLineStart ? encoder.encode(`${timestamp(at)} `) : new Uint8Array();
		atLineStart = data.at(-1) === newline;
		const whole = new Uint8Array(stamp.length + data.length);
		whole.set(stamp);
		whole.set(data, stamp.length);
		const part = whole.subarray(0, Math.min(left, whole.length));
		left -= part.length;
		return part;
	};
	let index = 0;
	for await (const entry of options.follow ? log.follow(signal) : there) {
		if (index++ < skipped || entry.at < since) continue;
		yield render(entry);
		if (left <= 0) return;
	}
}

/** The number of the entry with which the last `lines` lines begin. */
function firstOfLast(entries: readonly LogEntry[], lines: number): number {
	let index = entries.length;
	for (let found = 0; index > 0; index--) {
		if (entries[index - 1].data.at(-1) === newline || index === entries.length) found++;
		if (found > lines) break;
	}
	return index;
}

/** RFC 3339 with nanoseconds, as containerd writes. */
function timestamp(at: number): string {
	return `${new Date(at).toISOString().slice(0, 23)}000000Z`;
}
