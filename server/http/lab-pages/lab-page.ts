// One page of a lab that is open in browsers: where it is, and a request that goes on to it.
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ChapterLab } from '../../labs/lab.ts';
import { CookieJar } from './cookie-jar.ts';
import { sandbox, towardsBrowser, towardsLab } from './headers.ts';
import { limitBytes, TooLarge } from './limit-bytes.ts';
import { rewriteHtml, rewriteStyles } from './rewriting.ts';

/** What one page may take of the server. */
export const limits = {
	/** Requests at once. */
	requests: 32,
	/** Bytes of a request's and of an answer's body, and of one whose links are rewritten. */
	request: 10 << 20,
	answer: 100 << 20,
	rewritten: 4 << 20,
	/** How long the lab may take until it answers, and then between two parts of its answer. In ms. */
	answerMs: 60_000,
	silenceMs: 300_000,
};

/** The lab's page cannot be shown; the message says why, for people. */
export class LabPageError extends Error {
	readonly status: number;
	constructor(status: number, message: string) {
		super(message);
		this.status = status;
	}
}

export class LabPage {
	readonly host: string;
	readonly port: number | undefined;
	readonly #lab: Required<Pick<ChapterLab, 'visit'>>;
	readonly #cookies = new CookieJar();
	/** Where a link to another host of the lab leads. */
	readonly #pathOf: (url: URL) => string;
	#requests = 0;

	/** @param pathOf the path, beside this page's own, under which the server shows another URL of the lab. */
	constructor(lab: Required<Pick<ChapterLab, 'visit'>>, url: URL, pathOf: (url: URL) => string) {
		this.host = url.hostname;
		this.port = url.port === '' ? undefined : Number(url.port);
		this.#lab = lab;
		this.#pathOf = pathOf;
	}

	/**
	 * Passes a request on. `prefix` is the page's path on this server, `target` what comes after it.
	 * @throws LabPageError as long as nothing has been answered.
	 */
	async answer(
		request: IncomingMessage,
		response: ServerResponse,
		prefix: string,
		target: string,
	): Promise<void> {
		if (this.#requests >= limits.requests)
			throw new LabPageError(503, `${this.host} is asked for ${limits.requests} things at once already.`);
		this.#requests++;
		try {
			const { authority, stream } = await this.#connect();
			await this.#forward(request, response, { authority, stream, prefix, target });
		} finally {
			this.#requests--;
		}
	}

	async #connect(): Promise<{ authority: string; stream: Duplex }> {
		const visiting = this.#lab.visit(this.host, this.port);
		let timer: NodeJS.Timeout | undefined;
		const late = new Promise<never>((_, reject) => {
			timer = setTimeout(() => {
				visiting.then(({ stream }) => stream.destroy()).catch(() => {});
				reject(new LabPageError(504, `${this.host} did not take the connection in time.`));
			}, limits.answerMs);
		});
		try {
			return await Promise.race([visiting, late]);
		} catch (error) {
			throw error instanceof LabPageError ? error : new LabPageError(502, (error as Error).message);
		} finally {
			clearTimeout(timer);
		}
	}

	async #forward(
		request: IncomingMessage,
		response: ServerResponse,
		way: { authority: string; stream: Duplex; prefix: string; target: string },
	): Promise<void> {
		const { authority, stream, prefix, target } = way;
		const upstream = httpRequest({
			createConnection: () => stream,
			method: request.method,
			path: target,
			headers: towardsLab(request.headers, authority, this.#cookies.field(target)),
		});
		const gone = () => upstream.destroy();
		response.once('close', gone);
		try {
			const answered = this.#answered(upstream);
			const sending = pipeline(request, limitBytes(limits.request), upstream);
			const failed = sending.then(
				() => new Promise<never>(() => {}),
				(error) => {
					// A server may answer without having read everything.
					if (error instanceof TooLarge) throw new LabPageError(413, 'What was sent is too large.');
					return answered;
				},
			);
			const answer = await Promise.race([answered, failed]);
			await this.#deliver(answer, request, response, { authority, prefix, target });
		} finally {
			response.off('close', gone);
			upstream.destroy();
			stream.destroy();
		}
	}

	#answered(upstream: ReturnType<typeof httpRequest>): Promise<IncomingMessage> {
		return new Promise((resolve, reject) => {
			const timer = setTimeout(
				() => reject(new LabPageError(504, `${this.host} did not answer in time.`)),
				limits.answerMs,
			);
			upstream.once('response', (answer) => {
				clearTimeout(timer);
				resolve(answer);
			});
			upstream.on('error', (error) => {
				clearTimeout(timer);
				reject(new LabPageError(502, `${this.host} broke the connection off: ${error.message}.`));
			});
		});
	}

	async #deliver(
		answer: IncomingMessage,
		request: IncomingMessage,
		response: ServerResponse,
		{ authority, prefix, target }: { authority: string; prefix: string; target: string },
	): Promise<void> {
		for (const field of answer.headers['set-cookie'] ?? []) this.#cookies.keep(field, target);
		const headers = {
			...towardsBrowser(answer.headers),
			...sandbox(request.headers.host, prefix, request.headers.origin),
		};
		const { location } = answer.headers;
		if (location !== undefined) headers.location = this.#redirect(location, authority, prefix, target);
		const status = answer.statusCode ?? 502;
		const type = answer.headers['content-type'] ?? '';
		const rewrite = /^(?:text\/html|application\/xhtml\+xml)\b/i.test(type)
			? rewriteHtml
			: /^text\/css\b/i.test(type)
				? rewriteStyles
				: undefined;
		if (rewrite) delete headers['content-length'];
		if (!rewrite || request.method === 'HEAD' || status === 206 || answer.headers['content-encoding']) {
			response.writeHead(status, headers);
			const silence = setTimeout(() => answer.destroy(), limits.silenceMs);
			answer.on('data', () => silence.refresh());
			// Whoever leaves before the end has not been failed.
			await pipeline(answer, limitBytes(limits.answer), response).catch(() => response.destroy());
			clearTimeout(silence);
			return;
		}
		const parts: Buffer[] = [];
		let size = 0;
		for await (const part of answer as AsyncIterable<Buffer>) {
			size += part.length;
			if (size > limits.rewritten)
				throw new LabPageError(502, `A page of ${this.host} is too large to show.`);
			parts.push(part);
		}
		// As Latin-1 every byte stays what it is, whatever the encoding.
		const text = rewrite(Buffer.concat(parts).toString('latin1'), prefix, authority);
		response.writeHead(status, headers);
		response.end(Buffer.from(text, 'latin1'));
	}

	#redirect(location: string, authority: string, prefix: string, target: string): string {
		let url: URL;
		try {
			url = new URL(location, `http://${authority}${target}`);
		} catch {
			throw new LabPageError(502, `${this.host} redirects to ${location}, which is no URL.`);
		}
		if (url.protocol !== 'http:')
			throw new LabPageError(
				502,
				`${this.host} redirects to ${location}. Pages of the lab are shown by http only.`,
			);
		const path = `${url.pathname}${url.search}${url.hash}`;
		if (url.host === new URL(`http://${authority}`).host) return `${prefix}${path}`;
		return `${prefix.replace(/[^/]*$/, '')}${this.#pathOf(url)}`;
	}
}
