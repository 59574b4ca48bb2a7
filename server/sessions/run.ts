// One run of a step: typed into its terminal, and judged by the step's hints.
import type { CommandStep } from '../../src/course/manifest.ts';
import type { Place } from '../terminals/screen.ts';
import { describe, excerpt, firstGroup, isPrompt, matches } from './matching.ts';
import type { Entered, ShellTerminal } from './shell-terminal.ts';

export interface RunResult {
	state: 'passed' | 'failed';
	exitCode?: number;
	durationMs?: number;
	/** Why it failed, in a sentence. */
	reason?: string;
	/** What `capture=` took from the output. */
	captured?: { variable: string; value: string };
}

/** How long a command may take to end on the keys of `then=`, in ms. */
const thenTime = 5_000;

/**
 * Follows the output of a step's command. What a hint has matched once stays matched, although the screen
 * scrolls on or is redrawn.
 */
class Progress {
	readonly #step: CommandStep;
	readonly #shell: ShellTerminal;
	readonly #outputBefore: Place | undefined;
	readonly #typedAt: Place;
	#outputStart: Place | undefined;
	#outputComplete = false;
	/** Set once the command's last line is entered. */
	entered: Entered | undefined;
	text = '';
	expectMatched: boolean;
	waitMatched = false;
	captured: string | undefined;

	constructor(step: CommandStep, shell: ShellTerminal) {
		this.#step = step;
		this.#shell = shell;
		this.#outputBefore = shell.terminal.outputStart;
		this.#typedAt = shell.terminal.screen.here();
		this.expectMatched = !step.expect;
	}

	/** Whether the shell is back at its prompt. */
	get ended(): boolean {
		return this.#commandEnded && this.#shell.terminal.state === 'idle';
	}

	/** Whether the nested shell is back at its prompt. */
	get promptBack(): boolean {
		const prompt = this.#step.in === undefined ? undefined : this.#shell.nestedPrompt(this.#step.in);
		const { screen } = this.#shell.terminal;
		return (
			prompt !== undefined &&
			this.entered !== undefined &&
			screen.hasLeft(this.entered.at) &&
			isPrompt(prompt, screen.cursorLine())
		);
	}

	/** The nothing-more-to-wait-for of a step with `wait=`. */
	get waitedFor(): boolean {
		return this.#step.wait !== undefined && this.waitMatched && this.expectMatched;
	}

	/** Looks at the screen. The first look after the command's end sees all its output, and no prompt yet. */
	look(): void {
		const step = this.#step;
		if (this.#outputComplete || !(step.expect || step.wait || step.capture)) return;
		this.#outputComplete = this.#commandEnded;
		const text = this.#output();
		if (text === undefined) return;
		this.text = text;
		if (step.expect && !this.expectMatched) this.expectMatched = matches(step.expect, text);
		if (step.wait && !this.waitMatched) this.waitMatched = matches(step.wait, text);
		if (step.capture) this.captured = firstGroup(step.capture.pattern, text) ?? this.captured;
	}

	get #commandEnded(): boolean {
		return this.entered !== undefined && this.#shell.terminal.ended > this.entered.ended;
	}

	#output(): string | undefined {
		const { terminal } = this.#shell;
		if (this.#step.in === undefined && terminal.marksStart) {
			if (terminal.outputStart !== this.#outputBefore) this.#outputStart ??= terminal.outputStart;
			return this.#outputStart && terminal.screen.textFrom(this.#outputStart);
		}
		return terminal.screen.textFrom(this.#typedAt, this.#step.command.split('\n')[0]);
	}
}

/**
 * Types the step's command at the prompt that the terminal is at, waits for what its hints say, and judges it.
 * @param typed the command stands at the prompt already (a dry run).
 */
export async function runStep(
	step: CommandStep,
	shell: ShellTerminal,
	typed: boolean,
	signal: AbortSignal,
): Promise<RunResult> {
	const { terminal } = shell;
	const startedAt = Date.now();
	const deadline = startedAt + step.timeout * 1_000;
	const left = () => Math.max(0, deadline - Date.now());
	const progress = new Progress(step, shell);
	const inside = step.in !== undefined;
	const over = () => progress.ended || (inside && progress.promptBack);
	const failed = (reason: string, exitCode?: number): RunResult => ({
		state: 'failed',
		durationMs: Date.now() - startedAt,
		reason,
		...(exitCode === undefined ? {} : { exitCode }),
	});

	const done = terminal.until(
		() => {
			progress.look();
			return over() || progress.waitedFor;
		},
		step.timeout * 1_000,
		signal,
	);
	const prompt = step.in === undefined ? undefined : shell.nestedPrompt(step.in);
	progress.entered = typed ? shell.confirm() : await shell.enter(step.command, prompt, left());

	if (!(await done)) {
		if (signal.aborted) return failed('It was reset.');
		if (terminal.state === 'exited') return failed('The shell has ended.');
		if (!inside && terminal.marksStart && terminal.startedAt === undefined) {
			shell.abandon();
			return failed('The shell waits for the rest of the command: a quote or a bracket of it is open.');
		}
		const missing = !progress.waitMatched && step.wait ? describe(step.wait) : undefined;
		return failed(
			missing
				? `Its output did not match ${missing} within ${step.timeout} s; it ends in ${excerpt(progress.text)}.`
				: `It did not end within ${step.timeout} s. It still runs: end it with ^C.`,
		);
	}

	const captured = () =>
		step.capture && progress.captured !== undefined
			? { captured: { variable: step.capture.variable, value: progress.captured } }
			: {};
	if (progress.waitedFor && !over()) {
		if (step.then !== undefined) {
			if (!(await shell.press(step.then, over, Math.max(left(), thenTime), signal)))
				return failed(`It did not end on ${describeKeys(step.then)}.`);
		} else if (step.opens !== undefined) shell.opened(step.opens, step.wait!);
		else shell.leaveRunning(inside);
	}

	const ended = progress.ended ? terminal.last : undefined;
	const exitCode = ended?.exitCode;
	const durationMs = ended && ended.durationMs > 0 ? ended.durationMs : Date.now() - startedAt;
	if (ended && exitCode === undefined)
		return failed('The shell could not read the command: it has a syntax error.');
	if (!progress.waitMatched && step.wait)
		return failed(
			`It ended before its output matched ${describe(step.wait)}; the output ends in ${excerpt(progress.text)}.`,
			exitCode,
		);
	if (ended && !step.wait && exitCode !== step.exit)
		return failed(`It ended with exit code ${exitCode} instead of ${step.exit}.`, exitCode);
	if (!progress.expectMatched)
		return failed(
			`Its output does not contain ${describe(step.expect!)}; it ends in ${excerpt(progress.text)}.`,
			exitCode,
		);
	if (step.capture && progress.captured === undefined)
		return failed(
			`Nothing in its output matches ${describe(step.capture.pattern)}, which ${step.capture.variable} is to be taken from.`,
			exitCode,
		);
	return {
		state: 'passed',
		durationMs,
		...(exitCode === undefined ? {} : { exitCode }),
		...captured(),
	};
}

function describeKeys(keys: string): string {
	return [...keys]
		.map((key) => (key < ' ' ? `^${String.fromCharCode(key.charCodeAt(0) + 64)}` : key))
		.join('');
}
