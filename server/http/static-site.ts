// Serves the built site: types, validators, compression, caching, and the headers that keep it safe.
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, resolve, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { pageSecurity, security } from './security-headers.ts';

const types: Record<string, string> = {
	'.html': 'text/html; charset=utf-8',
	'.css': 'text/css; charset=utf-8',
	'.js': 'text/javascript; charset=utf-8',
	'.mjs': 'text/javascript; charset=utf-8',
	'.json': 'application/json; charset=utf-8',
	'.webmanifest': 'application/manifest+json; charset=utf-8',
	'.txt': 'text/plain; charset=utf-8',
	'.md': 'text/markdown; charset=utf-8',
	'.yaml': 'application/yaml; charset=utf-8',
	'.xml': 'application/xml; charset=utf-8',
	'.svg': 'image/svg+xml; charset=utf-8',
	'.png': 'image/png',
	'.jpg': 'image/jpeg',
	'.jpeg': 'image/jpeg',
	'.gif': 'image/gif',
	'.webp': 'image/webp',
	'.avif': 'image/avif',
	'.ico': 'image/x-icon',
	'.woff': 'font/woff',
	'.woff2': 'font/woff2',
	'.wasm': 'application/wasm',
	'.pdf': 'application/pdf',
	'.cast': 'application/x-asciicast',
};
const smallestCompressed = 1_024;

interface SiteFile {
	changed: number;
	type: string;
	etag: string;
	security: Record<string, string>;
	body: Buffer;
	brotli?: Buffer;
	gzip?: Buffer;
}

export class StaticSite {
	readonly #root: string;
	readonly #base: string;
	readonly #files = new Map<string, SiteFile>();

	/** @param base the path that the site was built for, `/` or `/course/`. */
	constructor(root: string, base: string) {
		this.#root = resolve(root);
		this.#base = base.endsWith('/') ? base : `${base}/`;
	}

	/** Answers a GET or HEAD for a path (percent-encoded, without query). */
	async answer(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
		if (path === '/' && this.#base !== '/') return redirect(response, this.#base);
		const inside = `${path}/`.startsWith(this.#base) ? `/${path.slice(this.#base.length)}` : undefined;
		const local = inside === undefined ? undefined : this.#localPath(inside);
		if (local !== undefined) {
			const file = await this.#file(inside?.endsWith('/') ? join(local, 'index.html') : local);
			if (file) return send(file, 200, this.#caching(path), request, response);
			if (!inside?.endsWith('/') && (await this.#file(join(local, 'index.html'))))
				return redirect(response, `${path}/`);
		}
		const missing = await this.#file(join(this.#root, '404.html'));
		if (missing) return send(missing, 404, 'no-cache', request, response);
		response.writeHead(404, { ...security, 'content-type': 'text/plain; charset=utf-8' });
		response.end('There is no such page.\n');
	}

	/** Names with a hash in them never change; the rest is asked for again, and mostly answered by 304. */
	#caching(path: string): string {
		return path.startsWith(`${this.#base}_astro/`) ? 'public, max-age=31536000, immutable' : 'no-cache';
	}

	/** The file's path, or undefined for one that would leave the site's folder or is hidden in it. */
	#localPath(path: string): string | undefined {
		let decoded: string;
		try {
			decoded = decodeURIComponent(path);
		} catch {
			return undefined;
		}
		if (/[\0\\]/.test(decoded) || decoded.split('/').some((part) => part.startsWith('.'))) return undefined;
		const local = resolve(this.#root, `.${decoded}`);
		return local === this.#root || local.startsWith(this.#root + sep) ? local : undefined;
	}

	async #file(path: string): Promise<SiteFile | undefined> {
		const found = await stat(path).catch(() => undefined);
		if (!found?.isFile()) return undefined;
		const known = this.#files.get(path);
		if (known?.changed === found.mtimeMs) return known;
		const body = await readFile(path);
		const type = types[extname(path).toLowerCase()] ?? 'application/octet-stream';
		const file: SiteFile = {
			changed: found.mtimeMs,
			type,
			etag: createHash('sha256').update(body).digest('base64url').slice(0, 22),
			security: type.startsWith('text/html') ? pageSecurity(body.toString('utf8')) : security,
			body,
		};
		if (/text|json|xml|yaml|javascript|wasm|svg/.test(type) && body.length >= smallestCompressed) {
			const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } };
			[file.brotli, file.gzip] = await Promise.all([
				promisify(brotliCompress)(body, quality),
				promisify(gzip)(body),
			]);
		}
		this.#files.set(path, file);
		return file;
	}
}

function redirect(response: ServerResponse, location: string): void {
	response.writeHead(308, { ...security, location: location.replace(/^\/+/, '/') });
	response.end();
}

/** Whether an Accept-Encoding header takes a coding (RFC 9110 section 12.5.3). */
function accepts(header: string, coding: string): boolean {
	return header.split(',').some((part) => {
		const [name, ...parameters] = part.split(';').map((word) => word.trim().toLowerCase());
		return name === coding && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
	});
}

function send(
	file: SiteFile,
	status: number,
	caching: string,
	request: IncomingMessage,
	response: ServerResponse,
): void {
	const accepted = String(request.headers['accept-encoding'] ?? '');
	const coding =
		file.brotli && accepts(accepted, 'br')
			? 'br'
			: file.gzip && accepts(accepted, 'gzip')
				? 'gzip'
				: undefined;
	const body = coding === 'br' ? file.brotli! : coding === 'gzip' ? file.gzip! : file.body;
	const etag = `"${file.etag}${coding ? `-${coding}` : ''}"`;
	const headers: Record<string, string | number> = {
		...file.security,
		'content-type': file.type,
		'cache-control': caching,
		etag,
		...(file.brotli ? { vary: 'Accept-Encoding' } : {}),
		...(coding ? { 'content-encoding': coding } : {}),
	};
	const known = String(request.headers['if-none-match'] ?? '')
		.split(',')
		.map((tag) => tag.trim().replace(/^W\//, ''));
	if (status === 200 && known.includes(etag)) {
		response.writeHead(304, headers);
		response.end();
		return;
	}
	response.writeHead(status, { ...headers, 'content-length': body.length });
	response.end(request.method === 'HEAD' ? undefined : body);
}
