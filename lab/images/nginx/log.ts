// nginx' error log: its levels, and the form of its lines.

import { type Process, SystemError } from '../../runtime/process.ts';
import { strftime } from '../../runtime/programs/dates.ts';
import { appendLog } from '../append-log.ts';

const levels = ['debug', 'info', 'notice', 'warn', 'error', 'crit', 'alert', 'emerg'];

export interface Log {
	write(level: string, message: string): Promise<void>;
}

/** Appends to a log, which is a file or `stderr`; one that cannot be written is left out, as nginx does. */
export async function append(process: Process, path: string, text: string): Promise<void> {
	if (path !== 'stderr') return appendLog(process, path, text);
	try {
		await process.write(2, text);
	} catch (error) {
		if (!(error instanceof SystemError)) throw error;
	}
}

/** A log of lines at `level` and above. */
export function createLog(process: Process, { path, level }: { path: string; level: string }): Log {
	const least = levels.indexOf(level);
	return {
		async write(at, message) {
			if (levels.indexOf(at) < least) return;
			const time = strftime('%Y/%m/%d %H:%M:%S', process.clock.now());
			await append(process, path, `${time} [${at}] ${process.pid}#${process.pid}: ${message}\n`);
		},
	};
}
