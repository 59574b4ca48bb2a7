// exec and attach over SPDY/3.1: a stream for each of stdin, stdout, stderr, errors and sizes, which the client
// opens and names in the header `streamtype` (k8s.io/apimachinery/pkg/util/remotecommand).

import type { Duplex } from 'node:stream';
import type { Upgrade } from '../api/http.ts';
import type { ByteSource, TerminalSize } from '../runtime/streams.ts';
import { exitStatus, internalError, readSize } from './exec-messages.ts';
import { SpdyConnection } from './spdy/connection.ts';
import type { SpdyStream } from './spdy/stream.ts';

/** v5 differs from v4 over WebSocket only; before v4 errors are text, and before v3 there are no sizes. */
export const spdyExecProtocols = [
	'v5.channel.k8s.io',
	'v4.channel.k8s.io',
	'v3.channel.k8s.io',
	'v2.channel.k8s.io',
	'channel.k8s.io',
] as const;
export type SpdyExecProtocol = (typeof spdyExecProtocols)[number];

type Exec = Extract<Upgrade, { kind: 'exec' }>;
type StreamType = 'error' | 'stdin' | 'stdout' | 'stderr' | 'resize';

/** How long the client may take to open its streams, as in kubelet. */
const openingMs = 30_000;

const versionOf = (protocol: SpdyExecProtocol) => Number(/^v(\d)/.exec(protocol)?.[1] ?? 1);

function expectedStreams(exec: Exec, protocol: SpdyExecProtocol): Set<StreamType> {
	const types = new Set<StreamType>(['error']);
	if (exec.stdin) types.add('stdin');
	if (exec.stdout) types.add('stdout');
	if (exec.stderr && !exec.tty) types.add('stderr');
	if (exec.tty && versionOf(protocol) >= 3) types.add('resize');
	return types;
}

/** Sizes come as one JSON document behind another. */
async function* sizesOf(source: ByteSource): AsyncGenerator<TerminalSize> {
	let held = '';
	const decoder = new TextDecoder();
	for await (const chunk of source) {
		held += decoder.decode(chunk, { stream: true });
		for (let end = held.indexOf('}') + 1; end > 0; end = held.indexOf('}') + 1) {
			const size = readSize(new TextEncoder().encode(held.slice(0, end)));
			held = held.slice(end);
			if (size) yield size;
		}
		if (held.length > 1000) return; // no sizes
	}
}

interface ErrorStatus {
	status?: string;
	message?: string;
}

/** What the error stream says at the end. */
function ending(status: ErrorStatus, protocol: SpdyExecProtocol): string {
	if (versionOf(protocol) >= 4) return JSON.stringify(status);
	return status.status === 'Success' ? '' : (status.message ?? '');
}

async function run(
	exec: Exec,
	protocol: SpdyExecProtocol,
	streams: ReadonlyMap<StreamType, SpdyStream>,
	signal: AbortSignal,
): Promise<void> {
	const resize = streams.get('resize');
	let status: ErrorStatus;
	try {
		const end = await exec.run({
			tty: exec.tty,
			stdin: streams.get('stdin')?.received(),
			stdout: (data) => streams.get('stdout')?.write(data),
			stderr: (data) => streams.get('stderr')?.write(data),
			sizes: resize && sizesOf(resize.received()),
			signal,
		});
		status = exitStatus(end);
	} catch (error) {
		status = internalError(error);
	}
	await streams.get('error')?.write(ending(status, protocol));
	for (const stream of streams.values()) stream.end();
}

/** Runs what was granted on a socket that has switched to SPDY, until it ends or the client goes. */
export function serveSpdyExec(
	exec: Exec,
	protocol: SpdyExecProtocol,
	socket: Duplex,
	head: Buffer,
	signal: AbortSignal,
): void {
	const expected = expectedStreams(exec, protocol);
	const streams = new Map<StreamType, SpdyStream>();
	const timer = setTimeout(() => connection.close(), openingMs);
	signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
	const connection: SpdyConnection = new SpdyConnection(socket, head, (stream) => {
		const type = stream.headers.get('streamtype') as StreamType;
		if (!expected.delete(type)) return stream.refuse();
		streams.set(type, stream);
		if (expected.size > 0) return;
		clearTimeout(timer);
		void run(exec, protocol, streams, signal).then(() => connection.close());
	});
}
