// Pages of the labs in the browser: a step's `open=` leads to a path of this server, `/open/TOKEN/…`, whose
// token stands for one host of one session's lab. A page cannot be asked for by its address, so no request
// leads anywhere else than into the lab of the session that was given the token.
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LabAddress } from '../../sessions/lab-address.ts';
import { pageSecurity } from '../security-headers.ts';
import { sandbox } from './headers.ts';
import { LabPage, LabPageError } from './lab-page.ts';
import { noticePage } from './notice-page.ts';

/**
 * Below any base, and a token of 256 bits in base64url. The base comes back in answers, so it holds nothing that
 * would name another host in a Location or another directive in a Content-Security-Policy.
 */
const openPath = /^((?:\/[\w.~-]+)*\/open\/)([\w-]{43})(\/.*)?$/;
/** Hosts of one lab that have a token at once; the oldest goes first. */
const mostPages = 50;

export class LabPages {
	readonly #pages = new Map<string, LabPage>();
	/** The tokens of a lab, by the host and port that each stands for. */
	readonly #tokens = new WeakMap<LabAddress['lab'], Map<string, string>>();

	/** The path of a URL of a lab, below `/open/`; as long as the lab is there. */
	pathOf(address: LabAddress): string {
		const { lab, url, signal } = address;
		let tokens = this.#tokens.get(lab);
		if (!tokens) {
			tokens = new Map();
			this.#tokens.set(lab, tokens);
			const known = tokens;
			signal.addEventListener('abort', () => {
				for (const token of known.values()) this.#pages.delete(token);
			});
		}
		let token = tokens.get(url.host);
		if (token === undefined) {
			const [oldest] = tokens;
			if (tokens.size >= mostPages && oldest) {
				tokens.delete(oldest[0]);
				this.#pages.delete(oldest[1]);
			}
			token = randomBytes(32).toString('base64url');
			tokens.set(url.host, token);
			this.#pages.set(token, new LabPage(lab, url, (other) => this.pathOf({ ...address, url: other })));
		}
		return `${token}${url.pathname}${url.search}${url.hash}`;
	}

	/** Answers a request for a page, below any base; false where the path is none. */
	async answer(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
		const [path, query] = splitTarget(request.url ?? '/');
		const [, before, token, target] = openPath.exec(path) ?? [];
		if (token === undefined) return false;
		const prefix = `${before}${token}`;
		if (target === undefined) {
			response.writeHead(308, { location: `${prefix}/${query}` });
			response.end();
			return true;
		}
		const page = this.#pages.get(token);
		try {
			if (!page)
				throw new LabPageError(
					404,
					'This page of a lab is closed. Open it again from its step in the course.',
				);
			if (request.headers['service-worker'] !== undefined)
				throw new LabPageError(403, 'A page of the lab has no service worker.');
			if (request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined)
				allowAll(request, response, prefix);
			else await page.answer(request, response, prefix, target + query);
		} catch (error) {
			if (!(error instanceof LabPageError)) throw error;
			if (response.headersSent) response.destroy();
			else refuse(response, error);
		}
		return true;
	}
}

function splitTarget(target: string): [path: string, query: string] {
	const at = target.indexOf('?');
	return at < 0 ? [target, ''] : [target.slice(0, at), target.slice(at)];
}

/** What a sandboxed document asks before it sends itself something unusual (Fetch, CORS protocol). */
function allowAll(request: IncomingMessage, response: ServerResponse, prefix: string): void {
	const { host, origin, 'access-control-request-headers': headers } = request.headers;
	response.writeHead(204, {
		...sandbox(host, prefix, origin),
		'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
		...(headers === undefined ? {} : { 'access-control-allow-headers': headers }),
	});
	response.end();
}

function refuse(response: ServerResponse, { status, message }: LabPageError): void {
	const html = noticePage({ title: 'The page cannot be shown', message, again: true });
	response.writeHead(status, {
		...pageSecurity(html),
		'content-type': 'text/html; charset=utf-8',
		'cache-control': 'no-store',
		connection: 'close',
	});
	response.end(html);
}
