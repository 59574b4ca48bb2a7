// A client of MongoDB: connects to one server, or finds out who of a replica set is primary, and sends commands
// there. A command that meets a server which is no longer primary is tried once more with the new one.
import { type Process, SystemError } from '../../../runtime/process.ts';
import {
	connectFirst,
	deadline,
	resolveHost,
	TimedOut,
	UnknownHost,
} from '../../../runtime/programs/http-client.ts';
import type { Document } from '../documents/values.ts';
import { MessageStream } from '../wire.ts';
import type { Target } from './connection-string.ts';

/** A server's refusal. */
export class MongoServerError extends Error {
	readonly reply: Document;
	constructor(reply: Document) {
		super(String(reply.errmsg));
		this.reply = reply;
	}

	get codeName(): string {
		return String(this.reply.codeName ?? '');
	}
}

/** A connection that could not be made or has ended. */
export class MongoNetworkError extends Error {}

/** No server fitted in the time given. */
export class MongoServerSelectionError extends Error {}

const connectTimeoutMs = 10_000;
const retryMs = 500;
/** Answers of a server that is not primary, or no longer. */
const notPrimary = new Set([
	'NotWritablePrimary',
	'NotPrimaryNoSecondaryOk',
	'NotPrimaryOrSecondary',
	'InterruptedDueToReplStateChange',
	'PrimarySteppedDown',
]);

export class MongoClient {
	readonly process: Process;
	readonly target: Target;
	#stream: MessageStream | undefined;
	#hosts: string[];
	#reserving = false;
	/** Whether the connection is one that is never replaced. */
	#reserved = false;

	constructor(process: Process, target: Target) {
		this.process = process;
		this.target = target;
		this.#hosts = [...target.hosts];
	}

	/** Connects to a server that fits; throws MongoNetworkError and MongoServerSelectionError. */
	async connect(): Promise<void> {
		this.close();
		let isLate = false;
		const timer = this.process.clock.after(this.target.selectionTimeoutMs, () => {
			isLate = true;
		});
		try {
			for (;;) {
				const failure = await this.#tryAll();
				if (this.#stream) return;
				if (isLate)
					throw new MongoServerSelectionError(
						failure?.message ?? `Server selection timed out after ${this.target.selectionTimeoutMs} ms`,
					);
				await this.process.sleep(retryMs);
			}
		} finally {
			timer.cancel();
		}
	}

	/** Takes the first host that fits; gives why the last one could not be asked. */
	async #tryAll(): Promise<Error | undefined> {
		let failure: Error | undefined;
		const secondaryIsFine = this.target.readPreference.startsWith('secondary');
		for (const host of [...this.#hosts]) {
			try {
				const stream = await this.#open(host);
				const server = await this.#hello(stream);
				this.#learn(server);
				if (this.target.direct || isPrimary(server) || (secondaryIsFine && server.secondary === true)) {
					this.#stream = stream;
					return undefined;
				}
				stream.connection.close();
			} catch (error) {
				if (!(error instanceof MongoNetworkError) || this.target.direct) throw error;
				failure = error;
			}
		}
		return failure;
	}

	/** Sends a command and gives the reply. Throws MongoServerError, MongoNetworkError, MongoServerSelectionError. */
	async command(database: string, command: Document): Promise<Document> {
		const { readPreference, direct } = this.target;
		const request: Document = { ...command, $db: database };
		if (direct || readPreference !== 'primary') request.$secondaryOk ??= true;
		if (this.target.legacy) request.$opQuery = true;
		try {
			return await this.#send(request);
		} catch (error) {
			const again =
				!this.#reserved &&
				(error instanceof MongoNetworkError ||
					(error instanceof MongoServerError && notPrimary.has(error.codeName) && !this.target.direct));
			if (!again) throw error;
			await this.connect();
			return this.#send(request);
		}
	}

	/**
	 * Keeps the connection of its next command for good, as a session of mgo does in its mode Strong: once that
	 * connection is lost, no command gets through any more.
	 */
	reserve(): void {
		this.close();
		this.#reserving = true;
	}

	close(): void {
		this.#stream?.connection.close();
		this.#stream = undefined;
	}

	async #send(request: Document): Promise<Document> {
		if (!this.#stream) {
			if (this.#reserved) throw new MongoNetworkError('EOF');
			await this.connect();
			this.#reserved = this.#reserving;
		}
		const stream = this.#stream!;
		try {
			await stream.send(request);
			const reply = await stream.receive();
			if (!reply) throw new MongoNetworkError(this.#reserved ? 'EOF' : 'connection closed');
			if (reply.ok !== 1) throw new MongoServerError(reply);
			return reply;
		} catch (error) {
			if (error instanceof MongoServerError) throw error;
			// A reply that is no longer waited for must not be taken for that of the next command.
			this.close();
			if (error instanceof SystemError && error.code !== 'EINTR')
				throw new MongoNetworkError(this.#reserved ? 'EOF' : error.message);
			throw error;
		}
	}

	async #open(host: string): Promise<MessageStream> {
		const [, name, port] = /^(.*):(\d+)$/.exec(host) ?? ['', host, '27017'];
		const limit = deadline(this.process, Math.min(connectTimeoutMs, this.target.selectionTimeoutMs));
		let address = name;
		try {
			const addresses = await resolveHost(this.process, name);
			address = addresses[0];
			return new MessageStream(await connectFirst(this.process, addresses, Number(port), limit.signal));
		} catch (error) {
			if (error instanceof UnknownHost) throw new MongoNetworkError(`getaddrinfo ENOTFOUND ${name}`);
			if (error instanceof TimedOut) throw new MongoNetworkError(`connection timed out`);
			if (error instanceof SystemError && error.code !== 'EINTR')
				throw new MongoNetworkError(`connect ${error.code} ${address}:${port}`);
			throw error;
		} finally {
			limit.stop();
		}
	}

	async #hello(stream: MessageStream): Promise<Document> {
		try {
			await stream.send({ isMaster: 1, $db: 'admin' });
			const reply = await stream.receive();
			if (reply) return reply;
		} catch (error) {
			if (!(error instanceof SystemError) || error.code === 'EINTR') throw error;
		}
		throw new MongoNetworkError('connection closed');
	}

	/** Takes the members that a server names for the hosts to try. */
	#learn(server: Document): void {
		if (this.target.direct || !Array.isArray(server.hosts)) return;
		const passives = Array.isArray(server.passives) ? server.passives : [];
		const known = [...server.hosts, ...passives].map(String);
		const primary = typeof server.primary === 'string' ? [server.primary] : [];
		this.#hosts = [...new Set([...primary, ...known, ...this.target.hosts])];
	}
}

const isPrimary = (server: Document) => server.ismaster === true;
