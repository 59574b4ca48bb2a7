// The log files of servers.
import { encode } from '../runtime/byte-text.ts';
import { type Process, SystemError } from '../runtime/process.ts';

/** Appends to a log; one that cannot be written is left out. */
export async function appendLog(process: Process, path: string, text: string): Promise<void> {
	try {
		const file = process.open(path, 'a', 0o644);
		try {
			await file.write(encode(text), process);
		} finally {
			file.release();
		}
	} catch (error) {
		if (!(error instanceof SystemError)) throw error;
	}
}
