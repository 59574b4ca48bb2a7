// The frames of SPDY/3.1 (protocol draft 3.1, section 2.6): eight bytes of header, then a payload.

export const resetStatus = { protocolError: 1, invalidStream: 2, refused: 3, cancel: 5 } as const;

/** `block` is a header block, still compressed; `fin` says that its sender sends no more on the stream. */
export type Frame =
	| { type: 'data'; stream: number; data: Buffer; fin: boolean }
	| { type: 'synStream' | 'synReply' | 'headers'; stream: number; block: Buffer; fin: boolean }
	| { type: 'reset'; stream: number; status: number }
	| { type: 'ping'; id: number }
	| { type: 'goAway'; lastStream: number; status: number }
	| { type: 'windowUpdate'; stream: number; delta: number };

/** What the other side sends is no SPDY/3.1. */
export class FrameError extends Error {}

const version = 3;
const headerSize = 8;
const controlTypes = {
	synStream: 1,
	synReply: 2,
	reset: 3,
	settings: 4,
	ping: 6,
	goAway: 7,
	headers: 8,
	windowUpdate: 9,
} as const;
const finFlag = 1;
/** The highest bit of a word is reserved or another field. */
const mask = 0x7fff_ffff;
/** Longer control frames have no meaning; data frames can take what 24 bits hold. */
const longestControl = 64 * 1024;

/** The payload of a control frame; undefined for one that asks nothing of us. Throws FrameError. */
function readControl(type: number, fin: boolean, payload: Buffer): Frame | undefined {
	const word = (offset: number) => {
		if (payload.length < offset + 4) throw new FrameError(`a control frame of type ${type} is too short`);
		return payload.readUInt32BE(offset);
	};
	switch (type) {
		case controlTypes.synStream:
			word(4);
			return { type: 'synStream', stream: word(0) & mask, block: payload.subarray(10), fin };
		case controlTypes.synReply:
			return { type: 'synReply', stream: word(0) & mask, block: payload.subarray(4), fin };
		case controlTypes.headers:
			return { type: 'headers', stream: word(0) & mask, block: payload.subarray(4), fin };
		case controlTypes.reset:
			return { type: 'reset', stream: word(0) & mask, status: word(4) };
		case controlTypes.ping:
			return { type: 'ping', id: word(0) };
		case controlTypes.goAway:
			return { type: 'goAway', lastStream: word(0) & mask, status: word(4) };
		case controlTypes.windowUpdate:
			return { type: 'windowUpdate', stream: word(0) & mask, delta: word(4) & mask };
		default:
			return undefined; // settings, credentials, and what the draft tells to ignore
	}
}

/** Puts frames together out of the chunks of a connection. */
export class FrameReader {
	#chunks: Buffer[] = [];
	#size = 0;

	/** The frames that are whole with this chunk. Throws FrameError. */
	*read(chunk: Buffer): Generator<Frame> {
		this.#chunks.push(chunk);
		this.#size += chunk.length;
		while (this.#size >= headerSize) {
			if (this.#chunks[0].length < headerSize) this.#join();
			const header = this.#chunks[0];
			const length = header.readUIntBE(5, 3);
			const isControl = header[0] >= 0x80;
			if (isControl && length > longestControl)
				throw new FrameError(`a control frame of ${length} bytes is longer than ${longestControl}`);
			if (this.#size < headerSize + length) return;
			this.#join();
			const whole = this.#chunks[0];
			this.#chunks = whole.length > headerSize + length ? [whole.subarray(headerSize + length)] : [];
			this.#size -= headerSize + length;
			const payload = whole.subarray(headerSize, headerSize + length);
			const fin = (header[4] & finFlag) !== 0;
			if (!isControl) yield { type: 'data', stream: header.readUInt32BE(0) & mask, data: payload, fin };
			else if ((header.readUInt16BE(0) & 0x7fff) !== version)
				throw new FrameError(`the frame is of SPDY/${header.readUInt16BE(0) & 0x7fff}, not of SPDY/3`);
			else {
				const frame = readControl(header.readUInt16BE(2), fin, payload);
				if (frame) yield frame;
			}
		}
	}

	#join(): void {
		if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
	}
}

function control(type: keyof typeof controlTypes, fin: boolean, ...parts: (number | Buffer)[]): Buffer {
	const payload = Buffer.concat(
		parts.map((part) => {
			if (typeof part !== 'number') return part;
			const word = Buffer.alloc(4);
			word.writeUInt32BE(part);
			return word;
		}),
	);
	const header = Buffer.alloc(headerSize);
	header.writeUInt16BE(0x8000 | version, 0);
	header.writeUInt16BE(controlTypes[type], 2);
	header[4] = fin ? finFlag : 0;
	header.writeUIntBE(payload.length, 5, 3);
	return Buffer.concat([header, payload]);
}

/** The frame as it is sent. */
export function encodeFrame(frame: Frame): Buffer {
	switch (frame.type) {
		case 'data': {
			const header = Buffer.alloc(headerSize);
			header.writeUInt32BE(frame.stream, 0);
			header[4] = frame.fin ? finFlag : 0;
			header.writeUIntBE(frame.data.length, 5, 3);
			return Buffer.concat([header, frame.data]);
		}
		case 'synStream':
			// Not associated to another stream, of the highest priority, without a credential.
			return control('synStream', frame.fin, frame.stream, 0, Buffer.alloc(2), frame.block);
		case 'synReply':
		case 'headers':
			return control(frame.type, frame.fin, frame.stream, frame.block);
		case 'reset':
			return control('reset', false, frame.stream, frame.status);
		case 'ping':
			return control('ping', false, frame.id);
		case 'goAway':
			return control('goAway', false, frame.lastStream, frame.status);
		case 'windowUpdate':
			return control('windowUpdate', false, frame.stream, frame.delta);
	}
}
