// Unary gRPC calls (github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md): one message there, one back.
import { concat } from '../../bytes.ts';
import type { HeaderList } from '../http.ts';
import type { Connection } from '../network.ts';
import { answerControl, FrameReader, flags, frameTypes, preface, writeFrame } from './frames.ts';
import { decodeFields, encodeFields } from './header-fields.ts';

/** The codes that are used here (grpc.io/docs/guides/status-codes), as grpc-go names them. */
export const codes = {
	OK: 0,
	Unknown: 2,
	NotFound: 5,
	Unimplemented: 12,
	Unavailable: 14,
} as const;
export type CodeName = keyof typeof codes;

/** A call that failed, in the words of grpc-go. */
export class CallError extends Error {
	readonly code: CodeName;
	readonly description: string;
	constructor(code: CodeName, description: string) {
		super(`rpc error: code = ${code} desc = ${description}`);
		this.code = code;
		this.description = description;
	}
}

/** Answers one message, or throws CallError. */
export type Method = (message: Uint8Array) => Uint8Array | Promise<Uint8Array>;

const framed = (message: Uint8Array): Uint8Array => {
	const prefix = new Uint8Array(5);
	new DataView(prefix.buffer).setUint32(1, message.length);
	return concat([prefix, message]);
};

const headers = (stream: number, fields: HeaderList, ends: boolean) => ({
	type: frameTypes.headers,
	flags: flags.endHeaders | (ends ? flags.endStream : 0),
	stream,
	payload: encodeFields(fields),
});

/** A client on a connection, once the server has answered the greeting; throws where what answers is none. */
export async function openClient(
	connection: Connection,
	signal?: AbortSignal,
): Promise<{
	/** `path` is `/package.Service/Method`. Throws CallError. */
	call(authority: string, path: string, message: Uint8Array): Promise<Uint8Array>;
}> {
	await connection.write(preface);
	await writeFrame(connection, { type: frameTypes.settings });
	const reader = new FrameReader(connection);
	const greeting = await reader.frame(signal);
	if (greeting?.type !== frameTypes.settings)
		throw new CallError('Unavailable', 'error reading server preface');
	await answerControl(connection, greeting);
	let stream = -1;
	return {
		async call(authority, path, message) {
			stream += 2;
			const fields: HeaderList = [
				[':method', 'POST'],
				[':scheme', 'http'],
				[':path', path],
				[':authority', authority],
				['content-type', 'application/grpc'],
				['te', 'trailers'],
			];
			await writeFrame(connection, headers(stream, fields, false));
			const payload = framed(message);
			await writeFrame(connection, { type: frameTypes.data, flags: flags.endStream, stream, payload });
			let answer: Uint8Array = new Uint8Array(0);
			for (;;) {
				const frame = await reader.frame(signal);
				if (!frame) throw new CallError('Unavailable', 'error reading from server: EOF');
				await answerControl(connection, frame);
				if (frame.stream !== stream) continue;
				if (frame.type === frameTypes.reset)
					throw new CallError('Unavailable', 'stream terminated by RST_STREAM');
				if (frame.type === frameTypes.data) answer = concat([answer, frame.payload]);
				if (frame.type !== frameTypes.headers || !(frame.flags & flags.endStream)) continue;
				const trailers = new Map(decodeFields(frame.payload));
				const status = Number(trailers.get('grpc-status') ?? codes.Unknown);
				const [name = 'Unknown'] = Object.entries(codes).find(([, code]) => code === status) ?? [];
				if (status !== codes.OK) throw new CallError(name as CodeName, trailers.get('grpc-message') ?? '');
				return answer.subarray(5);
			}
		},
	};
}

/** Serves a connection until its client ends it. Methods are by path, as `/grpc.health.v1.Health/Check`. */
export async function serveCalls(
	connection: Connection,
	methods: ReadonlyMap<string, Method>,
	signal?: AbortSignal,
): Promise<void> {
	const reader = new FrameReader(connection);
	await reader.preface(signal);
	await writeFrame(connection, { type: frameTypes.settings });
	const calls = new Map<number, { path: string; body: Uint8Array }>();
	for (let frame = await reader.frame(signal); frame; frame = await reader.frame(signal)) {
		await answerControl(connection, frame);
		const { stream, type, payload } = frame;
		if (type === frameTypes.headers) {
			const path = new Map(decodeFields(payload)).get(':path') ?? '';
			calls.set(stream, { path, body: new Uint8Array(0) });
		}
		const call = calls.get(stream);
		if (!call) continue;
		if (type === frameTypes.data) call.body = concat([call.body, payload]);
		if (type === frameTypes.reset) calls.delete(stream);
		else if (frame.flags & flags.endStream) {
			calls.delete(stream);
			await answer(connection, stream, call, methods);
		}
	}
	connection.end();
}

async function answer(
	connection: Connection,
	stream: number,
	{ path, body }: { path: string; body: Uint8Array },
	methods: ReadonlyMap<string, Method>,
): Promise<void> {
	const opening: HeaderList = [
		[':status', '200'],
		['content-type', 'application/grpc'],
	];
	try {
		const method = methods.get(path);
		const [, service] = path.split('/');
		if (!method) throw new CallError('Unimplemented', `unknown service ${service}`);
		const message = await method(body.subarray(5));
		await writeFrame(connection, headers(stream, opening, false));
		await writeFrame(connection, { type: frameTypes.data, stream, payload: framed(message) });
		await writeFrame(connection, headers(stream, [['grpc-status', '0']], true));
	} catch (error) {
		if (!(error instanceof CallError)) throw error;
		const status: HeaderList = [
			['grpc-status', String(codes[error.code])],
			['grpc-message', error.description],
		];
		await writeFrame(connection, headers(stream, [...opening, ...status], true));
	}
}
