// curl: requests by HTTP, with its exit codes, words, meter and -w variables.
import { HttpError, header } from '../../network/http.ts';
import type { Connection } from '../../network/network.ts';
import { TlsError } from '../../network/tls.ts';
import { decode, encode } from '../byte-text.ts';
import { SystemError } from '../process.ts';
import { curlOptions, requestBody, requestHeaders, version } from './curl-request.ts';
import { headOf, meter, meterHead, type Transfer, TransferError, writeOut } from './curl-transfer.ts';
import {
	connectFirst,
	contentLength,
	deadline,
	exchange,
	parseUrl,
	type ReceivedResponse,
	resolveHost,
	resolveUrl,
	secure,
	TimedOut,
	tlsProblem,
	trustedAuthorities,
	UnknownHost,
} from './http-client.ts';
import type { Options } from './options.ts';
import { type Call, lastPart, type Tool, ToolFailure } from './tool.ts';

const defaultRedirects = 50;

/** What curl adds where it does not trust a server. */
const moreDetails = `More details here: https://curl.se/docs/sslcerts.html

curl failed to verify the legitimacy of the server and therefore could not
establish a secure connection to it. To learn more about this situation and
how to fix it, please visit the webpage mentioned above.`;

async function verbose(transfer: Transfer, text: string): Promise<void> {
	if (transfer.options.has('v')) await transfer.call.process.write(2, text);
}

/** What an option says in seconds. */
function milliseconds(options: Options, option: string): number | undefined {
	const seconds = options.value(option);
	return seconds === undefined ? undefined : Number(seconds) * 1000;
}

async function connect(transfer: Transfer, signal: AbortSignal): Promise<Connection> {
	const { call, url, options } = transfer;
	const { process } = call;
	const given = options
		.values('resolve')
		.map((value) => value.split(':'))
		.find(([host, port]) => host === url.host && Number(port) === url.port);
	const start = process.clock.now();
	const limit = milliseconds(options, 'connect-timeout');
	const limited = deadline(process, limit);
	const either = AbortSignal.any([signal, limited.signal]);
	let addresses: string[] = [];
	try {
		addresses = given ? [given[2]] : await resolveHost(process, url.host, either);
		await verbose(
			transfer,
			`* Host ${url.host}:${url.port} was resolved.\n* IPv6: (none)\n* IPv4: ${addresses.join(', ')}\n`,
		);
		const connection = await connectFirst(process, addresses, url.port, either, (address) =>
			verbose(transfer, `*   Trying ${address}:${url.port}...\n`),
		);
		await verbose(transfer, `* Connected to ${url.host} (${connection.remoteAddress}) port ${url.port}\n`);
		if (url.scheme === 'https') await handshake(transfer, connection, either);
		return connection;
	} catch (error) {
		const elapsed = process.clock.now() - start;
		if (error instanceof TimedOut) {
			const allowed = Math.min(
				limit ?? Number.POSITIVE_INFINITY,
				milliseconds(options, 'm') ?? Number.POSITIVE_INFINITY,
			);
			throw new TransferError(
				28,
				`${addresses.length > 0 ? 'Connection' : 'Resolving'} timed out after ${Math.max(elapsed, allowed)} milliseconds`,
			);
		}
		if (!(error instanceof SystemError)) throw error;
		await verbose(transfer, `* connect to ${addresses[0]} port ${url.port} failed: ${error.message}\n`);
		if (error.code === 'ETIMEDOUT')
			throw new TransferError(
				28,
				`Failed to connect to ${url.host} port ${url.port} after ${elapsed} ms: Could not connect to server`,
			);
		throw new TransferError(
			7,
			`Failed to connect to ${url.host} port ${url.port} after ${elapsed} ms: Could not connect to server`,
		);
	} finally {
		limited.stop();
	}
}

async function authoritiesIn(call: Call, file: string): Promise<string> {
	try {
		return decode(await call.readAll(file));
	} catch (error) {
		if (!(error instanceof SystemError || error instanceof ToolFailure)) throw error;
		throw new TransferError(77, `error adding trust anchors from file: ${file}`);
	}
}

async function handshake(transfer: Transfer, connection: Connection, signal: AbortSignal): Promise<void> {
	const { call, options, url } = transfer;
	const { process } = call;
	const file = options.value('cacert');
	const bundle = file === undefined ? trustedAuthorities(process) : await authoritiesIn(call, file);
	try {
		const trusted = options.has('k') ? undefined : bundle;
		const { certificate } = await secure(process, connection, url, trusted, signal);
		const date = (ms: number) =>
			new Date(ms).toUTCString().replace(/^\w+, (\d+) (\w+) (\d+) (\S+)/, '$2 $1 $4 $3');
		await verbose(
			transfer,
			`* SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384 / x25519 / RSASSA-PSS\n* Server certificate:\n*  subject: CN=${certificate.subject}\n*  start date: ${date(certificate.notBefore)}\n*  expire date: ${date(certificate.notAfter)}\n*  issuer: CN=${certificate.issuer}\n*  SSL certificate ${options.has('k') ? 'verification failed, continuing anyway' : 'verify ok'}.\n`,
		);
	} catch (error) {
		if (!(error instanceof TlsError)) throw error;
		const words = tlsProblem(error, url.host);
		throw new TransferError(
			error.certificate ? 60 : 35,
			error.certificate ? `${words}\n${moreDetails}` : words,
		);
	}
}

async function perform(transfer: Transfer, signal: AbortSignal): Promise<ReceivedResponse> {
	const { call, options } = transfer;
	const body = await requestBody(call, options);
	const asQuery = options.has('G') && body;
	for (;;) {
		const { url } = transfer;
		if (asQuery && transfer.redirects === 0)
			url.target += `${url.target.includes('?') ? '&' : '?'}${decode(body.data)}`;
		const sent =
			asQuery || (transfer.redirects > 0 && [301, 302, 303].includes(transfer.status)) ? undefined : body;
		const method =
			options.value('X') ?? (options.has('I') ? 'HEAD' : options.has('T') ? 'PUT' : sent ? 'POST' : 'GET');
		const headers = requestHeaders(transfer, sent);
		const connection = await connect(transfer, signal);
		transfer.connection = connection;
		await verbose(
			transfer,
			`> ${method} ${url.target} HTTP/1.1\n${headers.map(([name, value]) => `> ${name}: ${value}\n`).join('')}> \n`,
		);
		if (sent) {
			transfer.uploaded = sent.data.length;
			await verbose(
				transfer,
				`} [${sent.data.length} bytes data]\n* upload completely sent off: ${sent.data.length} bytes\n`,
			);
		} else await verbose(transfer, '* Request completely sent off\n');
		const stream =
			sent &&
			(async function* () {
				yield sent.data;
			})();
		let response: ReceivedResponse;
		try {
			response = await exchange(connection, { method, target: url.target, headers, body: stream }, signal);
		} catch (error) {
			if (error instanceof HttpError)
				throw new TransferError(error.message.startsWith('Empty') ? 52 : 1, error.message);
			if (error instanceof SystemError) throw new TransferError(56, `Recv failure: ${error.message}`);
			throw error;
		}
		transfer.status = response.status;
		transfer.contentType = header(response.headers, 'content-type') ?? '';
		await verbose(
			transfer,
			`${headOf(response)
				.map((line) => `< ${line}\n`)
				.join('')}< \n`,
		);
		const location = header(response.headers, 'location');
		const redirects = response.status >= 300 && response.status < 400 && location !== undefined;
		transfer.redirectUrl = redirects ? resolveUrl(url, location) : '';
		if (!redirects || !options.has('L')) return response;
		if (options.has('i', 'I')) await writeHead(transfer, response);
		const most = Number(options.value('max-redirs') ?? defaultRedirects);
		if (transfer.redirects >= most) throw new TransferError(47, `Maximum (${most}) redirects followed`);
		connection.close();
		transfer.redirects++;
		transfer.urlText = transfer.redirectUrl;
		const next = parseUrl(transfer.urlText);
		if (!next) throw new TransferError(1, `Protocol "${transfer.urlText.split(':')[0]}" not supported`);
		await verbose(transfer, `* Issue another request to this URL: '${transfer.urlText}'\n`);
		transfer.url = next;
	}
}

async function writeHead({ call }: Transfer, response: ReceivedResponse): Promise<void> {
	await call.print(`${headOf(response).join('\r\n')}\r\n\r\n`);
}

async function receive(transfer: Transfer, response: ReceivedResponse): Promise<void> {
	const { call, options, url } = transfer;
	const { process } = call;
	if (options.has('f') && response.status >= 400)
		throw new TransferError(22, `The requested URL returned error: ${response.status}`);
	const name = options.value('o') ?? (options.has('O') ? lastPart(url.target.split('?')[0]) : undefined);
	if (options.has('O') && (name === '/' || name === ''))
		throw new TransferError(23, 'Remote file name has no length');
	const file = name !== undefined && name !== '-' ? process.open(name, 'w') : undefined;
	const metered = !options.has('s') && !(process.file(1).terminal && !file);
	if (metered)
		await process.write(
			2,
			`${meterHead}\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0`,
		);
	const total = contentLength(response);
	try {
		if (options.has('i', 'I'))
			await (file
				? file.write(encode(`${headOf(response).join('\r\n')}\r\n\r\n`), process)
				: writeHead(transfer, response));
		for await (const data of response.body ?? []) {
			transfer.received += data.length;
			if (file) await file.write(data, process);
			else {
				await call.print(data);
				await call.flush();
			}
		}
	} catch (error) {
		if (error instanceof SystemError) throw new TransferError(56, `Recv failure: ${error.message}`);
		if (error instanceof HttpError)
			throw new TransferError(18, `end of response with ${(total ?? 0) - transfer.received} bytes missing`);
		throw error;
	} finally {
		file?.release();
		if (metered)
			await process.write(
				2,
				`${meter(transfer.received, total ?? transfer.received, process.clock.now() - transfer.startedAt)}\n`,
			);
	}
	await verbose(transfer, `* Connection #0 to host ${url.host} left intact\n`);
	if (options.has('fail-with-body') && response.status >= 400)
		throw new TransferError(22, `The requested URL returned error: ${response.status}`);
}

/** curl writes its URL's scheme where the user gave none. */
function withScheme(text: string): string {
	return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
}

async function fetchOnce(call: Call, text: string, options: Options): Promise<Transfer> {
	const { process } = call;
	const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1];
	const parsed = parseUrl(text);
	const transfer: Transfer = {
		call,
		options,
		startedAt: process.clock.now(),
		url: parsed ?? { scheme: 'http', host: '', port: 80, target: '/' },
		urlText:
			parsed && !text.replace(/^\w+:\/\//, '').includes('/') ? `${withScheme(text)}/` : withScheme(text),
		status: 0,
		received: 0,
		uploaded: 0,
		redirects: 0,
		contentType: '',
		redirectUrl: '',
		errorMessage: '',
		exitCode: 0,
	};
	const { signal, stop } = deadline(process, milliseconds(options, 'm'));
	try {
		if (!parsed) {
			if (scheme && !/^https?$/i.test(scheme))
				throw new TransferError(1, `Protocol "${scheme}" not supported`);
			throw new TransferError(
				3,
				/:\d{6,}|:[^/\d]/.test(text)
					? 'URL rejected: Port number was not a decimal number between 0 and 65535'
					: 'URL rejected: No host part in the URL',
			);
		}
		await receive(transfer, await perform(transfer, signal));
	} catch (error) {
		const failure = transferError(error, transfer);
		transfer.exitCode = failure.code;
		transfer.errorMessage = failure.message;
	} finally {
		stop();
		transfer.connection?.close();
	}
	return transfer;
}

function transferError(error: unknown, { call, startedAt, received }: Transfer): TransferError {
	if (error instanceof TransferError) return error;
	if (error instanceof UnknownHost) return new TransferError(6, `Could not resolve host: ${error.host}`);
	if (error instanceof TimedOut)
		return new TransferError(
			28,
			`Operation timed out after ${call.process.clock.now() - startedAt} milliseconds with ${received} bytes received`,
		);
	if (error instanceof SystemError && error.code !== 'EINTR')
		return new TransferError(23, `client returned ERROR on write, ${error.message}`);
	throw error;
}

export const curl: Tool = {
	name: 'curl',
	async run(call) {
		let options: Options;
		try {
			options = call.options(curlOptions, 2);
		} catch (error) {
			if (!(error instanceof ToolFailure)) throw error;
			const [, letter, word] = /(?:-- '(.)'|option '(--[^']+)')/.exec(error.message) ?? [];
			const option = word ?? `-${letter}`;
			const problem = error.message.includes('requires') ? 'requires parameter' : 'is unknown';
			throw new ToolFailure(
				`option ${option}: ${problem}\ncurl: try 'curl --help' or 'curl --manual' for more information`,
				2,
			);
		}
		if (options.has('V')) {
			await call.print(
				`curl ${version} (x86_64-pc-linux-gnu) libcurl/${version}\nRelease-Date: 2025-06-04\nProtocols: http https\nFeatures: HTTPS-proxy SSL\n`,
			);
			return 0;
		}
		const urls = [...options.values('url'), ...options.operands];
		if (urls.length === 0)
			throw new ToolFailure("(2) no URL specified\ncurl: try 'curl --help' for more information", 2);
		let code = 0;
		for (const url of urls) {
			let transfer = await fetchOnce(call, url, options);
			for (
				let left = Number(options.value('retry') ?? 0), wait = 1000;
				left > 0 && retries(transfer);
				left--, wait *= 2
			) {
				const delay = options.value('retry-delay') ? Number(options.value('retry-delay')) * 1000 : wait;
				if (!options.has('s'))
					await call.process.write(
						2,
						`curl: (${transfer.exitCode}) ${transfer.errorMessage}\nWarning: Problem: transient error. Will retry in ${delay / 1000} seconds. ${left} \nWarning: retries left.\n`,
					);
				await call.process.sleep(delay);
				transfer = await fetchOnce(call, url, options);
			}
			code = transfer.exitCode;
			if (code !== 0 && (!options.has('s') || options.has('S')))
				await call.complain(`(${code}) ${transfer.errorMessage}`);
			const format = options.value('w');
			if (format) await call.print(writeOut(transfer, format));
		}
		return code;
	},
};

/** What --retry takes for transient. */
function retries({ options, exitCode, status }: Transfer): boolean {
	if (options.has('retry-all-errors')) return exitCode !== 0;
	return (
		exitCode === 28 ||
		(exitCode === 7 && options.has('retry-connrefused')) ||
		[408, 429, 500, 502, 503, 504].includes(status)
	);
}
