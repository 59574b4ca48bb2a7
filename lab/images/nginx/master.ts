// The nginx command: its options, the test of a configuration, and the master process that minds the workers.

import { type Process, type Program, type Signal, SystemError } from '../../runtime/process.ts';
import { findUser } from '../../runtime/programs/accounts.ts';
import { Call, type Tool, ToolFailure } from '../../runtime/programs/tool.ts';
import { signalNumber } from '../../runtime/signals.ts';
import { type Configuration, readConfiguration } from './configuration.ts';
import { createLog, type Log } from './log.ts';
import { ConfigurationError, type Directive, parseConfiguration, parseText } from './syntax.ts';
import { socketsOf, workerProgram } from './worker.ts';

const defaultPath = '/etc/nginx/nginx.conf';
const executable = '/usr/sbin/nginx';
/** What ps shows of the master, before the command that started it. */
const masterTitle = 'nginx: master process';
const signalNames: Record<string, Signal> = { stop: 'TERM', quit: 'QUIT', reopen: 'USR1', reload: 'HUP' };

interface Settings {
	version: string;
	path: string;
	/** The text of `-g`. */
	global: string;
}

function load(
	process: Process,
	{ path, global }: Settings,
): { configuration: Configuration; directives: Directive[] } {
	const directives = parseConfiguration(process.files, path);
	const given = parseText(process.files, global, 'command line');
	return { configuration: readConfiguration([...given, ...directives]), directives };
}

/** Says why nginx does not start, on standard error and in the error log. */
async function emergency(
	process: Process,
	message: string,
	errorLog?: Configuration['errorLog'],
): Promise<number> {
	await createLog(process, errorLog ?? { path: '/var/log/nginx/error.log', level: 'error' }).write(
		'emerg',
		message,
	);
	await process.write(2, `nginx: [emerg] ${message}\n`);
	return 1;
}

class Master {
	readonly process: Process;
	readonly settings: Settings;
	configuration: Configuration;
	#workers = new Set<number>();
	/** Workers of an old configuration, which only finish what they have begun. */
	#old = new Set<number>();
	#received: Signal[] = [];
	#log: Log;

	constructor(process: Process, settings: Settings, configuration: Configuration) {
		this.process = process;
		this.settings = settings;
		this.configuration = configuration;
		this.#log = createLog(process, configuration.errorLog);
	}

	#notice(message: string): Promise<void> {
		return this.#log.write('notice', message);
	}

	/** Tries each socket as nginx does, five times half a second apart. */
	async #bind(): Promise<string | undefined> {
		for (const { address, port } of socketsOf(this.configuration)) {
			for (let attempt = 1; ; attempt++) {
				try {
					// Each process of the lab owns its sockets, so the workers open theirs themselves.
					this.process.network.listen(port, address).close();
					break;
				} catch (error) {
					if (!(error instanceof SystemError)) throw error;
					const number = error.code === 'EADDRINUSE' ? 98 : error.code === 'EACCES' ? 13 : 99;
					const message = `bind() to ${address}:${port} failed (${number}: ${error.message})`;
					if (error.code !== 'EADDRINUSE') return message;
					await emergency(this.process, message, this.configuration.errorLog);
					if (attempt === 5) return 'still could not bind()';
					await this.process.sleep(500);
				}
			}
		}
		return undefined;
	}

	async #startWorkers(): Promise<void> {
		await this.#notice('start worker processes');
		const program = workerProgram({
			version: this.settings.version,
			configuration: this.configuration,
			uid: findUser(this.process, 'nginx')?.uid ?? this.process.uid,
		});
		for (let count = 0; count < this.configuration.workers; count++) await this.#startWorker(program);
	}

	async #startWorker(program: Program): Promise<void> {
		const { pid } = this.process.spawn({ argv: ['nginx: worker process'], program });
		this.#workers.add(pid);
		await this.#notice(`start worker process ${pid}`);
	}

	#signalWorkers(signal: Signal, workers: Iterable<number>): void {
		for (const pid of workers) {
			try {
				this.process.kill(pid, signal);
			} catch {
				// It has ended by itself.
			}
		}
	}

	async run(): Promise<number> {
		const { process, settings } = this;
		const failure = await this.#bind();
		if (failure) return emergency(process, failure, this.configuration.errorLog);
		for (const signal of ['TERM', 'INT', 'QUIT', 'HUP', 'USR1', 'WINCH'] as const)
			process.onSignal(signal, () => void this.#received.push(signal));
		await this.#notice('using the "epoll" event method');
		await this.#notice(`nginx/${settings.version}`);
		await this.#notice('OS: Linux 6.1.0-lab');
		await this.#notice('getrlimit(RLIMIT_NOFILE): 1048576:1048576');
		await this.#writePid();
		await this.#startWorkers();
		let ending = false;
		for (;;) {
			for (const signal of this.#received.splice(0)) ending = (await this.#react(signal)) || ending;
			if (ending && this.#workers.size + this.#old.size === 0) break;
			await this.#reap(ending);
		}
		if (process.files.exists(this.configuration.pidFile)) process.files.remove(this.configuration.pidFile);
		await this.#notice('exit');
		return 0;
	}

	async #writePid(): Promise<void> {
		try {
			this.process.files.writeFile(this.configuration.pidFile, `${this.process.pid}\n`);
		} catch (error) {
			await this.#log.write(
				'emerg',
				`open() "${this.configuration.pidFile}" failed (${(error as Error).message})`,
			);
		}
	}

	/** Acts on a signal, and says whether nginx ends by it. */
	async #react(signal: Signal): Promise<boolean> {
		const said = `signal ${signalNumber(signal)} (SIG${signal}) received`;
		switch (signal) {
			case 'TERM':
			case 'INT':
				await this.#notice(`${said}, exiting`);
				this.#signalWorkers('TERM', [...this.#workers, ...this.#old]);
				return true;
			case 'QUIT':
				await this.#notice(`${said}, shutting down`);
				this.#signalWorkers('QUIT', [...this.#workers, ...this.#old]);
				return true;
			case 'HUP':
				await this.#notice(`${said}, reconfiguring`);
				await this.#reload();
				return false;
			default:
				await this.#notice(`${said}, reopening logs`);
				return false;
		}
	}

	/** Starts workers with the new configuration, where there is nothing wrong with it. */
	async #reload(): Promise<void> {
		await this.#notice('reconfiguring');
		try {
			this.configuration = load(this.process, this.settings).configuration;
		} catch (error) {
			if (!(error instanceof ConfigurationError)) throw error;
			await this.#log.write('emerg', error.message);
			return;
		}
		this.#log = createLog(this.process, this.configuration.errorLog);
		await this.#notice('using the "epoll" event method');
		for (const pid of this.#workers) this.#old.add(pid);
		this.#workers.clear();
		this.#signalWorkers('QUIT', this.#old);
		// In a later turn, when the old ones have let go of the ports.
		await this.process.sleep(0).catch(() => {});
		await this.#startWorkers();
	}

	async #reap(ending: boolean): Promise<void> {
		let result: Awaited<ReturnType<Process['wait']>>;
		try {
			result = await this.process.wait(-1);
		} catch (error) {
			if (error instanceof SystemError && error.code === 'EINTR') return;
			throw error;
		}
		if (!result) return;
		const { pid, code, signal } = result;
		await this.#notice(`signal 17 (SIGCHLD) received from ${pid}`);
		const how = signal ? `exited on signal ${signalNumber(signal)}` : `exited with code ${code}`;
		await this.#log.write(signal ? 'alert' : 'notice', `worker process ${pid} ${how}`);
		const wasNew = this.#workers.delete(pid);
		this.#old.delete(pid);
		if (!wasNew || ending) return;
		await this.#startWorker(
			workerProgram({
				version: this.settings.version,
				configuration: this.configuration,
				uid: findUser(this.process, 'nginx')?.uid ?? this.process.uid,
			}),
		);
	}
}

async function sendSignal(process: Process, name: string, configuration: Configuration): Promise<number> {
	const signal = Object.hasOwn(signalNames, name) ? signalNames[name] : undefined;
	if (!signal) {
		await process.write(2, `nginx: invalid option: "-s ${name}"\n`);
		return 1;
	}
	await createLog(process, { path: 'stderr', level: 'notice' }).write('notice', 'signal process started');
	const { pidFile } = configuration;
	let text: string;
	try {
		text = process.files.readText(pidFile).trim();
	} catch (error) {
		return emergency(
			process,
			`open() "${pidFile}" failed (2: ${(error as Error).message})`,
			configuration.errorLog,
		);
	}
	if (!/^\d+$/.test(text))
		return emergency(process, `invalid PID number "${text}" in "${pidFile}"`, configuration.errorLog);
	try {
		process.kill(Number(text), signal);
		return 0;
	} catch (error) {
		await process.write(
			2,
			`nginx: [alert] kill(${text}, ${signalNumber(signal)}) failed (3: ${(error as Error).message})\n`,
		);
		return 1;
	}
}

/** The nginx of a version, as an executable. */
export function nginxProgram(version: string): Program {
	const tool: Tool = { name: 'nginx', run: () => 0 };
	return async (process) => {
		// The master runs under a title: the same program once more, with its arguments after it.
		const isMaster = process.argv[0] === masterTitle;
		const call = new Call(process, tool, 'gnu', process.argv.slice(isMaster ? 2 : 1));
		try {
			const options = call.options({ short: '?hvVtTqs:p:e:c:g:' });
			if (options.has('v', 'V')) {
				await process.write(2, `nginx version: nginx/${version}\n`);
				return 0;
			}
			const settings: Settings = {
				version,
				path: options.value('c') ?? defaultPath,
				global: options.value('g') ?? '',
			};
			let loaded: ReturnType<typeof load>;
			try {
				loaded = load(process, settings);
			} catch (error) {
				if (!(error instanceof ConfigurationError)) throw error;
				await emergency(process, error.message);
				if (options.has('t', 'T'))
					await process.write(2, `nginx: configuration file ${settings.path} test failed\n`);
				return 1;
			}
			const { configuration } = loaded;
			const signal = options.value('s');
			if (signal) return sendSignal(process, signal, configuration);
			if (options.has('t', 'T')) {
				await process.write(
					2,
					`nginx: the configuration file ${settings.path} syntax is ok\nnginx: configuration file ${settings.path} test is successful\n`,
				);
				if (options.has('T')) {
					const paths = new Set([settings.path, ...filesOf(loaded.directives)]);
					for (const path of paths)
						await process.write(1, `# configuration file ${path}:\n${process.files.readText(path)}\n`);
				}
				return 0;
			}
			if (isMaster) return await new Master(process, settings, configuration).run();
			const titled = [masterTitle, ...process.argv];
			if (!configuration.daemon) return await process.exec(titled, undefined, executable);
			process.spawn({ argv: titled, path: executable, newSession: true });
			return 0;
		} catch (error) {
			if (!(error instanceof ToolFailure)) throw error;
			await process.write(2, `nginx: ${error.message.split('\n')[0]}\n`);
			return error.code;
		}
	};
}

function filesOf(directives: readonly Directive[]): string[] {
	return directives.flatMap(({ file, block }) => [file, ...filesOf(block ?? [])]);
}
