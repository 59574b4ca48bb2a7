// One server of Raft: its role, its term, and what each role does with what comes in (raft.github.io/raft.pdf; names,
// times and words of the log as in github.com/hashicorp/raft with Consul's raft_multiplier of 5).
import type { Timer } from '../../../clock.ts';
import { type Candidacy, stand } from './candidate.ts';
import { formatServers, withoutServer, withServer } from './configuration.ts';
import { Leadership } from './leadership.ts';
import type {
	AppendRequest,
	Configuration,
	InstallRequest,
	RaftAnswer,
	RaftRequest,
	RaftServer,
	VoteRequest,
} from './messages.ts';
import { type RaftOptions, requestTimeout } from './options.ts';
import { ReplicatedLog } from './replicated-log.ts';
import { grantsVote } from './voter.ts';

export type Role = 'Follower' | 'Candidate' | 'Leader';

/** Only the leader can do it, and this server is not. */
export class NotLeader extends Error {
	constructor(message = 'node is not the leader') {
		super(message);
	}
}

export class Raft {
	readonly options: RaftOptions;
	readonly replicatedLog: ReplicatedLog;
	role: Role = 'Follower';
	/** What the leader does; undefined in any other role. */
	leadership: Leadership | undefined;
	#leader: RaftServer | undefined;
	#lastContact = 0;
	#timer: Timer = { cancel() {} };
	/** The latest; what comes of an older one counts no more. */
	#candidacy: Candidacy | undefined;
	#warned = '';
	#stopped = false;

	constructor(options: RaftOptions) {
		this.options = options;
		this.replicatedLog = new ReplicatedLog(options, (...applied) => this.leadership?.applied(...applied));
	}

	/** Takes up what is stored, and follows. */
	start(): void {
		this.replicatedLog.load();
		const { configuration, configurationIndex } = this.replicatedLog;
		const servers = formatServers(configuration);
		this.options.log.info('initial configuration', { index: configurationIndex, servers });
		this.#follow();
	}

	/** Ends all that this server does in the cluster. */
	stop(): void {
		this.#stopped = true;
		this.#timer.cancel();
		this.leadership?.end(new NotLeader('raft is already shutdown'));
		this.leadership = undefined;
	}

	get configuration(): Configuration {
		return this.replicatedLog.configuration;
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
		this.replicatedLog.add({ type: 'configuration', configuration });
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
		const { store } = this.options;
		const { configuration, configurationIndex } = this.replicatedLog;
		leadership.abort(new Error('snapshot restored while committing log'));
		this.replicatedLog.install({
			index: store.lastIndex + 1,
			term: store.term,
			configuration,
			configurationIndex,
			state,
		});
		await leadership.propose({ type: 'noop' });
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
				return this.#install(request);
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

	/** Whoever this server was, it follows, in a term that is no older than ours. */
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

	/** Whether a leader's request is of no earlier term than ours: then its sender is the leader that we follow. */
	#heeds({ term, leader, leaderAddress }: AppendRequest | InstallRequest): boolean {
		const { store, tasks } = this.options;
		if (term < store.term) return false;
		if (term > store.term || this.role !== 'Follower') this.#stepDown(term);
		this.#lastContact = tasks.elapsed;
		this.#setLeader({ id: leader, address: leaderAddress, suffrage: 'Voter' });
		return true;
	}

	#append(request: AppendRequest): RaftAnswer {
		if (!this.#heeds(request) || !this.replicatedLog.accept(request)) return this.#answer(false);
		this.replicatedLog.commit(Math.min(request.commitIndex, this.options.store.lastIndex));
		return this.#answer(true);
	}

	#install(request: InstallRequest): RaftAnswer {
		if (!this.#heeds(request)) return this.#answer(false);
		const { log } = this.options;
		const { snapshot } = request;
		log.info('snapshot network transfer progress', {
			'read-bytes': snapshot.state.length,
			'percent-complete': '100.00%',
		});
		this.replicatedLog.install(snapshot);
		log.info('Installed remote snapshot');
		return this.#answer(true);
	}

	// Elections

	#vote(request: VoteRequest): RaftAnswer {
		const { options, configuration } = this;
		const hears = this.sinceContact < options.times.heartbeat;
		const granted = grantsVote(
			{
				options,
				configuration,
				leader: hears ? this.#leader : undefined,
				newerTerm: (term) => this.#stepDown(term),
			},
			request,
		);
		if (granted && request.kind === 'vote') this.#lastContact = options.tasks.elapsed;
		return this.#answer(granted);
	}

	/** Stands for election until it is won, lost, or somebody else leads. */
	async #elect(transfer: boolean): Promise<void> {
		const { options, replicatedLog } = this;
		const { store, log, tasks, times, address } = options;
		if (this.#stopped || this.role === 'Leader') return;
		this.#timer.cancel();
		this.role = 'Candidate';
		log.info('entering candidate state', { node: `Node at ${address} [Candidate]`, term: store.term + 1 });
		this.#timer = tasks.after(times.election * (1 + tasks.random()), () => {
			log.warn('Election timeout reached, restarting election');
			tasks.run(() => this.#elect(false));
		});
		const candidacy: Candidacy = {
			options,
			replicatedLog,
			transfer,
			standing: () => this.#candidacy === candidacy && this.role === 'Candidate',
			newerTerm: (term) => this.#stepDown(term),
		};
		this.#candidacy = candidacy;
		if (await stand(candidacy)) this.#lead();
	}

	#lead(): void {
		const { log, address, tasks } = this.options;
		this.#timer.cancel();
		this.role = 'Leader';
		this.#lastContact = tasks.elapsed;
		log.info('entering leader state', { leader: `Node at ${address} [Leader]` });
		this.#setLeader(this.self);
		this.leadership = new Leadership(this.options, this.replicatedLog, (term) => this.#stepDown(term));
		this.leadership.begin();
		this.options.leadershipChanged(true);
	}
}
