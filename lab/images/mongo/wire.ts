// How mongod and its clients talk: commands and their replies as documents in Extended JSON, each after its
// length in four bytes. The real protocol has BSON (OP_MSG) there; only programs of this folder speak either.
import { concat } from '../../bytes.ts';
import type { Connection } from '../../network/network.ts';
import type { Document } from './documents/values.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** maxMessageSizeBytes, as hello tells it. */
const longestMessage = 48_000_000;
const notHttp =
	'HTTP/1.0 200 OK\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: 85\r\n\r\n' +
	'It looks like you are trying to access MongoDB over HTTP on the native driver port.\r\n';

export class MessageStream {
	readonly connection: Connection;
	#buffer = new Uint8Array(0);

	constructor(connection: Connection) {
		this.connection = connection;
	}

	async send(message: Document): Promise<void> {
		const body = encoder.encode(JSON.stringify(message));
		const framed = new Uint8Array(body.length + 4);
		new DataView(framed.buffer).setUint32(0, body.length);
		framed.set(body, 4);
		await this.connection.write(framed);
	}

	/** The next message; undefined when the other side has ended, or does not speak this. */
	async receive(signal?: AbortSignal): Promise<Document | undefined> {
		if (!(await this.#fill(4, signal))) return undefined;
		const length = new DataView(this.#buffer.buffer, this.#buffer.byteOffset).getUint32(0);
		if (length > longestMessage) {
			if (decoder.decode(this.#buffer.subarray(0, 4)) === 'GET ') await this.connection.write(notHttp);
			return undefined;
		}
		if (!(await this.#fill(4 + length, signal))) return undefined;
		const text = decoder.decode(this.#buffer.subarray(4, 4 + length));
		this.#buffer = this.#buffer.subarray(4 + length);
		try {
			return JSON.parse(text) as Document;
		} catch {
			return undefined;
		}
	}

	async #fill(size: number, signal?: AbortSignal): Promise<boolean> {
		while (this.#buffer.length < size) {
			const data = await this.connection.read(65_536, signal);
			if (data.length === 0) return false;
			this.#buffer = concat([this.#buffer, data]) as Uint8Array<ArrayBuffer>;
		}
		return true;
	}
}
