// Jenkins' log on standard error: time, thread, level, logger and message, with tabs between.
import type { Process } from '../../runtime/process.ts';
import { strftime } from '../../runtime/programs/dates.ts';

export type Log = (thread: number, logger: string, message: string, level?: string) => Promise<void>;

export function createLog(process: Process): Log {
	return (thread, logger, message, level = 'INFO') =>
		process.write(
			2,
			`${strftime('%Y-%m-%d %H:%M:%S.%3N+0000', process.clock.now())} [id=${thread}]\t${level}\t${logger}: ${message}\n`,
		);
}
