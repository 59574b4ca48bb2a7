// How httpd answers: redirects, files, listings, and its own pages for what fails.

import {
	type HeaderList,
	type HttpRequest,
	type HttpResponse,
	header,
	reasons as standardReasons,
} from '../../network/http.ts';
import { encode } from '../../runtime/byte-text.ts';
import type { FileStatus } from '../../runtime/files.ts';
import { type Process, SystemError } from '../../runtime/process.ts';
import { httpDate, parseHttpDate } from '../../runtime/programs/dates.ts';
import { permits, statusFor } from '../bases/file-access.ts';
import { escapeHtml } from '../escape-html.ts';
import type { Configuration, Host } from './configuration.ts';

export interface Context {
	readonly process: Process;
	readonly configuration: Configuration;
	readonly host: Host;
	readonly request: HttpRequest;
	/** The account of the children. */
	readonly account: number;
	logError(source: string, message: string): Promise<void>;
}

export type Answer = Required<Pick<HttpResponse, 'status' | 'reason' | 'headers'>> & { body: Uint8Array };

const reasons: Readonly<Record<number, string>> = {
	...standardReasons,
	405: 'Method Not Allowed',
	416: 'Range Not Satisfiable',
};

const explanations: Record<number, (context: Context) => string> = {
	400: () => 'Your browser sent a request that this server could not understand.<br />',
	403: () => "You don't have permission to access this resource.",
	404: () => 'The requested URL was not found on this server.',
	405: ({ request }) => `The requested method ${request.method} is not allowed for this URL.`,
	410: () =>
		'The requested resource is no longer available on this server and there is no forwarding address.',
};

const html: HeaderList = [['Content-Type', 'text/html; charset=iso-8859-1']];

function answer(status: number, headers: HeaderList, body: string | Uint8Array): Answer {
	return {
		status,
		reason: reasons[status] ?? '',
		headers,
		body: typeof body === 'string' ? encode(body) : body,
	};
}

function page(context: Context, status: number, headers: HeaderList = [], text?: string): Answer {
	const reason = reasons[status] ?? 'Error';
	const explanation = text ?? explanations[status]?.(context) ?? reason;
	const body = `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>${status} ${reason}</title>\n</head><body>\n<h1>${reason}</h1>\n<p>${explanation}</p>\n</body></html>\n`;
	return answer(status, [...headers, ...html], body);
}

function redirect(context: Context, status: number, location: string): Answer {
	const text = `The document has moved <a href="${escapeHtml(location)}">here</a>.`;
	return page(context, status, [['Location', location]], text);
}

/** The words of the innermost <Directory> around a path that says anything of it. */
function setting<K extends 'granted' | 'indexes'>(host: Host, path: string, key: K): boolean {
	const around = host.folders
		.filter(({ path: folder }) => folder === '/' || path === folder || path.startsWith(`${folder}/`))
		.toSorted((a, b) => b.path.length - a.path.length);
	return around.find((folder) => folder[key] !== undefined)?.[key] ?? false;
}

function listing(context: Context, path: string, folder: string): Answer {
	const { files } = context.process;
	const names = files
		.list(folder)
		.filter((name) => !name.startsWith('.'))
		.sort()
		.map((name) =>
			files.exists(`${folder}/${name}`) && files.status(`${folder}/${name}`).kind === 'directory'
				? `${name}/`
				: name,
		);
	const parent =
		path === '/'
			? ''
			: `<li><a href="${escapeHtml(path.replace(/[^/]*\/$/, ''))}"> Parent Directory</a></li>\n`;
	const items = names
		.map((name) => `<li><a href="${encodeURI(name)}"> ${escapeHtml(name)}</a></li>\n`)
		.join('');
	const title = `Index of ${escapeHtml(path.replace(/(.)\/$/, '$1'))}`;
	const body = `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n<html>\n <head>\n  <title>${title}</title>\n </head>\n <body>\n<h1>${title}</h1>\n<ul>${parent}${items}</ul>\n</body></html>\n`;
	return answer(200, [['Content-Type', 'text/html;charset=ISO-8859-1']], body);
}

function sendFile({ process, configuration, request }: Context, path: string, status: FileStatus): Answer {
	const modified = Math.floor(status.modifiedAt / 1000) * 1000;
	const etag = `"${status.size.toString(16)}-${(modified * 1000).toString(16)}"`;
	const validators: HeaderList = [
		['Last-Modified', httpDate(modified)],
		['ETag', etag],
	];
	const matched = header(request.headers, 'if-none-match');
	const since = parseHttpDate(header(request.headers, 'if-modified-since') ?? '');
	const fresh =
		matched !== undefined
			? matched.includes(etag) || matched === '*'
			: since !== undefined && since >= modified;
	if (fresh) return answer(304, validators, '');
	const whole = process.files.readFile(path);
	const extension = /\.([^./]+)$/.exec(path)?.[1].toLowerCase() ?? '';
	const type = configuration.types.get(extension);
	const shared: HeaderList = [...validators, ['Accept-Ranges', 'bytes']];
	const typed: HeaderList = type ? [['Content-Type', type]] : [];
	const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header(request.headers, 'range') ?? '') ?? [];
	if (first === undefined || (first === '' && last === '')) return answer(200, [...shared, ...typed], whole);
	const from = first === '' ? Math.max(0, whole.length - Number(last)) : Number(first);
	const to = first === '' || last === '' ? whole.length - 1 : Math.min(Number(last), whole.length - 1);
	if (from > to) return answer(416, [['Content-Range', `bytes */${whole.length}`], ...html], '');
	const range: HeaderList = [['Content-Range', `bytes ${from}-${to}/${whole.length}`]];
	return answer(206, [...shared, ...range, ...typed], whole.subarray(from, to + 1));
}

/** The path of the request, decoded and without dots; undefined for one that leaves the root. */
function pathOf({ target }: HttpRequest): string | undefined {
	let decoded: string;
	try {
		decoded = decodeURIComponent(target.split('?')[0]);
	} catch {
		return undefined;
	}
	if (!decoded.startsWith('/')) return undefined;
	const parts: string[] = [];
	for (const part of decoded.split('/').slice(1)) {
		if (part === '..' && parts.pop() === undefined) return undefined;
		if (part !== '..' && part !== '.') parts.push(part);
	}
	return `/${parts.join('/')}`.replace(/\/{2,}/g, '/');
}

async function serve(context: Context, path: string): Promise<Answer> {
	const { host, process, request, account } = context;
	for (const { status, from, to } of host.redirects)
		if (path === from || path.startsWith(`${from.replace(/\/$/, '')}/`))
			return status === 410 ? page(context, 410) : redirect(context, status, to + path.slice(from.length));
	const alias = host.aliases.find(
		({ from }) => path === from || path.startsWith(from.endsWith('/') ? from : `${from}/`),
	);
	const file = (alias ? alias.to + path.slice(alias.from.length) : host.documentRoot + path).replace(
		/(.)\/$/,
		'$1',
	);
	const denied = async (message: string) => {
		await context.logError('authz_core:error', message);
		return page(context, 403);
	};
	const rule = host.rules.findLast(({ matches }) => matches(file, path));
	if (!(rule?.granted ?? setting(host, file, 'granted')))
		return denied(`AH01630: client denied by server configuration: ${file}`);
	let status: FileStatus;
	try {
		status = statusFor(process, account, file);
	} catch (error) {
		if (!(error instanceof SystemError)) throw error;
		if (error.code !== 'EACCES') return page(context, 404);
		await context.logError(
			'core:error',
			`(13)Permission denied: AH00035: access to ${path} denied (filesystem path '${file}') because search permissions are missing on a component of the path`,
		);
		return page(context, 403);
	}
	if (request.method === 'OPTIONS') return answer(200, [['Allow', 'GET,POST,OPTIONS,HEAD']], '');
	if (!['GET', 'HEAD', 'POST'].includes(request.method))
		return page(context, 405, [['Allow', 'GET,POST,OPTIONS,HEAD']]);
	if (status.kind === 'directory') {
		if (!path.endsWith('/')) {
			const name = header(request.headers, 'host') ?? process.hostname;
			return redirect(context, 301, `http://${name}${path}/`);
		}
		const index = host.directoryIndex.find((name) => process.files.exists(`${file}/${name}`));
		if (index !== undefined) return serve(context, path + index);
		if (setting(host, file, 'indexes')) return listing(context, path, file);
		await context.logError(
			'autoindex:error',
			`AH01276: Cannot serve directory ${file}/: No matching DirectoryIndex (${host.directoryIndex.join(',')}) found, and server-generated directory index forbidden by Options directive`,
		);
		return page(context, 403);
	}
	if (path.endsWith('/')) return page(context, 404);
	if (permits(status, account, 4)) return sendFile(context, file, status);
	await context.logError(
		'core:error',
		`(13)Permission denied: AH00132: file permissions deny server access: ${file}`,
	);
	return page(context, 403);
}

/** The answer to a request, with the documents for errors and the added fields. */
export async function respond(context: Context): Promise<Answer> {
	const path = pathOf(context.request);
	const bad =
		path === undefined ||
		(context.request.version === 'HTTP/1.1' && header(context.request.headers, 'host') === undefined);
	let given = bad ? page(context, 400) : await serve(context, path);
	const document = context.host.errorDocuments.get(given.status);
	if (document?.startsWith('/')) {
		const replaced = await serve(context, document);
		if (replaced.status === 200) given = { ...replaced, status: given.status, reason: given.reason };
	} else if (document !== undefined) given = { ...given, body: encode(document.replace(/^"/, '')) };
	const added = context.host.headers
		.filter(({ always }) => always || given.status < 400)
		.map(({ name, value }): [string, string] => [name, value]);
	return { ...given, headers: [...added, ...given.headers] };
}
