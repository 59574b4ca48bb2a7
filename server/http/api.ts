// The server's own paths beside the site: health, metrics, tickets, the access code.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { StepReferenceError } from '../sessions/course.ts';
import { RateLimit } from '../sessions/limits.ts';
import { RefusedError } from '../sessions/refused-error.ts';
import type { Sessions } from '../sessions/sessions.ts';
import { AccessCode, accessPage, localPath } from './access-code.ts';
import { cookieName, readCookie, sessionCookie } from './cookies.ts';
import type { LabPages } from './lab-pages/lab-pages.ts';
import { noticePage } from './lab-pages/notice-page.ts';
import { formatMetrics, metricsType } from './metrics.ts';
import { type AllowedOrigins, isAllowedOrigin } from './origins.ts';
import { pageSecurity, security } from './security-headers.ts';

export interface ApiOptions {
	allowed: AllowedOrigins;
	sessions: Sessions;
	port: number;
	accessCode: string | undefined;
	labPages: LabPages;
	/** How many pages are connected. */
	sockets(): number;
}

export class Api {
	readonly #options: ApiOptions;
	readonly #cookie: string;
	readonly #code: AccessCode | undefined;
	readonly #tickets = new RateLimit({ perSecond: 10, burst: 100 });

	constructor(options: ApiOptions) {
		this.#options = options;
		this.#cookie = cookieName(options.port);
		this.#code = options.accessCode === undefined ? undefined : new AccessCode(options.accessCode);
	}

	/** Answers a request for one of its paths, below any base; false where it is the site's. */
	async answer(path: string, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
		if (path === '/healthz') {
			json(response, 200, { status: 'ok' });
		} else if (path.endsWith('/api/ticket')) {
			await this.#ticket(request, response);
		} else if (path.endsWith('/api/open')) {
			await this.#open(request, response);
		} else if (this.#code && path === '/access' && request.method === 'POST') {
			await this.#access(this.#code, request, response);
		} else if (this.#code && !this.#isKnown(request)) {
			page(response, 401, accessPage(request.url ?? '/', ''));
		} else if (path === '/metrics') {
			response.writeHead(200, { ...security, 'content-type': metricsType });
			response.end(this.#metrics());
		} else return false;
		return true;
	}

	#isKnown(request: IncomingMessage): boolean {
		const cookie = readCookie(request.headers.cookie, this.#cookie);
		return cookie !== undefined && this.#options.sessions.has(cookie);
	}

	/**
	 * POST /api/ticket: makes the session where the cookie names none, and gives `{ ticket }`. To a page of
	 * another site, whose browser keeps our cookie from us, it gives `{ ticket, session }` as well, and such a
	 * page names its session by `Authorization: Bearer SESSION`.
	 */
	async #ticket(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const { allowed, sessions } = this.#options;
		const { origin } = request.headers;
		if (!isAllowedOrigin(allowed, origin))
			return json(response, 403, {
				message: 'Tickets are for pages of this server. A site elsewhere is allowed by --site-origin URL.',
			});
		const foreign =
			allowed.foreign.has(origin!.toLowerCase()) && new URL(origin!).host !== request.headers.host;
		const cross = foreign ? crossOrigin(origin!) : {};
		if (foreign && request.method === 'OPTIONS') {
			response.writeHead(204, { ...security, ...cross });
			response.end();
			return;
		}
		if (request.method !== 'POST')
			return json(response, 405, { message: 'Use POST.' }, { allow: 'POST', ...cross });
		const bearer = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
		const given = foreign ? bearer : readCookie(request.headers.cookie, this.#cookie);
		if (this.#code && (given === undefined || !sessions.has(given)))
			return json(
				response,
				401,
				{ message: 'Open this server in the browser and enter its access code.' },
				cross,
			);
		// Only now, so that who does not know the code cannot keep out those who do.
		if (!this.#tickets.take())
			return json(response, 429, { message: 'Too many tickets. Try again in a second.' }, cross);
		try {
			const { cookie, session } = await sessions.findOrCreate(given);
			const ticket = sessions.ticket(session);
			if (foreign) return json(response, 200, { ticket, session: cookie }, cross);
			json(response, 200, { ticket }, { 'set-cookie': this.#setCookie(cookie, origin!) });
		} catch (error) {
			if (!(error instanceof RefusedError)) throw error;
			json(response, 503, { message: error.message }, cross);
		}
	}

	/**
	 * GET /api/open?chapter=&exercise=&step=&digest=: leads to the page that a step opens. For links of this
	 * server's own pages: the session is the cookie's, which no other site can make a browser send.
	 */
	async #open(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const { sessions, labPages } = this.#options;
		const refuse = (status: number, message: string) =>
			page(
				response,
				status,
				noticePage({ title: 'The page cannot be opened', message, again: status === 503 }),
			);
		if (request.method !== 'GET') return json(response, 405, { message: 'Use GET.' }, { allow: 'GET' });
		const cookie = readCookie(request.headers.cookie, this.#cookie);
		const session = cookie === undefined ? undefined : sessions.find(cookie);
		if (!session)
			return refuse(403, "Open it from the course's own page on this server, where its step has run.");
		const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
		const field = (name: string) => searchParams.get(name) ?? '';
		const reference = {
			chapter: field('chapter'),
			exercise: field('exercise'),
			step: Number(field('step')),
			digest: field('digest'),
		};
		try {
			const address = await session.pageOf(reference);
			response.writeHead(303, {
				...security,
				location: `../open/${labPages.pathOf(address)}`,
				'cache-control': 'no-store',
			});
			response.end();
		} catch (error) {
			if (error instanceof StepReferenceError) return refuse(404, error.message);
			if (!(error instanceof RefusedError)) throw error;
			refuse(503, error.message);
		}
	}

	async #access(code: AccessCode, request: IncomingMessage, response: ServerResponse): Promise<void> {
		const { allowed, sessions } = this.#options;
		const { origin } = request.headers;
		if (!isAllowedOrigin(allowed, origin))
			return page(response, 403, accessPage('/', 'Enter the code on this page.'));
		const form = new URLSearchParams(await readBody(request, 4_096));
		const next = localPath(form.get('next') ?? '/');
		const outcome = code.check(form.get('code') ?? '');
		if (outcome === 'limited')
			return page(response, 429, accessPage(next, 'Too many wrong codes. Wait a minute and try again.'));
		if (outcome === 'wrong')
			return page(response, 401, accessPage(next, 'This is not the code. Ask the instructor for it.'));
		try {
			const { cookie } = await sessions.findOrCreate(readCookie(request.headers.cookie, this.#cookie));
			response.writeHead(303, {
				...security,
				location: next,
				'set-cookie': this.#setCookie(cookie, origin!),
			});
			response.end();
		} catch (error) {
			if (!(error instanceof RefusedError)) throw error;
			page(response, 503, accessPage(next, error.message));
		}
	}

	#setCookie(value: string, origin: string): string {
		return sessionCookie(this.#cookie, value, origin.startsWith('https:'));
	}

	#metrics(): string {
		const { sessions, sockets } = this.#options;
		const sum = (count: (session: (typeof sessions.all)[number]) => number) =>
			sessions.all.reduce((total, session) => total + count(session), 0);
		return formatMetrics([
			{ name: 'slidecar_sessions', help: 'Browser sessions.', value: sessions.all.length },
			{ name: 'slidecar_pages', help: 'Connected pages.', value: sockets() },
			{ name: 'slidecar_terminals', help: 'Terminals.', value: sum((session) => session.terminals.length) },
			{
				name: 'slidecar_labs',
				help: 'Labs, one per session and chapter.',
				value: sum((session) => session.chapters.count),
			},
			{
				name: 'process_resident_memory_bytes',
				help: 'Resident memory size in bytes.',
				value: process.memoryUsage.rss(),
			},
		]);
	}
}

/** What the browser asks for before a page of another site may talk to this server (Fetch, CORS protocol). */
function crossOrigin(origin: string): Record<string, string> {
	return {
		'access-control-allow-origin': origin,
		'access-control-allow-methods': 'POST',
		'access-control-allow-headers': 'authorization, content-type',
		'access-control-allow-private-network': 'true',
		'cross-origin-resource-policy': 'cross-origin',
		vary: 'Origin',
	};
}

function json(
	response: ServerResponse,
	status: number,
	value: unknown,
	headers: Record<string, string> = {},
): void {
	response.writeHead(status, {
		...security,
		'content-type': 'application/json; charset=utf-8',
		'cache-control': 'no-store',
		...headers,
	});
	response.end(JSON.stringify(value));
}

function page(response: ServerResponse, status: number, html: string): void {
	response.writeHead(status, {
		...pageSecurity(html),
		'content-type': 'text/html; charset=utf-8',
		'cache-control': 'no-store',
	});
	response.end(html);
}

async function readBody(request: IncomingMessage, limit: number): Promise<string> {
	const chunks: Buffer[] = [];
	let length = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		length += chunk.length;
		if (length > limit) break;
		chunks.push(chunk);
	}
	return Buffer.concat(chunks).toString('utf8');
}
