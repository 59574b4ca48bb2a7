// A server agent's part: Raft with the state that it keeps, the requests of agents, and what follows from who
// comes and goes.
import { decodeBase64, encodeBase64 } from '../../../base64.ts';
import type { Configuration } from '../agent/configuration.ts';
import type { Identity } from '../agent/identity.ts';
import type { Logger } from '../agent/log.ts';
import type { Storage } from '../agent/storage.ts';
import type { Tasks } from '../agent/tasks.ts';
import type { Member, MemberEvent, Serf } from '../gossip/serf.ts';
import { ExchangeError, type Exchanges } from '../messages.ts';
import { LogStore } from '../raft/log-store.ts';
import type { RaftAnswer, RaftRequest, RaftServer } from '../raft/messages.ts';
import { NotLeader, Raft } from '../raft/raft.ts';
import { recover } from '../raft/recovery.ts';
import { SnapshotStore } from '../raft/snapshot-store.ts';
import { archiveOf, readArchive } from './archive.ts';
import { Bootstrap } from './bootstrap.ts';
import { endpoints } from './endpoints.ts';
import { LeaderDuties } from './leader.ts';
import { type ServerMember, serverOf, serversOf } from './server-members.ts';
import { State } from './state.ts';

/** How long a request waits for a leader (rpc_hold_timeout). */
export const holdTimeout = 7000;
const drainTime = 5000;
const removeGracePeriod = 5000;
const requestTimeout = 10_000;
/** Raft's times with a multiplier of 1. */
const times = { heartbeat: 1000, election: 1000, leaderLease: 500 };

export const noLeader = 'No cluster leader';

export interface ServerRequest {
	method: string;
	args: unknown;
	/** Any server may answer from what it has. */
	stale: boolean;
}

export type ServerAnswer = { result: unknown } | { error: string; noLeader?: boolean };

export interface ServerOptions {
	configuration: Configuration;
	identity: Identity;
	storage: Storage;
	tasks: Tasks;
	log: Logger;
	exchanges: Exchanges;
	serf: Serf;
	/** A leader is known, or another one. */
	leaderFound(): void;
}

export class Server {
	readonly state = new State();
	readonly raft: Raft;
	readonly options: ServerOptions;
	readonly log: Logger;
	readonly #bootstrap: Bootstrap;
	readonly #duties: LeaderDuties;

	/** Throws Error where what is stored cannot be used. */
	constructor(options: ServerOptions) {
		this.options = options;
		const { configuration, identity, storage, tasks } = options;
		this.log = options.log.named('server');
		const raftLog = this.log.named('raft');
		const store = new LogStore(storage);
		const snapshots = new SnapshotStore(storage);
		recover({ storage, store, snapshots, machine: new State(), log: this.log, now: tasks.now });
		const { raftMultiplier } = configuration;
		this.raft = new Raft({
			id: identity.nodeId,
			address: `${identity.address}:${configuration.ports.server}`,
			times: {
				heartbeat: times.heartbeat * raftMultiplier,
				election: times.election * raftMultiplier,
				leaderLease: times.leaderLease * raftMultiplier,
			},
			store,
			snapshots,
			machine: this.state,
			tasks,
			log: raftLog,
			send: (server, request, timeout) => this.#send(server, request, timeout),
			leadershipChanged: (leading) => this.#leadershipChanged(leading),
			leaderChanged: (leader) => this.#leaderChanged(leader),
		});
		this.#bootstrap = new Bootstrap(this, store);
		this.#duties = new LeaderDuties(this);
	}

	start(): void {
		const { configuration } = this.options;
		this.raft.start();
		if (configuration.bootstrap) this.#bootstrap.alone();
	}

	get servers(): ServerMember[] {
		return serversOf(this.options.serf.members);
	}

	/** Asks another server something. Throws ExchangeError, or Error with what it answered. */
	async ask(address: string, request: ServerRequest): Promise<unknown> {
		const [host, port] = address.split(':');
		const answer = (await this.options.exchanges.request(
			host,
			Number(port),
			request,
			requestTimeout,
		)) as ServerAnswer;
		if ('result' in answer) return answer.result;
		throw answer.noLeader ? new NotLeader() : new Error(`rpc error making call: ${answer.error}`);
	}

	/** Answers what comes in on the server port. */
	async handle(message: unknown): Promise<unknown> {
		const request = message as { raft?: RaftRequest } & ServerRequest;
		if (request.raft) return this.raft.handle(request.raft);
		try {
			return { result: await this.call(request) } satisfies ServerAnswer;
		} catch (error) {
			if (!(error instanceof Error)) throw error;
			return { error: error.message, noLeader: error instanceof NotLeader } satisfies ServerAnswer;
		}
	}

	/** Answers a request, by the leader where it takes one; waits a while for there to be one. Rejects with Error. */
	async call(request: ServerRequest): Promise<unknown> {
		const { tasks } = this.options;
		const endpoint = Object.hasOwn(endpoints, request.method) ? endpoints[request.method] : undefined;
		if (!endpoint) throw new Error(`rpc: can't find method ${request.method}`);
		const { where } = endpoint;
		const end = tasks.elapsed + holdTimeout;
		for (;;) {
			const any = where === 'local' || (where === 'default' && request.stale);
			if (any || this.raft.role === 'Leader') {
				try {
					return await endpoint.run(this, request.args as never);
				} catch (error) {
					if (!(error instanceof NotLeader)) throw error;
				}
			}
			const { leader } = this.raft;
			if (leader && leader.id !== this.options.identity.nodeId) {
				try {
					return await this.ask(this.#addressOf(leader), request);
				} catch (error) {
					if (!(error instanceof ExchangeError || error instanceof NotLeader)) throw error;
				}
			}
			if (tasks.elapsed >= end) throw new Error(noLeader);
			await tasks.sleep((holdTimeout / 16) * tasks.random() + 1);
		}
	}

	/** In base64. */
	saveSnapshot(): { index: number; archive: string } {
		const snapshot = this.raft.replicatedLog.takeSnapshot();
		return { index: snapshot.index, archive: encodeBase64(archiveOf(snapshot, this.options.tasks.now)) };
	}

	async restoreSnapshot(archive: string): Promise<true> {
		const { state } = await readArchive(decodeBase64(archive));
		await this.raft.restore(state);
		await this.#duties.reconcileAll();
		return true;
	}

	memberChanged(event: MemberEvent, member: Member): void {
		const server = serverOf(member);
		if (server) {
			const details = {
				server: `${server.name} (Addr: tcp/${server.address}) (DC: ${this.options.identity.datacenter})`,
			};
			if (event === 'join') this.log.info('Adding LAN server', details);
			else if (event !== 'update') this.log.info('Removing LAN server', details);
			if (event === 'join') this.options.tasks.run(() => this.#bootstrap.consider());
		}
		if (this.raft.role === 'Leader') this.#duties.memberChanged(event, member);
	}

	/** Leaves the cluster in order: others take over, and count one server less. */
	async leave(): Promise<void> {
		const { serf, tasks, identity, configuration } = this.options;
		this.log.info('server starting leave');
		const peers = this.raft.configuration.servers.length;
		let leading = this.raft.role === 'Leader';
		if (leading && peers > 1) {
			try {
				await this.raft.transfer();
				leading = false;
				this.log.info('successfully transferred leadership', { attempt: 1, retry_limit: 3 });
			} catch (error) {
				if (!(error instanceof Error)) throw error;
				this.log.error('failed to transfer leadership, removing the server', { error: error.message });
				await this.raft
					.removeServer(identity.nodeId)
					.catch((failed: Error) =>
						this.log.error('failed to remove self as raft peer', { error: failed.message }),
					);
			}
		}
		// The pool of the other datacentres comes first; here each server is alone in it.
		await tasks.sleep(3000);
		this.log
			.named('serf.wan')
			.info(`serf: EventMemberLeave: ${identity.nodeName}.${configuration.datacenter} ${identity.address}`);
		await serf.leave();
		this.log.info('Waiting to drain RPC traffic', { drain_time: `${drainTime / 1000}s` });
		await tasks.sleep(drainTime);
		if (leading) return;
		const end = tasks.elapsed + removeGracePeriod;
		while (this.raft.self.suffrage === 'Voter' && this.raft.leader && tasks.elapsed < end)
			await tasks.sleep(50);
	}

	stop(): void {
		this.log.info('shutting down server');
		this.raft.stop();
		this.#duties.end();
	}

	/** A server may have another address than Raft has stored: gossip knows the newest. */
	#addressOf({ id, address }: RaftServer): string {
		return this.servers.find((known) => known.id === id && known.status !== 'left')?.address ?? address;
	}

	async #send(server: RaftServer, raft: RaftRequest, timeout: number): Promise<RaftAnswer> {
		const [host, port] = this.#addressOf(server).split(':');
		return (await this.options.exchanges.request(host, Number(port), { raft }, timeout)) as RaftAnswer;
	}

	#leaderChanged(leader: RaftServer | undefined): void {
		if (!leader) return;
		const payload = this.servers.find(({ id }) => id === leader.id)?.name ?? leader.address;
		this.log.info('New leader elected', { payload });
		this.options.leaderFound();
	}

	#leadershipChanged(leading: boolean): void {
		if (leading) this.#duties.begin();
		else this.#duties.end();
	}
}
