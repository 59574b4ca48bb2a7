// What `npm start` and `npm run dev` have in common: options, log, and an end that leaves nothing behind.
import pino, { type Logger } from 'pino';
import { type Options, readOptions, usage } from './options.ts';
import { projectFolder } from './site.ts';

/** JSON lines on standard error; at a terminal only what went wrong, since the rest is for collectors. */
export function createLog(): Logger {
	return pino({ level: process.stderr.isTTY ? 'error' : 'info' }, pino.destination({ dest: 2, sync: true }));
}

export interface Started {
	/** Printed once it is up. */
	message: string;
	close(): Promise<void>;
}

/** Reads the options, starts, and ends it on SIGINT, SIGTERM, SIGHUP or a crash. */
export async function runServer(start: (options: Options, log: Logger) => Promise<Started>): Promise<void> {
	const log = createLog();
	let started: Started | undefined;
	const fail = (error: unknown) => {
		if (started) log.fatal({ err: error }, 'the server has crashed');
		// What keeps it from starting is for whoever started it: what is wrong, and the mend.
		else console.error(error instanceof Error ? error.message : error);
		process.exit(1);
	};
	process.on('uncaughtException', fail);
	process.on('unhandledRejection', fail);
	const options = readOptions(process.argv.slice(2), projectFolder);
	if (options.help) {
		process.stdout.write(usage);
		return;
	}
	let ending = false;
	const end = (signal: NodeJS.Signals) => {
		// A second ^C does not wait for an orderly end; what runs is killed on exit.
		if (ending || !started) process.exit(1);
		ending = true;
		log.info({ signal }, 'ending');
		started.close().then(() => process.exit(0), fail);
	};
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
	started = await start(options, log);
	log.info({ lab: options.lab, port: options.port }, 'started');
	console.log(started.message);
}
