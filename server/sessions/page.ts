// One page's socket: authenticates it, reads what it asks for, and sends it what it watches.
import type { RawData, WebSocket } from 'ws';
import { type ClientMessage, decodeFrame, encodeOutput, type ServerMessage } from '../protocol.ts';
import type { Viewer } from '../terminals/viewers.ts';
import { StepReferenceError } from './course.ts';
import { type Limits, RateLimit } from './limits.ts';
import { readMessage } from './messages.ts';
import { RefusedError } from './refused-error.ts';
import { OutsideError } from './save.ts';
import { describe, type Listener, type Session } from './session.ts';
import { BusyError, StepError } from './shell-terminal.ts';

/** WebSocket close codes of our own (4000–4999, RFC 6455 section 7.4.2). */
const closeCode = { unauthorised: 4401, tooMany: 4429 } as const;
/** Messages beyond the rate, after which a page is cut off. */
const mostRefusals = 1_000;

export interface PageOptions {
	limits: Limits;
	/** Takes a ticket, once, and gives its session. */
	redeem(ticket: string): Session | undefined;
	report(error: unknown, what: string): void;
}

export class Page implements Listener {
	readonly #socket: WebSocket;
	readonly #options: PageOptions;
	readonly #viewers = new Map<number, Viewer>();
	readonly #rates: { control: RateLimit; input: RateLimit; acknowledgements: RateLimit };
	readonly #authentication: NodeJS.Timeout;
	#session: Session | undefined;
	#refusals = 0;

	constructor(socket: WebSocket, options: PageOptions) {
		const { limits } = options;
		this.#socket = socket;
		this.#options = options;
		this.#rates = {
			control: new RateLimit(limits.control),
			input: new RateLimit(limits.input),
			acknowledgements: new RateLimit(limits.acknowledgements),
		};
		this.#authentication = setTimeout(
			() => this.#refuse('A page must authenticate first. Reload it.'),
			limits.authenticationMs,
		);
		// A first message is waited for, and each one comes as one Buffer (ws's default binaryType).
		socket.on('message', (data, binary) => this.#receive(data, binary));
		socket.on('close', () => this.#closed());
		// A frame that is too large or malformed: ws closes the socket with the code that says so.
		socket.on('error', () => {});
	}

	tell(message: ServerMessage): void {
		if (this.#socket.readyState === this.#socket.OPEN) this.#send(JSON.stringify(message));
	}

	/** What a page does not read waits in the server's memory. */
	#send(data: string | Uint8Array): void {
		if (this.#socket.bufferedAmount > this.#options.limits.unread) this.#socket.terminate();
		else this.#socket.send(data);
	}

	#refuse(message: string): void {
		this.tell({ type: 'error', code: 'unauthorised', message });
		this.#socket.close(closeCode.unauthorised, 'unauthorised');
	}

	#closed(): void {
		clearTimeout(this.#authentication);
		const session = this.#session;
		if (!session) return;
		for (const [number, viewer] of this.#viewers) session.findTerminal(number)?.detach(viewer);
		session.leave(this);
	}

	#receive(data: RawData, binary: boolean): void {
		// A page that is being cut off can still send for a while.
		if (this.#socket.readyState !== this.#socket.OPEN) return;
		const bytes = data as Buffer;
		if (!this.#session) {
			if (binary) this.#refuse('The first message must be "auth".');
			else this.#authenticate(bytes.toString('utf8'));
		} else if (binary) this.#frame(bytes, this.#session);
		else this.#control(bytes.toString('utf8'), this.#session);
	}

	#authenticate(text: string): void {
		let message: ClientMessage | undefined;
		try {
			message = readMessage(text);
		} catch {
			// Whatever it is, it is not the first message that a page sends.
		}
		if (message?.type !== 'auth') {
			this.#refuse('The first message must be "auth".');
			return;
		}
		const session = this.#options.redeem(message.ticket);
		if (!session) {
			this.#refuse('The ticket is unknown, used or too old. Ask /api/ticket for another.');
			return;
		}
		if (session.pages >= this.#options.limits.pagesPerSession) {
			this.tell({
				type: 'error',
				code: 'limit',
				message: `A session has at most ${this.#options.limits.pagesPerSession} pages. Close one first.`,
			});
			this.#socket.close(closeCode.tooMany, 'too many pages');
			return;
		}
		clearTimeout(this.#authentication);
		this.#session = session;
		void session.join(this);
	}

	/** Whether the message comes too fast; then it is not carried out. */
	#isTooFast(rate: RateLimit, id?: string): boolean {
		if (rate.take()) return false;
		this.#refusals++;
		// One answer to a burst: answering each would only add to it.
		if (this.#refusals === 1 || id !== undefined)
			this.tell({
				type: 'error',
				...(id === undefined ? {} : { id }),
				code: 'rate',
				message: 'Too many messages at once: this one was not carried out. Wait a moment and try again.',
			});
		if (this.#refusals > mostRefusals) this.#socket.close(closeCode.tooMany, 'too many messages');
		return true;
	}

	#frame(bytes: Buffer, session: Session): void {
		const frame = decodeFrame(bytes);
		if (frame?.type === 'input') {
			if (this.#isTooFast(this.#rates.input)) return;
			try {
				session.input(frame.terminal, frame.payload);
			} catch (error) {
				this.#fail(error);
			}
		} else if (frame?.type === 'ack') {
			if (this.#isTooFast(this.#rates.acknowledgements)) return;
			const viewer = this.#viewers.get(frame.terminal);
			if (viewer) session.findTerminal(frame.terminal)?.acknowledge(viewer, frame.offset);
		} else this.tell({ type: 'error', code: 'malformed', message: 'The binary frame has an unknown type.' });
	}

	#control(text: string, session: Session): void {
		let message: ClientMessage;
		try {
			message = readMessage(text);
		} catch (error) {
			if (this.#isTooFast(this.#rates.control)) return;
			this.tell({ type: 'error', code: 'malformed', message: (error as Error).message });
			return;
		}
		const id = 'id' in message ? message.id : undefined;
		if (this.#isTooFast(this.#rates.control, id)) return;
		this.#carryOut(message, session).catch((error) => this.#fail(error, id));
	}

	async #carryOut(message: ClientMessage, session: Session): Promise<void> {
		switch (message.type) {
			case 'auth':
				throw new RefusedError('malformed', 'This page has authenticated already.');
			case 'open': {
				const { columns, rows, id } = message;
				const terminal = await session.open(message.chapter, message.name, { columns, rows }, this);
				this.tell({ type: 'opened', id, terminal });
				return;
			}
			case 'attach':
				return this.#attach(message.terminal, message.offset, session);
			case 'detach': {
				const viewer = this.#viewers.get(message.terminal);
				this.#viewers.delete(message.terminal);
				if (viewer) session.findTerminal(message.terminal)?.detach(viewer);
				return;
			}
			case 'resize':
				return session.terminal(message.terminal).resize(message.columns, message.rows);
			case 'run': {
				const { id, chapter, exercise, step, digest, busy } = message;
				const reference = { chapter, exercise, step, digest };
				const steps = session.stepsOf(chapter);
				if (message.mode === 'run') {
					await steps.run(id, reference, busy);
					return;
				}
				const terminal = describe(await steps.dryRun(reference, busy));
				this.tell({ type: 'opened', id, terminal });
				return;
			}
			case 'check': {
				const { chapter, exercise, digest } = message;
				await session.stepsOf(chapter).check(message.id, { chapter, exercise, digest });
				return;
			}
			case 'save': {
				const { id, chapter, exercise, step, digest, content } = message;
				await session.stepsOf(chapter).save(id, { chapter, exercise, step, digest }, content);
				return;
			}
			case 'signal':
				return session.terminal(message.terminal).signal(message.signal);
			case 'reset':
				return session.chapters.reset(message.chapter, message.id, message.cleanUp);
			case 'catch-up': {
				const { id, chapter, exercise, digest, cleanUp } = message;
				return session.chapters.catchUp({ chapter, exercise, digest }, id, cleanUp);
			}
			case 'cancel':
				return session.chapters.cancel(message.chapter, message.id);
			case 'close':
				return session.close(message.terminal);
		}
	}

	#attach(number: number, offset: number, session: Session): void {
		const terminal = session.terminal(number);
		const previous = this.#viewers.get(number);
		if (previous) terminal.detach(previous);
		const viewer: Viewer = {
			output: (at, bytes) => {
				if (this.#socket.readyState === this.#socket.OPEN) this.#send(encodeOutput(number, at, bytes));
			},
			snapshot: (at) => {
				const { columns, rows } = terminal.screen;
				this.tell({
					type: 'snapshot',
					terminal: number,
					offset: at,
					columns,
					rows,
					data: terminal.screen.snapshot(),
				});
			},
		};
		this.#viewers.set(number, viewer);
		terminal.attach(viewer, offset);
	}

	#fail(error: unknown, id?: string): void {
		const known =
			error instanceof RefusedError || error instanceof StepReferenceError
				? error.code
				: error instanceof BusyError
					? 'busy'
					: error instanceof OutsideError
						? 'outside'
						: 'failed';
		if (known === 'failed' && !(error instanceof StepError))
			this.#options.report(error, 'a message of a page');
		this.tell({
			type: 'error',
			...(id === undefined ? {} : { id }),
			code: known,
			message: (error as Error).message,
		});
	}
}
