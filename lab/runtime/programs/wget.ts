// wget, as busybox has it.
import { encodeBase64 } from '../../base64.ts';
import { type HeaderList, HttpError, header } from '../../network/http.ts';
import type { Connection } from '../../network/network.ts';
import { TlsError } from '../../network/tls.ts';
import { encode } from '../byte-text.ts';
import { type OpenFile, SystemError } from '../process.ts';
import {
	connectFirst,
	contentLength,
	deadline,
	exchange,
	type HttpUrl,
	hostField,
	parseUrl,
	type ReceivedResponse,
	resolveHost,
	resolveUrl,
	secure,
	TimedOut,
	trustedAuthorities,
	UnknownHost,
} from './http-client.ts';
import type { Options } from './options.ts';
import { humanSize } from './sizes.ts';
import { type Call, join, lastPart, type Tool, ToolFailure } from './tool.ts';

const defaultTimeoutSeconds = 900;
const mostRedirects = 5;

function requestHeaders(url: HttpUrl, options: Options): HeaderList {
	const headers: HeaderList = [
		['Host', hostField(url)],
		['User-Agent', options.value('U') ?? 'Wget'],
		['Connection', 'close'],
	];
	if (url.user !== undefined) headers.push(['Authorization', `Basic ${encodeBase64(url.user)}`]);
	for (const line of options.values('header')) {
		const [name, ...value] = line.split(':');
		const field: [string, string] = [name.trim(), value.join(':').trim()];
		const known = headers.findIndex(([other]) => other.toLowerCase() === field[0].toLowerCase());
		if (known >= 0) headers[known] = field;
		else headers.push(field);
	}
	return headers;
}

/** The bar that busybox shows when a download is complete. */
function progress(name: string, bytes: number): string {
	return `${name.slice(0, 20).padEnd(20)} 100% |${'*'.repeat(32)}| ${humanSize(bytes).padStart(5)}  0:00:00 ETA\n`;
}

async function request(
	call: Call,
	url: HttpUrl,
	options: Options,
	signal: AbortSignal,
): Promise<ReceivedResponse> {
	const { process } = call;
	const addresses = await resolveHost(process, url.host, signal);
	let tried = '';
	try {
		const connection = await connectFirst(process, addresses, url.port, signal, async (address) => {
			tried = address;
			if (!options.has('q'))
				await process.write(2, `Connecting to ${hostField(url)} (${address}:${url.port})\n`);
		});
		if (url.scheme === 'https') await speakTls(call, url, options, connection, signal);
		const post = options.value('post-data');
		const headers = requestHeaders(url, options);
		const data = post === undefined ? undefined : encode(post);
		if (data)
			headers.push(
				['Content-Type', 'application/x-www-form-urlencoded'],
				['Content-Length', String(data.length)],
			);
		const body =
			data &&
			(async function* () {
				yield data;
			})();
		const method = options.has('spider') ? 'HEAD' : data ? 'POST' : 'GET';
		return await exchange(connection, { method, target: url.target, headers, body }, signal);
	} catch (error) {
		if (error instanceof SystemError && error.code !== 'ECONNRESET')
			return call.fail(`can't connect to remote host (${tried}): ${error.message}`);
		if (error instanceof SystemError) return call.fail(`error getting response: ${error.message}`);
		throw error;
	}
}

/** busybox itself checks no certificate; Alpine's helper does, by the library that curl uses as well. */
async function speakTls(
	call: Call,
	url: HttpUrl,
	options: Options,
	connection: Connection,
	signal: AbortSignal,
): Promise<void> {
	const { process } = call;
	const checks = call.flavour === 'musl' && !options.has('k');
	if (call.flavour !== 'musl' && !options.has('k') && !options.has('q'))
		await process.write(2, 'wget: note: TLS certificate validation not implemented\n');
	try {
		await secure(process, connection, url, checks ? trustedAuthorities(process) : undefined, signal);
	} catch (error) {
		if (!(error instanceof TlsError)) throw error;
		const failed = error.certificate
			? '0A000086:SSL routines:tls_post_process_server_certificate:certificate verify failed'
			: '0A00010B:SSL routines:tls_validate_record_header:wrong version number';
		await process.write(2, `ssl_client: error:${failed}\nssl_client: SSL_connect\n`);
		call.fail('error getting response: Connection reset by peer');
	}
}

function refuse(call: Call, error: unknown): never {
	if (error instanceof ToolFailure) throw error;
	if (error instanceof UnknownHost) return call.fail(`bad address '${error.host}'`);
	if (error instanceof TimedOut) return call.fail('download timed out');
	if (error instanceof HttpError) return call.fail('error getting response');
	throw error;
}

function outputOf(call: Call, url: HttpUrl, options: Options): { name: string; file?: OpenFile } {
	const given = options.value('O');
	if (given === '-') return { name: '-' };
	const bare = lastPart(url.target.split('?')[0]);
	const name = given ?? (bare === '/' || url.target.endsWith('/') ? 'index.html' : bare);
	const directory = options.value('P');
	const path = directory && !given ? join(directory, name) : name;
	try {
		return { name: path, file: call.process.open(path, given ? 'w' : 'wx') };
	} catch (error) {
		return call.fail(`can't open '${path}': ${(error as Error).message}`);
	}
}

async function download(call: Call, text: string, options: Options): Promise<void> {
	const { process } = call;
	const quiet = options.has('q');
	const seconds = Number(options.value('T') ?? defaultTimeoutSeconds);
	const { signal, stop } = deadline(process, seconds * 1000);
	try {
		let url = parseUrl(text);
		for (let redirects = 0; ; redirects++) {
			if (!url) return call.fail(`not an http or ftp url: ${text}`);
			const response = await request(call, url, options, signal);
			if (options.has('S')) {
				const fields = response.headers.map(([name, value]) => `  ${name}: ${value}\n`);
				await process.write(
					2,
					`  ${response.version} ${response.status} ${response.reason}\n${fields.join('')}`,
				);
			}
			const location = header(response.headers, 'location');
			if (response.status >= 300 && response.status < 400 && location) {
				if (redirects >= mostRedirects) return call.fail('too many redirections');
				url = parseUrl(resolveUrl(url, location));
				continue;
			}
			if (response.status < 200 || response.status >= 300)
				return call.fail(`server returned error: ${response.version} ${response.status} ${response.reason}`);
			if (options.has('spider')) {
				if (!quiet) await process.write(2, 'remote file exists\n');
				return;
			}
			return await save(call, url, response, options);
		}
	} catch (error) {
		refuse(call, error);
	} finally {
		stop();
	}
}

async function save(call: Call, url: HttpUrl, response: ReceivedResponse, options: Options): Promise<void> {
	const { process } = call;
	const { name, file } = outputOf(call, url, options);
	const quiet = options.has('q');
	if (!quiet) await process.write(2, file ? `saving to '${name}'\n` : 'writing to stdout\n');
	let received = 0;
	try {
		for await (const data of response.body ?? []) {
			received += data.length;
			if (file) await file.write(data, process);
			else await call.print(data);
		}
	} catch (error) {
		if (error instanceof HttpError) return call.fail('connection closed prematurely');
		throw error;
	} finally {
		file?.release();
	}
	await call.flush();
	if (contentLength(response) !== undefined && received < (contentLength(response) ?? 0))
		return call.fail('connection closed prematurely');
	if (quiet) return;
	const shown = file ? lastPart(name) : '-';
	await process.write(2, `${progress(shown, received)}${file ? `'${name}' saved\n` : 'written to stdout\n'}`);
}

export const wget: Tool = {
	name: 'wget',
	usage:
		'[-cqS] [--spider] [-O FILE] [-o LOGFILE] [--header STR]\n\t[--post-data STR | --post-file FILE] [-Y on/off]\n\t[-P DIR] [-U AGENT] [-T SEC] URL...',
	async run(call) {
		const options = call.options({
			short: 'cqSO:o:Y:P:U:T:t:n',
			long: {
				spider: 'spider',
				'header=': 'header',
				'post-data=': 'post-data',
				'output-document=': 'O',
				quiet: 'q',
				'timeout=': 'T',
				'tries=': 't',
				'server-response': 'S',
				'user-agent=': 'U',
				'directory-prefix=': 'P',
				'no-check-certificate': 'k',
				continue: 'c',
				'no-verbose': 'q',
			},
		});
		if (options.operands.length === 0) throw call.usageFailure('missing URL');
		for (const url of options.operands) await download(call, url, options);
		return 0;
	},
};
