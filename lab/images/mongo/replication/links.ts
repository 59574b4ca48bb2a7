// Connections to the other members: kept between requests, and given up at the first failure.
import { type Process, SystemError } from '../../../runtime/process.ts';
import {
	connectFirst,
	deadline,
	resolveHost,
	TimedOut,
	UnknownHost,
} from '../../../runtime/programs/http-client.ts';
import { type CodeName, CommandError } from '../documents/errors.ts';
import type { Document } from '../documents/values.ts';
import { MessageStream } from '../wire.ts';

/** A member that could not be asked; `message` is what mongod says of it. */
export class Unreachable extends Error {}

/** Splits `host:port`. */
export function splitHost(host: string): [name: string, port: number] {
	const [name, port = '27017'] = host.split(':');
	return [name, Number(port)];
}

export class Links {
	readonly #process: Process;
	readonly #idle = new Map<string, MessageStream[]>();

	constructor(process: Process) {
		this.#process = process;
	}

	/** Sends a command and gives its reply. Throws Unreachable, and CommandError where the reply is one. */
	async request(host: string, command: Document, timeoutMs: number): Promise<Document> {
		const limit = deadline(this.#process, timeoutMs);
		let stream = this.#idle.get(host)?.pop();
		try {
			// A kept connection may have ended with the process on its other side; another may be there now.
			let reply = stream && (await this.#tryKept(host, stream, command, limit.signal));
			if (!reply) {
				stream = await this.#connect(host, limit.signal);
				await stream.send(command);
				reply = await stream.receive(limit.signal);
			}
			if (!stream || !reply)
				throw new Unreachable(`Error connecting to ${host} :: caused by :: Connection closed by peer`);
			this.#keep(host, stream);
			if (reply.ok !== 1) throw new CommandError(reply.codeName as CodeName, String(reply.errmsg));
			return reply;
		} catch (error) {
			if (error instanceof CommandError) throw error;
			stream?.connection.destroy();
			if (error instanceof UnknownHost)
				throw new Unreachable(
					`Error connecting to ${host} :: caused by :: Could not find address for ${host}: SocketException: onInvoke :: caused by :: Host not found (authoritative)`,
				);
			if (error instanceof TimedOut)
				throw new Unreachable(`Request to ${host} timed out after ${timeoutMs}ms`);
			if (error instanceof SystemError && error.code !== 'EINTR')
				throw new Unreachable(
					`Error connecting to ${host} :: caused by :: onInvoke :: caused by :: ${error.message}`,
				);
			throw error;
		} finally {
			limit.stop();
		}
	}

	async #tryKept(
		host: string,
		stream: MessageStream,
		command: Document,
		signal: AbortSignal,
	): Promise<Document | undefined> {
		try {
			await stream.send(command);
			const reply = await stream.receive(signal);
			if (reply) return reply;
		} catch (error) {
			if (!(error instanceof SystemError) || error.code === 'EINTR') throw error;
		}
		stream.connection.destroy();
		this.#idle.delete(host);
		return undefined;
	}

	async #connect(host: string, signal: AbortSignal): Promise<MessageStream> {
		const [name, port] = splitHost(host);
		const addresses = await resolveHost(this.#process, name);
		return new MessageStream(await connectFirst(this.#process, addresses, port, signal));
	}

	#keep(host: string, stream: MessageStream): void {
		const kept = this.#idle.get(host);
		if (kept) kept.push(stream);
		else this.#idle.set(host, [stream]);
	}
}
