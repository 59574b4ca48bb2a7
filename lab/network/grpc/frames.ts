// HTTP/2 frames over a connection (RFC 9113), as far as unary gRPC calls need them.
import { concat } from '../../bytes.ts';
import type { Connection } from '../network.ts';

/** What a client sends before its first frame (section 3.4). */
export const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

export const frameTypes = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goAway: 7 } as const;
export const flags = { acknowledge: 1, endStream: 1, endHeaders: 4 } as const;

const headBytes = 9;
/** SETTINGS_MAX_FRAME_SIZE as it is unless another is agreed. */
const longestPayload = 16_384;

export interface Frame {
	type: number;
	flags: number;
	stream: number;
	payload: Uint8Array;
}

/** What is not HTTP/2, or more of it than is spoken here. */
export class ProtocolError extends Error {}

export class FrameReader {
	readonly #connection: Connection;
	#buffered: Uint8Array = new Uint8Array(0);

	constructor(connection: Connection) {
		this.#connection = connection;
	}

	/** Reads the preface of a client. Throws ProtocolError for anything else. */
	async preface(signal?: AbortSignal): Promise<void> {
		const data = await this.#take(preface.length, signal);
		if (!data || new TextDecoder().decode(data) !== preface) throw new ProtocolError('bogus greeting');
	}

	/** The next frame; undefined where the other side has ended. */
	async frame(signal?: AbortSignal): Promise<Frame | undefined> {
		const head = await this.#take(headBytes, signal);
		if (!head) return undefined;
		const length = (head[0] << 16) | (head[1] << 8) | head[2];
		if (length > longestPayload) throw new ProtocolError(`a frame of ${length} bytes is too long`);
		const payload = await this.#take(length, signal);
		if (!payload) return undefined;
		const stream = new DataView(head.buffer, head.byteOffset).getUint32(5) & 0x7fff_ffff;
		return { type: head[3], flags: head[4], stream, payload };
	}

	async #take(count: number, signal?: AbortSignal): Promise<Uint8Array | undefined> {
		while (this.#buffered.length < count) {
			const data = await this.#connection.read(65_536, signal);
			if (data.length === 0) return undefined;
			this.#buffered = concat([this.#buffered, data]);
		}
		const taken = this.#buffered.slice(0, count);
		this.#buffered = this.#buffered.subarray(count);
		return taken;
	}
}

export async function writeFrame(
	connection: Connection,
	{ type, flags: flag = 0, stream = 0, payload = new Uint8Array(0) }: Partial<Frame> & Pick<Frame, 'type'>,
): Promise<void> {
	const head = new Uint8Array(headBytes);
	head.set([payload.length >> 16, (payload.length >> 8) & 0xff, payload.length & 0xff, type, flag]);
	new DataView(head.buffer).setUint32(5, stream);
	await connection.write(concat([head, payload]));
}

/** Answers what a peer may send beside a call's own frames: settings and pings. */
export async function answerControl(connection: Connection, frame: Frame): Promise<void> {
	const { settings, ping } = frameTypes;
	if ((frame.type !== settings && frame.type !== ping) || frame.flags & flags.acknowledge) return;
	const payload = frame.type === ping ? frame.payload : undefined;
	await writeFrame(connection, { type: frame.type, flags: flags.acknowledge, payload });
}
