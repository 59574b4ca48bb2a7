// The httpd command: its options, the start with its notices, and the signals. One process does the work that the
// real one gives to its children.

import { type HttpRequest, type HttpResponse, header } from '../../network/http.ts';
import type { Connection, Listener } from '../../network/network.ts';
import { type Process, type Program, type Signal, SystemError } from '../../runtime/process.ts';
import { findUser } from '../../runtime/programs/accounts.ts';
import { httpDate } from '../../runtime/programs/dates.ts';
import { serveHttpOn, signalReceived } from '../../runtime/programs/server.ts';
import { appendLog } from '../append-log.ts';
import { type Configuration, chooseHost, readConfiguration, root } from './configuration.ts';
import { accessLine, errorLine } from './log.ts';
import { respond } from './responses.ts';
import { ConfigurationError, parseConfiguration } from './syntax.ts';

function load(process: Process, path: string): Configuration {
	const directives = parseConfiguration(process.files, path, root);
	const types = new Map<string, string>();
	const typesFile = `${root}/conf/mime.types`;
	if (process.files.exists(typesFile))
		for (const line of process.files.readText(typesFile).split('\n')) {
			const [type, ...extensions] = line.replace(/#.*/, '').split(/\s+/);
			for (const extension of extensions) if (extension) types.set(extension, type);
		}
	return readConfiguration(directives, types);
}

class Server {
	readonly #process: Process;
	readonly #version: string;
	#configuration: Configuration;
	#listeners: Listener[] = [];

	constructor(process: Process, version: string, configuration: Configuration) {
		this.#process = process;
		this.#version = version;
		this.#configuration = configuration;
	}

	#log(source: string, message: string): Promise<void> {
		const { errorLog } = this.#configuration.hosts[this.#configuration.hosts.length - 1];
		return appendLog(this.#process, errorLog, errorLine(this.#process, source, message));
	}

	/** Throws SystemError where a port is taken. */
	listen(): void {
		this.#listeners = this.#configuration.ports.map((port) =>
			serveHttpOn(this.#process, port, (request, connection) => this.#answer(request, connection)),
		);
	}

	async #answer(request: HttpRequest, connection: Connection): Promise<HttpResponse> {
		const process = this.#process;
		const configuration = this.#configuration;
		const name = header(request.headers, 'host')?.replace(/:\d+$/, '').toLowerCase() ?? '';
		const host = chooseHost(configuration, connection.localPort, name);
		const answer = await respond({
			process,
			configuration,
			host,
			request,
			account: findUser(process, configuration.user)?.uid ?? process.uid,
			logError: (source, message) =>
				appendLog(
					process,
					host.errorLog,
					errorLine(
						process,
						source,
						`[client ${connection.remoteAddress}:${connection.remotePort}] ${message}`,
					),
				),
		});
		const bytes = request.method === 'HEAD' ? 0 : answer.body.length;
		for (const { path, format } of host.logs) {
			const line = accessLine(configuration.logFormats.get(format) ?? format, {
				process,
				request,
				connection,
				status: answer.status,
				bytes,
			});
			await appendLog(process, path, `${line}\n`);
		}
		const product = configuration.productOnly ? 'Apache' : `Apache/${this.#version} (Unix)`;
		return {
			...answer,
			headers: [
				['Date', httpDate(process.clock.now())],
				['Server', product],
				...answer.headers,
				...(configuration.keepAlive ? [] : ([['Connection', 'close']] as [string, string][])),
			],
		};
	}

	async run(commandLine: string): Promise<number> {
		const { pidFile } = this.#configuration;
		this.#process.files.writeFile(pidFile, `${this.#process.pid}\n`);
		const resumed = async () => {
			const product = `Apache/${this.#version} (Unix)`;
			await this.#log('mpm_event:notice', `AH00489: ${product} configured -- resuming normal operations`);
			await this.#log('core:notice', `AH00094: Command line: '${commandLine}'`);
		};
		await resumed();
		for (;;) {
			const signal = await signalReceived(this.#process, ['TERM', 'WINCH', 'USR1', 'HUP', 'INT']);
			if (signal === 'USR1' || signal === 'HUP') {
				await this.#restart(signal);
				await resumed();
				continue;
			}
			for (const listener of this.#listeners) listener.close();
			await this.#log(
				'mpm_event:notice',
				signal === 'WINCH'
					? 'AH00492: caught SIGWINCH, shutting down gracefully'
					: 'AH00491: caught SIGTERM, shutting down',
			);
			if (this.#process.files.exists(pidFile)) this.#process.files.remove(pidFile);
			return 0;
		}
	}

	/** Reads the configuration again; a wrong one ends httpd, as it does the real one. */
	async #restart(signal: Signal): Promise<void> {
		await this.#log(
			'mpm_event:notice',
			signal === 'HUP'
				? 'AH00494: SIGHUP received.  Attempting to restart'
				: 'AH00493: SIGUSR1 received.  Doing graceful restart',
		);
		try {
			this.#configuration = load(this.#process, `${root}/conf/httpd.conf`);
		} catch (error) {
			if (!(error instanceof ConfigurationError)) throw error;
			await this.#process.write(2, `${error.message}\n`);
			this.#process.exit(1);
		}
		for (const listener of this.#listeners) listener.close();
		this.listen();
	}
}

const signals: Record<string, Signal> = {
	stop: 'TERM',
	graceful: 'USR1',
	restart: 'HUP',
	'graceful-stop': 'WINCH',
};

/** `-k`: a signal to the httpd that runs. */
async function control(process: Process, action: string, { pidFile }: Configuration): Promise<number> {
	const signal = Object.hasOwn(signals, action) ? signals[action] : undefined;
	const pid = process.files.exists(pidFile) ? Number(process.files.readText(pidFile)) : 0;
	if (signal === undefined) {
		await process.write(2, `httpd: invalid argument to -k: ${action}\n`);
		return 1;
	}
	if (pid === 0) {
		await process.write(2, `httpd (no pid file) not running\n`);
		return 1;
	}
	process.kill(pid, signal);
	return 0;
}

/** The httpd of a version, as an executable. */
export function httpdProgram(version: string): Program {
	return async (process) => {
		const args = process.argv.slice(1);
		const has = (letter: string) => args.some((arg) => arg === `-${letter}`);
		const value = (letter: string) => {
			const at = args.findIndex((arg) => arg.startsWith(`-${letter}`));
			return at < 0 ? undefined : args[at].slice(2) || args[at + 1];
		};
		if (has('v') || has('V')) {
			await process.write(
				1,
				`Server version: Apache/${version} (Unix)\nServer built:   Jul 24 2025 00:00:00\n`,
			);
			return 0;
		}
		let configuration: Configuration;
		try {
			configuration = load(process, value('f') ?? `${root}/conf/httpd.conf`);
		} catch (error) {
			if (!(error instanceof ConfigurationError)) throw error;
			await process.write(2, `${error.message}\n`);
			return 1;
		}
		const action = value('k');
		if (action !== undefined && action !== 'start') return control(process, action, configuration);
		if (!configuration.named)
			await process.write(
				2,
				`AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using ${process.network.ip}. Set the 'ServerName' directive globally to suppress this message\n`,
			);
		if (has('t')) {
			await process.write(2, 'Syntax OK\n');
			return 0;
		}
		if (value('D') !== 'FOREGROUND') {
			process.spawn({ argv: ['httpd', '-D', 'FOREGROUND'], path: `${root}/bin/httpd`, newSession: true });
			return 0;
		}
		const server = new Server(process, version, configuration);
		try {
			server.listen();
		} catch (error) {
			if (!(error instanceof SystemError)) throw error;
			const [port] = configuration.ports;
			await process.write(
				2,
				`(98)${error.message}: AH00072: make_sock: could not bind to address 0.0.0.0:${port}\nno listening sockets available, shutting down\nAH00015: Unable to open logs\n`,
			);
			return 1;
		}
		return server.run('httpd -D FOREGROUND');
	};
}
