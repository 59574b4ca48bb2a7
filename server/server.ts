// The terminal server: the site, the pages' sockets, and the sessions behind them, on one origin.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { type WebSocket, WebSocketServer } from 'ws';
import { Api } from './http/api.ts';
import { LabPages } from './http/lab-pages/lab-pages.ts';
import { allowedOrigins, isAllowedHost, isAllowedOrigin, namesOf } from './http/origins.ts';
import { DevelopmentSite } from './http/proxy.ts';
import { security } from './http/security-headers.ts';
import { StaticSite } from './http/static-site.ts';
import type { LabProvider } from './labs/lab.ts';
import { subprotocol } from './protocol.ts';
import { Course, type CourseSource } from './sessions/course.ts';
import { searchPath } from './sessions/environment.ts';
import { defaultLimits, type Limits } from './sessions/limits.ts';
import { Page } from './sessions/page.ts';
import { endOrphans, Sessions } from './sessions/sessions.ts';
import { createPtyBackend } from './terminals/pty.ts';
import { findShell } from './terminals/shell.ts';

/** The built site's folder and the path it was built for, or where Astro's development server listens. */
export type Site =
	| { kind: 'built'; folder: string; base: string }
	| { kind: 'development'; url: URL; base: string };

export interface ServerOptions {
	host: string;
	/** 0: any free one. */
	port: number;
	lab: LabProvider;
	course: CourseSource;
	/** Without one only the API and the sockets are served. */
	site?: Site | undefined;
	/** Asked for before anything else, where given. */
	accessCode?: string | undefined;
	siteOrigins?: readonly string[];
	/** Absolute path of the kubectl that shells are to find first. */
	kubectl?: string | undefined;
	limits?: Partial<Limits>;
	log: Logger;
}

export interface RunningServer {
	/** With the base path of the site. */
	url: string;
	/** The same for others on the network, where it listens on every address. */
	networkUrls: string[];
	port: number;
	/** Ends every session and process, then the server and its lab. */
	close(): Promise<void>;
}

/** A proxy cuts an idle socket after about a minute, and a page that is gone must not be waited for longer. */
const pingMs = 25_000;

/** Starts the server; rejects where it cannot listen. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
	const { log } = options;
	const limits = { ...defaultLimits, ...options.limits };
	await endOrphans().catch((error) =>
		log.warn({ err: error }, 'what an earlier server left could not be ended'),
	);

	const path = searchPath(process.env.PATH ?? '', options.kubectl);
	const shell = findShell(path);
	const report = (error: unknown, what: string) => log.error({ err: error }, `${what} failed`);
	const sessions = new Sessions({
		course: new Course(options.course),
		lab: options.lab,
		backend: createPtyBackend(shell),
		shell: shell.file,
		path,
		limits,
		report,
	});
	const endNow = () => sessions.endNow();
	process.on('exit', endNow);

	const server = createServer();
	await new Promise<void>((resolve, reject) => {
		server.once('error', (error: NodeJS.ErrnoException) => {
			const inUse = `Port ${options.port} of ${options.host} is in use. Take another by --port N.`;
			reject(error.code === 'EADDRINUSE' ? new Error(inUse) : error);
		});
		server.listen(options.port, options.host, resolve);
	});
	const { port } = server.address() as AddressInfo;
	const allowed = allowedOrigins(options.host, port, options.siteOrigins ?? []);
	const sockets = new WebSocketServer({
		noServer: true,
		maxPayload: limits.message,
		perMessageDeflate: false,
		handleProtocols: (offered) => (offered.has(subprotocol) ? subprotocol : false),
	});
	const labPages = new LabPages();
	const api = new Api({
		allowed,
		sessions,
		port,
		accessCode: options.accessCode,
		labPages,
		sockets: () => sockets.clients.size,
	});
	const { site } = options;
	const built = site?.kind === 'built' ? new StaticSite(site.folder, site.base) : undefined;
	const development = site?.kind === 'development' ? new DevelopmentSite(site.url) : undefined;

	const answer = async (request: IncomingMessage, response: ServerResponse) => {
		if (!isAllowedHost(allowed, request.headers.host))
			return refuse(
				response,
				403,
				`This server does not go by the name ${request.headers.host ?? '(none)'}.`,
			);
		// A page of a lab names its session by its path alone: its requests carry no cookie.
		if (await labPages.answer(request, response)) return;
		const path = pathOf(request);
		if (await api.answer(path, request, response)) return;
		if (development) return development.answer(request, response);
		if (request.method !== 'GET' && request.method !== 'HEAD')
			return refuse(response, 405, 'Only GET and HEAD are answered here.');
		if (!built) return refuse(response, 404, 'This server serves no site.');
		return built.answer(path, request, response);
	};
	server.on('request', (request, response) => {
		answer(request, response).catch((error) => {
			report(error, `${request.method} ${pathOf(request)}`);
			if (!response.headersSent) refuse(response, 500, 'The server failed. Its log says why.');
			else response.destroy();
		});
	});

	server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
		socket.on('error', () => socket.destroy());
		const { host, origin } = request.headers;
		if (!isAllowedHost(allowed, host) || !isAllowedOrigin(allowed, origin))
			return refuseUpgrade(socket, '403 Forbidden');
		if (!pathOf(request).endsWith('/ws')) {
			if (development) development.upgrade(request, socket, head);
			else refuseUpgrade(socket, '404 Not Found');
			return;
		}
		const offered = String(request.headers['sec-websocket-protocol'] ?? '').split(/\s*,\s*/);
		if (!offered.includes(subprotocol)) return refuseUpgrade(socket, '400 Bad Request');
		sockets.handleUpgrade(request, socket, head, (webSocket) => {
			watch(webSocket);
			new Page(webSocket, { limits, redeem: (ticket) => sessions.redeem(ticket), report });
		});
	});

	const alive = new WeakSet<WebSocket>();
	const watch = (webSocket: WebSocket) => {
		alive.add(webSocket);
		webSocket.on('pong', () => alive.add(webSocket));
	};
	const ping = setInterval(() => {
		for (const webSocket of sockets.clients) {
			if (!alive.delete(webSocket)) webSocket.terminate();
			else webSocket.ping();
		}
	}, pingMs);

	let closing: Promise<void> | undefined;
	const close = async () => {
		clearInterval(ping);
		for (const webSocket of sockets.clients) webSocket.close(1001, 'the server ends');
		server.close();
		await sessions.close();
		for (const webSocket of sockets.clients) webSocket.terminate();
		server.closeAllConnections();
		await options.lab.close();
		process.off('exit', endNow);
	};
	const base = site?.base ?? '/';
	const [url, ...networkUrls] = namesOf(options.host).map((name) => `http://${name}:${port}${base}`);
	return {
		url,
		networkUrls,
		port,
		close: () => {
			closing ??= close();
			return closing;
		},
	};
}

function pathOf(request: IncomingMessage): string {
	return (request.url ?? '/').split('?', 1)[0];
}

function refuse(response: ServerResponse, status: number, message: string): void {
	response.writeHead(status, { ...security, 'content-type': 'text/plain; charset=utf-8' });
	response.end(`${message}\n`);
}

function refuseUpgrade(socket: Duplex, status: string): void {
	socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
