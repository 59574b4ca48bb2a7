// agnhost netexec: a server that tells about itself, runs commands, dials others by HTTP and ends on request. SCTP,
// TLS and /upload are left out.
import { collect, concat } from '../../bytes.ts';
import { HttpError, type HttpRequest, type HttpResponse } from '../../network/http.ts';
import type { Connection } from '../../network/network.ts';
import { decode } from '../../runtime/byte-text.ts';
import { type Process, SystemError } from '../../runtime/process.ts';
import { Flags, parseGoDuration } from '../../runtime/programs/cobra-flags.ts';
import { strftime } from '../../runtime/programs/dates.ts';
import { connectFirst, exchange, resolveHost, UnknownHost } from '../../runtime/programs/http-client.ts';
import { endedByGoRuntime, serveHttpOn, signalReceived } from '../../runtime/programs/server.ts';
import { waitFor } from '../../runtime/programs/sleep.ts';
import { logLine, parsed, redirect, respond } from './go-http.ts';
import { serveDatagrams } from './servers.ts';

interface Server {
	readonly process: Process;
	/** That of UDP, which decides over /healthz. */
	readonly ready: boolean;
}

type Handler = (
	server: Server,
	form: URLSearchParams,
	connection: Connection,
) => HttpResponse | Promise<HttpResponse>;

async function shell({ process }: Server, form: URLSearchParams): Promise<HttpResponse> {
	const command = form.get('shellCommand') || form.get('cmd') || '';
	await logLine(process, `GET /shell?cmd=${command}`);
	const { reader, writer } = process.pipe();
	const { pid } = process.spawn({
		argv: ['/bin/sh', '-c', command],
		files: new Map([
			[1, writer],
			[2, writer],
		]),
	});
	writer.release();
	const parts: Uint8Array[] = [];
	for (;;) {
		const part = await reader.read(65536, process);
		if (part.length === 0) break;
		parts.push(part);
	}
	reader.release();
	const { code, signal } = await waitFor(process, pid);
	const output = decode(concat(parts));
	const result = {
		...(code === 0 ? {} : { error: signal ? `signal: ${signal.toLowerCase()}` : `exit status ${code}` }),
		...(output === '' ? {} : { output }),
	};
	await logLine(
		process,
		`Output: map[${Object.entries(result)
			.map((pair) => pair.join(':'))
			.join(' ')}]`,
	);
	return respond(process, 200, JSON.stringify(result));
}

async function get(process: Process, address: string, port: number, path: string): Promise<string> {
	const url = `http://${address}:${port}/${path}`;
	try {
		const connection = await connectFirst(process, [address], port);
		try {
			const { body } = await exchange(connection, {
				method: 'GET',
				target: `/${path}`,
				headers: [['Host', `${address}:${port}`]],
			});
			return decode(await collect(body));
		} finally {
			connection.close();
		}
	} catch (error) {
		if (error instanceof HttpError) throw new Error(`Get "${url}": EOF`);
		if (!(error instanceof SystemError) || error.code === 'EINTR') throw error;
		throw new Error(`Get "${url}": dial tcp ${address}:${port}: connect: ${error.message.toLowerCase()}`);
	}
}

async function dial({ process }: Server, form: URLSearchParams): Promise<HttpResponse> {
	const [host, port, request, protocol, tries] = ['host', 'port', 'request', 'protocol', 'tries'].map(
		(name) => form.get(name) ?? '',
	);
	await logLine(
		process,
		`GET /dial?host=${host}&protocol=${protocol}&port=${port}&request=${request}&tries=${tries}`,
	);
	if (tries !== '' && !/^\d+$/.test(tries))
		return respond(
			process,
			400,
			`tries parameter is invalid. strconv.Atoi: parsing "${tries}": invalid syntax\n`,
		);
	if (request === '') return respond(process, 400, 'request parameter not specified. <nil>\n');
	if (!['', 'http'].includes(protocol.toLowerCase()))
		return respond(process, 400, `unsupported protocol. ${protocol}\n`);
	let address: string;
	try {
		[address] = await resolveHost(process, host);
	} catch (error) {
		if (!(error instanceof UnknownHost)) throw error;
		return respond(process, 400, `host and/or port param are invalid. lookup ${host}: no such host\n`);
	}
	const responses: string[] = [];
	const errors: string[] = [];
	for (let count = 0; count < Number(tries || 1); count++) {
		try {
			responses.push(await get(process, address, Number(port), request));
		} catch (error) {
			if (!(error instanceof Error) || error instanceof SystemError) throw error;
			errors.push(error.message);
		}
	}
	const result = {
		...(errors.length > 0 ? { errors } : {}),
		...(responses.at(-1) ? { responses } : {}),
	};
	return respond(process, 200, JSON.stringify(result));
}

async function exit({ process }: Server, form: URLSearchParams): Promise<HttpResponse> {
	const [wait, timeout, code] = ['wait', 'timeout', 'code'].map((name) => form.get(name) ?? '');
	await logLine(process, `GET /exit?code=${code}&timeout=${timeout}&wait=${wait}`);
	for (const [name, value] of [
		['timeout', timeout],
		['wait', wait],
	])
		if (value !== '' && parseGoDuration(value) === undefined)
			return respond(
				process,
				200,
				`argument '${name}' must be a valid golang duration or empty, got "${value}"\n`,
			);
	if (code !== '' && !/^\d+$/.test(code))
		return respond(process, 200, `argument 'code' must be an integer [0-127] or empty, got "${code}"\n`);
	await logLine(
		process,
		`Will begin shutdown in ${wait || '0s'}, allowing ${timeout || '0s'} for connections to close, then will exit with ${Number(code)}`,
	);
	await process.sleep(parseGoDuration(wait) ?? 0);
	if (timeout) await logLine(process, 'Graceful shutdown completed with: <nil>');
	return process.exit(Number(code));
}

const handlers: Readonly<Record<string, Handler>> = {
	'/': async ({ process }) => {
		await logLine(process, 'GET /');
		const now = process.clock.now();
		return respond(process, 200, `NOW: ${strftime('%Y-%m-%d %H:%M:%S.%N +0000 UTC', now)}`);
	},
	'/clientip': async ({ process }, _, connection) => {
		await logLine(process, 'GET /clientip');
		return respond(process, 200, `${connection.remoteAddress}:${connection.remotePort}`);
	},
	'/dial': dial,
	'/echo': async ({ process }, form) => {
		const [text, code] = [form.get('msg') ?? '', form.get('code') ?? ''];
		await logLine(process, `GET /echo?msg=${text}&code=${code}`);
		if (code !== '' && !/^\d+$/.test(code))
			return respond(process, 200, `argument 'code' must be an integer or empty, got "${code}"\n`);
		return respond(process, Number(code || 200), text);
	},
	'/exit': exit,
	'/healthz': async ({ process, ready }) => {
		await logLine(process, 'GET /healthz');
		return respond(process, ready ? 200 : 412, '');
	},
	'/hostname': async ({ process }) => {
		await logLine(process, 'GET /hostname');
		return respond(process, 200, process.hostname);
	},
	'/hostName': async ({ process }) => {
		await logLine(process, 'GET /hostName');
		return respond(process, 200, process.hostname);
	},
	'/redirect': ({ process }, form) =>
		redirect(process, form.get('location') ?? '', Number(form.get('code') || 302)),
	'/shell': shell,
	'/shutdown': async ({ process }) => {
		await logLine(process, 'GET /shutdown');
		return process.exit(0);
	},
};

/** `hostname`, `clientip` and `echo TEXT` are understood. */
async function datagramReply(process: Process, text: string, from: string): Promise<string | undefined> {
	const said = text.trim().toLowerCase();
	if (said === 'hostname') return process.hostname;
	if (said === 'clientip') return from;
	if (said.startsWith('echo ')) return said.slice(5);
	if (said !== '') await logLine(process, `Unknown UDP command received from ${from}: ${said}`);
	return undefined;
}

export async function netexec(process: Process, args: readonly string[]): Promise<number> {
	const flags = new Flags(args, {
		kinds: {
			'http-port': 'int',
			'udp-port': 'int',
			'sctp-port': 'int',
			'tls-cert-file': 'string',
			'tls-private-key-file': 'string',
			'http-override': 'string',
			'udp-listen-addresses': 'string',
			'delay-shutdown': 'int',
		},
	});
	if (flags.text('tls-cert-file') !== '') {
		await logLine(process, "the lab's netexec serves no HTTPS: leave --tls-cert-file out");
		return 1;
	}
	const port = flags.number('http-port', 8080);
	const udpPort = flags.number('udp-port', 8081);
	const server: Server = { process, ready: udpPort !== -1 };
	const override = flags.text('http-override');
	const handle = async (request: HttpRequest, connection: Connection) => {
		const { path, form } = await parsed(
			override === '' ? request : { ...request, method: 'GET', target: override, body: undefined },
		);
		// Go's ServeMux gives what has no handler of its own to that of the root.
		const handler = Object.hasOwn(handlers, path) ? handlers[path] : handlers['/'];
		return handler(server, form, connection);
	};
	await logLine(process, `Started HTTP server on port ${port}`);
	if (udpPort !== -1) await logLine(process, `Started UDP server on port  ${udpPort}`);
	try {
		serveHttpOn(process, port, handle);
		if (udpPort !== -1) serveDatagrams(process, udpPort, (text, from) => datagramReply(process, text, from));
	} catch (error) {
		if (!(error instanceof SystemError)) throw error;
		await logLine(process, `listen tcp :${port}: bind: ${error.message.toLowerCase()}`);
		return 1;
	}
	const delay = flags.number('delay-shutdown', 0);
	if (delay === 0) return endedByGoRuntime(process);
	await signalReceived(process, ['TERM']);
	await logLine(process, `Sleeping ${delay} seconds before terminating...`);
	await process.sleep(delay * 1000);
	return 0;
}
