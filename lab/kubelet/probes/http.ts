// HTTP probes and hooks: a GET whose answer's status decides.
import type { Clock } from '../../clock.ts';
import { HttpReader, writeRequest } from '../../network/http.ts';
import type { NetworkNamespace } from '../../network/network.ts';
import { connectTls, TlsError } from '../../network/tls.ts';
import { SystemError } from '../../runtime/process.ts';
import type { Container, HTTPGetAction, IntOrString } from '../../schema/types.ts';

/** The number of a port that is given by number or by a container's name for it. */
export function portNumber(container: Container, port: IntOrString): number {
	if (typeof port === 'number') return port;
	const named = container.ports?.find(({ name }) => name === port)?.containerPort ?? Number(port);
	if (!Number.isInteger(named))
		throw new Error(`couldn't find port: "${port}" in container ${container.name}`);
	return named;
}

/** What failed, in Go's words. */
export function dialError(address: string, port: number, error: unknown): string {
	const code = error instanceof SystemError ? error.code : '';
	const why: Readonly<Record<string, string>> = {
		ECONNREFUSED: 'connect: connection refused',
		EHOSTUNREACH: 'connect: no route to host',
		ENETUNREACH: 'connect: network is unreachable',
		ECONNRESET: 'read: connection reset by peer',
	};
	return `dial tcp ${address}:${port}: ${why[code] ?? 'i/o timeout'}`;
}

/** The answer's status and body; throws an Error in the words of Go's client. */
export async function httpGet(options: {
	/** How the node's kubelet connects. */
	connect: NetworkNamespace['connect'];
	clock: Clock;
	container: Container;
	action: HTTPGetAction;
	podAddress: string;
	userAgent: string;
	signal: AbortSignal;
}): Promise<{ status: number; body: string }> {
	const { connect, clock, container, action, podAddress, userAgent, signal } = options;
	const port = portNumber(container, action.port);
	const address = action.host || podAddress;
	const path = action.path?.startsWith('/') ? action.path : `/${action.path ?? ''}`;
	const url = `${(action.scheme ?? 'HTTP').toLowerCase()}://${address}:${port}${path}`;
	const failed = (why: string) => new Error(`Get "${url}": ${why}`);
	const late = () => failed('context deadline exceeded (Client.Timeout exceeded while awaiting headers)');
	const connection = await connect(address, port, signal).catch((error) => {
		if (error instanceof TlsError && error.fault === 'wrong version number')
			throw failed('http: server gave HTTP response to HTTPS client');
		throw signal.aborted ? late() : failed(dialError(address, port, error));
	});
	try {
		// As the kubelet does, it takes any certificate.
		if (action.scheme === 'HTTPS')
			await connectTls(connection, { name: address, trusted: undefined, now: clock.now(), signal });
		const own = new Set((action.httpHeaders ?? []).map(({ name }) => name.toLowerCase()));
		const usual: [string, string][] = [
			['Host', `${address}:${port}`],
			['User-Agent', userAgent],
			['Accept', '*/*'],
			['Connection', 'close'],
		];
		await writeRequest(connection, {
			method: 'GET',
			target: path,
			headers: [
				...usual.filter(([name]) => !own.has(name.toLowerCase())),
				...(action.httpHeaders ?? []).map(({ name, value }): [string, string] => [name, value]),
			],
		});
		const { status, body } = await new HttpReader(connection).response('GET', signal);
		return { status, body: await readText(body) };
	} catch (error) {
		throw signal.aborted ? late() : failed(error instanceof Error ? error.message : 'EOF');
	} finally {
		connection.destroy();
	}
}

/** At most 10 KiB, as the kubelet reads. */
async function readText(body: Uint8Array | AsyncIterable<Uint8Array> | undefined): Promise<string> {
	if (!body) return '';
	const decoder = new TextDecoder();
	if (body instanceof Uint8Array) return decoder.decode(body.subarray(0, 10_240));
	let text = '';
	for await (const part of body) {
		text += decoder.decode(part, { stream: true });
		if (text.length >= 10_240) break;
	}
	return text.slice(0, 10_240);
}
