import type { ClientMessage, RunInfo, ServerMessage } from '../../server/protocol.ts';
import { Emitter } from './emitter.ts';

/** How a step, a check or a saved file stands. */
export type RunStatus =
	/** `busy`: it was refused, because its terminal runs something else; `played`: its recording was, from its start. */
	| { state: 'idle'; note?: string; busy?: boolean; played?: boolean }
	/** `since` in ms since the epoch. */
	| { state: 'running'; run: string; since: number }
	| {
			state: 'passed' | 'failed';
			run: string;
			exitCode?: number;
			durationMs?: number;
			reason?: string;
			output?: string;
	  };

/** What is run: a step of an exercise, or a check (whose exercise is its own id, and whose step does not count). */
export interface Target {
	chapter: string;
	exercise: string;
	/** Undefined for a check. */
	step?: number;
	digest: string;
}

export type Request =
	| { type: 'run'; mode: 'run' | 'dry'; busy: 'refuse' | 'interrupt' | 'another' }
	| { type: 'check' }
	| { type: 'save'; content: string };

interface Sent {
	target: Target;
	dry: boolean;
	/** Whether the server has told of it. */
	answered: boolean;
}

interface Events {
	/** A target stands otherwise than before. `own`: this page asked for it. */
	status: { target: Target; status: RunStatus; own: boolean; terminal?: number };
}

export const notes = {
	notConnected: 'Not sent: there is no connection to the lab. Try again when it is back.',
	lost: 'Not sent: the connection was lost before it reached the lab. Nothing ran; try again.',
	dryLost: 'The connection was lost; look in the terminal whether it was typed.',
	forgotten: 'How this ended is not known: the lab was started anew meanwhile.',
	typed: 'Typed into the terminal; press Enter there to run it.',
} as const;

/** Whether a run is of that target. */
export function isOf(run: Omit<Target, 'step'> & { step?: number }, target: Target): boolean {
	return (
		run.chapter === target.chapter &&
		run.exercise === target.exercise &&
		run.digest === target.digest &&
		(target.step === undefined || run.step === target.step)
	);
}

/**
 * The page's runs, by the id that it gave each. After a lost connection the server's `ready` says which of them it
 * knows: those that it does not know never arrived. None is ever sent again by itself.
 */
export class Runs extends Emitter<Events> {
	/** Without an end so far, as far as this page knows. */
	#open = new Map<string, Sent>();
	#send: (message: ClientMessage) => boolean;
	#now: () => number;
	#newId: () => string;

	constructor(send: (message: ClientMessage) => boolean, now: () => number, newId: () => string) {
		super();
		this.#send = send;
		this.#now = now;
		this.#newId = newId;
	}

	/** Sends a request once; its status follows by `status` events. */
	start(target: Target, request: Request): void {
		const id = this.#newId();
		const message = { id, ...target, ...request } as ClientMessage;
		if (!this.#send(message)) {
			this.say(target, notes.notConnected);
			return;
		}
		const dry = request.type === 'run' && request.mode === 'dry';
		this.#open.set(id, { target, dry, answered: false });
		if (dry) return;
		this.emit('status', { target, status: { state: 'running', run: id, since: this.#now() }, own: true });
	}

	/** The target is not run, and why; or what else there is to say of it. */
	say(
		target: Target,
		note: string,
		more: { busy?: boolean; played?: boolean } = {},
		terminal?: number,
	): void {
		this.emit('status', { target, status: { state: 'idle', note, ...more }, own: true, terminal });
	}

	/** Takes up a run that a former page of this browser started and whose end it did not see. */
	adopt(target: Target, id: string): void {
		this.#open.set(id, { target, dry: false, answered: true });
	}

	/** Whether a message of that id is about a run of this page. */
	has(id: string): boolean {
		return this.#open.has(id);
	}

	receive(message: ServerMessage): void {
		if (message.type === 'command') this.#take(message.run);
		else if (message.type === 'opened') this.#typed(message.id, message.terminal.terminal);
		else if (message.type === 'error' && message.id !== undefined)
			this.#refused(message.id, message.message, message.code === 'busy');
		else if (message.type === 'ready') this.#reconcile(message.runs);
	}

	#take(run: RunInfo): void {
		const sent = this.#open.get(run.id);
		if (run.state !== 'running') this.#open.delete(run.id);
		else this.#open.set(run.id, { target: sent?.target ?? run, dry: false, answered: true });
		const target = sent?.target ?? run;
		const own = sent !== undefined;
		this.emit('status', { target, status: this.#statusOf(run), own, terminal: run.terminal });
	}

	#statusOf(run: RunInfo): RunStatus {
		if (run.state === 'running')
			return { state: 'running', run: run.id, since: this.#now() - (run.durationMs ?? 0) };
		const { exitCode, durationMs, reason, output } = run;
		return { state: run.state, run: run.id, exitCode, durationMs, reason, output };
	}

	/** A dry run is answered by its terminal; what becomes of the command is the person's. */
	#typed(id: string | undefined, terminal: number): void {
		const sent = id === undefined ? undefined : this.#open.get(id);
		if (!sent?.dry) return;
		this.#open.delete(id!);
		this.say(sent.target, notes.typed, {}, terminal);
	}

	#refused(id: string, message: string, busy: boolean): void {
		const sent = this.#open.get(id);
		if (!sent) return;
		this.#open.delete(id);
		this.say(sent.target, message, { busy });
	}

	#reconcile(runs: readonly RunInfo[]): void {
		const known = new Set(runs.map((run) => run.id));
		for (const [id, sent] of [...this.#open]) {
			if (known.has(id)) continue;
			this.#open.delete(id);
			// One that was answered is an older session's; one that never was did not arrive.
			const note = sent.answered ? notes.forgotten : sent.dry ? notes.dryLost : notes.lost;
			this.say(sent.target, note);
		}
		for (const run of runs) if (this.#open.has(run.id) || run.state === 'running') this.#take(run);
	}
}
