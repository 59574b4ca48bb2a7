// The smaller servers of agnhost: the container's files, its host name, and two that fall ill: over HTTP, over gRPC.
import { serveCalls } from '../../network/grpc/calls.ts';
import { healthMethods } from '../../network/grpc/health.ts';
import { type Process, SystemError } from '../../runtime/process.ts';
import { Flags } from '../../runtime/programs/cobra-flags.ts';
import { acceptEach, endedByGoRuntime, serveHttpOn, signalReceived } from '../../runtime/programs/server.ts';
import { logLine, parsed, plain, redirect, respond, serveFile } from './go-http.ts';

/** Listens, or says why not and gives the exit code. */
async function listening(process: Process, port: number, listen: () => unknown): Promise<number | undefined> {
	try {
		listen();
		return undefined;
	} catch (error) {
		if (!(error instanceof SystemError)) throw error;
		await logLine(process, `listen tcp :${port}: bind: ${error.message.toLowerCase()}`);
		return 1;
	}
}

/** agnhost test-webserver: every file of the container by its path. */
export async function testWebserver(process: Process, args: readonly string[]): Promise<number> {
	const port = new Flags(args, { kinds: { port: 'int' } }).number('port', 80);
	const shared: [string, string][] = [
		['Access-Control-Allow-Credentials', 'true'],
		['Access-Control-Allow-Methods', 'GET, POST, OPTIONS'],
		['Access-Control-Allow-Origin', '*'],
		['Cache-Control', 'private'],
	];
	const failure = await listening(process, port, () =>
		serveHttpOn(process, port, (request) => {
			const headers = request.headers.filter(([name]) => name.toLowerCase() !== 'if-modified-since');
			return serveFile(process, { ...request, headers }, shared);
		}),
	);
	return failure ?? endedByGoRuntime(process);
}

/** agnhost serve-hostname: by HTTP, or raw over TCP. */
export async function serveHostname(process: Process, args: readonly string[]): Promise<number> {
	const flags = new Flags(args, {
		kinds: { port: 'int', http: 'bool', tcp: 'bool', udp: 'bool', close: 'bool' },
	});
	const port = flags.number('port', 9376);
	const http = flags.is('http', true);
	if (http && (flags.is('tcp') || flags.is('udp'))) {
		await logLine(process, "Can't server TCP/UDP mode and HTTP mode at the same time");
		return 1;
	}
	const { hostname } = process;
	const failure = await listening(process, port, () => {
		if (http)
			serveHttpOn(process, port, async (_, { remoteAddress, remotePort }) => {
				await logLine(process, `HTTP request from ${remoteAddress}:${remotePort}`);
				return respond(process, 200, hostname, plain, flags.is('close') ? [['Connection', 'close']] : []);
			});
		if (flags.is('tcp'))
			acceptEach(process.network.listen(port), async (connection) => {
				await logLine(process, `TCP request from ${connection.remoteAddress}:${connection.remotePort}`);
				await connection.write(hostname);
				connection.close();
			});
		if (flags.is('udp')) serveDatagrams(process, port, () => hostname);
	});
	if (failure !== undefined) return failure;
	await logLine(process, `Serving on port ${port}.`);
	await signalReceived(process, ['TERM']);
	await logLine(process, 'Shutting down after receiving signal: terminated.');
	await logLine(process, 'Awaiting pod deletion.');
	await process.sleep(60_000);
	return 0;
}

/** agnhost liveness: healthy for ten seconds, then not any more. */
export async function liveness(process: Process, args: readonly string[]): Promise<number> {
	new Flags(args, { kinds: {} });
	const startedAt = process.clock.now();
	const failure = await listening(process, 8080, () =>
		serveHttpOn(process, 8080, async (request) => {
			const { path, form } = await parsed(request);
			const seconds = (process.clock.now() - startedAt) / 1000;
			if (path === '/started') return respond(process, 200, `${seconds}s`);
			if (path === '/redirect') return redirect(process, form.get('loc') ?? '');
			if (path !== '/healthz') return respond(process, 404, '404 page not found\n');
			return seconds > 10 ? respond(process, 500, `error: ${seconds}`) : respond(process, 200, 'ok');
		}),
	);
	return failure ?? endedByGoRuntime(process);
}

/** agnhost grpc-health-checking: healthy until a time, or as it is told on its HTTP port. */
export async function grpcHealthChecking(process: Process, args: readonly string[]): Promise<number> {
	const flags = new Flags(args, {
		kinds: { port: 'int', 'http-port': 'int', 'delay-unhealthy-sec': 'int', service: 'string' },
	});
	const port = flags.number('port', 5000);
	const httpPort = flags.number('http-port', 8080);
	const delay = flags.number('delay-unhealthy-sec', -1);
	const startedAt = process.clock.now();
	const seconds = () => (process.clock.now() - startedAt) / 1000;
	let told: boolean | undefined;
	const isServing = () => told ?? (delay < 0 || seconds() < delay);
	const methods = healthMethods((service) => {
		if (service !== flags.text('service')) return undefined;
		return isServing() ? 'SERVING' : 'NOT_SERVING';
	});
	await logLine(process, `Http server starting to listen on :${httpPort}`);
	const http = await listening(process, httpPort, () =>
		serveHttpOn(process, httpPort, async (request) => {
			const { path } = await parsed(request);
			if (path !== '/make-serving' && path !== '/make-not-serving')
				return respond(process, 404, '404 page not found\n');
			told = path === '/make-serving';
			await logLine(process, `Mark as ${told ? 'healthy' : 'unhealthy'}`);
			return respond(process, 200, `${seconds()}s`);
		}),
	);
	await logLine(process, `gRPC server starting to listen on :${port}`);
	const grpc = await listening(process, port, () =>
		acceptEach(process.network.listen(port), (connection) => serveCalls(connection, methods)),
	);
	return http ?? grpc ?? endedByGoRuntime(process);
}

/** Answers each datagram with what `reply` makes of it, where that is something. */
export function serveDatagrams(
	process: Process,
	port: number,
	reply: (text: string, from: string) => Promise<string | undefined> | string,
): void {
	const socket = process.network.bind(port);
	const answer = async () => {
		for (;;) {
			const { data, address, port: from } = await socket.receive();
			const said = await reply(new TextDecoder().decode(data), `${address}:${from}`);
			if (said !== undefined) socket.send(new TextEncoder().encode(said), address, from);
		}
	};
	answer().catch(() => {});
}
