// HTTP/1.1 over a connection (RFC 9110, RFC 9112): messages as streams, for nginx, curl, wget and the API
// server's proxy.
import { concat } from '../bytes.ts';
import type { Connection } from './network.ts';

export type HeaderList = [name: string, value: string][];
export type Body = AsyncIterable<Uint8Array>;

export interface HttpRequest {
	method: string;
	/** The request target as it came: `/path?query`. */
	target: string;
	version: string;
	headers: HeaderList;
	body?: Body;
}

export interface HttpResponse {
	status: number;
	reason?: string;
	headers: HeaderList;
	body?: Uint8Array | Body;
}

/** A message that is not HTTP, with the status that a server answers it with. */
export class HttpError extends Error {
	readonly status: number;
	constructor(status: number, message: string) {
		super(message);
		this.status = status;
	}
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** Longer heads are refused, as by nginx' large_client_header_buffers. */
const maximumHeadBytes = 32 * 1024;

export const reasons: Readonly<Record<number, string>> = {
	100: 'Continue',
	101: 'Switching Protocols',
	200: 'OK',
	201: 'Created',
	202: 'Accepted',
	204: 'No Content',
	206: 'Partial Content',
	301: 'Moved Permanently',
	302: 'Found',
	303: 'See Other',
	304: 'Not Modified',
	307: 'Temporary Redirect',
	308: 'Permanent Redirect',
	400: 'Bad Request',
	401: 'Unauthorized',
	403: 'Forbidden',
	404: 'Not Found',
	405: 'Not Allowed',
	408: 'Request Time-out',
	409: 'Conflict',
	410: 'Gone',
	411: 'Length Required',
	412: 'Precondition Failed',
	413: 'Request Entity Too Large',
	414: 'Request-URI Too Large',
	415: 'Unsupported Media Type',
	416: 'Requested Range Not Satisfiable',
	418: '',
	429: 'Too Many Requests',
	500: 'Internal Server Error',
	501: 'Not Implemented',
	502: 'Bad Gateway',
	503: 'Service Temporarily Unavailable',
	504: 'Gateway Time-out',
	505: 'HTTP Version Not Supported',
};

/** The first field of that name, whatever its case. */
export function header(headers: HeaderList, name: string): string | undefined {
	return headers.find(([known]) => known.toLowerCase() === name)?.[1];
}

/** Reads messages off a connection, one after another. */
export class HttpReader {
	readonly #connection: Connection;
	#buffer: Uint8Array = new Uint8Array(0);
	#ended = false;

	constructor(connection: Connection) {
		this.#connection = connection;
	}

	async #fill(signal?: AbortSignal): Promise<boolean> {
		if (this.#ended) return false;
		const data = await this.#connection.read(65536, signal);
		if (data.length === 0) {
			this.#ended = true;
			return false;
		}
		this.#buffer = concat([this.#buffer, data]);
		return true;
	}

	#take(length: number): Uint8Array {
		const data = this.#buffer.subarray(0, length);
		this.#buffer = this.#buffer.subarray(length);
		return data;
	}

	/** Up to the end of line, without it; undefined at end of file. */
	async #line(signal?: AbortSignal): Promise<string | undefined> {
		let from = 0;
		for (;;) {
			const end = this.#buffer.indexOf(10, from);
			if (end >= 0) return decoder.decode(this.#take(end + 1).subarray(0, end)).replace(/\r$/, '');
			if (this.#buffer.length > maximumHeadBytes) throw new HttpError(400, 'too long a line');
			from = this.#buffer.length;
			if (!(await this.#fill(signal))) return undefined;
		}
	}

	async #headers(signal?: AbortSignal): Promise<HeaderList> {
		const headers: HeaderList = [];
		for (let size = 0; ; ) {
			const line = await this.#line(signal);
			if (line === undefined) throw new HttpError(400, 'the connection ended within the header');
			if (line === '') return headers;
			size += line.length;
			if (size > maximumHeadBytes) throw new HttpError(400, 'too large a header');
			const colon = line.indexOf(':');
			if (colon <= 0) throw new HttpError(400, `invalid header line: "${line}"`);
			headers.push([line.slice(0, colon), line.slice(colon + 1).trim()]);
		}
	}

	async *#fixed(length: number): Body {
		for (let rest = length; rest > 0; ) {
			if (this.#buffer.length === 0 && !(await this.#fill()))
				throw new HttpError(400, `the connection ended with ${rest} bytes remaining to read`);
			const data = this.#take(Math.min(rest, this.#buffer.length));
			rest -= data.length;
			yield data;
		}
	}

	async *#chunked(): Body {
		for (;;) {
			const line = await this.#line();
			const size = Number.parseInt(line ?? '', 16);
			if (!Number.isInteger(size) || size < 0) throw new HttpError(400, 'invalid chunk size');
			if (size === 0) break;
			yield* this.#fixed(size);
			await this.#line();
		}
		await this.#headers();
	}

	async *#untilEnd(): Body {
		for (;;) {
			if (this.#buffer.length > 0) yield this.#take(this.#buffer.length);
			else if (!(await this.#fill())) return;
		}
	}

	#body(headers: HeaderList): Body | undefined {
		if (header(headers, 'transfer-encoding')?.toLowerCase().endsWith('chunked')) return this.#chunked();
		const length = header(headers, 'content-length');
		if (length === undefined) return undefined;
		if (!/^\d+$/.test(length)) throw new HttpError(400, 'invalid Content-Length');
		return this.#fixed(Number(length));
	}

	/** The next request; undefined where the client has ended between two. */
	async request(signal?: AbortSignal): Promise<HttpRequest | undefined> {
		let line = await this.#line(signal);
		if (line === '') line = await this.#line(signal);
		if (line === undefined) return undefined;
		const [, method, target, version] = /^([A-Z]+) (\S+)(?: (HTTP\/\d\.\d))?$/.exec(line) ?? [];
		if (!method) throw new HttpError(400, 'client sent invalid method while reading client request line');
		const headers = version ? await this.#headers(signal) : [];
		return { method, target, version: version ?? 'HTTP/0.9', headers, body: this.#body(headers) };
	}

	/** The next response to a request of `method`; a body without a length lasts until the connection ends. */
	async response(
		method: string,
		signal?: AbortSignal,
	): Promise<HttpResponse & { version: string; reason: string }> {
		const line = await this.#line(signal);
		if (line === undefined) throw new HttpError(502, 'Empty reply from server');
		const [, version, status, reason = ''] = /^(HTTP\/\d(?:\.\d)?) (\d{3})(?: (.*))?$/.exec(line) ?? [];
		if (!version) throw new HttpError(502, 'Received HTTP/0.9 when not allowed');
		const headers = await this.#headers(signal);
		const code = Number(status);
		if (code >= 100 && code < 200 && code !== 101) return this.response(method, signal);
		const empty = method === 'HEAD' || code === 204 || code === 304;
		const body = empty ? undefined : (this.#body(headers) ?? this.#untilEnd());
		return { version, status: code, reason, headers, body };
	}
}

function head(first: string, headers: HeaderList): Uint8Array {
	return encoder.encode(
		`${[first, ...headers.map(([name, value]) => `${name}: ${value}`)].join('\r\n')}\r\n\r\n`,
	);
}

async function writeChunked(connection: Connection, body: Body): Promise<void> {
	for await (const data of body) {
		if (data.length === 0) continue;
		await connection.write(`${data.length.toString(16)}\r\n`);
		await connection.write(data);
		await connection.write('\r\n');
	}
	await connection.write('0\r\n\r\n');
}

/** Sends a request; a streamed body without a Content-Length goes in chunks. */
export async function writeRequest(
	connection: Connection,
	request: Omit<HttpRequest, 'version'>,
): Promise<void> {
	const headers = [...request.headers];
	const measured = header(headers, 'content-length') !== undefined;
	if (request.body && !measured) headers.push(['Transfer-Encoding', 'chunked']);
	await connection.write(head(`${request.method} ${request.target} HTTP/1.1`, headers));
	if (!request.body) return;
	if (!measured) return writeChunked(connection, request.body);
	for await (const data of request.body) await connection.write(data);
}

/** Sends a response to `request`, and says whether the connection can carry another one. */
export async function writeResponse(
	connection: Connection,
	request: Pick<HttpRequest, 'method' | 'version' | 'headers'>,
	response: HttpResponse,
): Promise<boolean> {
	const headers = [...response.headers];
	const { status, body } = response;
	const bodiless = status === 204 || status === 304;
	const old = request.version !== 'HTTP/1.1';
	const asked = header(request.headers, 'connection')?.toLowerCase();
	let keep = old ? asked === 'keep-alive' : asked !== 'close';
	const streamed = body !== undefined && !(body instanceof Uint8Array);
	if (!bodiless && header(headers, 'content-length') === undefined) {
		if (!streamed) headers.push(['Content-Length', String(body?.length ?? 0)]);
		else if (old) keep = false;
		else headers.push(['Transfer-Encoding', 'chunked']);
	}
	const told = header(headers, 'connection');
	if (told) keep = keep && told.toLowerCase() !== 'close';
	else headers.push(['Connection', keep ? 'keep-alive' : 'close']);
	await connection.write(head(`HTTP/1.1 ${status} ${response.reason ?? reasons[status] ?? ''}`, headers));
	if (!body || bodiless || request.method === 'HEAD') return keep;
	if (body instanceof Uint8Array) await connection.write(body);
	else if (header(headers, 'transfer-encoding')) await writeChunked(connection, body);
	else for await (const data of body) await connection.write(data);
	return keep;
}

/** Serves requests on a connection until either side is done with it. */
export async function serveHttp(
	connection: Connection,
	handle: (request: HttpRequest) => HttpResponse | Promise<HttpResponse>,
): Promise<void> {
	const reader = new HttpReader(connection);
	try {
		for (;;) {
			const request = await reader.request();
			if (!request) break;
			const keep = await writeResponse(connection, request, await handle(request));
			if (request.body) for await (const _ of request.body);
			if (!keep) break;
		}
		connection.close();
	} catch (error) {
		if (error instanceof HttpError) {
			const refused = { method: 'GET', version: 'HTTP/1.0', headers: [] };
			await writeResponse(connection, refused, { status: error.status, headers: [] }).catch(() => {});
		}
		connection.destroy();
	}
}

/** A body whose connection is closed when it has been read, or is read no further. */
export async function* closingAfter(body: AsyncIterable<Uint8Array>, connection: Connection): Body {
	try {
		yield* body;
	} finally {
		connection.close();
	}
}
