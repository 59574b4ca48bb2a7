// A worker process: takes connections, answers requests, and ends at once (TERM) or when it is done (QUIT).
import { HttpError, HttpReader, type HttpRequest, header, writeResponse } from '../../network/http.ts';
import type { Connection, Listener } from '../../network/network.ts';
import { type Process, type Program, SystemError } from '../../runtime/process.ts';
import { httpDate } from '../../runtime/programs/dates.ts';
import type { Configuration } from './configuration.ts';
import { type Exchange, expand, requestLine } from './exchange.ts';
import { append, createLog } from './log.ts';
import { chooseLocation, chooseServer, type Nginx, normalisePath, respond } from './responses.ts';

export interface WorkerOptions {
	version: string;
	configuration: Configuration;
	uid: number;
}

/** The sockets that a configuration asks for: one per address and port; a wildcard takes the port's others in. */
export function socketsOf(configuration: Configuration): { address: string; port: number }[] {
	const sockets = new Map<string, { address: string; port: number }>();
	const listens = configuration.servers.flatMap((server) => server.listens);
	for (const { address, port } of listens) {
		// The lab's network has IPv4 only; a socket on [::] takes the same port of it.
		const host = address.startsWith('[') ? '0.0.0.0' : address;
		if (
			host !== '0.0.0.0' &&
			listens.some((other) => other.port === port && /^(0\.0\.0\.0|\[)/.test(other.address))
		)
			continue;
		sockets.set(`${host}:${port}`, { address: host, port });
	}
	return [...sockets.values()];
}

class Worker {
	readonly process: Process;
	readonly options: WorkerOptions;
	readonly nginx: Nginx;
	#connections = 0;
	#accepted = 0;
	#requests = 0;
	#quitting = false;
	#listeners: Listener[] = [];
	#changed: (() => void)[] = [];

	constructor(process: Process, options: WorkerOptions) {
		this.process = process;
		this.options = options;
		const log = createLog(process, options.configuration.errorLog);
		this.nginx = {
			version: options.version,
			configuration: options.configuration,
			uid: options.uid,
			logError: (level, message, exchange) =>
				log.write(
					level,
					`*${exchange.number} ${message}, client: ${exchange.connection.remoteAddress}, server: ${exchange.server.names[0] ?? ''}, request: "${requestLine(exchange)}", host: "${header(exchange.request.headers, 'host') ?? ''}"`,
				),
			status: () =>
				`Active connections: ${this.#connections} \nserver accepts handled requests\n ${this.#accepted} ${this.#accepted} ${this.#requests} \nReading: 0 Writing: 1 Waiting: ${this.#connections - 1} \n`,
		};
	}

	async run(): Promise<number> {
		const { process } = this;
		const log = createLog(process, this.options.configuration.errorLog);
		let ending = false;
		process.onSignal('TERM', () => {
			ending = true;
		});
		process.onSignal('INT', () => {
			ending = true;
		});
		process.onSignal('QUIT', () => {
			this.#quitting = true;
			for (const listener of this.#listeners) listener.close();
		});
		for (const signal of ['HUP', 'USR1', 'WINCH'] as const) process.onSignal(signal, 'ignore');
		this.#listeners = socketsOf(this.options.configuration).map(({ address, port }) =>
			process.network.listen(port, address),
		);
		for (const listener of this.#listeners) this.#accept(listener).catch(() => {});
		while (!ending && !(this.#quitting && this.#connections === 0)) await this.#wait();
		if (this.#quitting) await log.write('notice', 'gracefully shutting down');
		await log.write('notice', 'exiting');
		await log.write('notice', 'exit');
		return 0;
	}

	/** Until a signal comes or a connection ends. */
	#wait(): Promise<void> {
		return this.process
			.block<void>((done) => {
				this.#changed.push(done);
				return () => {};
			})
			.catch((error) => {
				if (!(error instanceof SystemError) || error.code !== 'EINTR') throw error;
			});
	}

	async #accept(listener: Listener): Promise<void> {
		while (!this.#quitting) {
			const connection = await this.#through(() => listener.accept());
			if (!connection) return;
			this.#connections++;
			const number = ++this.#accepted;
			this.#serve(connection, number)
				.catch(() => connection.destroy())
				.finally(() => {
					this.#connections--;
					for (const wake of this.#changed.splice(0)) wake();
				});
		}
	}

	/** Repeats a call that a signal interrupted; undefined when the worker is quitting or the call fails. */
	async #through<T>(call: () => Promise<T>): Promise<T | undefined> {
		for (;;) {
			try {
				return await call();
			} catch (error) {
				if (!(error instanceof SystemError)) throw error;
				if (error.code !== 'EINTR' || this.#quitting) return undefined;
			}
		}
	}

	async #serve(connection: Connection, number: number): Promise<void> {
		const { process } = this;
		const { keepAliveSeconds } = this.options.configuration;
		const reader = new HttpReader(connection);
		for (;;) {
			const idle = new AbortController();
			const timer = process.clock.after(keepAliveSeconds * 1000, () =>
				idle.abort(new HttpError(408, 'idle')),
			);
			let request: HttpRequest | undefined;
			let refused: HttpError | undefined;
			try {
				request = await this.#through(() => reader.request(idle.signal));
			} catch (error) {
				if (!(error instanceof HttpError)) throw error;
				if (idle.signal.aborted) break;
				refused = error;
			} finally {
				timer.cancel();
			}
			if (refused) request = { method: '', target: '', version: 'HTTP/1.0', headers: [] };
			if (!request) break;
			this.#requests++;
			const host = header(request.headers, 'host');
			const server = chooseServer(
				this.options.configuration,
				connection.localPort,
				host?.replace(/:\d+$/, '').toLowerCase() ?? '',
			);
			const path = refused ? undefined : normalisePath(request.target);
			const exchange: Exchange = {
				process,
				connection,
				number,
				request,
				server,
				path: path ?? '/',
				query: request.target.split('?').slice(1).join('?'),
				status: 0,
				bodyBytes: 0,
			};
			const bad = path === undefined || (request.version === 'HTTP/1.1' && host === undefined);
			const keep = await this.#answer(exchange, bad);
			if (!keep || refused || this.#quitting) break;
		}
		connection.close();
	}

	async #answer(exchange: Exchange, bad: boolean): Promise<boolean> {
		const { process, nginx } = this;
		const { request, connection, server } = exchange;
		const location = chooseLocation(server, exchange.path);
		const settings = location?.settings ?? server.settings;
		const answer = bad
			? await respond(nginx, {
					...exchange,
					server: { ...server, settings: { ...server.settings, return: { status: 400 } } },
				})
			: await respond(nginx, exchange);
		exchange.status = answer.status;
		const asked = header(request.headers, 'connection')?.toLowerCase();
		const old = request.version !== 'HTTP/1.1';
		const keep = !bad && !this.#quitting && (old ? asked === 'keep-alive' : asked !== 'close');
		// The order of the fields is nginx': Connection stands before ETag.
		const first = ['content-type', 'content-length', 'last-modified', 'location'];
		const counted = counting(answer.body, (bytes) => {
			exchange.bodyBytes += bytes;
		});
		const stays = await writeResponse(connection, request, {
			status: answer.status,
			headers: [
				['Server', settings.serverTokens ? `nginx/${nginx.version}` : 'nginx'],
				['Date', httpDate(process.clock.now())],
				...answer.headers.filter(([name]) => first.includes(name.toLowerCase())),
				...(counted === undefined && answer.status !== 304 && !header(answer.headers, 'content-length')
					? [['Content-Length', '0'] as [string, string]]
					: []),
				['Connection', keep ? 'keep-alive' : 'close'],
				...answer.headers.filter(([name]) => !first.includes(name.toLowerCase())),
			],
			body: counted,
		});
		if (answer.body instanceof Uint8Array && request.method !== 'HEAD')
			exchange.bodyBytes = answer.body.length;
		if (request.body) for await (const _ of request.body);
		for (const { path, format } of settings.accessLogs) {
			const line = expand(this.options.configuration.logFormats.get(format) ?? '', exchange, '-');
			await append(process, path, `${line}\n`);
		}
		return stays;
	}
}

function counting(
	body: Uint8Array | AsyncIterable<Uint8Array> | undefined,
	count: (bytes: number) => void,
): Uint8Array | AsyncIterable<Uint8Array> | undefined {
	if (body === undefined || body instanceof Uint8Array) return body;
	return (async function* () {
		for await (const data of body) {
			count(data.length);
			yield data;
		}
	})();
}

export function workerProgram(options: WorkerOptions): Program {
	return (process) => new Worker(process, options).run();
}
