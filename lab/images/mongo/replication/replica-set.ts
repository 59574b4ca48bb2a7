// One member of a replica set: what it knows of itself and of the others, and how it changes its state. How it
// keeps in touch, gets elected and copies data stand in files of their own.
import type { Clock } from '../../../clock.ts';
import { type Process, SystemError } from '../../../runtime/process.ts';
import { CommandError } from '../documents/errors.ts';
import { type Document, longOf, numberOf } from '../documents/values.ts';
import type { Log } from '../server/log.ts';
import type { Engine } from '../storage/engine.ts';
import { Acknowledgements } from './acknowledgements.ts';
import { Alarm } from './alarm.ts';
import {
	isNewer,
	type MemberConfiguration,
	majorityOf,
	type ReplicaConfiguration,
	readConfiguration,
	settingOf,
	showConfiguration,
} from './configuration.ts';
import { Countdown } from './countdown.ts';
import { Elections } from './elections.ts';
import { Heartbeats } from './heartbeats.ts';
import { Links, Unreachable } from './links.ts';
import type { MemberState } from './member-state.ts';
import { compareOpTimes, noOpTime, Oplog, type OpTime } from './oplog.ts';
import { findSelf } from './self.ts';
import { Synchronisation } from './synchronisation.ts';

/** What a member knows of another one. */
export interface Peer {
	readonly host: string;
	/** undefined until it has answered once. */
	state: MemberState | undefined;
	isUp: boolean;
	opTime: OpTime;
	/** When it last answered, and last asked, in milliseconds; 0 for never. */
	answeredAt: number;
	heardAt: number;
	/** Over when nothing has been heard of it for as long as makes an election. */
	readonly silence: Countdown;
	/** Since when it has been up. */
	upSince: number;
	pingMs: number;
	message: string;
	syncSource: string;
	configVersion: number;
	configTerm: number;
	/** When it was elected, where it is primary, in milliseconds. */
	electedAt: number;
}

const configurationNamespace = 'local.system.replset';
const electionNamespace = 'local.replset.election';

export class ReplicaSet {
	readonly name: string;
	readonly port: number;
	readonly line: number;
	readonly process: Process;
	readonly clock: Clock;
	readonly log: Log;
	readonly engine: Engine;
	readonly oplog: Oplog;
	readonly links: Links;
	readonly peers = new Map<string, Peer>();
	configuration: ReplicaConfiguration | undefined;
	/** This member in the configuration; undefined where it is not in it. */
	self: MemberConfiguration | undefined;
	state: MemberState = 'STARTUP';
	term = 0;
	/** For whom it has voted in this term. */
	votedFor: number | undefined;
	/** Who is primary as far as it knows. */
	primary: string | undefined;
	/** When it was elected itself, in milliseconds. */
	electedAt = 0;
	/** Until it is over the member does not stand for election. */
	readonly quiet: Countdown;
	stopping = false;
	readonly startedAt: number;
	readonly elections: Elections;
	readonly heartbeats: Heartbeats;
	readonly synchronisation: Synchronisation;
	readonly syncAlarm: Alarm;
	readonly acknowledgements: Acknowledgements;

	constructor(options: {
		name: string;
		port: number;
		line: number;
		process: Process;
		log: Log;
		engine: Engine;
	}) {
		this.name = options.name;
		this.port = options.port;
		this.line = options.line;
		this.process = options.process;
		this.clock = options.process.clock;
		this.startedAt = this.clock.now();
		this.log = options.log;
		this.engine = options.engine;
		this.oplog = new Oplog(options.engine, () => this.clock.now());
		this.links = new Links(options.process);
		this.elections = new Elections(this);
		this.quiet = new Countdown(this.clock, () => this.elections.reconsider());
		this.heartbeats = new Heartbeats(this);
		this.synchronisation = new Synchronisation(this);
		this.syncAlarm = new Alarm(options.process);
		this.acknowledgements = new Acknowledgements(options.process, () => this.progress());
	}

	get isPrimary(): boolean {
		return this.state === 'PRIMARY';
	}

	/** Reads what the member knew before, and goes on from there. */
	async start(): Promise<void> {
		const [vote] = this.#stored(electionNamespace);
		if (vote) {
			this.term = numberOf(vote.term) ?? 0;
			this.votedFor = numberOf(vote.candidate);
		}
		const [stored] = this.#stored(configurationNamespace);
		this.run(() => this.elections.watch());
		this.run(() => this.synchronisation.run());
		if (stored) await this.adopt(readConfiguration(stored, this.name), false);
		else
			this.log.write({
				component: 'REPL',
				id: 21405,
				context: 'initandlisten',
				message: 'Did not find local replica set configuration document at startup',
				attributes: {
					error: {
						code: 47,
						codeName: 'NoMatchingDocument',
						errmsg: 'Did not find replica set configuration document in local.system.replset',
					},
				},
				plain:
					'Did not find local replica set configuration document at startup;  NoMatchingDocument: Did not find replica set configuration document in local.system.replset',
			});
	}

	/** Runs something in the background of the process. An error of ours ends it, as an abort does. */
	run(action: () => Promise<void>): void {
		action().catch((error) => {
			if (!(error instanceof Error) || this.stopping) return;
			if (error instanceof SystemError && error.code === 'EINTR') return;
			this.log.write({
				severity: 'F',
				component: '-',
				id: 23095,
				message: 'Fatal assertion',
				attributes: { error: error.message },
			});
			this.engine.close();
			this.process.exit(14);
		});
	}

	/** Takes a configuration: keeps it, finds itself in it, and gets in touch with who is in it. */
	async adopt(configuration: ReplicaConfiguration, persist = true): Promise<void> {
		const self = await findSelf(this.process, this.port, configuration.members);
		// Another may have come while names were looked up.
		if (this.configuration && !isNewer(configuration, this.configuration) && self === undefined) return;
		this.configuration = configuration;
		this.self = self;
		if (persist) this.storeConfiguration();
		this.log.write({
			component: 'REPL',
			id: 21392,
			context: 'ReplCoord-0',
			message: 'New replica set config in use',
			attributes: { config: showConfiguration(configuration, this.line) },
			plain: `New replica set config in use: ${JSON.stringify(showConfiguration(configuration, this.line))}`,
		});
		for (const host of this.peers.keys())
			if (!configuration.members.some((member) => member.host === host)) this.peers.delete(host);
		if (!self) {
			this.log.write({
				severity: 'W',
				component: 'REPL',
				id: 21357,
				context: 'ReplCoord-0',
				message: 'This node is not a member of the config',
			});
			this.primary = undefined;
			this.become('REMOVED');
			return;
		}
		this.log.write({
			component: 'REPL',
			id: 21393,
			context: 'ReplCoord-0',
			message: 'Found self in config',
			attributes: { hostAndPort: self.host },
			plain: `This node is ${self.host} in the config`,
		});
		for (const { host } of configuration.members)
			if (host !== self.host && !this.peers.has(host)) this.#meet(host);
		if (self.arbiterOnly) this.become('ARBITER');
		else if (this.state === 'STARTUP' || this.state === 'REMOVED' || this.state === 'ARBITER')
			this.become(this.oplog.isEmpty ? 'STARTUP2' : 'SECONDARY');
		this.elections.postpone();
		this.elections.reconsider();
		this.syncAlarm.ring();
	}

	storeConfiguration(): void {
		const { configuration } = this;
		if (!configuration) return;
		this.engine.apply([
			{ op: 'u', ns: configurationNamespace, o: showConfiguration(configuration, this.line) },
		]);
	}

	#stored(namespace: string): Document[] {
		return [...(this.engine.collection(namespace)?.documents.values() ?? [])];
	}

	#meet(host: string): void {
		const peer: Peer = {
			host,
			state: undefined,
			isUp: false,
			opTime: noOpTime,
			answeredAt: 0,
			heardAt: 0,
			silence: new Countdown(this.clock, () => this.elections.reconsider()),
			upSince: 0,
			pingMs: 0,
			message: '',
			syncSource: '',
			configVersion: -1,
			configTerm: -1,
			electedAt: 0,
		};
		this.peers.set(host, peer);
		// Whoever is new has as long as anybody else to be heard of.
		this.hear(peer);
		this.run(() => this.heartbeats.keepUp(peer));
	}

	/** Changes the state, and says so. */
	become(state: MemberState): void {
		if (state === this.state) return;
		const old = this.state;
		this.state = state;
		this.log.write({
			component: 'REPL',
			id: 21358,
			context: 'ReplCoord-0',
			message: 'Replica set state transition',
			attributes: { newState: state, oldState: old },
			plain: `transition to ${state}${old === 'STARTUP' ? '' : ` from ${old}`}`,
		});
		if (old === 'PRIMARY')
			this.acknowledgements.failAll(
				new CommandError(
					'InterruptedDueToReplStateChange',
					'operation was interrupted because a client disconnected or the node stepped down',
				),
			);
	}

	/** Takes part in a later term: a primary of an older one gives way. */
	enterTerm(term: number): void {
		if (term <= this.term) return;
		this.term = term;
		this.votedFor = undefined;
		this.#storeVote();
		if (this.isPrimary)
			this.stepDown('Stepping down from primary in response to heartbeat, since there is a new term');
	}

	voteFor(id: number): void {
		this.votedFor = id;
		this.#storeVote();
	}

	#storeVote(): void {
		const o = { _id: 'lastVote', term: longOf(this.term), candidate: this.votedFor ?? -1 };
		this.engine.apply([{ op: 'u', ns: electionNamespace, o }]);
	}

	/** A primary becomes secondary. */
	stepDown(reason: string): void {
		if (!this.isPrimary) return;
		this.log.write({
			component: 'REPL',
			id: 21475,
			context: 'ReplCoord-0',
			message: reason,
			attributes: { term: this.term },
		});
		this.primary = undefined;
		this.become('SECONDARY');
		this.elections.postpone();
		this.syncAlarm.ring();
	}

	/** Another member that could be primary at once: electable, up, and with all that this one has. */
	heir(): Peer | undefined {
		return this.configuration?.members
			.filter(({ priority, votes }) => priority > 0 && votes > 0)
			.map(({ host }) => this.peers.get(host))
			.find(
				(peer) =>
					peer?.isUp && peer.state === 'SECONDARY' && compareOpTimes(peer.opTime, this.oplog.last) >= 0,
			);
	}

	/** A primary gives way, and asks a member that can to follow it at once. */
	async handOver(reason: string): Promise<void> {
		if (!this.isPrimary) return;
		const heir = this.heir();
		this.stepDown(reason);
		if (!heir) return;
		try {
			await this.links.request(heir.host, { replSetStepUp: 1, $db: 'admin' }, 2000);
		} catch (error) {
			if (!(error instanceof Unreachable) && !(error instanceof CommandError)) throw error;
		}
	}

	/** How many members that vote are in touch, itself among them. */
	get votersInTouch(): number {
		const { configuration, self } = this;
		if (!configuration) return 0;
		return configuration.members.filter(
			({ host, votes }) =>
				votes > 0 && (host === self?.host || this.peers.get(host)?.silence.isOver === false),
		).length;
	}

	/** Takes note of having heard of another member. */
	hear(peer: Peer): void {
		peer.silence.restart(this.electionTimeoutMs);
	}

	/** How long without the primary, or without a majority, until there is an election or a primary gives way. */
	get electionTimeoutMs(): number {
		return settingOf(this.configuration, 'electionTimeoutMillis', 10_000);
	}

	/** The optimes of the members that bear data and vote, the latest first. */
	progress(): OpTime[] {
		const { configuration, self } = this;
		return (configuration?.members ?? [])
			.filter(({ arbiterOnly, votes }) => !arbiterOnly && votes > 0)
			.map(({ host }) => (host === self?.host ? this.oplog.last : (this.peers.get(host)?.opTime ?? noOpTime)))
			.sort((a, b) => compareOpTimes(b, a));
	}

	/** How many members that bear data a majority write waits for. */
	get writeMajority(): number {
		return this.configuration ? Math.min(majorityOf(this.configuration), this.progress().length) : 1;
	}

	/** The last point of the oplog that a majority has. */
	get committed(): OpTime {
		return this.progress()[this.writeMajority - 1] ?? noOpTime;
	}

	/** Takes note of how far another member has come. */
	noteProgress(peer: Peer, opTime: OpTime): void {
		if (compareOpTimes(opTime, peer.opTime) === 0) return;
		peer.opTime = opTime;
		this.acknowledgements.review();
	}
}
