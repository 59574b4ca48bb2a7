// A page as the server's tests need one: a real socket, and conditions to wait for.
import { randomUUID } from 'node:crypto';
import { WebSocket } from 'ws';
import type { CourseManifest, Step } from '../../src/course/manifest.ts';
import {
	type ClientMessage,
	decodeFrame,
	encodeAck,
	encodeInput,
	type RunInfo,
	type ServerMessage,
	subprotocol,
} from '../protocol.ts';

type Answer<T extends ServerMessage['type']> = Extract<ServerMessage, { type: T }>;

/** Asks for a ticket as a page of the server does. */
export async function ticketFor(url: string, cookie?: string): Promise<{ ticket: string; cookie: string }> {
	const { origin } = new URL(url);
	const response = await fetch(new URL('/api/ticket', url), {
		method: 'POST',
		headers: { origin, ...(cookie === undefined ? {} : { cookie }) },
	});
	if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
	const { ticket } = (await response.json()) as { ticket: string };
	return { ticket, cookie: response.headers.get('set-cookie')?.split(';')[0] ?? cookie ?? '' };
}

export class TestPage {
	readonly messages: ServerMessage[] = [];
	/** Output by terminal, and the offset after it. */
	readonly output = new Map<number, { text: Buffer[]; end: number }>();
	/** What close code the server gave. */
	closed: number | undefined;
	acknowledge = true;
	cookie = '';
	readonly #socket: WebSocket;
	readonly #url: string;
	readonly #waiting = new Set<() => void>();
	#course: CourseManifest | undefined;

	private constructor(url: string, socket: WebSocket) {
		this.#url = url;
		this.#socket = socket;
		socket.on('message', (data, binary) => {
			if (binary) this.#receive(data as Buffer);
			else this.#hear(JSON.parse(String(data)) as ServerMessage);
			for (const check of this.#waiting) check();
		});
		socket.on('close', (code) => {
			this.closed = code;
			for (const check of this.#waiting) check();
		});
		socket.on('error', () => {});
	}

	/** Opens a socket without authenticating; rejects with the HTTP status where it is refused. */
	static connect(url: string, headers: Record<string, string> = {}): Promise<TestPage> {
		const origin = new URL(url).origin;
		const socket = new WebSocket(new URL('/ws', url.replace(/^http/, 'ws')), subprotocol, {
			headers: { origin, ...headers },
		});
		const page = new TestPage(url, socket);
		return new Promise((resolve, reject) => {
			socket.once('open', () => resolve(page));
			socket.once('unexpected-response', (_, response) => {
				socket.terminate();
				reject(new Error(`refused with ${response.statusCode}`));
			});
		});
	}

	/** A page of a new session, or of the cookie's, that is ready. */
	static async open(url: string, course?: CourseManifest, cookie?: string): Promise<TestPage> {
		const given = await ticketFor(url, cookie);
		const page = await TestPage.connect(url);
		page.cookie = given.cookie;
		page.#course = course;
		page.send({ type: 'auth', ticket: given.ticket });
		await page.next('ready');
		return page;
	}

	/** Another page of the same session. */
	another(): Promise<TestPage> {
		return TestPage.open(this.#url, this.#course, this.cookie);
	}

	send(message: ClientMessage): void {
		// What comes from then on starts anew.
		if (message.type === 'attach') this.output.delete(message.terminal);
		this.#socket.send(JSON.stringify(message));
	}

	sendRaw(data: string | Uint8Array): void {
		this.#socket.send(data);
	}

	type(terminal: number, text: string): void {
		this.#socket.send(encodeInput(terminal, new TextEncoder().encode(text)));
	}

	acknowledgeAll(terminal: number): void {
		this.#socket.send(encodeAck(terminal, this.output.get(terminal)?.end ?? 0));
	}

	/** Stops reading the socket, as a page that hangs does. */
	stall(): void {
		this.#socket.pause();
	}

	/** Cuts the connection without a closing handshake. */
	cut(): void {
		this.#socket.terminate();
	}

	close(): void {
		this.#socket.close();
	}

	newId(): string {
		return randomUUID();
	}

	/** The first message from `from` on that is of this type and suits, waited for. */
	next<T extends ServerMessage['type']>(
		type: T,
		suits: (message: Answer<T>) => boolean = () => true,
		from = 0,
	): Promise<Answer<T>> {
		const find = () =>
			this.messages
				.slice(from)
				.find((message): message is Answer<T> => message.type === type && suits(message as Answer<T>));
		return this.until(find, `a message ${type}`);
	}

	/** Resolves with what `find` gives once that is something. */
	until<T>(find: () => T | undefined | false, what: string, ms = 15_000): Promise<T> {
		return new Promise((resolve, reject) => {
			const check = () => {
				const found = find();
				if (found === undefined || found === false) return;
				clearTimeout(timer);
				this.#waiting.delete(check);
				resolve(found);
			};
			const timer = setTimeout(() => {
				this.#waiting.delete(check);
				reject(new Error(`${what} did not come within ${ms} ms; ${JSON.stringify(this.messages.slice(-5))}`));
			}, ms);
			this.#waiting.add(check);
			check();
		});
	}

	textOf(terminal: number): string {
		return Buffer.concat(this.output.get(terminal)?.text ?? []).toString('utf8');
	}

	/** Opens a terminal, watches it, and waits for its prompt. */
	async openTerminal(name = 'main', chapter = 'test'): Promise<number> {
		const id = this.newId();
		this.send({ type: 'open', id, chapter, name, columns: 80, rows: 24 });
		const { terminal } = await this.next('opened', (message) => message.id === id);
		this.send({ type: 'attach', terminal: terminal.terminal, offset: 0 });
		if (terminal.state !== 'idle') await this.stateOf(terminal.terminal, 'idle');
		return terminal.terminal;
	}

	/** Waits until the last that was told of the terminal is this state. */
	stateOf(terminal: number, state: 'idle' | 'busy' | 'exited'): Promise<true> {
		return this.until(() => {
			const last = this.messages.findLast(
				(message) =>
					(message.type === 'terminal' || message.type === 'opened') &&
					message.terminal.terminal === terminal,
			);
			return (
				last !== undefined && 'terminal' in last && (last as Answer<'terminal'>).terminal.state === state
			);
		}, `terminal ${terminal} ${state}`);
	}

	#step(exercise: string, step: number): Step {
		const found = this.#course?.chapters[0].exercises.find(({ id }) => id === exercise)?.steps[step];
		if (!found) throw new Error(`the test's course has no step ${exercise} ${step}`);
		return found;
	}

	/** Asks for a run, and gives its id. */
	run(
		exercise: string,
		step = 0,
		busy: 'refuse' | 'interrupt' | 'another' = 'refuse',
		mode: 'run' | 'dry' = 'run',
		id = this.newId(),
	): string {
		const { digest } = this.#step(exercise, step);
		this.send({ type: 'run', id, mode, busy, chapter: 'test', exercise, step, digest });
		return id;
	}

	save(exercise: string, content: string, step = 0): string {
		const id = this.newId();
		const { digest } = this.#step(exercise, step);
		this.send({ type: 'save', id, content, chapter: 'test', exercise, step, digest });
		return id;
	}

	/** The run's end. */
	async ended(id: string): Promise<RunInfo> {
		const message = await this.until(
			() =>
				this.messages.find(
					(candidate) =>
						(candidate.type === 'command' && candidate.run.id === id && candidate.run.state !== 'running') ||
						(candidate.type === 'error' && candidate.id === id),
				),
			`the end of run ${id}`,
		);
		if (message.type !== 'command') throw new Error(JSON.stringify(message));
		return message.run;
	}

	/** The error that answers a message. */
	async error(id: string): Promise<string> {
		return (await this.next('error', (message) => message.id === id)).code;
	}

	#hear(message: ServerMessage): void {
		this.messages.push(message);
		if (message.type === 'snapshot') this.output.set(message.terminal, { text: [], end: message.offset });
	}

	#receive(data: Buffer): void {
		const frame = decodeFrame(data);
		if (frame?.type !== 'output') throw new Error('the server sent a frame that is no output');
		const seen = this.output.get(frame.terminal) ?? { text: [], end: frame.offset };
		this.output.set(frame.terminal, seen);
		if (seen.end !== frame.offset) throw new Error(`a gap: ${seen.end} is followed by ${frame.offset}`);
		seen.text.push(Buffer.from(frame.payload));
		seen.end += frame.payload.length;
		if (this.acknowledge) this.#socket.send(encodeAck(frame.terminal, seen.end));
	}
}
