// The server within a mongod: takes connections, and answers the commands that come over them.
import type { Connection, Listener } from '../../../network/network.ts';
import { randomUuid } from '../../../random.ts';
import { type Process, SystemError } from '../../../runtime/process.ts';
import { CommandError } from '../documents/errors.ts';
import { createObjectIds, type Document, isDocument, numberOf, timestampOf } from '../documents/values.ts';
import { noOpTime, type OpTime } from '../replication/oplog.ts';
import type { ReplicaSet } from '../replication/replica-set.ts';
import type { Engine } from '../storage/engine.ts';
import type { Operation } from '../storage/operation.ts';
import { MessageStream } from '../wire.ts';
import type { Caller, Command } from './command.ts';
import { informationCommands } from './commands/information.ts';
import { readingCommands } from './commands/reading.ts';
import { replicaSetCommands } from './commands/replica-set.ts';
import { schemaCommands } from './commands/schema.ts';
import { writingCommands } from './commands/writing.ts';
import { Cursors } from './cursors.ts';
import type { Log } from './log.ts';
import type { Settings } from './options.ts';
import { lineOf, readsDataOf, releaseOfVersion } from './versions.ts';

const commands: Readonly<Record<string, Command>> = {
	...readingCommands,
	...writingCommands,
	...schemaCommands,
	...informationCommands,
	...replicaSetCommands,
};
/** Steps of the process that a command costs, at least. */
const commandSteps = 20;
const unprotected =
	'Access control is not enabled for the database. Read and write access to data and configuration is unrestricted';

export class DatabaseServer {
	readonly process: Process;
	readonly settings: Settings;
	readonly version: string;
	/** The release line as a number. */
	readonly line: number;
	readonly engine: Engine;
	readonly log: Log;
	readonly replicaSet: ReplicaSet | undefined;
	readonly startedAt: number;
	readonly cursors: Cursors;
	readonly connections = new Set<Connection>();
	connectionsCreated = 0;
	readonly counters = { insert: 0, query: 0, update: 0, delete: 0, getmore: 0, command: 0 };
	readonly newObjectId: () => Document;
	/** Ends the server; set by who runs it. */
	askToStop: () => void = () => {};
	#stopping = false;
	#listeners: Listener[] = [];
	/** Where the last write of this server ended in the oplog. */
	#lastWrite: OpTime = noOpTime;

	constructor(options: {
		process: Process;
		settings: Settings;
		version: string;
		engine: Engine;
		log: Log;
		replicaSet: ReplicaSet | undefined;
	}) {
		this.process = options.process;
		this.settings = options.settings;
		this.version = options.version;
		this.line = lineOf(options.version);
		this.engine = options.engine;
		this.log = options.log;
		this.replicaSet = options.replicaSet;
		this.startedAt = this.process.clock.now();
		this.cursors = new Cursors(this.process.random);
		this.newObjectId = createObjectIds(() => this.process.clock.now(), this.process.random);
	}

	get release(): string {
		return releaseOfVersion(this.version);
	}

	readsDataOf(release: string): boolean {
		return readsDataOf(this.version, release);
	}

	startupWarnings(): string[] {
		const time = new Date(this.startedAt).toISOString().replace('Z', '+00:00');
		return [
			JSON.stringify({
				t: { $date: time },
				s: 'W',
				c: 'CONTROL',
				id: 22120,
				ctx: 'initandlisten',
				msg: unprotected,
				tags: ['startupWarnings'],
			}),
		];
	}

	/** Opens the ports; throws SystemError. */
	listen(): void {
		for (const address of this.settings.bindAddresses)
			this.#listeners.push(this.process.network.listen(this.settings.port, address));
		for (const listener of this.#listeners) this.#run(() => this.#accept(listener));
	}

	close(): void {
		this.#stopping = true;
		for (const listener of this.#listeners) listener.close();
		for (const connection of this.connections) connection.destroy();
	}

	/** Performs operations of a client, on a replica set through its oplog. Throws NotWritablePrimary. */
	write(operations: readonly Operation[]): void {
		if (!this.replicaSet || operations.every(({ ns }) => ns.startsWith('local.'))) {
			this.engine.apply(operations);
			return;
		}
		if (!this.replicaSet.isPrimary) throw new CommandError('NotWritablePrimary', 'not primary');
		this.#lastWrite = this.replicaSet.oplog.write(operations, this.replicaSet.term);
	}

	/** Waits until as many members have the last write as its write concern says, and gives the reply. */
	async concerned(request: Document, reply: Document): Promise<Document> {
		const { replicaSet } = this;
		if (!replicaSet?.configuration) return reply;
		const concern = isDocument(request.writeConcern) ? request.writeConcern : {};
		const bearing = replicaSet.progress().length;
		const arbiters = replicaSet.configuration.members.filter(({ arbiterOnly }) => arbiterOnly).length;
		// Since 5.0 a write waits for the majority, unless arbiters could keep it waiting (MongoDB manual, Write Concern).
		const standard =
			this.line >= 5 && !(arbiters > 0 && bearing <= replicaSet.writeMajority) ? 'majority' : 1;
		const wanted = concern.w ?? standard;
		const count = wanted === 'majority' ? replicaSet.writeMajority : (numberOf(wanted) ?? 1);
		if (count === 0) return reply;
		if (count > bearing) {
			const error = new CommandError('CannotSatisfyWriteConcern', 'Not enough data-bearing nodes');
			return { ...reply, writeConcernError: showError(error) };
		}
		try {
			await replicaSet.acknowledgements.wait(this.#lastWrite, count, numberOf(concern.wtimeout) || undefined);
			return reply;
		} catch (error) {
			if (!(error instanceof CommandError) || error.codeName !== 'WriteConcernFailed') throw error;
			return { ...reply, writeConcernError: showError(error) };
		}
	}

	/** Answers a command. */
	async answer(request: Document, caller: Caller): Promise<Document> {
		const [name = ''] = Object.keys(request);
		const pause = this.process.step(commandSteps);
		if (pause) await pause;
		try {
			const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
			if (!command) throw new CommandError('CommandNotFound', `no such command: '${name}'`);
			// MongoDB 5.1 took the old message out, but for the greeting.
			if (request.$opQuery === true && this.line > 5 && !/^(?:hello|is[Mm]aster)$/.test(name))
				throw new CommandError(
					'UnsupportedOpQueryCommand',
					`Unsupported OP_QUERY command: ${name}. The client driver may require an upgrade. For more details see https://dochub.mongodb.org/core/legacy-opcode-removal`,
				);
			this.#assertState(command, request);
			this.#count(name);
			const reply = await command.run(this, request, caller);
			return { ...reply, ok: 1, ...this.#times() };
		} catch (error) {
			if (!(error instanceof CommandError)) throw error;
			return { ok: 0, ...showError(error), ...this.#times() };
		}
	}

	/** Throws where the member's state does not let it run a command. */
	#assertState(command: Command, request: Document): void {
		const { replicaSet } = this;
		if (!replicaSet || !command.needs || replicaSet.isPrimary || request.$db === 'local') return;
		if (command.needs === 'primary') throw new CommandError('NotWritablePrimary', 'not primary');
		if (replicaSet.state !== 'SECONDARY')
			throw new CommandError('NotPrimaryOrSecondary', 'node is not in primary or recovering state');
		if (request.$secondaryOk !== true)
			throw new CommandError(
				'NotPrimaryNoSecondaryOk',
				this.line >= 4.4 ? 'not primary and secondaryOk=false' : 'not master and slaveOk=false',
			);
	}

	#count(name: string): void {
		const counter = { find: 'query', getMore: 'getmore' }[name] ?? name;
		if (counter in this.counters) this.counters[counter as keyof typeof this.counters]++;
		else this.counters.command++;
	}

	/** The cluster's time, as members of a replica set tell it with every reply. */
	#times(): Document {
		const { replicaSet } = this;
		if (!replicaSet?.configuration || replicaSet.oplog.isEmpty || this.line < 3.6) return {};
		const time = timestampOf(replicaSet.oplog.last);
		const signature = {
			hash: { $binary: { base64: 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=', subType: '00' } },
			keyId: { $numberLong: '0' },
		};
		return { $clusterTime: { clusterTime: time, signature }, operationTime: time };
	}

	/** Runs something in the background; it ends with the process. */
	#run(action: () => Promise<void>): void {
		action().catch((error) => {
			if (error instanceof Error && !(error instanceof SystemError) && !this.#stopping) {
				this.log.write({
					severity: 'F',
					component: '-',
					id: 23095,
					message: 'Fatal assertion',
					attributes: { error: error.message },
				});
				this.process.exit(14);
			}
		});
	}

	async #accept(listener: Listener): Promise<void> {
		while (!this.#stopping) {
			const connection = await listener.accept();
			this.#run(() => this.#serve(connection));
		}
	}

	async #serve(connection: Connection): Promise<void> {
		this.connections.add(connection);
		const id = ++this.connectionsCreated;
		const address = `${connection.remoteAddress}:${connection.remotePort}`;
		this.#logConnection('Connection accepted', 22943, address, id);
		const stream = new MessageStream(connection);
		try {
			for (;;) {
				const request = await stream.receive();
				if (!request) break;
				await stream.send(await this.answer(request, { id, address }));
			}
		} catch (error) {
			if (!(error instanceof SystemError)) throw error;
		} finally {
			this.connections.delete(connection);
			connection.close();
		}
		if (!this.#stopping) this.#logConnection('Connection ended', 22944, address, id);
	}

	#logConnection(message: string, id: number, remote: string, connectionId: number): void {
		const accepted = id === 22943;
		const connectionCount = this.connections.size;
		const open = `(${connectionCount} connection${connectionCount === 1 ? '' : 's'} now open)`;
		this.log.write({
			component: 'NETWORK',
			id,
			context: accepted ? 'listener' : `conn${connectionId}`,
			message,
			attributes: { remote, connectionId, connectionCount },
			plain: accepted
				? `connection accepted from ${remote} #${connectionId} ${open}`
				: `end connection ${remote} ${open}`,
		});
	}
}

const showError = (error: CommandError): Document => ({
	errmsg: error.message,
	code: error.code,
	codeName: error.codeName,
});

/** The marks of new data: of which release it is. */
export function markOf(version: string): Operation {
	return {
		op: 'u',
		ns: 'admin.system.version',
		o: { _id: 'featureCompatibilityVersion', version: releaseOfVersion(version) },
	};
}

export const newUuid = (process: Process): string => randomUuid(process.random);
