import type { LabKind, LabState, ServerMessage, TerminalInfo } from '../../server/protocol.ts';
import { Connection, type ConnectionState } from './connection.ts';
import { Emitter } from './emitter.ts';
import { Progress } from './progress.ts';
import { type Request, Runs, type Target } from './runs.ts';
import { store } from './store.ts';

/** What shows terminals on this page; absent on a page that shows none. */
export interface TerminalHost {
	/** Opens the terminal of that name, so that what is run there is seen from its first byte. */
	prepare(name: string): Promise<void>;
}

const broken = 'The lab was started anew: what it was doing has ended.';

/** How long a refusal is shown. Milliseconds. */
const noticeTime = 10_000;

export interface LabProgress {
	state: LabState;
	message: string;
	/** How much of it is done, while it starts or catches up. */
	progress?: { done: number; total: number };
}

interface Events {
	/** The connection, the lab's kind or the lab's progress is not what it was. */
	changed: undefined;
	/** The chapter's terminals, anew after each connect. */
	terminals: TerminalInfo[];
	/** One has been opened (`id`: by this page's request), or is busy, idle, exited. */
	terminal: { terminal: TerminalInfo; id?: string };
	message: ServerMessage;
}

/** What a page shares with the server and with its own former self: connection, runs, terminals, progress. */
export class Session extends Emitter<Events> {
	readonly chapter: string;
	readonly connection: Connection;
	readonly runs: Runs;
	readonly progress: Progress;
	lab: { kind: LabKind; description: string } | undefined;
	labProgress: LabProgress | undefined;
	/** What the server has refused last, where nothing on the page can say it better. */
	notice: string | undefined;
	terminalHost: TerminalHost | undefined;
	#terminals = new Map<number, TerminalInfo>();

	constructor(chapter: string, connection: Connection, progress: Progress) {
		super();
		this.chapter = chapter;
		this.connection = connection;
		this.progress = progress;
		this.runs = new Runs((message) => connection.send(message), Date.now, newId);
		connection.on('state', () => this.emit('changed', undefined));
		connection.on('message', (message) => this.#receive(message));
	}

	/** The chapter's terminals. */
	get terminals(): TerminalInfo[] {
		return [...this.#terminals.values()];
	}

	/** Runs, checks or saves; a run's terminal is opened first, where this page shows terminals. */
	async start(target: Target, request: Request, terminal?: string): Promise<void> {
		if (terminal !== undefined && this.connection.state.name === 'ready')
			// A screen that cannot be shown is no reason not to run.
			await this.terminalHost?.prepare(terminal).catch(() => undefined);
		this.runs.start(target, request);
	}

	/** Says it for a while. */
	#notify(message: string): void {
		this.notice = message;
		this.emit('changed', undefined);
		setTimeout(() => {
			if (this.notice !== message) return;
			this.notice = undefined;
			this.emit('changed', undefined);
		}, noticeTime);
	}

	/** Ends a terminal and what runs in it. */
	closeTerminal(terminal: number): void {
		this.#terminals.delete(terminal);
		this.connection.send({ type: 'close', terminal });
	}

	/** A run's error stands at its step; that a terminal ended while something was sent to it, in its tab. */
	#isSaidElsewhere({ id, code }: Extract<ServerMessage, { type: 'error' }>): boolean {
		return id === undefined ? code === 'unknown-terminal' : this.runs.has(id);
	}

	#receive(message: ServerMessage): void {
		if (message.type === 'ready') {
			this.lab = message.lab;
			// What the lab does now is told next; a server that was started anew has nothing to tell.
			if (this.labProgress?.state === 'starting') this.#notify(broken);
			this.labProgress = undefined;
			document.documentElement.dataset.lab = message.lab.kind;
			const own = message.terminals.filter((info) => info.chapter === this.chapter);
			this.#terminals = new Map(own.map((info) => [info.terminal, info]));
			this.emit('terminals', own);
			this.emit('changed', undefined);
		} else if (message.type === 'opened' || message.type === 'terminal') {
			const { terminal } = message;
			if (terminal.chapter === this.chapter) {
				if (terminal.state === 'exited') this.#terminals.delete(terminal.terminal);
				else this.#terminals.set(terminal.terminal, terminal);
				this.emit('terminal', { terminal, id: message.type === 'opened' ? message.id : undefined });
			}
		} else if (message.type === 'exit') {
			this.#terminals.delete(message.terminal);
		} else if (message.type === 'lab' && message.chapter === this.chapter) {
			this.labProgress = message;
			if (message.state !== 'starting' || this.notice === broken) this.notice = undefined;
			this.emit('changed', undefined);
		} else if (message.type === 'error' && !this.#isSaidElsewhere(message)) {
			this.#notify(message.message);
		}
		this.runs.receive(message);
		this.emit('message', message);
	}
}

/** An id for a message: random, as the server takes a repeated one for the same request. */
export function newId(): string {
	// Not randomUUID, which only secure contexts have.
	return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
		byte.toString(16).padStart(2, '0'),
	).join('');
}

let pageSession: Session | undefined;

/** This page's session; made, and connected, when it is first asked for. */
export function session(): Session {
	if (pageSession) return pageSession;
	const { chapter = '', server = '/' } = document.body.dataset;
	const address = new URL(server.endsWith('/') ? server : `${server}/`, location.href);
	const connection = new Connection({ server: address, random: Math.random, store });
	const progress = new Progress(store, chapter);
	const made = new Session(chapter, connection, progress);
	pageSession = made;
	addEventListener('storage', (event) => {
		if (event.key === progress.storageKey || event.key === null) progress.changedElsewhere();
	});
	addEventListener('online', () => connection.renew());
	document.addEventListener('visibilitychange', () => {
		if (!document.hidden) connection.retryNow();
	});
	const tellState = (state: ConnectionState) => {
		document.documentElement.dataset.connection = state.name;
	};
	connection.on('state', tellState);
	tellState(connection.state);
	connection.start();
	return made;
}
