// A learner without a browser: one connection to the server, by the protocol that the page speaks.

import { randomUUID } from 'node:crypto';
import headless from '@xterm/headless';
import { WebSocket } from 'ws';
import type { CommandStep } from '../../src/course/manifest.ts';
import {
	type ClientMessage,
	decodeFrame,
	encodeAck,
	flowControl,
	type RunInfo,
	type ServerMessage,
	type StepReference,
	subprotocol,
	type TerminalInfo,
} from '../protocol.ts';
import type { Outcome, StepRunner } from './exercise-run.ts';
import type { Tape } from './tape.ts';

export interface Learner extends StepRunner {
	/** Asks for a fresh lab and working folder. Rejects with why there is none. */
	start(chapter: string, seconds: number): Promise<void>;
	check(reference: Omit<StepReference, 'step'>, seconds: number): Promise<Outcome>;
	leave(): Promise<void>;
}

/** A learner who can tell what terminals printed. */
export interface TapedLearner extends Learner {
	readonly size: { columns: number; rows: number };
	/** Runs a step, and keeps what its terminal printed meanwhile. */
	taped(reference: StepReference, step: CommandStep): Promise<{ outcome: Outcome; tape: Tape | undefined }>;
}

const size = { columns: 100, rows: 30 };
/** How much longer than a step may take its answer is waited for, in seconds. */
const margin = 30;

/** What the learner sees of one terminal. */
class Screen {
	readonly #terminal = new headless.Terminal({
		cols: size.columns,
		rows: size.rows,
		allowProposedApi: true,
		logLevel: 'off',
	});
	readonly info: TerminalInfo;
	#unacknowledged = 0;

	constructor(info: TerminalInfo) {
		this.info = info;
	}

	write(data: Uint8Array | string): Promise<void> {
		return new Promise((resolve) => this.#terminal.write(data, resolve));
	}

	/** Shows output, and says by `acknowledge` up to where it has been shown, as often as the protocol wants. */
	async show(payload: Uint8Array, offset: number, acknowledge: (offset: number) => void): Promise<void> {
		await this.write(payload);
		this.#unacknowledged += payload.length;
		if (this.#unacknowledged < flowControl.ackEvery) return;
		this.#unacknowledged = 0;
		acknowledge(offset + payload.length);
	}

	reset(): void {
		this.#terminal.reset();
	}

	/** The line that the cursor is on, up to it. */
	prompt(): string {
		const { active } = this.#terminal.buffer;
		return active.getLine(active.baseY + active.cursorY)?.translateToString(false, 0, active.cursorX) ?? '';
	}

	text(): string {
		const { active } = this.#terminal.buffer;
		const lines: string[] = [];
		for (let row = active.baseY; row < active.baseY + size.rows; row++)
			lines.push(active.getLine(row)?.translateToString(true) ?? '');
		return lines.join('\n').trimEnd();
	}
}

/**
 * Opens a session of its own on the server at `site` (as `http://127.0.0.1:4321/`). Rejects where it is refused.
 * @param interrupted whatever the learner waits for then is rejected with its reason.
 */
export async function connectLearner(site: string, interrupted?: AbortSignal): Promise<TapedLearner> {
	const { ticket, cookie } = await takeTicket(site);
	const socket = new WebSocket(new URL('ws', site.replace(/^http/, 'ws')), subprotocol, {
		origin: new URL(site).origin,
		headers: { cookie },
	});
	const connection = new Connection(socket, interrupted);
	await connection.authenticate(ticket);
	return connection;
}

/** A ticket for one connection, and the cookie of a new session. */
async function takeTicket(site: string): Promise<{ ticket: string; cookie: string }> {
	const { origin } = new URL(site);
	const response = await fetch(new URL('api/ticket', site), { method: 'POST', headers: { origin } });
	if (!response.ok)
		throw new Error(`the server refuses a ticket: ${response.status} ${(await response.text()).trim()}`);
	const cookie = response.headers
		.getSetCookie()
		.map((line) => line.split(';')[0])
		.join('; ');
	return { ticket: ((await response.json()) as { ticket: string }).ticket, cookie };
}

/** The server does not carry out what was asked; the message says why. */
class Refusal extends Error {}

interface Waiting {
	/** Takes a message that may be the answer; gives undefined where it is not. */
	take(message: ServerMessage): unknown;
	resolve(answer: never): void;
	reject(error: Error): void;
}

class Connection implements TapedLearner {
	readonly size = size;
	readonly #socket: WebSocket;
	readonly #waiting = new Set<Waiting>();
	readonly #screens = new Map<number, Screen>();
	readonly #opened: Promise<void>;
	readonly #interrupted: AbortSignal | undefined;
	/** What terminals print while a step is taped. */
	#taping: { terminal: number; at: number; bytes: Uint8Array }[] | undefined;

	constructor(socket: WebSocket, interrupted?: AbortSignal) {
		this.#socket = socket;
		this.#interrupted = interrupted;
		interrupted?.addEventListener('abort', () => this.#rejectAll(interrupted.reason as Error));
		socket.binaryType = 'nodebuffer';
		this.#opened = new Promise((resolve, reject) => {
			socket.once('open', resolve).once('error', reject);
		});
		socket.on('message', (data: Buffer, isBinary) => {
			if (isBinary) this.#show(data);
			else this.#hear(JSON.parse(data.toString()) as ServerMessage);
		});
		socket.on('close', (code, reason) => {
			this.#rejectAll(new Error(`the server has closed the connection: ${String(reason) || `code ${code}`}`));
		});
	}

	#rejectAll(error: Error): void {
		for (const { reject } of [...this.#waiting]) reject(error);
	}

	async authenticate(ticket: string): Promise<void> {
		await this.#opened;
		this.#socket.on('error', () => {}); // followed by close
		await this.#ask({ type: 'auth', ticket }, 10, (message) => message.type === 'ready' || undefined);
	}

	async start(chapter: string, seconds: number): Promise<void> {
		const id = randomUUID();
		await this.#ask({ type: 'reset', id, chapter }, seconds + margin, (message) => {
			if (message.type !== 'lab' || message.chapter !== chapter) return undefined;
			if (message.state === 'failed') throw new Error(`there is no lab: ${message.message}`);
			return message.state === 'ready' || undefined;
		});
	}

	async run(reference: StepReference, step: CommandStep): Promise<Outcome> {
		await this.#open(reference.chapter, step.terminal);
		// A first click on Run interrupts nothing but what a step itself has left running.
		const request = { type: 'run', id: randomUUID(), mode: 'run', busy: 'refuse', ...reference } as const;
		return (await this.#outcome(request, step.timeout)).outcome;
	}

	async taped(
		reference: StepReference,
		step: CommandStep,
	): Promise<{ outcome: Outcome; tape: Tape | undefined }> {
		await this.#open(reference.chapter, step.terminal);
		const prompts = new Map([...this.#screens].map(([number, screen]) => [number, screen.prompt()]));
		this.#taping = [];
		const request = { type: 'run', id: randomUUID(), mode: 'run', busy: 'refuse', ...reference } as const;
		const { outcome, terminal } = await this.#outcome(request, step.timeout);
		const chunks = this.#taping.filter((chunk) => chunk.terminal === terminal);
		this.#taping = undefined;
		if (terminal === undefined) return { outcome, tape: undefined };
		return { outcome, tape: { ...size, prompt: prompts.get(terminal) ?? '', chunks } };
	}

	async save(reference: StepReference, content: string): Promise<Outcome> {
		const request = { type: 'save', id: randomUUID(), content, ...reference } as const;
		return (await this.#outcome(request, 0)).outcome;
	}

	async check(reference: Omit<StepReference, 'step'>, seconds: number): Promise<Outcome> {
		const request = { type: 'check', id: randomUUID(), ...reference } as const;
		return (await this.#outcome(request, seconds)).outcome;
	}

	async leave(): Promise<void> {
		if (this.#socket.readyState === WebSocket.CLOSED) return;
		const closed = new Promise((resolve) => this.#socket.once('close', resolve));
		this.#socket.close(1000);
		await closed;
	}

	/** Opens the terminal at the learner's size, where it is not open. */
	async #open(chapter: string, name: string): Promise<void> {
		for (const { info } of this.#screens.values())
			if (info.chapter === chapter && info.name === name && info.state !== 'exited') return;
		const id = randomUUID();
		await this.#ask({ type: 'open', id, chapter, name, ...size }, margin, (message) =>
			message.type === 'opened' && message.id === id ? true : undefined,
		);
	}

	/** Asks for a run, save or check, and waits for its end; what the server refuses has failed. */
	async #outcome(
		request: ClientMessage & { id: string },
		seconds: number,
	): Promise<{ outcome: Outcome; terminal?: number | undefined }> {
		const run = await this.#ask(request, seconds + margin, ended(request.id)).catch((error) => {
			if (error instanceof Refusal) return error;
			throw error;
		});
		if (run instanceof Refusal) return { outcome: { state: 'failed', reason: run.message } };
		const { state, exitCode, durationMs, reason, output, terminal } = run;
		const outcome: Outcome = {
			state: state === 'passed' ? 'passed' : 'failed',
			exitCode,
			durationMs,
			reason,
		};
		if (output !== undefined) outcome.output = output;
		const screen = terminal === undefined ? undefined : this.#screens.get(terminal);
		if (outcome.state === 'failed' && screen) outcome.screen = screen.text();
		return { outcome, terminal };
	}

	/** Sends a message and resolves with what `take` makes of an answer; an `error` of its id rejects. */
	#ask<T>(
		message: ClientMessage,
		seconds: number,
		take: (message: ServerMessage) => T | undefined,
	): Promise<T> {
		return new Promise<T>((resolve, reject) => {
			this.#interrupted?.throwIfAborted();
			const timer = setTimeout(
				() => waiting.reject(new Error(`the server has not answered '${message.type}' within ${seconds} s`)),
				seconds * 1000,
			);
			const done = () => {
				clearTimeout(timer);
				this.#waiting.delete(waiting);
			};
			const waiting: Waiting = {
				take: (answer) => {
					const about = 'id' in message ? message.id : undefined;
					if (answer.type === 'error' && answer.id === about) throw new Refusal(answer.message);
					return take(answer);
				},
				resolve: (answer) => {
					done();
					resolve(answer);
				},
				reject: (error) => {
					done();
					reject(error);
				},
			};
			this.#waiting.add(waiting);
			this.#socket.send(JSON.stringify(message));
		});
	}

	#hear(message: ServerMessage): void {
		if (message.type === 'opened' || message.type === 'terminal') this.#meet(message.terminal);
		if (message.type === 'snapshot') {
			const screen = this.#screens.get(message.terminal);
			screen?.reset();
			void screen?.write(message.data);
		}
		for (const waiting of [...this.#waiting]) {
			try {
				const answer = waiting.take(message);
				if (answer !== undefined) waiting.resolve(answer as never);
			} catch (error) {
				waiting.reject(error as Error);
			}
		}
	}

	/** Looks at a terminal from the time it is first heard of. */
	#meet(info: TerminalInfo): void {
		const known = this.#screens.get(info.terminal);
		if (known) {
			Object.assign(known.info, info);
			return;
		}
		this.#screens.set(info.terminal, new Screen({ ...info }));
		this.#socket.send(JSON.stringify({ type: 'attach', terminal: info.terminal, offset: 0 }));
	}

	#show(data: Buffer): void {
		const frame = decodeFrame(data);
		if (frame?.type !== 'output') return;
		const { terminal, payload, offset } = frame;
		this.#taping?.push({ terminal, at: performance.now(), bytes: payload });
		void this.#screens.get(terminal)?.show(payload, offset, (upTo) => {
			if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(encodeAck(terminal, upTo));
		});
	}
}

/** Takes the end of a run, check or save. */
function ended(id: string): (message: ServerMessage) => RunInfo | undefined {
	return (message) =>
		message.type === 'command' && message.run.id === id && message.run.state !== 'running'
			? message.run
			: undefined;
}
