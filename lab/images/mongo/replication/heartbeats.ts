// Heartbeats: every two seconds each member asks each other one how it is, and tells how it is itself; new
// configurations travel with them (MongoDB manual, Replica Set Elections, Heartbeats).
import { CommandError } from '../documents/errors.ts';
import { type Document, isDocument, longOf, numberOf } from '../documents/values.ts';
import { isNewer, readConfiguration, settingOf, showConfiguration } from './configuration.ts';
import { Unreachable } from './links.ts';
import { memberStateOf, memberStates } from './member-state.ts';
import { readOpTime, showOpTime } from './oplog.ts';
import type { Peer, ReplicaSet } from './replica-set.ts';

export class Heartbeats {
	readonly #set: ReplicaSet;
	/** Members without a configuration of ours, who are being asked for theirs. */
	readonly #asking = new Set<string>();

	constructor(set: ReplicaSet) {
		this.#set = set;
	}

	/** Asks a member again and again, as long as it is one. */
	async keepUp(peer: Peer): Promise<void> {
		const set = this.#set;
		while (!set.stopping && set.peers.get(peer.host) === peer) {
			await this.#beat(peer);
			await set.process.sleep(settingOf(set.configuration, 'heartbeatIntervalMillis', 2000));
		}
	}

	#request(): Document {
		const { configuration, self, term, name } = this.#set;
		return {
			replSetHeartbeat: name,
			$db: 'admin',
			configVersion: configuration?.version ?? -2,
			configTerm: configuration?.term ?? -1,
			from: self?.host ?? '',
			term: longOf(term),
		};
	}

	async #beat(peer: Peer): Promise<void> {
		const set = this.#set;
		const sent = set.clock.now();
		const timeout = settingOf(set.configuration, 'heartbeatTimeoutSecs', 10) * 1000;
		try {
			const reply = await set.links.request(peer.host, this.#request(), timeout);
			peer.pingMs = Math.round(set.clock.now() - sent);
			await this.#answered(peer, reply);
		} catch (error) {
			if (!(error instanceof Unreachable) && !(error instanceof CommandError)) throw error;
			this.#failed(peer, error.message);
		}
	}

	async #answered(peer: Peer, reply: Document): Promise<void> {
		const set = this.#set;
		const now = set.clock.now();
		if (!peer.isUp) {
			peer.isUp = true;
			peer.upSince = now;
			set.log.write({
				component: 'REPL',
				id: 21215,
				context: 'ReplCoord-0',
				message: 'Member is in new state',
				attributes: { hostAndPort: peer.host, newState: memberStateOf(numberOf(reply.state) ?? 6) },
				plain: `Member ${peer.host} is now in state ${memberStateOf(numberOf(reply.state) ?? 6)}`,
			});
			set.syncAlarm.ring();
		}
		peer.answeredAt = now;
		set.hear(peer);
		peer.message = '';
		peer.state = memberStateOf(numberOf(reply.state) ?? 6);
		peer.configVersion = numberOf(reply.v) ?? -1;
		peer.configTerm = numberOf(reply.configTerm) ?? -1;
		peer.syncSource = String(reply.syncSourceHost ?? '');
		peer.electedAt = numberOf(reply.electedAt) ?? 0;
		if (isDocument(reply.opTime)) set.noteProgress(peer, readOpTime(reply.opTime));
		set.enterTerm(numberOf(reply.term) ?? 0);
		if (peer.state === 'PRIMARY' && (numberOf(reply.term) ?? 0) >= set.term && !set.isPrimary) {
			if (set.primary !== peer.host) {
				set.primary = peer.host;
				set.syncAlarm.ring();
			}
			set.elections.sawPrimary(peer);
		} else if (set.primary === peer.host && peer.state !== 'PRIMARY') set.primary = undefined;
		if (isDocument(reply.config)) await this.#offered(reply.config);
	}

	#failed(peer: Peer, message: string): void {
		const set = this.#set;
		if (peer.isUp || peer.message === '')
			set.log.write({
				component: 'REPL',
				id: 23974,
				context: 'ReplCoord-0',
				message: 'Heartbeat failed after max retries',
				attributes: {
					target: peer.host,
					maxHeartbeatRetries: 2,
					error: { code: 6, codeName: 'HostUnreachable', errmsg: message },
				},
				plain: `Error in heartbeat request to ${peer.host}; HostUnreachable: ${message}`,
			});
		peer.isUp = false;
		peer.upSince = 0;
		peer.state = peer.state === undefined ? undefined : 'DOWN';
		peer.message = message;
		if (set.primary === peer.host) set.primary = undefined;
	}

	/** Answers a member's heartbeat. Throws CommandError. */
	answer(request: Document): Document {
		const set = this.#set;
		if (request.replSetHeartbeat !== set.name)
			throw new CommandError(
				'InvalidReplicaSetConfig',
				`Our set name of ${set.name} does not match the set name ${String(request.replSetHeartbeat)}`,
			);
		const from = String(request.from ?? '');
		const peer = set.peers.get(from);
		if (peer) {
			peer.heardAt = set.clock.now();
			set.hear(peer);
		}
		set.enterTerm(numberOf(request.term) ?? 0);
		const { configuration } = set;
		const theirs = {
			version: numberOf(request.configVersion) ?? -2,
			term: numberOf(request.configTerm) ?? -1,
		};
		if (from && theirs.version >= 0 && (!configuration || !set.self || isNewer(theirs, configuration)))
			set.run(() => this.#ask(from));
		const reply: Document = {
			set: set.name,
			state: memberStates[set.state],
			term: longOf(set.term),
			opTime: showOpTime(set.oplog.last),
			v: configuration?.version ?? -2,
			configTerm: configuration?.term ?? -1,
			syncSourceHost: set.synchronisation.source,
			electedAt: set.electedAt,
			hasData: [...set.engine.databases.keys()].some((name) => !/^(local|admin|config)$/.test(name)),
		};
		if (configuration && (theirs.version < 0 || isNewer(configuration, theirs)))
			reply.config = showConfiguration(configuration, set.line);
		return reply;
	}

	/** Asks a member that has a newer configuration for it. */
	async #ask(host: string): Promise<void> {
		const set = this.#set;
		if (this.#asking.has(host)) return;
		this.#asking.add(host);
		try {
			if (set.configuration && !set.self) {
				await set.adopt(set.configuration, false);
				return;
			}
			const reply = await set.links.request(host, this.#request(), 10_000);
			if (isDocument(reply.config)) await this.#offered(reply.config);
		} catch (error) {
			if (!(error instanceof Unreachable) && !(error instanceof CommandError)) throw error;
		} finally {
			this.#asking.delete(host);
		}
	}

	async #offered(config: Document): Promise<void> {
		const set = this.#set;
		const configuration = readConfiguration(config, set.name);
		if (!set.configuration || isNewer(configuration, set.configuration)) await set.adopt(configuration);
	}
}
