// How nginx answers a request: which server and location take it, and what they make of it.
import { type HeaderList, type HttpResponse, header } from '../../network/http.ts';
import { encode } from '../../runtime/byte-text.ts';
import type { FileStatus } from '../../runtime/files.ts';
import { SystemError } from '../../runtime/process.ts';
import { httpDate, parseHttpDate } from '../../runtime/programs/dates.ts';
import { permits, statusFor } from '../bases/file-access.ts';
import type { Configuration, Location, Server, Settings } from './configuration.ts';
import { type Exchange, expand, hostOf } from './exchange.ts';
import { directoryListing, errorPage } from './pages.ts';
import { proxy } from './proxy.ts';

export interface Answer {
	status: number;
	headers: HeaderList;
	body?: HttpResponse['body'];
}

export interface Nginx {
	readonly version: string;
	readonly configuration: Configuration;
	/** The uid of the workers, which decides what they may read. */
	readonly uid: number;
	logError(level: string, message: string, exchange: Exchange): Promise<void>;
	status(): string;
}

/** The server of a request: by its name, else the address's default one. */
export function chooseServer(configuration: Configuration, port: number, host: string): Server {
	const here = configuration.servers.filter(({ listens }) => listens.some((listen) => listen.port === port));
	const matches = (name: string) =>
		name === host ||
		(name.startsWith('*.') && host.endsWith(name.slice(1))) ||
		(name.startsWith('.') && (host === name.slice(1) || host.endsWith(name))) ||
		(name.endsWith('.*') && host.startsWith(name.slice(0, -1)));
	return (
		here.find(({ names }) => names.includes(host)) ??
		here.find(({ names }) => names.some(matches)) ??
		here.find(({ listens }) => listens.some((listen) => listen.port === port && listen.isDefault)) ??
		here[0]
	);
}

/** Exact, then the longest prefix unless a regular expression comes first (ngx_http_core_module, `location`). */
export function chooseLocation(server: Server, path: string): Location | undefined {
	const exact = server.locations.find((location) => location.kind === 'exact' && location.path === path);
	if (exact) return exact;
	const prefix = server.locations
		.filter(
			({ kind, path: start }) => (kind === 'prefix' || kind === 'final prefix') && path.startsWith(start),
		)
		.reduce<Location | undefined>(
			(best, other) => (best && best.path.length >= other.path.length ? best : other),
			undefined,
		);
	if (prefix?.kind === 'final prefix') return prefix;
	return server.locations.find(({ regex }) => regex?.matcher(path).find()) ?? prefix;
}

/** The path without its query, decoded, with dots resolved; undefined for one that leaves the root. */
export function normalisePath(target: string): string | undefined {
	let decoded: string;
	try {
		decoded = decodeURIComponent(target.replace(/^https?:\/\/[^/]*/, '').split('?')[0]);
	} catch {
		return undefined;
	}
	const parts: string[] = [];
	for (const part of decoded.split('/').slice(1)) {
		if (part === '..') {
			if (parts.length === 0) return undefined;
			parts.pop();
		} else if (part !== '.') parts.push(part);
	}
	const normal = `/${parts.join('/')}`.replace(/\/{2,}/g, '/');
	return /\/\.{1,2}$/.test(decoded) && !normal.endsWith('/') ? `${normal}/` : normal;
}

function page(nginx: Nginx, settings: Settings, status: number): Answer {
	const server = settings.serverTokens ? `nginx/${nginx.version}` : 'nginx';
	const body = encode(errorPage(status, server));
	return {
		status,
		headers: [
			['Content-Type', 'text/html'],
			['Content-Length', String(body.length)],
		],
		body,
	};
}

async function redirect(
	nginx: Nginx,
	exchange: Exchange,
	settings: Settings,
	status: number,
	path: string,
): Promise<Answer> {
	const { localPort } = exchange.connection;
	const origin = `http://${hostOf(exchange)}${localPort === 80 ? '' : `:${localPort}`}`;
	const location = path.startsWith('/') && settings.absoluteRedirect ? origin + path : path;
	const answer = page(nginx, settings, status);
	return { ...answer, headers: [...answer.headers, ['Location', location]] };
}

interface Found {
	path: string;
	status: FileStatus;
}

function find(nginx: Nginx, exchange: Exchange, path: string): Found {
	return { path, status: statusFor(exchange.process, nginx.uid, path) };
}

function exists(nginx: Nginx, exchange: Exchange, path: string, kind: FileStatus['kind']): boolean {
	try {
		return find(nginx, exchange, path).status.kind === kind;
	} catch {
		return false;
	}
}

function fileOf(location: Location | undefined, settings: Settings, path: string): string {
	if (settings.alias !== undefined && location) return settings.alias + path.slice(location.path.length);
	return settings.root.replace(/\/+$/, '') + path;
}

function contentType(settings: Settings, path: string): string {
	const [, extension] = /\.([^./]+)$/.exec(path) ?? [];
	return (extension && settings.types.get(extension.toLowerCase())) || settings.defaultType;
}

async function refuse(
	nginx: Nginx,
	exchange: Exchange,
	settings: Settings,
	path: string,
	error: unknown,
): Promise<Answer> {
	if (!(error instanceof SystemError)) throw error;
	const denied = error.code === 'EACCES';
	const number = { ENOENT: 2, EACCES: 13, ENOTDIR: 20, ENAMETOOLONG: 36, ELOOP: 40 }[error.code] ?? 5;
	await nginx.logError('error', `open() "${path}" failed (${number}: ${error.message})`, exchange);
	return page(nginx, settings, denied ? 403 : number === 5 ? 500 : 404);
}

async function sendFile(
	nginx: Nginx,
	exchange: Exchange,
	settings: Settings,
	{ path, status }: Found,
): Promise<Answer> {
	const { request, process } = exchange;
	if (!permits(status, nginx.uid, 4))
		return refuse(nginx, exchange, settings, path, new SystemError('EACCES', 'Permission denied'));
	const modified = Math.floor(status.modifiedAt / 1000);
	const etag = `"${modified.toString(16)}-${status.size.toString(16)}"`;
	const validators: HeaderList = [['Last-Modified', httpDate(modified * 1000)]];
	const matched = header(request.headers, 'if-none-match');
	const since = parseHttpDate(header(request.headers, 'if-modified-since') ?? '');
	const fresh =
		matched !== undefined
			? matched === '*' || matched.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag)
			: since === modified * 1000;
	if (fresh) return { status: 304, headers: [...validators, ['ETag', etag]] };
	const body = process.files.readFile(path);
	const type: [string, string] = ['Content-Type', contentType(settings, path)];
	const range = rangeOf(header(request.headers, 'range'), body.length);
	if (range === 'unsatisfiable') {
		const answer = page(nginx, settings, 416);
		return { ...answer, headers: [...answer.headers, ['Content-Range', `bytes */${body.length}`]] };
	}
	const part = range ? body.subarray(range.from, range.to + 1) : body;
	return {
		status: range ? 206 : 200,
		headers: [
			type,
			['Content-Length', String(part.length)],
			...validators,
			['ETag', etag],
			range
				? ['Content-Range', `bytes ${range.from}-${range.to}/${body.length}`]
				: ['Accept-Ranges', 'bytes'],
		],
		body: part,
	};
}

/** One range of bytes (RFC 9110, 14.1.2); several are answered with the whole, as a server may. */
function rangeOf(
	field: string | undefined,
	length: number,
): { from: number; to: number } | 'unsatisfiable' | undefined {
	const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(field ?? '') ?? [];
	if (first === undefined || (first === '' && last === '')) return undefined;
	const from = first === '' ? Math.max(0, length - Number(last)) : Number(first);
	const to = first === '' || last === '' ? length - 1 : Math.min(Number(last), length - 1);
	return from >= length || to < from ? 'unsatisfiable' : { from, to };
}

async function serveStatic(
	nginx: Nginx,
	exchange: Exchange,
	location: Location | undefined,
	settings: Settings,
): Promise<Answer> {
	const { request, process } = exchange;
	const path = fileOf(location, settings, exchange.path);
	let found: Found;
	try {
		found = find(nginx, exchange, path.replace(/\/$/, '') || '/');
		if (found.status.kind !== 'directory' && exchange.path.endsWith('/'))
			throw new SystemError('ENOTDIR', 'Not a directory');
	} catch (error) {
		return refuse(
			nginx,
			exchange,
			settings,
			exchange.path.endsWith('/') ? `${path}${settings.index[0]}` : path,
			error,
		);
	}
	if (request.method !== 'GET' && request.method !== 'HEAD') return page(nginx, settings, 405);
	if (found.status.kind !== 'directory') return sendFile(nginx, exchange, settings, found);
	if (!exchange.path.endsWith('/'))
		return redirect(
			nginx,
			exchange,
			settings,
			301,
			`${exchange.path}/${exchange.query ? `?${exchange.query}` : ''}`,
		);
	for (const name of settings.index) {
		const candidate = path + name;
		if (!process.files.exists(candidate)) continue;
		// An index file is looked for again as a request of its own, which another location may take.
		exchange.path += name;
		return serve(nginx, exchange);
	}
	if (!settings.autoindex) {
		await nginx.logError('error', `directory index of "${path}" is forbidden`, exchange);
		return page(nginx, settings, 403);
	}
	const entries = process.files
		.list(path)
		.filter((name) => !name.startsWith('.'))
		.map((name) => {
			// A link that leads nowhere is listed as itself.
			const followLinks = process.files.exists(path + name);
			return { name, status: process.files.status(path + name, { followLinks }) };
		});
	return {
		status: 200,
		headers: [['Content-Type', 'text/html']],
		body: encode(directoryListing(exchange.path, entries)),
	};
}

function returned(
	nginx: Nginx,
	exchange: Exchange,
	settings: Settings,
	rule: { status: number; text?: string },
): Answer | Promise<Answer> {
	const text = rule.text === undefined ? undefined : expand(rule.text, exchange);
	if ([301, 302, 303, 307, 308].includes(rule.status))
		return redirect(nginx, exchange, settings, rule.status, text ?? '');
	if (text === undefined && rule.status >= 300) return page(nginx, settings, rule.status);
	const body = encode(text ?? '');
	return {
		status: rule.status,
		headers: [
			['Content-Type', contentType(settings, exchange.path)],
			['Content-Length', String(body.length)],
		],
		body,
	};
}

async function serve(nginx: Nginx, exchange: Exchange): Promise<Answer> {
	const { server } = exchange;
	if (server.settings.return) return returned(nginx, exchange, server.settings, server.settings.return);
	const location = chooseLocation(server, exchange.path);
	const settings = location?.settings ?? server.settings;
	if (settings.denyAll) {
		await nginx.logError('error', 'access forbidden by rule', exchange);
		return page(nginx, settings, 403);
	}
	if (settings.return) return returned(nginx, exchange, settings, settings.return);
	if (settings.stubStatus)
		return { status: 200, headers: [['Content-Type', 'text/plain']], body: encode(nginx.status()) };
	if (settings.proxyPass)
		return (await proxy(nginx, exchange, location, settings)) ?? page(nginx, settings, 502);
	if (settings.tryFiles) {
		const candidates = settings.tryFiles.map((text) => expand(text, exchange));
		const last = candidates.pop() ?? '';
		for (const candidate of candidates) {
			const folder = candidate.endsWith('/');
			const path = fileOf(location, settings, candidate);
			if (!exists(nginx, exchange, path, folder ? 'directory' : 'file')) continue;
			exchange.path = candidate;
			return serveStatic(nginx, exchange, location, settings);
		}
		if (last.startsWith('=')) return page(nginx, settings, Number(last.slice(1)));
		if (last === exchange.path) return page(nginx, settings, 500);
		[exchange.path, exchange.query = ''] = last.split('?');
		const next = chooseLocation(server, exchange.path);
		if (next === location) return serveStatic(nginx, exchange, location, settings);
		return serve(nginx, exchange);
	}
	return serveStatic(nginx, exchange, location, settings);
}

/** The answer to a request, with error pages and added fields. */
export async function respond(nginx: Nginx, exchange: Exchange): Promise<Answer> {
	const original = exchange.path;
	let answer = await serve(nginx, exchange);
	const settings = chooseLocation(exchange.server, original)?.settings ?? exchange.server.settings;
	const custom = settings.errorPages.get(answer.status);
	if (custom?.startsWith('/')) {
		const { status } = answer;
		exchange.path = custom;
		const replaced = await serve(nginx, exchange);
		exchange.path = original;
		answer = replaced.status === 200 ? { ...replaced, status } : replaced;
	}
	const added: HeaderList = settings.addHeaders
		.filter(
			({ always }) => always || [200, 201, 204, 206, 301, 302, 303, 304, 307, 308].includes(answer.status),
		)
		.map(({ name, value }) => [name, expand(value, exchange)]);
	return { ...answer, headers: [...answer.headers, ...added] };
}
