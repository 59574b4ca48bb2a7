// A terminal as the Run button uses it: brings its shell to a prompt, types a command, and knows what of that
// is its own doing (a `wait=` command left running, nested shells, a command typed without Enter).
import type { Pattern } from '../../src/course/manifest.ts';
import type { Place } from '../terminals/screen.ts';
import type { Terminal } from '../terminals/terminal.ts';
import { isPrompt, quote } from './matching.ts';

const encoder = new TextEncoder();
const interrupt = '\x03';
const endOfInput = '\x04';
/** To the line's end, and kill it (^Y brings it back): unlike ^C, it cannot come at a wrong moment. */
const clearLine = '\x05\x15';
/** How long a shell may take to show its first prompt, and a command to end on ^C. In ms. */
const promptTime = 15_000;
const interruptTime = 5_000;
const interruptAgain = 1_000;
/** How long a shell may take to answer a line, in ms. */
const answerTime = 500;
/** A prompt by which a nested shell asks for the rest of a command: `> `, `... `, `mongo> `. */
const continuation = /^(\.{2,3}|[\w-]*>)\s*$/;

/** The terminal cannot take the command now; the message says why, and the mend. */
export class BusyError extends Error {}

/** The step cannot be carried out there at all. */
export class StepError extends Error {}

export type WhenBusy = 'refuse' | 'interrupt' | 'another';

/** How things stood when a command's last line was entered. */
export interface Entered {
	/** The line that it was typed on. */
	at: Place;
	/** How many commands of the shell had ended. */
	ended: number;
}

export class ShellTerminal {
	readonly terminal: Terminal;
	/** How many steps are being typed or waited for here: more than one where a step interrupts another. */
	active = 0;
	#lastTurn: Promise<void> = Promise.resolve();
	/** The nested shells that steps opened, the innermost last. */
	#nested: { name: string; prompt: Pattern }[] = [];
	/** `ended` of the terminal when a `wait=` step left its command running. */
	#leftAt: number | undefined;
	/** What was left running runs in the nested shell. */
	#leftInside = false;
	#typed: string | undefined;
	/** Captured variables that this shell has, by name, with the value it has. */
	readonly #variables = new Map<string, string>();

	constructor(terminal: Terminal) {
		this.terminal = terminal;
	}

	/** Whether a run would have to wait or interrupt something that it may not. */
	get free(): boolean {
		return this.active === 0 && (this.terminal.state === 'idle' || !this.terminal.prompted || this.#left);
	}

	/**
	 * Waits until no other step is being typed here, and gives the function that ends one's own turn; two steps
	 * at once would be mixed at the prompt.
	 */
	async takeTurn(): Promise<() => void> {
		const before = this.#lastTurn;
		const { promise, resolve } = Promise.withResolvers<void>();
		this.#lastTurn = promise;
		await before;
		return resolve;
	}

	/** The prompt of the nested shell that a step opened, if it is still the innermost. */
	nestedPrompt(name: string): Pattern | undefined {
		this.#forget();
		const innermost = this.#nested.at(-1);
		return innermost?.name === name ? innermost.prompt : undefined;
	}

	/** The running command is a `wait=` step's that has passed: the next step ends it. */
	leaveRunning(inside: boolean): void {
		this.#leftAt = this.terminal.ended;
		this.#leftInside = inside;
	}

	opened(name: string, prompt: Pattern): void {
		this.#nested.push({ name, prompt });
		this.leaveRunning(false);
	}

	/**
	 * Brings the shell, or the nested shell `inside`, to an empty prompt.
	 * @param command what will be typed: where a dry run has typed it already, it is left standing.
	 * @returns whether it stands there already.
	 * @throws BusyError where something runs that may not be interrupted, or that does not end.
	 */
	async makeReady(command: string, inside: string | undefined, whenBusy: WhenBusy): Promise<boolean> {
		const { terminal } = this;
		if (!(await terminal.until(() => terminal.prompted, promptTime)))
			throw new BusyError(`The shell of terminal ${terminal.name} did not start. Close the terminal.`);
		this.#forget();
		if (inside !== undefined) {
			await this.#makeNestedReady(inside, whenBusy);
			return false;
		}
		// A line that was just entered is about to start or to end.
		if (terminal.state === 'idle' && terminal.input === 'entered')
			await terminal.until(() => terminal.state === 'busy' || terminal.input === 'none', answerTime);
		if (terminal.state === 'busy') {
			if (!this.#left && whenBusy !== 'interrupt') throw this.#busy();
			await this.#endRunning();
		}
		if (terminal.input === 'entered') await this.#interrupt();
		if (terminal.input === 'none') return false;
		if (this.#typed === command) return true;
		this.#write(clearLine);
		return false;
	}

	/**
	 * Types a command, several lines as one paste where the program at the tty takes that, and presses Enter.
	 * Else each line waits for the prompt, since a program that reads its input would eat the next one.
	 */
	async enter(command: string, prompt: Pattern | undefined, ms: number): Promise<Entered> {
		const { terminal } = this;
		this.#typed = undefined;
		if (terminal.screen.bracketedPaste) {
			const entered = this.#entered();
			this.#write(`${bracketed(command)}\r`);
			return entered;
		}
		const lines = command.split('\n');
		for (;;) {
			const line = lines.shift();
			const { at, ended } = this.#entered();
			this.#write(`${line}\r`);
			if (lines.length === 0) return { at, ended };
			const asksForMore = () => {
				if (!terminal.screen.hasLeft(at)) return false;
				const cursorLine = terminal.screen.cursorLine();
				return continuation.test(cursorLine) || (prompt !== undefined && isPrompt(prompt, cursorLine));
			};
			const ready = () => (terminal.ended > ended && terminal.state === 'idle') || asksForMore();
			if (!(await terminal.until(ready, ms))) return { at, ended };
		}
	}

	/** Presses Enter on the command that a dry run left at the prompt. */
	confirm(): Entered {
		const entered = this.#entered();
		this.#typed = undefined;
		this.#write('\r');
		return entered;
	}

	/** Types a command and leaves it at the prompt. */
	typeWithoutEnter(command: string): void {
		const bracketedPaste = this.terminal.screen.bracketedPaste;
		if (command.includes('\n') && !bracketedPaste)
			throw new StepError('This shell cannot hold several lines without running them. Use Run.');
		this.#write(bracketedPaste ? bracketed(command) : command);
		this.#typed = command;
	}

	/** What a person types makes the command at the prompt another one. */
	typedByHand(): void {
		this.#typed = undefined;
	}

	/**
	 * Sends keys to the running command, and tells whether the condition holds within the time (ms). A ^C that
	 * comes just when a shell starts its next command reaches neither, so it is sent again.
	 */
	async press(keys: string, condition: () => boolean, ms: number, signal?: AbortSignal): Promise<boolean> {
		const deadline = Date.now() + ms;
		for (;;) {
			this.#write(keys);
			const left = Math.max(0, deadline - Date.now());
			const patience = keys === interrupt ? Math.min(left, interruptAgain) : left;
			if (await this.terminal.until(condition, patience, signal)) return true;
			if (patience === left || signal?.aborted) return false;
		}
	}

	/** Ends a command line that the shell finds unfinished (an open quote). */
	abandon(): void {
		this.#write(interrupt);
	}

	/** Sets captured variables that the shell does not have yet; the values are quoted, never evaluated. */
	async assign(variables: Iterable<[string, string]>): Promise<void> {
		for (const [name, value] of variables) {
			if (this.#variables.get(name) === value) continue;
			const { ended } = this.terminal;
			this.#write(` ${name}=${quote(value)}\r`);
			if (!(await this.#idleAfter(ended, interruptTime))) throw this.#busy();
			this.#variables.set(name, value);
		}
	}

	#entered(): Entered {
		return { at: this.terminal.screen.here(), ended: this.terminal.ended };
	}

	get #left(): boolean {
		return this.#leftAt === this.terminal.ended;
	}

	#forget(): void {
		if (this.terminal.state === 'idle' || !this.#left) {
			this.#nested = [];
			this.#leftAt = undefined;
		}
	}

	#write(text: string): void {
		if (!this.terminal.write(encoder.encode(text))) throw this.#busy();
	}

	#idleAfter(ended: number, ms: number): Promise<boolean> {
		const { terminal } = this;
		return terminal.until(() => terminal.ended > ended && terminal.state === 'idle', ms);
	}

	async #makeNestedReady(name: string, whenBusy: WhenBusy): Promise<void> {
		const prompt = this.nestedPrompt(name);
		if (!prompt)
			throw new StepError(
				`The shell "${name}" is not open in terminal ${this.terminal.name}. Run the step that opens it first.`,
			);
		const { screen } = this.terminal;
		const atPrompt = () => isPrompt(prompt, screen.cursorLine());
		if (atPrompt()) return;
		if (!this.#leftInside && whenBusy !== 'interrupt') throw this.#busy();
		this.#leftInside = false;
		if (!(await this.press(interrupt, atPrompt, interruptTime))) throw this.#busy();
	}

	async #endRunning(): Promise<void> {
		const { ended } = this.terminal;
		// A nested shell takes ^C for its own line, and ends with its input.
		for (const { prompt } of this.#nested.toReversed()) {
			const { screen } = this.terminal;
			const place = screen.here();
			this.#write(interrupt);
			await this.terminal.until(
				() => screen.hasLeft(place) && isPrompt(prompt, screen.cursorLine()),
				interruptTime / 5,
			);
			this.#write(endOfInput);
			if (await this.#idleAfter(ended, interruptTime / 5)) return;
		}
		await this.#interrupt();
	}

	async #interrupt(): Promise<void> {
		const { ended } = this.terminal;
		const idle = () => this.terminal.ended > ended && this.terminal.state === 'idle';
		if (!(await this.press(interrupt, idle, interruptTime))) throw this.#busy();
	}

	#busy(): BusyError {
		return new BusyError(
			`A command runs in terminal ${this.terminal.name}. End it with ^C, or run the step in another terminal.`,
		);
	}
}

function bracketed(text: string): string {
	// The end of the paste cannot be part of it.
	return `\x1b[200~${text.replaceAll('\x1b[201~', '')}\x1b[201~`;
}
