// mongod's log: lines of JSON from 4.4 on, plain lines before (MongoDB manual, Log Messages).
import { type Process, SystemError } from '../../../runtime/process.ts';
import { strftime } from '../../../runtime/programs/dates.ts';

export interface LogEntry {
	severity?: 'F' | 'E' | 'W' | 'I';
	component: 'CONTROL' | 'STORAGE' | 'NETWORK' | 'REPL' | 'ELECTION' | 'INITSYNC' | 'ROLLBACK' | '-';
	/** The number that this kind of line has in every version. */
	id: number;
	/** The thread that says it. */
	context?: string;
	message: string;
	attributes?: object;
	/** The plain line of older versions, where it is more than the message. */
	plain?: string;
}

export class Log {
	readonly #process: Process;
	readonly #structured: boolean;
	readonly #path: string | undefined;
	#written: Promise<void> = Promise.resolve();

	/** `path` names a file; standard output where there is none. */
	constructor(process: Process, options: { structured: boolean; path?: string }) {
		this.#process = process;
		this.#structured = options.structured;
		this.#path = options.path;
	}

	write(entry: LogEntry): void {
		const line = this.#structured ? structured(this.#process, entry) : plain(this.#process, entry);
		if (this.#path !== undefined) {
			try {
				this.#process.files.writeFile(this.#path, line, { append: true });
			} catch (error) {
				if (!(error instanceof SystemError)) throw error;
			}
			return;
		}
		this.#written = this.#written.then(() => this.#process.write(1, line)).catch(() => {});
	}

	/** Resolves when everything so far is written. */
	flush(): Promise<void> {
		return this.#written;
	}
}

function structured(process: Process, entry: LogEntry): string {
	const { severity = 'I', component, id, context = 'main', message, attributes } = entry;
	const time = strftime('%Y-%m-%dT%H:%M:%S', process.clock.now());
	const milliseconds = String(Math.floor(process.clock.now() % 1000)).padStart(3, '0');
	const tail = attributes ? `,"attr":${JSON.stringify(attributes)}` : '';
	return (
		`{"t":{"$date":"${time}.${milliseconds}+00:00"},"s":"${severity}",  ` +
		`"c":${`"${component}",`.padEnd(12)}"id":${`${id},`.padEnd(9)}"ctx":"${context}",` +
		`"msg":${JSON.stringify(message)}${tail}}\n`
	);
}

function plain(process: Process, entry: LogEntry): string {
	const { severity = 'I', component, context = 'main', message, attributes } = entry;
	const time = strftime('%Y-%m-%dT%H:%M:%S', process.clock.now());
	const milliseconds = String(Math.floor(process.clock.now() % 1000)).padStart(3, '0');
	const text = entry.plain ?? (attributes ? `${message} ${JSON.stringify(attributes)}` : message);
	return `${time}.${milliseconds}+0000 ${severity} ${component.padEnd(8)} [${context}] ${text}\n`;
}
