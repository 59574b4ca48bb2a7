// A server that speaks the protocol and does with each request what the test says, so that a test can lose
// connections at the very moment that matters. What the real one does is tested beside it.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import {
	type ClientMessage,
	decodeFrame,
	encodeOutput,
	type LabKind,
	type RunInfo,
	type ServerMessage,
	subprotocol,
	type TerminalInfo,
} from '../../server/protocol.ts';

type Request<Type extends ClientMessage['type']> = Extract<ClientMessage, { type: Type }>;

export interface LabServerOptions {
	/** Answers for any other path: the pages. */
	serve?: (path: string) => { type: string; body: string | Uint8Array } | undefined;
	/** The ticket's answer; without it a ticket is given. */
	ticket?: () => { status: number; body: string };
	/** By default the embedded one. */
	lab?: LabKind;
	/** A run has come in; by default it prints its command and passes. */
	run?: (server: LabServer, request: Request<'run'>, terminal: TerminalInfo) => void;
	/** A catch-up has come in; by default nothing happens. */
	catchUp?: (server: LabServer, request: Request<'catch-up'>) => void;
}

export class LabServer {
	readonly received: ClientMessage[] = [];
	readonly typed: string[] = [];
	/** Acknowledged offsets by terminal. */
	readonly acknowledged = new Map<number, number>();
	runs: RunInfo[] = [];
	terminals: TerminalInfo[] = [];
	#outputs = new Map<number, Buffer>();
	#http: Server;
	#sockets = new Set<WebSocket>();
	#options: LabServerOptions;
	#waiting: (() => void)[] = [];
	/** While on, what comes in is lost, as by a cut cable. */
	silent = false;
	/** While off, connections are refused. */
	reachable = true;

	private constructor(options: LabServerOptions) {
		this.#options = options;
		this.#http = createServer((request, response) => {
			if (!this.reachable) {
				request.socket.destroy();
				return;
			}
			const path = new URL(request.url ?? '/', 'http://localhost').pathname;
			if (path === '/api/ticket') {
				const { status, body } = options.ticket?.() ?? {
					status: 200,
					body: JSON.stringify({ ticket: 'one' }),
				};
				response.writeHead(status, { 'content-type': 'application/json' }).end(body);
				return;
			}
			const file = options.serve?.(path);
			if (file) response.writeHead(200, { 'content-type': file.type }).end(file.body);
			else response.writeHead(404).end();
		});
		const sockets = new WebSocketServer({
			server: this.#http,
			path: '/ws',
			handleProtocols: () => subprotocol,
		});
		sockets.on('connection', (socket) => this.#accept(socket));
	}

	static async start(options: LabServerOptions = {}): Promise<LabServer> {
		const server = new LabServer(options);
		await new Promise<void>((resolve) => server.#http.listen(0, '127.0.0.1', resolve));
		return server;
	}

	get address(): URL {
		return new URL(`http://127.0.0.1:${(this.#http.address() as AddressInfo).port}/`);
	}

	/** Tells every page. */
	tell(message: ServerMessage): void {
		for (const socket of this.#sockets) socket.send(JSON.stringify(message));
	}

	/** A terminal prints; who is attached sees it. */
	print(terminal: TerminalInfo, text: string): void {
		const bytes = Buffer.from(text);
		const before = this.#outputs.get(terminal.terminal) ?? Buffer.alloc(0);
		this.#outputs.set(terminal.terminal, Buffer.concat([before, bytes]));
		terminal.offset = before.length + bytes.length;
		for (const socket of this.#sockets) socket.send(encodeOutput(terminal.terminal, before.length, bytes));
	}

	/** A run starts or ends; remembered for pages that come back. */
	report(run: RunInfo): void {
		this.runs = [...this.runs.filter(({ id }) => id !== run.id), run];
		this.tell({ type: 'command', run });
	}

	terminal(name: string, chapter = 'chapter'): TerminalInfo {
		const known = this.terminals.find((terminal) => terminal.name === name);
		if (known) return known;
		const number = this.terminals.length + 1;
		const made: TerminalInfo = {
			terminal: number,
			chapter,
			name,
			title: '',
			state: 'idle',
			offset: 0,
		};
		this.terminals.push(made);
		this.tell({ type: 'opened', terminal: made });
		this.print(made, '$ ');
		return made;
	}

	/** Cuts every connection without a word. */
	cut(): void {
		for (const socket of this.#sockets) socket.terminate();
	}

	/** Resolves once a terminal's output up to there is acknowledged. */
	async acknowledges(terminal: number, offset: number): Promise<void> {
		while ((this.acknowledged.get(terminal) ?? 0) < offset) await this.#next();
	}

	/** Resolves once that much was typed into the terminals. */
	async hasTyped(text: string): Promise<void> {
		while (this.typed.join('').length < text.length) await this.#next();
	}

	/** Resolves with the next thing that comes in. */
	#next(): Promise<void> {
		return new Promise((resolve) => this.#waiting.push(resolve));
	}

	/** Resolves once a message of that type has come in, the `count`th one. */
	async has<Type extends ClientMessage['type']>(type: Type, count = 1): Promise<Request<Type>> {
		for (;;) {
			const found = this.received.filter((message) => message.type === type);
			if (found.length >= count) return found[count - 1] as Request<Type>;
			await this.#next();
		}
	}

	async close(): Promise<void> {
		this.cut();
		this.#http.closeAllConnections();
		await new Promise((resolve) => this.#http.close(resolve));
	}

	#accept(socket: WebSocket): void {
		socket.on('message', (data: Buffer, binary) => {
			if (this.silent) return;
			if (binary) this.#frame(data);
			else this.#message(socket, JSON.parse(data.toString()) as ClientMessage);
			for (const wake of this.#waiting.splice(0)) wake();
		});
		socket.on('close', () => this.#sockets.delete(socket));
	}

	#frame(data: Buffer): void {
		const frame = decodeFrame(data);
		if (frame?.type === 'input') this.typed.push(Buffer.from(frame.payload).toString());
		if (frame?.type === 'ack') this.acknowledged.set(frame.terminal, frame.offset);
	}

	#message(socket: WebSocket, message: ClientMessage): void {
		this.received.push(message);
		const answer = (reply: ServerMessage) => socket.send(JSON.stringify(reply));
		if (message.type === 'auth') {
			this.#sockets.add(socket);
			const { lab: kind = 'embedded' } = this.#options;
			const lab = { kind, description: kind === 'embedded' ? 'Simulated lab' : `The lab is ${kind}` };
			answer({ type: 'ready', lab, terminals: this.terminals, runs: this.runs });
		} else if (message.type === 'open')
			this.tell({ type: 'opened', id: message.id, terminal: this.terminal(message.name, message.chapter) });
		else if (message.type === 'attach') {
			const output = this.#outputs.get(message.terminal)!;
			socket.send(encodeOutput(message.terminal, message.offset, output.subarray(message.offset)));
		} else if (message.type === 'run') this.#run(message);
		else if (message.type === 'check' || message.type === 'save') {
			const { id, chapter, exercise, digest } = message;
			const step = message.type === 'save' ? message.step : 0;
			this.report({ id, chapter, exercise, step, digest, state: 'passed', durationMs: 20 });
		} else if (message.type === 'catch-up') this.#options.catchUp?.(this, message);
		else if (message.type === 'cancel') {
			const { id, chapter } = message;
			this.tell({ type: 'lab', id, chapter, state: 'none', message: 'Cancelled. There is no lab.' });
		} else if (message.type === 'reset')
			this.tell({
				type: 'lab',
				id: message.id,
				chapter: message.chapter,
				state: 'ready',
				message: 'The lab is ready.',
			});
	}

	#run(message: Request<'run'>): void {
		const terminal = this.terminal(message.step === 1 ? 'watch' : 'main', message.chapter);
		const run = this.#options.run ?? pass;
		run(this, message, terminal);
	}
}

function pass(server: LabServer, request: Request<'run'>, terminal: TerminalInfo): void {
	const { id, chapter, exercise, step, digest } = request;
	const run = { id, chapter, exercise, step, digest, terminal: terminal.terminal };
	server.report({ ...run, state: 'running' });
	server.print(terminal, `run of ${exercise} ${step}\r\n$ `);
	server.report({ ...run, state: 'passed', exitCode: 0, durationMs: 1234 });
}
