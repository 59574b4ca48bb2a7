// What a leader does in its term: it replicates its log to each server, commits what a quorum has, and steps
// down where it no longer reaches one.
import type { Timer } from '../../../clock.ts';
import { ExchangeError } from '../messages.ts';
import { formatServer, formatServers, quorumOf, votersOf } from './configuration.ts';
import type { Configuration, Entry, EntryData, RaftServer } from './messages.ts';
import type { RaftOptions } from './options.ts';
import type { ReplicatedLog } from './replicated-log.ts';

const entriesPerRequest = 64;
/** The first wait after a failure; it doubles with each further one. */
const failureWait = 10;
/** How soon followers are told that more is committed. */
const commitWait = 50;
const replicationTimeout = 10_000;

interface Follower {
	server: RaftServer;
	nextIndex: number;
	matchIndex: number;
	commitIndex: number;
	lastContact: number;
	failures: number;
	/** Whether it was said that it cannot be reached. */
	silent: boolean;
	pipelining: boolean;
	/** Ends the wait before the next request. */
	wake: () => void;
	gone: boolean;
}

/** A change of the set of servers. */
export interface Reconfiguration {
	command: 'AddVoter' | 'AddNonvoter' | 'RemoveServer';
	server: Pick<RaftServer, 'id' | 'address'>;
	change(configuration: Configuration): Configuration;
}

interface Proposal {
	resolve(result: unknown): void;
	reject(error: Error): void;
}

export class Leadership {
	readonly #options: RaftOptions;
	readonly #replicatedLog: ReplicatedLog;
	readonly #stepDown: (term: number) => void;
	readonly #followers = new Map<string, Follower>();
	readonly #proposals = new Map<number, Proposal>();
	#reconfiguring: Promise<unknown> = Promise.resolve();
	#lease: Timer = { cancel() {} };
	#ended = false;

	/** `stepDown` is called with the term to follow in: a newer one, or this one where the followers are lost. */
	constructor(options: RaftOptions, replicatedLog: ReplicatedLog, stepDown: (term: number) => void) {
		this.#options = options;
		this.#replicatedLog = replicatedLog;
		this.#stepDown = stepDown;
	}

	begin(): void {
		this.#setFollowers();
		this.#replicatedLog.add({ type: 'noop' });
		this.#checkLease();
		this.#advance();
	}

	/** Ends it, for a reason that is told to whoever waits for a commit. */
	end(error: Error): void {
		this.#ended = true;
		this.#lease.cancel();
		for (const follower of this.#followers.values()) this.#drop(follower);
		this.abort(error);
	}

	/** Tells whoever waits for a commit that none will come. */
	abort(error: Error): void {
		for (const proposal of this.#proposals.values()) proposal.reject(error);
		this.#proposals.clear();
	}

	propose(data: EntryData): Promise<unknown> {
		return new Promise((resolve, reject) => {
			const { index } = this.#replicatedLog.add(data);
			this.#proposals.set(index, { resolve, reject });
			if (data.type === 'configuration') this.#setFollowers();
			for (const follower of this.#followers.values()) follower.wake();
			this.#advance();
		});
	}

	reconfigure({ command, server, change }: Reconfiguration): Promise<void> {
		const changed = this.#reconfiguring.then(async () => {
			const configuration = change(this.#replicatedLog.configuration);
			const { log } = this.#options;
			log.info('updating configuration', {
				command,
				'server-id': server.id,
				'server-addr': server.address,
				servers: formatServers(configuration),
			});
			await this.propose({ type: 'configuration', configuration });
		});
		this.#reconfiguring = changed.catch(() => {});
		return changed;
	}

	/** An entry was applied. */
	applied({ index, data }: Entry, result: unknown): void {
		this.#proposals.get(index)?.resolve(result);
		this.#proposals.delete(index);
		const { id, tasks } = this.#options;
		const removed =
			data.type === 'configuration' && !data.configuration.servers.some((server) => server.id === id);
		if (removed) tasks.after(0, () => this.#loseQuorum());
	}

	/** The voter whose log has the most of ours. */
	furthestVoter(): RaftServer | undefined {
		const voters = [...this.#followers.values()].filter(({ server }) => server.suffrage === 'Voter');
		return voters.sort((a, b) => b.matchIndex - a.matchIndex)[0]?.server;
	}

	/** How far a server is, as the leader knows it. */
	progress(id: string): { matchIndex: number; lastContact: number } | undefined {
		const { store, tasks } = this.#options;
		if (id === this.#options.id) return { matchIndex: store.lastIndex, lastContact: tasks.elapsed };
		return this.#followers.get(id);
	}

	#setFollowers(): void {
		const { configuration } = this.#replicatedLog;
		const { store, tasks, log, id } = this.#options;
		const wanted = new Map(configuration.servers.map((server) => [server.id, server]));
		for (const follower of this.#followers.values()) {
			const server = wanted.get(follower.server.id);
			if (server) follower.server = server;
			else {
				log.info('removed peer, stopping replication', {
					peer: follower.server.id,
					'last-index': store.lastIndex,
				});
				this.#drop(follower);
			}
		}
		for (const server of configuration.servers) {
			if (server.id === id || this.#followers.has(server.id)) continue;
			log.info('added peer, starting replication', { peer: server.id });
			const follower: Follower = {
				server,
				nextIndex: store.lastIndex + 1,
				matchIndex: 0,
				commitIndex: 0,
				lastContact: tasks.elapsed,
				failures: 0,
				silent: false,
				pipelining: false,
				wake() {},
				gone: false,
			};
			this.#followers.set(server.id, follower);
			tasks.run(() => this.#replicate(follower));
		}
	}

	#drop(follower: Follower): void {
		follower.gone = true;
		follower.wake();
		this.#followers.delete(follower.server.id);
	}

	/** Keeps a follower's log like ours, with heartbeats while there is nothing new. */
	async #replicate(follower: Follower): Promise<void> {
		const { tasks, times, log, store } = this.#options;
		while (!follower.gone && !tasks.stopped) {
			try {
				await this.#send(follower);
				follower.failures = 0;
			} catch (error) {
				if (!(error instanceof ExchangeError)) throw error;
				follower.failures++;
				follower.pipelining = false;
				const details = { peer: formatServer(follower.server), error: error.message };
				if (!follower.gone) log.error('failed to appendEntries to', details);
			}
			if (follower.gone) return;
			if (follower.failures > 0) {
				const wait = Math.min(failureWait * 2 ** follower.failures, times.heartbeat / 2);
				await this.#pause(follower, wait, false);
			} else if (follower.nextIndex > store.lastIndex) {
				const behind = follower.commitIndex < this.#replicatedLog.commitIndex;
				const heartbeat = (times.heartbeat / 10) * (1 + tasks.random());
				await this.#pause(follower, behind ? commitWait : heartbeat, true);
			}
		}
	}

	#pause(follower: Follower, ms: number, wakeable: boolean): Promise<void> {
		return new Promise((resolve) => {
			const timer = this.#options.tasks.after(ms, resolve);
			follower.wake = () => {
				if (!wakeable && !follower.gone) return;
				timer.cancel();
				resolve();
			};
		});
	}

	async #send(follower: Follower): Promise<void> {
		const { store, id, address, send, tasks, log, snapshots } = this.#options;
		const { nextIndex } = follower;
		const { term } = store;
		const { commitIndex } = this.#replicatedLog;
		const previousTerm = store.termAt(nextIndex - 1);
		const about = { term, leader: id, leaderAddress: address };
		if (previousTerm === undefined || nextIndex <= store.base.index) {
			const snapshot = snapshots.latest()?.snapshot;
			if (!snapshot) throw new Error('raft: the log is cut, and there is no snapshot of what it began with');
			const answer = await send(follower.server, { kind: 'install', ...about, snapshot }, replicationTimeout);
			this.#heard(follower, answer.term);
			if (!answer.success) return;
			follower.matchIndex = snapshot.index;
			follower.nextIndex = snapshot.index + 1;
			return;
		}
		const entries = store.entriesFrom(nextIndex, entriesPerRequest);
		const answer = await send(
			follower.server,
			{ kind: 'append', ...about, previousIndex: nextIndex - 1, previousTerm, entries, commitIndex },
			replicationTimeout,
		);
		this.#heard(follower, answer.term);
		if (follower.gone || answer.term > term) return;
		follower.lastContact = tasks.elapsed;
		if (!answer.success) {
			follower.nextIndex = Math.max(Math.min(nextIndex - 1, answer.lastIndex + 1), 1);
			log.warn('appendEntries rejected, sending older logs', {
				peer: formatServer(follower.server),
				next: follower.nextIndex,
			});
			return;
		}
		if (!follower.pipelining) log.info('pipelining replication', { peer: formatServer(follower.server) });
		follower.pipelining = true;
		follower.silent = false;
		follower.commitIndex = commitIndex;
		follower.matchIndex = nextIndex - 1 + entries.length;
		follower.nextIndex = follower.matchIndex + 1;
		this.#advance();
	}

	#heard(follower: Follower, term: number): void {
		if (follower.gone || this.#ended) return;
		const { store, log, tasks } = this.#options;
		follower.lastContact = tasks.elapsed;
		if (term <= store.term) return;
		log.error('peer has newer term, stopping replication', { peer: formatServer(follower.server) });
		this.#stepDown(term);
	}

	/** Commits what a quorum has; entries of earlier terms only together with one of this term. */
	#advance(): void {
		if (this.#ended) return;
		const { configuration, commitIndex } = this.#replicatedLog;
		const { store } = this.#options;
		const indexes = votersOf(configuration).map(({ id }) => this.progress(id)?.matchIndex ?? 0);
		const agreed = indexes.sort((a, b) => b - a)[quorumOf(configuration) - 1] ?? 0;
		if (agreed > commitIndex && store.termAt(agreed) === store.term) this.#replicatedLog.commit(agreed);
	}

	#loseQuorum(): void {
		this.#stepDown(this.#options.store.term);
	}

	#checkLease(): void {
		const { tasks, times, log, id } = this.#options;
		this.#lease = tasks.after(times.leaderLease / 2, () => {
			const voters = votersOf(this.#replicatedLog.configuration);
			let reached = 0;
			for (const { id: voter } of voters) {
				const follower = this.#followers.get(voter);
				const silence = tasks.elapsed - (follower?.lastContact ?? 0);
				if (voter === id || silence <= times.leaderLease) reached++;
				else if (follower && !follower.silent) {
					follower.silent = true;
					log.warn('failed to contact', { 'server-id': voter, time: `${(silence / 1000).toFixed(3)}s` });
				}
			}
			if (reached < quorumOf(this.#replicatedLog.configuration)) {
				log.warn('failed to contact quorum of nodes, stepping down');
				this.#loseQuorum();
			} else this.#checkLease();
		});
	}
}
