// One server of Raft: its role, the elections, the log that all agree on (raft.github.io/raft.pdf; names, times
// and words of the log as in github.com/hashicorp/raft with Consul's raft_multiplier of 5).
import type { Timer } from '../../../clock.ts';
import type { Logger } from '../agent/log.ts';
import type { Tasks } from '../agent/tasks.ts';
import { ExchangeError } from '../messages.ts';
import {
	formatServer,
	formatServers,
	noServers,
	quorumOf,
	votersOf,
	withoutServer,
	withServer,
} from './configuration.ts';
import { Leadership } from './leadership.ts';
import type { LogStore } from './log-store.ts';
import type {
	AppendRequest,
	Configuration,
	Entry,
	EntryData,
	InstallRequest,
	RaftAnswer,
	RaftRequest,
	RaftServer,
	Snapshot,
	VoteRequest,
} from './messages.ts';
import type { SnapshotStore } from './snapshot-store.ts';

/** In milliseconds. */
export interface RaftTimes {
	heartbeat: number;
	election: number;
	leaderLease: number;
}

export type Role = 'Follower' | 'Candidate' | 'Leader';

export interface StateMachine {
	/** Applies a committed command and gives its result. */
	apply(command: unknown, index: number): unknown;
	snapshot(): string;
	restore(state: string): void;
}

export interface RaftOptions {
	id: string;
	address: string;
	times: RaftTimes;
	store: LogStore;
	snapshots: SnapshotStore;
	machine: StateMachine;
	tasks: Tasks;
	log: Logger;
	/** Throws ExchangeError. */
	send(server: RaftServer, request: RaftRequest, timeout: number): Promise<RaftAnswer>;
	leadershipChanged(leading: boolean): void;
	leaderChanged(leader: RaftServer | undefined): void;
}

/** The log is cut when it has grown by so many entries; far fewer than Consul's 16384, to stay small. */
const snapshotThreshold = 1024;
const trailingEntries = 256;
const requestTimeout = 2500;

/** Only the leader can do it, and this server is not. */
export class NotLeader extends Error {
	constructor(message = 'node is not the leader') {
		super(message);
	}
}

export class Raft {
	readonly options: RaftOptions;
	role: Role = 'Follower';
	configuration: Configuration = noServers;
	configurationIndex = 0;
	commitIndex = 0;
	lastApplied = 0;
	/** What the leader does; undefined in any other role. */
	leadership: Leadership | undefined;
	#leader: RaftServer | undefined;
	#lastContact = 0;
	#timer: Timer = { cancel() {} };
	/** Goes up with each campaign, so that answers to an old one are told apart. */
	#campaign = 0;
	#warned = '';
	#stopped = false;

	constructor(options: RaftOptions) {
		this.options = options;
	}

	/** Takes up what is stored, and follows. */
	start(): void {
		const { store, snapshots, machine, log } = this.options;
		const latest = snapshots.latest();
		if (latest) {
			log.info('starting restore from snapshot', { id: latest.id });
			machine.restore(latest.snapshot.state);
			this.#takeSnapshotState(latest.snapshot);
			log.info('snapshot restore progress', { id: latest.id, 'percent-complete': '100.00%' });
			log.info('restored from snapshot', { id: latest.id });
		}
		for (const entry of store.entriesFrom(store.base.index + 1, store.size)) this.#readConfiguration(entry);
		log.info('initial configuration', {
			index: this.configurationIndex,
			servers: formatServers(this.configuration),
		});
		this.#follow();
	}

	/** Ends all that this server does in the cluster. */
	stop(): void {
		this.#stopped = true;
		this.#timer.cancel();
		this.leadership?.end(new NotLeader('raft is already shutdown'));
		this.leadership = undefined;
	}

	get leader(): RaftServer | undefined {
		return this.#leader;
	}

	/** Milliseconds since the leader was heard of. */
	get sinceContact(): number {
		return this.role === 'Leader' ? 0 : this.options.tasks.elapsed - this.#lastContact;
	}

	get self(): RaftServer {
		const { id, address } = this.options;
		const known = this.configuration.servers.find((server) => server.id === id);
		return { id, address, suffrage: known?.suffrage ?? 'Nonvoter' };
	}

	/** Starts a cluster of these servers; each of them may do so with the same list. */
	bootstrap(configuration: Configuration): void {
		const { store } = this.options;
		if (!store.isEmpty) throw new Error('bootstrap only works on new clusters');
		store.setTerm(1);
		const entry: Entry = { index: 1, term: 1, data: { type: 'configuration', configuration } };
		store.append([entry]);
		this.#readConfiguration(entry);
	}

	/** Has a command agreed on, and gives what applying it gave. Rejects with NotLeader. */
	apply(command: unknown): Promise<unknown> {
		return this.#leading().propose({ type: 'command', command });
	}

	/** Adds a server, or changes its address or suffrage. Rejects with NotLeader. */
	async addServer(server: RaftServer): Promise<void> {
		const command = server.suffrage === 'Voter' ? 'AddVoter' : 'AddNonvoter';
		await this.#leading().reconfigure({ command, server, change: (known) => withServer(known, server) });
	}

	/** Rejects with NotLeader. */
	async removeServer(id: string): Promise<void> {
		const server = { id, address: '' };
		await this.#leading().reconfigure({
			command: 'RemoveServer',
			server,
			change: (known) => withoutServer(known, id),
		});
	}

	/** Replaces everything by what a snapshot holds, on all servers. Rejects with NotLeader. */
	async restore(state: string): Promise<void> {
		const leadership = this.#leading();
		const { store, machine } = this.options;
		const index = store.lastIndex + 1;
		leadership.abort(new Error('snapshot restored while committing log'));
		machine.restore(state);
		const { configuration, configurationIndex } = this;
		this.#install({ index, term: store.term, configuration, configurationIndex, state });
		await leadership.propose({ type: 'noop' });
	}

	/** A snapshot of what is applied now. */
	takeSnapshot(): Snapshot {
		const { store, machine } = this.options;
		const { configuration, configurationIndex, lastApplied: index } = this;
		const state = machine.snapshot();
		return { index, term: store.termAt(index) ?? store.term, configuration, configurationIndex, state };
	}

	/** Hands the leadership over to the follower that is furthest. Rejects where there is none that takes it. */
	async transfer(): Promise<void> {
		const target = this.#leading().furthestVoter();
		if (!target) throw new Error('cannot find peer');
		const { store, log, tasks, times } = this.options;
		log.info('starting leadership transfer', { id: target.id, address: target.address });
		await this.options.send(target, { kind: 'timeout-now', term: store.term }, requestTimeout);
		const end = tasks.elapsed + times.election;
		while (this.role === 'Leader' && tasks.elapsed < end) await tasks.sleep(50);
		if (this.role === 'Leader') throw new Error('leadership transfer timeout');
	}

	#leading(): Leadership {
		if (!this.leadership) throw new NotLeader();
		return this.leadership;
	}

	/** Answers another server. */
	handle(request: RaftRequest): RaftAnswer {
		switch (request.kind) {
			case 'append':
				return this.#append(request);
			case 'install':
				return this.#takeInstall(request);
			case 'timeout-now':
				this.#setLeader(undefined);
				this.options.tasks.run(() => this.#elect(true));
				return this.#answer(true);
			default:
				return this.#vote(request);
		}
	}

	#answer(success: boolean): RaftAnswer {
		const { store } = this.options;
		return { term: store.term, success, lastIndex: store.lastIndex };
	}

	// Following

	#follow(): void {
		const { log, tasks } = this.options;
		this.role = 'Follower';
		log.info('entering follower state', {
			follower: `Node at ${this.options.address} [Follower]`,
			'leader-address': this.#leader?.address ?? '',
			'leader-id': this.#leader?.id ?? '',
		});
		this.#lastContact = tasks.elapsed;
		this.#awaitHeartbeat();
	}

	#awaitHeartbeat(): void {
		const { tasks, times } = this.options;
		this.#timer.cancel();
		if (this.#stopped) return;
		this.#timer = tasks.after(times.heartbeat * (1 + tasks.random()), () => {
			if (tasks.elapsed - this.#lastContact < times.heartbeat) this.#awaitHeartbeat();
			else this.#missHeartbeat();
		});
	}

	#missHeartbeat(): void {
		const { log, tasks } = this.options;
		const last = this.#leader;
		this.#setLeader(undefined);
		const reason =
			this.configuration.servers.length === 0
				? 'no known peers, aborting election'
				: 'not part of stable configuration, aborting election';
		if (this.self.suffrage !== 'Voter') {
			// Said once: it comes again with each heartbeat that is missed.
			if (this.#warned !== reason) log.warn(reason);
			this.#warned = reason;
			this.#awaitHeartbeat();
			return;
		}
		log.warn('heartbeat timeout reached, starting election', {
			'last-leader-addr': last?.address ?? '',
			'last-leader-id': last?.id ?? '',
		});
		tasks.run(() => this.#elect(false));
	}

	#setLeader(leader: RaftServer | undefined): void {
		if (this.#leader?.id === leader?.id && this.#leader?.address === leader?.address) return;
		this.#leader = leader;
		this.options.leaderChanged(leader);
	}

	/** A newer term than ours: whoever we were, we follow. */
	#stepDown(term: number): void {
		const { store } = this.options;
		if (term > store.term) store.setTerm(term);
		if (this.role === 'Leader') {
			this.leadership?.end(new NotLeader('leadership lost while committing log'));
			this.leadership = undefined;
			this.#setLeader(undefined);
			this.#follow();
			this.options.leadershipChanged(false);
		} else if (this.role === 'Candidate') this.#follow();
	}

	/** The leader has lost its followers. */
	loseQuorum(): void {
		this.#stepDown(this.options.store.term);
	}

	#heard(leader: string, address: string): void {
		this.#lastContact = this.options.tasks.elapsed;
		this.#setLeader({ id: leader, address, suffrage: 'Voter' });
	}

	#append(request: AppendRequest): RaftAnswer {
		const { store, log } = this.options;
		if (request.term < store.term) return this.#answer(false);
		if (request.term > store.term || this.role !== 'Follower') this.#stepDown(request.term);
		this.#heard(request.leader, request.leaderAddress);
		const { previousIndex, previousTerm, entries } = request;
		if (previousIndex > store.base.index && store.termAt(previousIndex) !== previousTerm) {
			log.warn('failed to get previous log', {
				'previous-index': previousIndex,
				'last-index': store.lastIndex,
				error: 'log not found',
			});
			return this.#answer(false);
		}
		const news = entries.filter(
			({ index, term }) => index > store.base.index && store.termAt(index) !== term,
		);
		if (news.length > 0) {
			const [{ index: first }] = news;
			if (first <= store.lastIndex) {
				log.warn('clearing log suffix', { from: first, to: store.lastIndex });
				store.removeFrom(first);
				if (this.configurationIndex >= first) this.#rereadConfiguration();
			}
			store.append(news);
			for (const entry of news) this.#readConfiguration(entry);
		}
		this.commit(Math.min(request.commitIndex, store.lastIndex));
		return this.#answer(true);
	}

	#takeInstall({ term, leader, leaderAddress, snapshot }: InstallRequest): RaftAnswer {
		const { store, machine, log } = this.options;
		if (term < store.term) return this.#answer(false);
		if (term > store.term || this.role !== 'Follower') this.#stepDown(term);
		this.#heard(leader, leaderAddress);
		log.info('snapshot network transfer progress', {
			'read-bytes': snapshot.state.length,
			'percent-complete': '100.00%',
		});
		machine.restore(snapshot.state);
		this.#install(snapshot);
		log.info('Installed remote snapshot');
		return this.#answer(true);
	}

	#install(snapshot: Snapshot): void {
		const { store, snapshots, tasks } = this.options;
		snapshots.save(snapshot, tasks.now);
		store.compact(snapshot.index, snapshot.term);
		this.#takeSnapshotState(snapshot);
	}

	#takeSnapshotState({ index, configuration, configurationIndex }: Snapshot): void {
		this.configuration = configuration;
		this.configurationIndex = configurationIndex;
		this.commitIndex = index;
		this.lastApplied = index;
	}

	// Elections

	#vote(request: VoteRequest): RaftAnswer {
		const { store, log, tasks, times } = this.options;
		const { kind, term, candidate, candidateAddress: from } = request;
		const rejected = kind === 'vote' ? 'rejecting vote request' : 'rejecting pre-vote request';
		const leader = this.#leader;
		const hears = this.role === 'Leader' || tasks.elapsed - this.#lastContact < times.heartbeat;
		if (leader && hears && leader.id !== candidate && !request.transfer) {
			log.warn(`${rejected} since we have a leader`, {
				from,
				leader: leader.address,
				'leader-id': leader.id,
			});
			return this.#answer(false);
		}
		if (term < store.term) return this.#answer(false);
		if (
			this.configuration.servers.length > 0 &&
			!votersOf(this.configuration).some(({ id }) => id === candidate)
		) {
			log.warn(`${rejected} since node is not in configuration`, { from });
			return this.#answer(false);
		}
		if (kind === 'vote' && term > store.term) this.#stepDown(term);
		if (kind === 'vote' && store.votedFor !== undefined && store.votedFor !== candidate)
			return this.#answer(false);
		const { lastIndex, lastTerm } = store;
		if (request.lastTerm < lastTerm) {
			log.warn(`${rejected} since our last term is greater`, {
				candidate: from,
				'last-term': lastTerm,
				'last-candidate-term': request.lastTerm,
			});
			return this.#answer(false);
		}
		if (request.lastTerm === lastTerm && request.lastIndex < lastIndex) {
			log.warn(`${rejected} since our last index is greater`, {
				candidate: from,
				'last-index': lastIndex,
				'last-candidate-index': request.lastIndex,
			});
			return this.#answer(false);
		}
		if (kind === 'vote') {
			store.setTerm(store.term, candidate);
			this.#lastContact = tasks.elapsed;
		}
		return this.#answer(true);
	}

	/** Stands for election until it is won, lost, or somebody else leads. */
	async #elect(transfer: boolean): Promise<void> {
		const { store, log, tasks, times, id } = this.options;
		if (this.#stopped || this.role === 'Leader') return;
		this.#timer.cancel();
		this.role = 'Candidate';
		const campaign = ++this.#campaign;
		log.info('entering candidate state', {
			node: `Node at ${this.options.address} [Candidate]`,
			term: store.term + 1,
		});
		this.#timer = tasks.after(times.election * (1 + tasks.random()), () => {
			log.warn('Election timeout reached, restarting election');
			tasks.run(() => this.#elect(false));
		});
		const term = store.term + 1;
		const needed = quorumOf(this.configuration);
		if (!transfer) {
			const { granted, refused } = await this.#poll('pre-vote', term, campaign, false);
			if (this.#campaign !== campaign || this.role !== 'Candidate' || store.term >= term) return;
			const count = { term, tally: granted, refused, votesNeeded: needed };
			if (granted < needed) {
				log.info('pre-vote campaign failed, waiting for election timeout', count);
				return;
			}
			log.info('pre-vote successful, starting election', count);
		}
		store.setTerm(term, id);
		const { granted } = await this.#poll('vote', term, campaign, transfer);
		if (this.#campaign !== campaign || this.role !== 'Candidate' || store.term !== term) return;
		if (granted < needed) return;
		log.info('election won', { term, tally: granted });
		this.#lead();
	}

	/** Asks all voters, and counts until it is decided. */
	#poll(
		kind: VoteRequest['kind'],
		term: number,
		campaign: number,
		transfer: boolean,
	): Promise<{ granted: number; refused: number }> {
		const { store, log, tasks, id, address, send } = this.options;
		const { lastIndex, lastTerm } = store;
		const request: VoteRequest = {
			kind,
			term,
			candidate: id,
			candidateAddress: address,
			lastIndex,
			lastTerm,
			transfer,
		};
		const others = votersOf(this.configuration).filter((server) => server.id !== id);
		const needed = quorumOf(this.configuration);
		let granted = 1;
		let refused = 0;
		return new Promise((resolve) => {
			const decide = () => {
				if (granted >= needed || others.length + 1 - refused < needed) resolve({ granted, refused });
			};
			decide();
			for (const server of others)
				tasks.run(async () => {
					try {
						const answer = await send(server, request, requestTimeout);
						if (this.#campaign !== campaign) return resolve({ granted: 0, refused: 0 });
						if (answer.term > Math.max(store.term, kind === 'pre-vote' ? term : 0)) {
							log.info('newer term discovered, fallback to follower', { term: answer.term });
							this.#stepDown(answer.term);
							return resolve({ granted: 0, refused: 0 });
						}
						if (answer.success) granted++;
						else refused++;
					} catch (error) {
						if (!(error instanceof ExchangeError)) throw error;
						refused++;
						const details = { target: formatServer(server), error: error.message, term };
						log.error('failed to make requestVote RPC', details);
					}
					decide();
				});
		});
	}

	#lead(): void {
		const { log, address, tasks } = this.options;
		this.#timer.cancel();
		this.role = 'Leader';
		this.#lastContact = tasks.elapsed;
		log.info('entering leader state', { leader: `Node at ${address} [Leader]` });
		this.#setLeader(this.self);
		this.leadership = new Leadership(this, (term) => this.#stepDown(term));
		this.leadership.begin();
		this.options.leadershipChanged(true);
	}

	// The log

	/** Adds to the leader's own log. */
	add(data: EntryData): Entry {
		const { store } = this.options;
		const entry: Entry = { index: store.lastIndex + 1, term: store.term, data };
		store.append([entry]);
		this.#readConfiguration(entry);
		return entry;
	}

	/** A configuration counts from the moment that it is in the log. */
	#readConfiguration({ index, data }: Entry): void {
		if (data.type !== 'configuration') return;
		this.configuration = data.configuration;
		this.configurationIndex = index;
	}

	#rereadConfiguration(): void {
		const { store, snapshots } = this.options;
		const base = snapshots.latest()?.snapshot;
		this.configuration = base?.configuration ?? noServers;
		this.configurationIndex = base?.configurationIndex ?? 0;
		for (const entry of store.entriesFrom(store.base.index + 1, store.size)) this.#readConfiguration(entry);
	}

	/** Applies what is committed up to an index. */
	commit(index: number): void {
		const { store, machine } = this.options;
		this.commitIndex = Math.max(this.commitIndex, index);
		while (this.lastApplied < this.commitIndex) {
			const entry = store.entry(this.lastApplied + 1);
			if (!entry) break;
			const { data } = entry;
			const result = data.type === 'command' ? machine.apply(data.command, entry.index) : undefined;
			this.lastApplied = entry.index;
			this.leadership?.applied(entry, result);
		}
		if (store.size > snapshotThreshold + trailingEntries) this.#compact();
	}

	#compact(): void {
		const { store, snapshots, tasks, log } = this.options;
		const snapshot = this.takeSnapshot();
		log.info('starting snapshot up to', { index: snapshot.index });
		snapshots.save(snapshot, tasks.now);
		const last = snapshot.index - trailingEntries;
		const term = store.termAt(last);
		if (term !== undefined && last > store.base.index) {
			log.info('compacting logs', { from: store.base.index + 1, to: last });
			store.compact(last, term);
		}
		log.info('snapshot complete up to', { index: snapshot.index });
	}
}
