// The wire format between a page and the server: subprotocol `slidecar.v1` on /ws, one socket per page.
// Shared with src/client, so: no Node, no DOM.

export const subprotocol = 'slidecar.v1';

/** I/O frames are binary: [type u8][terminal u16, big endian][payload]. */
export const FrameType = {
	/** Page to server: bytes typed. */
	input: 0,
	/** Server to page: [offset u64, big endian][bytes]; offset is that of the first byte in the terminal's whole output. */
	output: 1,
	/** Page to server: [offset u64]: everything before it has been parsed. */
	ack: 2,
} as const;

/** Output that is not acknowledged pauses the terminal above `high` bytes, and it goes on below `low`. */
export const flowControl = { high: 100_000, low: 5_000, ackEvery: 5_000 } as const;

export function encodeInput(terminal: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
	const frame = new Uint8Array(3 + payload.length);
	frame[0] = FrameType.input;
	new DataView(frame.buffer).setUint16(1, terminal);
	frame.set(payload, 3);
	return frame;
}

export function encodeOutput(terminal: number, offset: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
	const frame = new Uint8Array(11 + payload.length);
	const view = new DataView(frame.buffer);
	frame[0] = FrameType.output;
	view.setUint16(1, terminal);
	view.setBigUint64(3, BigInt(offset));
	frame.set(payload, 11);
	return frame;
}

export function encodeAck(terminal: number, offset: number): Uint8Array<ArrayBuffer> {
	const frame = new Uint8Array(11);
	const view = new DataView(frame.buffer);
	frame[0] = FrameType.ack;
	view.setUint16(1, terminal);
	view.setBigUint64(3, BigInt(offset));
	return frame;
}

export type Frame =
	| { type: 'input'; terminal: number; payload: Uint8Array }
	| { type: 'output'; terminal: number; offset: number; payload: Uint8Array }
	| { type: 'ack'; terminal: number; offset: number };

/** Reads a binary frame; undefined where it is none. */
export function decodeFrame(data: Uint8Array): Frame | undefined {
	if (data.length < 3) return undefined;
	const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
	const terminal = view.getUint16(1);
	if (data[0] === FrameType.input) return { type: 'input', terminal, payload: data.subarray(3) };
	if (data.length < 11) return undefined;
	const offset = Number(view.getBigUint64(3));
	if (data[0] === FrameType.output) return { type: 'output', terminal, offset, payload: data.subarray(11) };
	if (data[0] === FrameType.ack && data.length === 11) return { type: 'ack', terminal, offset };
	return undefined;
}

/** Which step of which exercise or check; the digest says which version of it the page shows. */
export interface StepReference {
	chapter: string;
	exercise: string;
	step: number;
	digest: string;
}

/** Page to server. `id`s are the page's own, random, and come back in answers; a repeated one is not carried out again. */
export type ClientMessage =
	/** The first message, within 5 s: a ticket of /api/ticket, used once. */
	| { type: 'auth'; ticket: string }
	/** Opens the terminal of that name of a chapter, or finds it; answered by `opened`. */
	| { type: 'open'; id: string; chapter: string; name: string; columns: number; rows: number }
	/**
	 * Asks for a terminal's output from an offset on; answered by output frames (an empty one where there is
	 * nothing to send), or a `snapshot` first.
	 */
	| { type: 'attach'; terminal: number; offset: number }
	| { type: 'detach'; terminal: number }
	| { type: 'resize'; terminal: number; columns: number; rows: number }
	/**
	 * Types a step's command into its terminal (opened where it is not), with Enter (run) or without (dry).
	 * Busy: what to do where a command runs there already: refuse (an error `busy`), interrupt it by ^C first,
	 * or use another terminal (`name-2`). Answered by `command`, a dry run by `opened`: nothing has run.
	 */
	| ({
			type: 'run';
			id: string;
			mode: 'run' | 'dry';
			busy: 'refuse' | 'interrupt' | 'another';
	  } & StepReference)
	/** Runs a check in the background; answered by `command` with the check's id as the exercise, step 0. */
	| ({ type: 'check'; id: string } & Omit<StepReference, 'step'>)
	/** Writes a file step's text into the working folder; answered by `command`, passed or failed. */
	| ({ type: 'save'; id: string; content: string } & StepReference)
	/** Sends a signal to the terminal's foreground process group. */
	| { type: 'signal'; terminal: number; signal: 'INT' | 'TERM' | 'KILL' | 'QUIT' | 'HUP' }
	/**
	 * A new lab and a new working folder for a chapter; answered by `lab` messages. In a cluster that stays,
	 * `cleanUp` removes first what the chapter has made there, as its exercise of that name does.
	 */
	| { type: 'reset'; id: string; chapter: string; cleanUp?: boolean }
	/**
	 * The same, and then everything that comes before an exercise: its steps, its files as their solutions have
	 * them. `digest` is the exercise's. One at a time in a session; answered by `lab` messages.
	 */
	| ({ type: 'catch-up'; id: string; cleanUp?: boolean } & Omit<StepReference, 'step'>)
	/** Ends what `reset` or `catch-up` has begun; answered by a `lab` message `none`. */
	| { type: 'cancel'; id: string; chapter: string }
	| { type: 'close'; terminal: number };

export type LabKind = 'embedded' | 'kubeconfig' | 'none';

export type LabState = 'none' | 'starting' | 'ready' | 'failed';

export interface TerminalInfo {
	terminal: number;
	chapter: string;
	name: string;
	title: string;
	/** `idle` at a prompt, `busy` while a command runs, `exited` when the shell is gone. */
	state: 'idle' | 'busy' | 'exited';
	/** The end of its output so far. */
	offset: number;
}

export interface RunInfo extends StepReference {
	id: string;
	state: 'running' | 'passed' | 'failed';
	terminal?: number;
	/** The command's exit code, where it ended. */
	exitCode?: number;
	durationMs?: number;
	/** Why it failed, in a sentence: what was expected and what came. */
	reason?: string;
	/** A check's output. */
	output?: string;
}

export type ErrorCode =
	| 'unauthorised'
	| 'malformed'
	| 'unknown-step'
	| 'old-digest'
	| 'unknown-terminal'
	| 'busy'
	| 'idle'
	| 'outside'
	| 'too-large'
	| 'rate'
	| 'limit'
	| 'no-lab'
	| 'failed';

/** Server to page. */
export type ServerMessage =
	/** After `auth`: the session's terminals, and its runs that a page may have missed the end of. */
	| { type: 'ready'; lab: { kind: LabKind; description: string }; terminals: TerminalInfo[]; runs: RunInfo[] }
	| { type: 'opened'; id?: string; terminal: TerminalInfo }
	/** A run, check or save has started or ended; told to every page of the session. */
	| { type: 'command'; run: RunInfo }
	/** A terminal has become idle or busy, or has a new title. */
	| { type: 'terminal'; terminal: TerminalInfo }
	/** Output before `offset` is gone: what the screen shows there, as bytes for a fresh terminal of that size. */
	| { type: 'snapshot'; terminal: number; offset: number; columns: number; rows: number; data: string }
	| { type: 'exit'; terminal: number; exitCode: number }
	/**
	 * A chapter's lab is being made or catches up (`progress` counts what is done of that), is ready, or is not as
	 * it was asked for; or there is none until the next command makes one.
	 */
	| {
			type: 'lab';
			id?: string;
			chapter: string;
			state: LabState;
			message: string;
			progress?: { done: number; total: number };
	  }
	/** `message` says what is wrong and the mend, for people. */
	| { type: 'error'; id?: string; code: ErrorCode; message: string };
