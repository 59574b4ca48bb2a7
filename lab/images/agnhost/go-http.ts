// What Go's standard library gives a server: its log, plain answers, redirects, and files.
import { collect } from '../../bytes.ts';
import { type HeaderList, type HttpRequest, type HttpResponse, header } from '../../network/http.ts';
import { decode, encode } from '../../runtime/byte-text.ts';
import { type Process, SystemError } from '../../runtime/process.ts';
import { httpDate, parseHttpDate, strftime } from '../../runtime/programs/dates.ts';

/** log.Printf */
export function logLine(process: Process, message: string): Promise<void> {
	return process.write(
		2,
		`${strftime('%Y/%m/%d %H:%M:%S', process.clock.now())} ${message.replace(/\n$/, '')}\n`,
	);
}

const reasons: Record<number, string> = {
	405: 'Method Not Allowed',
	408: 'Request Timeout',
	412: 'Precondition Failed',
	417: 'Expectation Failed',
	503: 'Service Unavailable',
};
export const plain = 'text/plain; charset=utf-8';

export function respond(
	process: Process,
	status: number,
	body: string | Uint8Array,
	type = plain,
	more: HeaderList = [],
): HttpResponse {
	const bytes = typeof body === 'string' ? encode(body) : body;
	return {
		status,
		reason: reasons[status],
		headers: [
			...more,
			['Date', httpDate(process.clock.now())],
			['Content-Length', String(bytes.length)],
			...(bytes.length > 0 ? ([['Content-Type', type]] as HeaderList) : []),
		],
		body: bytes,
	};
}

export function redirect(process: Process, location: string, status = 302): HttpResponse {
	const name = {
		301: 'Moved Permanently',
		302: 'Found',
		307: 'Temporary Redirect',
		308: 'Permanent Redirect',
	}[status];
	const body = `<a href="${location.replaceAll('&', '&amp;').replaceAll('"', '&#34;')}">${name ?? 'Redirect'}</a>.\n\n`;
	return respond(process, status, body, 'text/html; charset=utf-8', [['Location', location]]);
}

/** Path and form of a request: the query, and the fields of a posted form (Request.FormValue). */
export async function parsed(request: HttpRequest): Promise<{ path: string; form: URLSearchParams }> {
	const [path, ...query] = request.target.split('?');
	const form = new URLSearchParams(query.join('?'));
	const type = header(request.headers, 'content-type') ?? '';
	if (request.body && type.startsWith('application/x-www-form-urlencoded')) {
		for (const [name, value] of new URLSearchParams(decode(await collect(request.body))))
			form.append(name, value);
	}
	return { path: decodeURIComponent(path), form };
}

const types: Record<string, string> = {
	css: 'text/css; charset=utf-8',
	gif: 'image/gif',
	htm: 'text/html; charset=utf-8',
	html: 'text/html; charset=utf-8',
	jpeg: 'image/jpeg',
	jpg: 'image/jpeg',
	js: 'text/javascript; charset=utf-8',
	json: 'application/json',
	pdf: 'application/pdf',
	png: 'image/png',
	svg: 'image/svg+xml',
	xml: 'text/xml; charset=utf-8',
};

function contentType(path: string, data: Uint8Array): string {
	const extension = /\.([^./]+)$/.exec(path)?.[1].toLowerCase() ?? '';
	if (Object.hasOwn(types, extension)) return types[extension];
	return data.subarray(0, 512).includes(0) ? 'application/octet-stream' : plain;
}

/** http.FileServer over the container's files from `root` on. */
export async function serveFile(
	process: Process,
	request: HttpRequest,
	more: HeaderList,
): Promise<HttpResponse> {
	const { files } = process;
	const { path } = await parsed(request);
	if (path.split('/').includes('..')) return respond(process, 400, 'invalid URL path\n', plain, more);
	if (path.endsWith('/index.html')) return respond(process, 301, '', plain, [...more, ['Location', './']]);
	try {
		const status = files.status(path);
		if (status.kind === 'directory') {
			if (!path.endsWith('/'))
				return respond(process, 301, '', plain, [...more, ['Location', `${path.split('/').at(-1)}/`]]);
			if (files.exists(`${path}index.html`))
				return respond(process, 200, files.readFile(`${path}index.html`), types.html, more);
			const names = files.list(path).map((name) => {
				const isFolder = files.exists(path + name) && files.status(path + name).kind === 'directory';
				return isFolder ? `${name}/` : name;
			});
			const links = names.sort().map((name) => `<a href="${encodeURI(name)}">${name}</a>\n`);
			const body = `<!doctype html>\n<meta name="viewport" content="width=device-width">\n<pre>\n${links.join('')}</pre>\n`;
			return respond(process, 200, body, types.html, more);
		}
		if (path.endsWith('/')) return redirect(process, `../${path.split('/').at(-2)}`, 301);
		const modified = Math.floor(status.modifiedAt / 1000) * 1000;
		const validators: HeaderList = [
			...more,
			['Accept-Ranges', 'bytes'],
			['Last-Modified', httpDate(modified)],
		];
		const since = parseHttpDate(header(request.headers, 'if-modified-since') ?? '');
		if (since !== undefined && since >= modified) return respond(process, 304, '', plain, validators);
		const data = files.readFile(path);
		return respond(process, 200, data, contentType(path, data), validators);
	} catch (error) {
		if (!(error instanceof SystemError)) throw error;
		const [code, text] = error.code === 'EACCES' ? [403, '403 Forbidden\n'] : [404, '404 page not found\n'];
		return respond(process, code as number, text as string, plain, more);
	}
}
