// Passes what is not the server's own on to Astro's development server, sockets included.
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

export class DevelopmentSite {
	readonly #target: URL;

	constructor(target: URL) {
		this.#target = target;
	}

	answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
		return new Promise((resolve) => {
			const upstream = httpRequest(this.#options(request), (answer) => {
				response.writeHead(answer.statusCode ?? 502, answer.headers);
				answer.pipe(response);
			});
			upstream.on('error', (error) => {
				if (!response.headersSent) response.writeHead(502, { 'content-type': 'text/plain; charset=utf-8' });
				response.end(`Astro's development server does not answer: ${error.message}\n`);
			});
			response.on('close', () => {
				upstream.destroy();
				resolve();
			});
			request.pipe(upstream);
		});
	}

	/** Hot reload's socket. */
	upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
		const upstream = httpRequest(this.#options(request));
		const end = () => {
			upstream.destroy();
			socket.destroy();
		};
		upstream.on('upgrade', (answer, other, otherHead) => {
			const lines = [`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}`];
			for (let index = 0; index < answer.rawHeaders.length; index += 2)
				lines.push(`${answer.rawHeaders[index]}: ${answer.rawHeaders[index + 1]}`);
			socket.write(`${lines.join('\r\n')}\r\n\r\n`);
			socket.write(otherHead);
			other.write(head);
			other.pipe(socket).pipe(other);
			other.on('error', end);
			other.on('close', end);
		});
		upstream.on('response', end);
		upstream.on('error', end);
		socket.on('error', end);
		socket.on('close', end);
		upstream.end();
	}

	#options(request: IncomingMessage) {
		const { hostname, port } = this.#target;
		return {
			hostname,
			port,
			method: request.method,
			path: request.url,
			// Astro checks these against its own address.
			headers: {
				...request.headers,
				host: this.#target.host,
				...(request.headers.origin ? { origin: this.#target.origin } : {}),
			},
		};
	}
}
