// `consul agent`: one process that takes part in the gossip, serves HTTP, and is a server or asks one.
import { pick, randomUuid } from '../../../random.ts';
import { type Process, SystemError } from '../../../runtime/process.ts';
import type { GossipAnswer, GossipRequest } from '../gossip/messages.ts';
import { Serf } from '../gossip/serf.ts';
import { serveApi } from '../http/api.ts';
import { ExchangeError, Exchanges, serveMessages } from '../messages.ts';
import type { Release } from '../releases.ts';
import { holdTimeout, Server, type ServerAnswer } from '../server/server.ts';
import { serversOf } from '../server/server-members.ts';
import { AntiEntropy } from './anti-entropy.ts';
import { bannerOf } from './banner.ts';
import { type Configuration, listenAddress } from './configuration.ts';
import { type Identity, nodeIdOf, tagsOf } from './identity.ts';
import { createJoiner, type Joiner } from './join.ts';
import { createLogger, type Level, type Logger, reaches } from './log.ts';
import { createFileStorage, createMemoryStorage, type Storage } from './storage.ts';
import { Tasks } from './tasks.ts';

const requestTimeout = 10_000;

export class Agent {
	readonly process: Process;
	readonly configuration: Configuration;
	readonly release: Release;
	readonly tasks: Tasks;
	readonly log: Logger;
	readonly #exchanges: Exchanges;
	readonly #monitors = new Set<{ level: Level; take(line: string): void }>();
	#identity!: Identity;
	#serf!: Serf;
	#server: Server | undefined;
	#joiner!: Joiner;
	#antiEntropy!: AntiEntropy;
	/** What is waiting to be written, in order. */
	#output: Promise<void> = Promise.resolve();
	#outcome: { code: number } | { error: unknown } | undefined;
	#wake: () => void = () => {};
	#leaving: Promise<void> | undefined;

	constructor(process: Process, configuration: Configuration, release: Release) {
		this.process = process;
		this.configuration = configuration;
		this.release = release;
		this.tasks = new Tasks(process.clock, process.random, (error) => this.#end({ error }));
		this.log = createLogger(
			'agent',
			() => process.clock.now(),
			(line, level) => this.#write(line, level),
		);
		this.#exchanges = new Exchanges(process, this.tasks);
	}

	get identity(): Identity {
		return this.#identity;
	}

	get serf(): Serf {
		return this.#serf;
	}

	/** Undefined for an agent that is a client of servers. */
	get server(): Server | undefined {
		return this.#server;
	}

	/** Runs until the agent leaves or is told to end; gives the exit code. */
	async run(): Promise<number> {
		try {
			await this.process.write(1, '==> Starting Consul agent...\n');
			this.#listenToSignals();
			try {
				await this.#start();
			} catch (error) {
				if (!(error instanceof Error)) throw error;
				this.log.error('Error starting agent', { error: error.message });
				await this.#output;
				return 1;
			}
			while (!this.#outcome) await this.#wait();
			if ('error' in this.#outcome) throw this.#outcome.error;
			this.log.info('Exit code', { code: this.#outcome.code });
			await this.#output;
			return this.#outcome.code;
		} finally {
			this.tasks.stop();
		}
	}

	/** Until something happens that may end the agent. */
	async #wait(): Promise<void> {
		try {
			await this.process.block<void>((done) => {
				this.#wake = done;
				return () => {};
			});
		} catch (error) {
			if (!(error instanceof SystemError) || error.code !== 'EINTR') throw error;
		}
	}

	#end(outcome: { code: number } | { error: unknown }): void {
		this.#outcome ??= outcome;
		this.#wake();
	}

	#write(line: string, level: Level): void {
		for (const monitor of this.#monitors) if (reaches(level, monitor.level)) monitor.take(line);
		if (!reaches(level, this.configuration.logLevel)) return;
		this.#output = this.#output.then(() => this.process.write(1, line));
		this.#output.catch((error) => {
			// Nobody reads the log any more.
			if (!(error instanceof SystemError)) this.#end({ error });
		});
	}

	/** Hands over the log's lines of a level and above from now on, until the function it gives is called. */
	monitor(level: Level, take: (line: string) => void): () => void {
		const monitor = { level, take };
		this.#monitors.add(monitor);
		return () => this.#monitors.delete(monitor);
	}

	async #start(): Promise<void> {
		const { configuration, process, tasks, log, release } = this;
		const storage = this.#openStorage();
		this.#identity = {
			nodeId: nodeIdOf(configuration.nodeId, storage, () => randomUuid(process.random)),
			nodeName: configuration.nodeName,
			address: this.#address(),
			version: release.version,
			datacenter: configuration.datacenter,
		};
		this.#output = this.#output.then(() =>
			process.write(1, bannerOf(this.#identity, configuration, release)),
		);
		const { server: isServer, bootstrapExpect: expect, ports } = configuration;
		if (expect > 1) {
			log.warn(`bootstrap_expect > 0: expecting ${expect} servers`);
			log.named('auto_config').warn(`bootstrap_expect > 0: expecting ${expect} servers`);
		}
		const part = log.named(isServer ? 'server' : 'client');
		this.#serf = new Serf({
			name: this.#identity.nodeName,
			address: this.#identity.address,
			port: ports.serfLan,
			tags: tagsOf(this.#identity, configuration),
			tasks,
			log: part.named('serf.lan'),
			memberlistLog: part.named('memberlist.lan'),
			request: (address, port, message: GossipRequest, timeout) =>
				this.#exchanges.request(address, port, message, timeout) as Promise<GossipAnswer>,
			changed: (event, member) => {
				this.#server?.memberChanged(event, member);
				if (event === 'join' && !this.#server) this.#antiEntropy.serverUp();
			},
		});
		this.#antiEntropy = new AntiEntropy({
			identity: this.#identity,
			meta: { ...configuration.nodeMeta, 'consul-network-segment': '' },
			log,
			tasks,
			call: (method, args) => this.call(method, args),
		});
		const host = configuration.bindAddress;
		if (isServer) {
			this.#server = this.#createServer(storage);
			this.#server.start();
			const { server } = this;
			serveMessages(process, tasks, { host, port: ports.server }, (message) => server!.handle(message));
		}
		serveMessages(process, tasks, { host, port: ports.serfLan }, (message) =>
			this.#serf.handle(message as GossipRequest),
		);
		this.#serf.start();
		serveApi(this);
		this.#antiEntropy.start();
		log.info('Consul agent running!');
		this.#joiner = createJoiner({
			process,
			configuration,
			serf: this.#serf,
			log,
			memberlistLog: part.named('memberlist.lan'),
			tasks,
		});
		if (configuration.startJoin.length > 0) await this.#joiner.join(configuration.startJoin);
		tasks.run(async () => {
			if (!(await this.#joiner.retryJoin())) this.#end({ code: 1 });
		});
	}

	#createServer(storage: Storage): Server {
		const { configuration, tasks, log } = this;
		try {
			return new Server({
				configuration,
				identity: this.#identity,
				storage,
				tasks,
				log,
				exchanges: this.#exchanges,
				serf: this.#serf,
				leaderFound: () => this.#antiEntropy.serverUp(),
			});
		} catch (error) {
			throw new Error(`Failed to start Consul server: Failed to start Raft: ${(error as Error).message}`);
		}
	}

	#openStorage(): Storage {
		const { development, dataDirectory } = this.configuration;
		if (development) return createMemoryStorage();
		try {
			return createFileStorage(this.process.files, dataDirectory);
		} catch (error) {
			if (!(error instanceof SystemError)) throw error;
			throw new Error(
				`Failed to set up data directory: mkdir ${dataDirectory}: ${error.message.toLowerCase()}`,
			);
		}
	}

	/** The address for others; templates of go-sockaddr mean the pod's only one. */
	#address(): string {
		const { advertiseAddress, bindAddress } = this.configuration;
		for (const given of [advertiseAddress, bindAddress]) {
			if (given.includes('{{')) return this.process.network.ip;
			if (given !== '' && given !== '0.0.0.0' && given !== '::') return given;
		}
		return this.configuration.development ? '127.0.0.1' : this.process.network.ip;
	}

	#listenToSignals(): void {
		const { process, configuration, log } = this;
		const ending = (signal: 'INT' | 'TERM', name: string, graceful: boolean) =>
			process.onSignal(signal, () => {
				log.info('Caught', { signal: name });
				if (!graceful) {
					log.info('Graceful shutdown disabled. Exiting');
					this.#shutDown();
					this.#end({ code: 1 });
					return;
				}
				log.info('Gracefully shutting down agent...');
				this.tasks.run(async () => {
					await this.leave();
					log.info('Graceful exit completed');
					this.#shutDown();
					this.#end({ code: 0 });
				});
			});
		const { server, skipLeaveOnInterrupt = server, leaveOnTerminate } = configuration;
		ending('INT', 'interrupt', !skipLeaveOnInterrupt);
		ending('TERM', 'terminated', leaveOnTerminate);
		process.onSignal('HUP', () => {
			log.info('Caught', { signal: 'hangup' });
			this.reload();
		});
		process.onSignal('PIPE', 'ignore');
	}

	reload(): void {
		this.log.info('Reloading configuration...');
	}

	/** Asks the servers. Rejects with Error in Consul's words. */
	async call(method: string, args: unknown, stale = false): Promise<unknown> {
		if (this.#server) return this.#server.call({ method, args, stale });
		const { tasks } = this;
		const end = tasks.elapsed + holdTimeout;
		for (let failure = 'No known Consul servers'; ; ) {
			const servers = serversOf(this.#serf.members).filter(({ status }) => status === 'alive');
			const server = pick(tasks.random, servers);
			if (server) {
				const [host, port] = server.address.split(':');
				try {
					const request = { method, args, stale };
					const timeout = requestTimeout + holdTimeout;
					const answer = (await this.#exchanges.request(
						host,
						Number(port),
						request,
						timeout,
					)) as ServerAnswer;
					if ('result' in answer) return answer.result;
					throw new Error(`rpc error making call: ${answer.error}`);
				} catch (error) {
					if (!(error instanceof ExchangeError)) throw error;
					failure = `rpc error getting client: failed to get conn: ${error.message}`;
				}
			}
			if (tasks.elapsed >= end) throw new Error(failure);
			await tasks.sleep((holdTimeout / 16) * tasks.random() + 1);
		}
	}

	join(address: string): Promise<number> {
		return this.#joiner.join([address]);
	}

	/** Leaves the cluster; asked twice, it leaves once. */
	leave(): Promise<void> {
		this.#leaving ??= this.#server ? this.#server.leave() : this.#serf.leave();
		return this.#leaving;
	}

	/** Ends the agent after it has left, when what is being answered has been. */
	endSoon(): void {
		this.tasks.after(100, () => {
			this.#shutDown();
			this.#end({ code: 0 });
		});
	}

	#shutDown(): void {
		const { log, configuration } = this;
		log.info('Requesting shutdown');
		this.#server?.stop();
		log.info(`consul ${configuration.server ? 'server' : 'client'} down`);
		log.info('shutdown complete');
		log.info('Stopping server', {
			address: `${listenAddress(configuration)}:${configuration.ports.http}`,
			network: 'tcp',
			protocol: 'http',
		});
		log.info('Waiting for endpoints to shut down');
		log.info('Endpoints down');
	}
}
