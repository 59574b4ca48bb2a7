import { type ClientMessage, decodeFrame, type ServerMessage, subprotocol } from '../../server/protocol.ts';
import { Emitter } from './emitter.ts';
import type { Store } from './store.ts';

export type ConnectionState =
	/** Asking for a ticket and opening the socket; `again` where that has failed before. */
	| { name: 'connecting'; again?: boolean }
	| { name: 'ready' }
	/** Lost, or not reached; tried again by itself. `message` is the server's, where it gave a reason. */
	| { name: 'waiting'; message?: string }
	/** There is no lab server behind this page: it is a static copy. */
	| { name: 'absent' }
	/** The server wants nothing to do with this browser; `message` says why and the mend. */
	| { name: 'refused'; message: string };

export interface Output {
	terminal: number;
	offset: number;
	payload: Uint8Array;
}

export interface ConnectionOptions {
	/** Where the server is: ends in a slash. */
	server: URL;
	/** A number from 0 to 1, for the jitter. */
	random: () => number;
	/** Keeps the session of a server on another origin, whose cookie the browser withholds. */
	store: Store;
	/** Milliseconds until a ticket, a `ready` or an answer is given up. */
	patience?: number;
	/** Milliseconds before the first retry; doubled each time, up to `longestRetry`. */
	firstRetry?: number;
	longestRetry?: number;
}

interface Events {
	state: ConnectionState;
	message: ServerMessage;
	output: Output;
}

/**
 * The page's one socket to the server: gets a ticket, authenticates, and when it is lost comes back with
 * exponential back-off and jitter. It carries messages; what they mean, and what to do about those that were
 * lost, is for others.
 */
export class Connection extends Emitter<Events> {
	#options: Required<ConnectionOptions>;
	#state: ConnectionState = { name: 'connecting' };
	#socket: WebSocket | undefined;
	#timer: ReturnType<typeof setTimeout> | undefined;
	/** Runs while the server owes an answer: a cut cable closes no socket. */
	#watchdog: ReturnType<typeof setTimeout> | undefined;
	#attempt = 0;
	/** What the server said before it closed the socket on us. */
	#reason: string | undefined;
	#closed = false;

	constructor(options: ConnectionOptions) {
		super();
		this.#options = { patience: 10_000, firstRetry: 500, longestRetry: 15_000, ...options };
	}

	get state(): ConnectionState {
		return this.#state;
	}

	/** Connects; call it once. */
	start(): void {
		void this.#connect();
	}

	/** Tries at once where it would have waited. */
	retryNow(): void {
		if (this.#state.name !== 'waiting') return;
		clearTimeout(this.#timer);
		void this.#connect();
	}

	/** The network has changed: a socket that looks well may lead nowhere, and coming back costs little. */
	renew(): void {
		if (this.#socket && this.#state.name === 'ready') this.#lost(this.#socket);
		this.retryNow();
	}

	/** Hands a message to the socket; false where there is none that is authenticated: then it was not sent. */
	send(message: ClientMessage): boolean {
		if (!this.#usable()) return false;
		this.#socket!.send(JSON.stringify(message));
		if ('id' in message || message.type === 'attach') this.#expectAnswer();
		return true;
	}

	/** Hands an input or ack frame to the socket; false where there is none. */
	sendFrame(frame: Uint8Array<ArrayBuffer>): boolean {
		if (!this.#usable()) return false;
		this.#socket!.send(frame);
		return true;
	}

	/** Ends it for good. */
	close(): void {
		this.#closed = true;
		clearTimeout(this.#timer);
		clearTimeout(this.#watchdog);
		this.#socket?.close();
		this.#socket = undefined;
	}

	#usable(): boolean {
		return this.#state.name === 'ready' && this.#socket?.readyState === WebSocket.OPEN;
	}

	#become(state: ConnectionState): void {
		this.#state = state;
		this.emit('state', state);
	}

	async #connect(): Promise<void> {
		this.#become({ name: 'connecting', again: this.#attempt > 0 });
		const ticket = await this.#ticket();
		if (this.#closed) return;
		if (typeof ticket === 'string') this.#open(ticket);
		else if (ticket.name === 'waiting') this.#wait(ticket.message);
		else this.#become(ticket);
	}

	/** A ticket, or why there is none: `waiting` where asking again later may help. */
	async #ticket(): Promise<string | ConnectionState> {
		const { server, patience, store } = this.#options;
		const sessionKey = `slidecar:session:${server.origin}`;
		if (!/^https?:$/.test(server.protocol)) return { name: 'absent' };
		let response: Response;
		try {
			const signal = AbortSignal.timeout(patience);
			const known = store.getItem(sessionKey);
			const headers = known ? { authorization: `Bearer ${known}` } : undefined;
			response = await fetch(new URL('api/ticket', server), { method: 'POST', signal, headers });
		} catch {
			return { name: 'waiting' };
		}
		const body: unknown = await response.json().catch(() => undefined);
		const field = (name: string) => {
			const value = typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined;
			return typeof value === 'string' ? value : undefined;
		};
		const session = field('session');
		if (session) store.setItem(sessionKey, session);
		if (response.ok) return field('ticket') ?? { name: 'absent' };
		if (response.status === 401 || response.status === 403) {
			const message =
				field('message') ?? 'The server does not let this browser in. Reload the page to sign in.';
			return { name: 'refused', message };
		}
		// What file servers answer to a POST that they know nothing of.
		if ([404, 405, 501].includes(response.status)) return { name: 'absent' };
		return { name: 'waiting', message: field('message') };
	}

	#open(ticket: string): void {
		const address = new URL('ws', this.#options.server);
		address.protocol = address.protocol.replace('http', 'ws');
		const socket = new WebSocket(address, subprotocol);
		socket.binaryType = 'arraybuffer';
		this.#socket = socket;
		this.#timer = setTimeout(() => this.#lost(socket), this.#options.patience);
		socket.onopen = () => socket.send(JSON.stringify({ type: 'auth', ticket } satisfies ClientMessage));
		socket.onclose = () => this.#lost(socket);
		socket.onmessage = (event: MessageEvent<string | ArrayBuffer>) => {
			if (this.#socket !== socket) return;
			clearTimeout(this.#watchdog);
			this.#watchdog = undefined;
			if (typeof event.data === 'string') this.#receive(event.data);
			else this.#receiveFrame(new Uint8Array(event.data));
		};
	}

	#receive(text: string): void {
		const message = JSON.parse(text) as ServerMessage;
		if (message.type === 'error' && this.#state.name === 'connecting') this.#reason = message.message;
		if (message.type === 'ready') {
			clearTimeout(this.#timer);
			this.#attempt = 0;
			// The state first: who hears of `ready` may send at once.
			this.#become({ name: 'ready' });
		}
		this.emit('message', message);
	}

	#receiveFrame(data: Uint8Array): void {
		const frame = decodeFrame(data);
		if (frame?.type === 'output') this.emit('output', frame);
	}

	#expectAnswer(): void {
		const socket = this.#socket!;
		this.#watchdog ??= setTimeout(() => this.#lost(socket), this.#options.patience);
	}

	#lost(socket: WebSocket): void {
		if (this.#socket !== socket) return;
		this.#socket = undefined;
		socket.onclose = null;
		socket.close();
		this.#wait(this.#reason);
		this.#reason = undefined;
	}

	#wait(message?: string): void {
		if (this.#closed) return;
		clearTimeout(this.#timer);
		clearTimeout(this.#watchdog);
		this.#watchdog = undefined;
		const { firstRetry, longestRetry, random } = this.#options;
		const longest = Math.min(firstRetry * 2 ** this.#attempt, longestRetry);
		this.#attempt += 1;
		// Half is fixed and half is chance, so that a room full of pages does not come back at once.
		const delay = longest / 2 + (random() * longest) / 2;
		this.#timer = setTimeout(() => void this.#connect(), delay);
		this.#become({ name: 'waiting', message });
	}
}
