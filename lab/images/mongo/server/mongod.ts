// The program mongod: reads its options, takes its data, serves until it is told to end.
import { type Process, type Program, SystemError } from '../../../runtime/process.ts';
import { connectFirst } from '../../../runtime/programs/http-client.ts';
import type { Document } from '../documents/values.ts';
import { ReplicaSet } from '../replication/replica-set.ts';
import { DbPathError, Engine, StorageError } from '../storage/engine.ts';
import { DatabaseServer, markOf, newUuid } from './database-server.ts';
import { Log } from './log.ts';
import { OptionsError, readSettings, type Settings } from './options.ts';
import { lineOf, readsDataOf } from './versions.ts';

/** mongod's exit codes (src/mongo/util/exit_code.h). */
const exitCodes = { badOptions: 2, aborted: 14, net: 48, needsOtherVersion: 62, unusablePath: 100 };
/** What a mongod without data and clients takes of memory: much more since 4.4. */
const residentBytes = (line: number) => (line >= 4.4 ? 85 : 40) * 2 ** 20;

/** The mongod of a version, as an executable. */
export function mongodProgram(version: string): Program {
	return async (process) => {
		const [, ...args] = process.argv;
		if (args.includes('--version')) {
			await process.write(
				1,
				`db version v${version}\nBuild Info: {\n    "version": "${version}",\n    "modules": [],\n    "allocator": "tcmalloc"\n}\n`,
			);
			return 0;
		}
		let settings: Settings;
		try {
			settings = readSettings(process, args, lineOf(version));
		} catch (error) {
			if (!(error instanceof OptionsError)) throw error;
			await process.write(2, `${error.message}\ntry 'mongod --help' for more information\n`);
			return exitCodes.badOptions;
		}
		if (settings.fork) return fork(process, settings);
		process.allocate(residentBytes(lineOf(version)));
		const log = new Log(process, { structured: lineOf(version) >= 4.4, path: settings.logPath });
		const code = await serve(process, settings, version, log);
		await log.flush();
		return code;
	};
}

/** Starts itself once more in the background, and waits until that serves. */
async function fork(process: Process, settings: Settings): Promise<number> {
	if (!settings.logPath) {
		await process.write(2, '--fork has to be used with --logpath or --syslog\n');
		return 1;
	}
	await process.write(1, 'about to fork child process, waiting until server is ready for connections.\n');
	const argv = process.argv.filter((arg) => arg !== '--fork');
	const { pid } = process.spawn({ argv, newSession: true });
	await process.write(1, `forked process: ${pid}\n`);
	for (;;) {
		try {
			(await connectFirst(process, ['127.0.0.1'], settings.port)).close();
			break;
		} catch (error) {
			if (!(error instanceof SystemError)) throw error;
		}
		const ended = await process.wait(pid, { noHang: true });
		if (ended) {
			await process.write(1, `ERROR: child process failed, exited with ${ended.code}\n`);
			return ended.code;
		}
		await process.sleep(50);
	}
	await process.write(1, 'child process started successfully, parent exiting\n');
	return 0;
}

async function serve(process: Process, settings: Settings, version: string, log: Log): Promise<number> {
	const line = lineOf(version);
	const { hostname: host, pid } = process;
	const { port, dbPath } = settings;
	log.write({
		component: 'CONTROL',
		id: 4615611,
		context: 'initandlisten',
		message: 'MongoDB starting',
		attributes: { pid, port, dbPath, architecture: '64-bit', host },
		plain: `MongoDB starting : pid=${pid} port=${port} dbpath=${dbPath} 64-bit host=${host}`,
	});
	log.write({
		component: 'CONTROL',
		id: 23403,
		context: 'initandlisten',
		message: 'Build Info',
		attributes: { buildInfo: { version, modules: [], allocator: 'tcmalloc' } },
		plain: `db version v${version}`,
	});
	log.write({
		component: 'CONTROL',
		id: 21951,
		context: 'initandlisten',
		message: 'Options set by command line',
		attributes: { options: settings.given },
		plain: `options: ${JSON.stringify(settings.given)}`,
	});
	let engine: Engine;
	try {
		engine = Engine.open(process, dbPath, () => newUuid(process));
	} catch (error) {
		if (error instanceof DbPathError) return pathRefused(log, error, line);
		if (error instanceof StorageError) return damaged(log, error, dbPath);
		throw error;
	}
	if (engine.fresh) engine.apply([markOf(version)]);
	else if (engine.unclean)
		log.write({
			severity: 'W',
			component: 'STORAGE',
			id: 22271,
			context: 'initandlisten',
			message: 'Detected unclean shutdown - Lock file is not empty',
			attributes: { lockFile: `${dbPath}/mongod.lock` },
			plain: `Detected unclean shutdown - ${dbPath}/mongod.lock is not empty.`,
		});
	const release = releaseIn(engine);
	if (!readsDataOf(version, release)) return otherVersion(log, engine, release, version);
	const replicaSet = settings.replSet
		? new ReplicaSet({ name: settings.replSet, port, line, process, log, engine })
		: undefined;
	const server = new DatabaseServer({ process, settings, version, engine, log, replicaSet });
	const stopped = untilStopped(process, server, log);
	try {
		server.listen();
	} catch (error) {
		if (!(error instanceof SystemError)) throw error;
		log.write({
			severity: 'E',
			component: 'CONTROL',
			id: 20568,
			context: 'initandlisten',
			message: 'Error setting up listener',
			attributes: { error: { code: 9001, codeName: 'SocketException', errmsg: error.message } },
			plain: `Failed to set up listener: SocketException: ${error.message}`,
		});
		engine.close();
		return exitCodes.net;
	}
	if (engine.fresh || !settings.given.security)
		log.write({
			severity: 'W',
			component: 'CONTROL',
			id: 22120,
			context: 'initandlisten',
			message:
				'Access control is not enabled for the database. Read and write access to data and configuration is unrestricted',
			plain: '** WARNING: Access control is not enabled for the database.',
		});
	if (replicaSet) await replicaSet.start();
	log.write({
		component: 'NETWORK',
		id: 23016,
		context: 'listener',
		message: 'Waiting for connections',
		attributes: { port, ssl: 'off' },
		plain: `waiting for connections on port ${port}`,
	});
	await stopped;
	await shutDown(server, log);
	return 0;
}

/** The release that the data is marked with. */
function releaseIn(engine: Engine): string {
	const mark: Document | undefined = engine
		.collection('admin.system.version')
		?.find('featureCompatibilityVersion');
	return String(mark?.version ?? '');
}

/** Resolves when a signal or a client tells the server to end. */
async function untilStopped(process: Process, server: DatabaseServer, log: Log): Promise<void> {
	let asked = false;
	let wake = () => {};
	server.askToStop = () => {
		asked = true;
		wake();
	};
	for (const [signal, number, words] of [
		['TERM', 15, 'Terminated'],
		['INT', 2, 'Interrupt'],
	] as const)
		process.onSignal(signal, () => {
			log.write({
				component: 'CONTROL',
				id: 23377,
				context: 'SignalHandler',
				message: 'Received signal',
				attributes: { signal: number, error: words },
				plain: `got signal ${number} (${words}), will terminate after current cmd ends`,
			});
			server.askToStop();
		});
	while (!asked) {
		try {
			await process.block<void>((done) => {
				wake = done;
				return () => {};
			});
		} catch (error) {
			if (!(error instanceof SystemError) || error.code !== 'EINTR') throw error;
		}
	}
}

/** Ends in order: hands a primary's role over, lets go of the clients, writes everything. */
async function shutDown(server: DatabaseServer, log: Log): Promise<void> {
	const say = (
		component: 'REPL' | 'NETWORK' | 'STORAGE' | 'CONTROL',
		id: number,
		message: string,
		attributes?: object,
	) => log.write({ component, id, context: 'SignalHandler', message, attributes });
	const { replicaSet } = server;
	if (replicaSet) {
		say('REPL', 4784900, 'Stepping down the ReplicationCoordinator for shutdown', { waitTimeMillis: 15_000 });
		await replicaSet.handOver('Stepping down from primary for shutdown');
		replicaSet.stopping = true;
	}
	say('NETWORK', 20562, 'Shutdown: going to close listening sockets');
	server.close();
	say('STORAGE', 22279, 'shutdown: removing fs lock...');
	server.engine.close();
	say('CONTROL', 20565, 'Now exiting');
	log.write({
		component: 'CONTROL',
		id: 23138,
		context: 'SignalHandler',
		message: 'Shutting down',
		attributes: { exitCode: 0 },
		plain: 'dbexit:  rc: 0',
	});
}

function ending(log: Log, exitCode: number): number {
	log.write({
		component: 'CONTROL',
		id: 20565,
		context: 'initandlisten',
		message: 'Now exiting',
		plain: 'now exiting',
	});
	log.write({
		component: 'CONTROL',
		id: 23138,
		context: 'initandlisten',
		message: 'Shutting down',
		attributes: { exitCode },
		plain: `shutting down with code:${exitCode}`,
	});
	return exitCode;
}

function pathRefused(log: Log, { codeName, message }: DbPathError, line: number): number {
	log.write({
		severity: 'E',
		component: line >= 4.4 ? 'CONTROL' : 'STORAGE',
		id: 20557,
		context: 'initandlisten',
		message: 'DBException in initAndListen, terminating',
		attributes: { error: `${codeName}: ${message}` },
		plain: `exception in initAndListen: ${codeName}: ${message}, terminating`,
	});
	return ending(log, exitCodes.unusablePath);
}

function damaged(log: Log, { file, message }: StorageError, dbPath: string): number {
	log.write({
		severity: 'E',
		component: 'STORAGE',
		id: 22435,
		context: 'initandlisten',
		message: 'WiredTiger error message',
		attributes: {
			error: -31802,
			message: `${dbPath}/${file}: ${message}: WT_ERROR: non-specific WiredTiger error`,
		},
		plain: `WiredTiger error (-31802) file:${file}: ${message}: WT_ERROR: non-specific WiredTiger error`,
	});
	log.write({
		severity: 'F',
		component: '-',
		id: 23091,
		context: 'initandlisten',
		message: 'Fatal assertion',
		attributes: { msgid: 28595, error: `Location28595: -31802: WT_ERROR: non-specific WiredTiger error` },
		plain: 'Fatal Assertion 28595',
	});
	log.write({
		severity: 'F',
		component: '-',
		id: 23092,
		context: 'initandlisten',
		message: '\n\n***aborting after fassert() failure\n\n',
		plain: '\n\n***aborting after fassert() failure\n\n',
	});
	return exitCodes.aborted;
}

function otherVersion(log: Log, engine: Engine, release: string, version: string): number {
	log.write({
		severity: 'F',
		component: 'CONTROL',
		id: 20573,
		context: 'initandlisten',
		message: 'Wrong mongod version',
		attributes: {
			error: `UPGRADE PROBLEM: Found an invalid featureCompatibilityVersion document (ERROR: Location4926900: Invalid featureCompatibilityVersion document in admin.system.version: { _id: "featureCompatibilityVersion", version: "${release}" }. mongod ${version} reads data of its own release and of the one before.)`,
		},
	});
	engine.close();
	return ending(log, exitCodes.needsOtherVersion);
}
