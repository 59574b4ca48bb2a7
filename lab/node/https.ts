// HTTPS around an API server: who the client is, what it asks, and the answer as fast as the client takes it.

import type { ServerResponse } from 'node:http';
import {
	createSecureServer,
	type Http2ServerResponse,
	constants as http2,
	type ServerHttp2Session,
} from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import type { ApiResponse, ApiServer } from '../api/http.ts';
import { type Authority, serverNames } from './certificates.ts';
import { bodyLimit, failure, type Request, readBody, readRequest } from './request.ts';
import { createUpgrader } from './upgrade.ts';

export interface HttpsFrontOptions {
	authority: Authority;
	/** Where to listen; 127.0.0.1 and a free port unless told. */
	host?: string;
	port?: number;
	/** Told of errors that no client caused, which are answered with 500. */
	report?: (error: unknown) => void;
}

export interface HttpsFront {
	/** As a kubeconfig's `server`: `https://127.0.0.1:6443`. */
	readonly url: string;
	/** Ends every connection, watches and exec streams included. */
	close(): Promise<void>;
}

type Response = ServerResponse | Http2ServerResponse;

/** From which size on kube-apiserver compresses an answer, at level 1 (the feature APIResponseCompression). */
const gzipFrom = 128 * 1024;
const compress = promisify(gzip);

/** Resolves when the client has taken what was written, or has gone. */
function drained(response: Response): Promise<void> {
	return new Promise((resolve) => {
		const done = () => {
			response.off('drain', done).off('close', done);
			resolve();
		};
		response.on('drain', done).on('close', done);
	});
}

async function writeStream(
	response: Response,
	body: AsyncIterable<string | Uint8Array>,
	signal: AbortSignal,
): Promise<void> {
	(response as ServerResponse).flushHeaders();
	for await (const chunk of body) {
		if (signal.aborted) return;
		const taken = (response as ServerResponse).write(chunk);
		if (!taken && !signal.aborted) await drained(response);
	}
	response.end();
}

async function writeWhole(
	response: Response,
	body: string | Uint8Array,
	acceptsGzip: boolean,
): Promise<void> {
	let bytes = typeof body === 'string' ? Buffer.from(body) : body;
	if (acceptsGzip && bytes.length >= gzipFrom && !response.hasHeader('content-encoding')) {
		bytes = await compress(bytes, { level: constants.Z_BEST_SPEED });
		response.setHeader('content-encoding', 'gzip');
		response.setHeader('vary', 'Accept-Encoding');
	}
	response.setHeader('content-length', bytes.length);
	response.end(bytes);
}

async function answer(api: ApiServer, request: Request, signal: AbortSignal): Promise<ApiResponse> {
	const call = readRequest(request, signal);
	const body = await readBody(request);
	if (!body) {
		const message = `Request entity too large: limit is ${bodyLimit}`;
		return failure(413, 'RequestEntityTooLarge', message);
	}
	if (body.length > 0) call.body = body;
	return api.handle(call);
}

async function respond(
	api: ApiServer,
	request: Request,
	response: Response,
	report: (error: unknown) => void,
): Promise<void> {
	const gone = new AbortController();
	response.on('close', () => gone.abort(new Error('the client has closed the connection')));
	try {
		let result: ApiResponse;
		try {
			result = await answer(api, request, gone.signal);
		} catch (error) {
			if (gone.signal.aborted) return;
			report(error);
			result = failure(500, 'InternalError', `Internal error occurred: ${String(error)}`);
		}
		response.statusCode = result.status;
		for (const [name, value] of Object.entries(result.headers)) response.setHeader(name, value);
		if (typeof result.body === 'string' || result.body instanceof Uint8Array) {
			const acceptsGzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
			await writeWhole(response, result.body, acceptsGzip);
		} else await writeStream(response, result.body, gone.signal);
		request.resume(); // What is left of a body that was too large goes nowhere.
	} catch (error) {
		if (gone.signal.aborted) return;
		report(error);
		// In the middle of an answer: only breaking the connection off tells the client that it is not whole.
		if ('stream' in response) response.stream.close(http2.NGHTTP2_INTERNAL_ERROR);
		else response.destroy();
	}
}

/**
 * Serves an API server over HTTP/2 and HTTP/1.1 with TLS (what kubectl asks to upgrade it asks over HTTP/1.1).
 * Clients are told apart by certificates of the lab's authority; who has none is told apart by a token, or is anonymous. Rejects where the
 * port cannot be had.
 */
export async function serveHttps(
	api: ApiServer,
	{ authority, host = '127.0.0.1', port = 0, report = console.error }: HttpsFrontOptions,
): Promise<HttpsFront> {
	const { certificate, key } = authority.issueServer(
		serverNames.includes(host) || host === '0.0.0.0' ? serverNames : [...serverNames, host],
	);
	const server = createSecureServer({
		allowHTTP1: true,
		cert: certificate,
		key,
		ca: authority.certificate,
		requestCert: true,
		rejectUnauthorized: false, // so that who has another gets a 401 that says so, not a broken handshake
		minVersion: 'TLSv1.2',
	});
	const sockets = new Set<Socket>();
	const sessions = new Set<ServerHttp2Session>();
	server.on('connection', (socket: Socket) => {
		sockets.add(socket);
		socket.setNoDelay(true);
		socket.once('close', () => sockets.delete(socket));
	});
	server.on('session', (session) => {
		sessions.add(session);
		session.once('close', () => sessions.delete(session));
	});
	// A client that breaks off or speaks no TLS is its own affair.
	server.on('sessionError', () => {}).on('tlsClientError', () => {});
	server.on('request', (request: Request, response: Response) => {
		void respond(api, request, response, report);
	});
	const upgrader = createUpgrader(api, report);
	server.on('upgrade', upgrader.upgrade);
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, host, () => {
			server.off('error', reject);
			resolve();
		});
	});
	const address = server.address() as AddressInfo;
	const shown = host === '0.0.0.0' ? '127.0.0.1' : host;
	return {
		url: `https://${shown}:${address.port}`,
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				upgrader.close();
				for (const session of sessions) session.destroy();
				for (const socket of sockets) socket.destroy();
			}),
	};
}
