// How a member gets its data: at first a copy of everything (initial sync), then the oplog of another member,
// entry by entry as it is written (MongoDB manual, Replica Set Data Synchronization).
import { CommandError } from '../documents/errors.ts';
import { type Document, isDocument } from '../documents/values.ts';
import type { Operation } from '../storage/operation.ts';
import { Unreachable } from './links.ts';
import { readOpTime, showOpTime } from './oplog.ts';
import type { Peer, ReplicaSet } from './replica-set.ts';

/** A source answers without entries after so long, so that it is known to be there. */
const longestWaitMs = 5000;
const retryMs = 1000;
/** What a first copy takes even of little data: so whoever initiates a set is mostly the one that is elected. */
const shortestCopyMs = 3000;

export class Synchronisation {
	readonly #set: ReplicaSet;
	/** Whom the member copies from; '' for nobody. */
	source = '';

	constructor(set: ReplicaSet) {
		this.#set = set;
	}

	/** Copies, for as long as the process lives, whenever the member is one that copies. */
	async run(): Promise<void> {
		const set = this.#set;
		while (!set.stopping) {
			const source = this.#chooseSource();
			this.source = source?.host ?? '';
			if (!source) {
				await set.syncAlarm.sleep(set.configuration ? retryMs : 3_600_000);
				continue;
			}
			try {
				if (set.oplog.isEmpty) await this.#copyAll(source);
				else await this.#follow(source);
			} catch (error) {
				if (!(error instanceof Unreachable) && !(error instanceof CommandError)) throw error;
				await set.syncAlarm.sleep(retryMs);
			}
		}
	}

	/** The primary where it is known, else another member that has more. */
	#chooseSource(): Peer | undefined {
		const set = this.#set;
		if (!set.configuration || !['STARTUP2', 'SECONDARY', 'RECOVERING', 'ROLLBACK'].includes(set.state))
			return undefined;
		const candidates = [...set.peers.values()].filter(
			({ isUp, state }) => isUp && (state === 'PRIMARY' || state === 'SECONDARY'),
		);
		const primary = candidates.find(({ host }) => host === set.primary);
		if (primary) return primary;
		const { last } = set.oplog;
		return candidates.find(({ opTime }) => opTime.t > last.t || (opTime.t === last.t && opTime.i > last.i));
	}

	async #copyAll(source: Peer): Promise<void> {
		const set = this.#set;
		set.become('STARTUP2');
		set.log.write({
			component: 'INITSYNC',
			id: 21164,
			context: 'ReplCoordExtern-0',
			message: 'Starting initial sync attempt',
			attributes: { syncSource: source.host },
			plain: `Starting initial sync (attempt 1 of 10)`,
		});
		await set.process.sleep(shortestCopyMs);
		const reply = await set.links.request(source.host, { replSetClone: 1, $db: 'admin' }, 60_000);
		const operations = (reply.operations ?? []) as unknown as Operation[];
		const databases = [...set.engine.databases.keys()].filter((name) => name !== 'local');
		set.engine.apply([
			...databases.map((name): Operation => ({ op: 'c', ns: `${name}.$cmd`, o: { dropDatabase: 1 } })),
			...operations,
		]);
		if (!isDocument(reply.last)) throw new Unreachable(`${source.host} has no oplog yet`);
		set.oplog.seed(reply.last);
		set.log.write({
			component: 'INITSYNC',
			id: 21191,
			context: 'ReplCoordExtern-0',
			message: 'Initial sync attempt finishing up',
			attributes: { syncSource: source.host },
			plain: 'initial sync done; took 0s.',
		});
		set.become('SECONDARY');
		set.elections.postpone();
		set.elections.reconsider();
	}

	async #follow(source: Peer): Promise<void> {
		const set = this.#set;
		const request: Document = {
			replSetFetch: 1,
			$db: 'admin',
			from: set.self?.host ?? '',
			after: showOpTime(set.oplog.last),
		};
		const reply = await set.links.request(source.host, request, longestWaitMs * 2);
		if (set.isPrimary) return;
		if (reply.result === 'diverged') this.#rollBack(source);
		else if (reply.result === 'stale') {
			set.log.write({
				severity: 'E',
				component: 'REPL',
				id: 21268,
				context: 'ReplBatcher',
				message: 'Too stale to catch up. Entering maintenance mode',
				plain: 'too stale to catch up -- entering maintenance mode',
			});
			set.become('RECOVERING');
			await set.syncAlarm.sleep(60_000);
		} else {
			const entries = reply.entries as Document[];
			if (entries.length > 0) set.oplog.append(entries);
			if (set.state === 'RECOVERING') set.become('SECONDARY');
		}
	}

	/** What nobody else has goes: the member takes a new copy of the data. */
	#rollBack(source: Peer): void {
		const set = this.#set;
		set.become('ROLLBACK');
		set.log.write({
			component: 'ROLLBACK',
			id: 21611,
			context: 'BackgroundSync',
			message: 'Starting rollback due to divergent oplogs',
			attributes: { syncSource: source.host, lastApplied: showOpTime(set.oplog.last) },
		});
		set.oplog.clear();
	}

	/** Gives a member all data of this one. */
	clone(): Document {
		const { engine, oplog } = this.#set;
		const operations: Operation[] = [];
		for (const [database, collections] of engine.databases) {
			if (database === 'local') continue;
			for (const collection of collections.values()) {
				const ns = `${database}.${collection.name}`;
				const command = `${database}.$cmd`;
				operations.push({ op: 'c', ns: command, o: { create: collection.name } });
				for (const index of collection.indexes.slice(1))
					operations.push({
						op: 'c',
						ns: command,
						o: { createIndexes: collection.name, index: index as unknown as Document },
					});
				for (const o of collection.documents.values()) operations.push({ op: 'i', ns, o });
			}
		}
		return { operations: operations as unknown as Document[], last: oplog.lastEntry() ?? null };
	}

	/** Gives a member the entries after a time, as soon as there are some, and notes how far it has come. */
	async fetch(request: Document): Promise<Document> {
		const set = this.#set;
		const after = readOpTime(request.after as Document);
		const peer = set.peers.get(String(request.from));
		if (peer) {
			set.hear(peer);
			set.noteProgress(peer, after);
		}
		let found = set.oplog.after(after);
		if (Array.isArray(found) && found.length === 0) {
			await set.process.block<void>((done) => {
				const end = () => {
					timer.cancel();
					forget();
				};
				const finish = () => {
					end();
					done();
				};
				const timer = set.clock.after(longestWaitMs, finish);
				const forget = set.oplog.onWrite(finish);
				return end;
			});
			found = set.oplog.after(after);
		}
		return Array.isArray(found) ? { entries: found } : { result: found };
	}
}
