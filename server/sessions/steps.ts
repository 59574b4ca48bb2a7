// What the buttons of an exercise do in a session: run, type, check and save, by reference to the course.
import type { Check, CommandStep } from '../../src/course/manifest.ts';
import type { LabProvider } from '../labs/lab.ts';
import type { RunInfo, StepReference } from '../protocol.ts';
import type { Terminal } from '../terminals/terminal.ts';
import type { Course } from './course.ts';
import type { Limits } from './limits.ts';
import { RefusedError } from './refused-error.ts';
import { runStep } from './run.ts';
import type { RunLog } from './run-log.ts';
import { saveFile } from './save.ts';
import { type ShellTerminal, StepError, type WhenBusy } from './shell-terminal.ts';
import type { Workspace } from './workspace.ts';

/** What steps need of their session. */
export interface StepSession {
	readonly course: Course;
	readonly lab: LabProvider;
	readonly limits: Limits;
	/** The terminal of that name of a chapter: the one that is there, or a new one. */
	open(slug: string, name: string): Promise<ShellTerminal>;
	workspace(slug: string): Promise<Workspace>;
	/** Likewise, once its lab is up; a RefusedError where that could not be made. */
	readyWorkspace(slug: string): Promise<Workspace>;
}

export class Steps {
	readonly #session: StepSession;
	readonly #log: RunLog;

	constructor(session: StepSession, log: RunLog) {
		this.#session = session;
		this.#log = log;
	}

	/** Runs a step once, however often its id comes. Everybody hears of its start and its end. */
	async run(id: string, reference: StepReference, whenBusy: WhenBusy): Promise<RunInfo> {
		const known = this.#log.known(id);
		if (known) return known;
		const { step } = await this.#session.course.step(reference);
		if (step.kind !== 'command')
			throw new RefusedError('unknown-step', 'This step is a file. Save it instead of running it.');
		return this.#log.once(id, reference, async (run, started) => {
			const { workspace, shell } = await this.#prepare(reference.chapter, step, whenBusy);
			try {
				// In an object, so that the turn ends when the command is typed, not when it has ended.
				const { running } = await inTurn(shell, async () => {
					const typed = await bringToPrompt(step, shell, workspace, whenBusy);
					started({ terminal: shell.terminal.number });
					return { running: runStep(step, shell, typed, workspace.signal) };
				});
				const { captured, ...result } = await running;
				if (captured) await capture(captured, workspace, shell);
				this.#log.update(run, result);
			} finally {
				shell.active--;
			}
		});
	}

	/** Types a step without Enter; gives the terminal. */
	async dryRun(reference: StepReference, whenBusy: WhenBusy): Promise<Terminal> {
		const { step } = await this.#session.course.step(reference);
		if (step.kind !== 'command')
			throw new RefusedError('unknown-step', 'This step is a file. Save it instead of running it.');
		const { workspace, shell } = await this.#prepare(reference.chapter, step, whenBusy);
		try {
			await inTurn(shell, async () => {
				if (!(await bringToPrompt(step, shell, workspace, whenBusy))) shell.typeWithoutEnter(step.command);
			});
		} finally {
			shell.active--;
		}
		return shell.terminal;
	}

	async check(id: string, reference: Omit<StepReference, 'step'>): Promise<RunInfo> {
		const known = this.#log.known(id);
		if (known) return known;
		const { check } = await this.#session.course.check(reference);
		return this.#log.once(id, { ...reference, step: 0 }, async (run, started) => {
			const workspace = await this.#session.readyWorkspace(reference.chapter);
			started();
			this.#log.update(run, { ...(await this.#judge(check, workspace)) });
		});
	}

	async save(id: string, reference: StepReference, content: string): Promise<RunInfo> {
		const known = this.#log.known(id);
		if (known) return known;
		const { step } = await this.#session.course.step(reference);
		if (step.kind !== 'file')
			throw new RefusedError('unknown-step', 'This step is a command. Run it instead of saving it.');
		const { limits } = this.#session;
		if (Buffer.byteLength(content) > limits.file)
			throw new RefusedError('too-large', `A file may have at most ${limits.file >> 10} KiB.`);
		const workspace = await this.#session.workspace(reference.chapter);
		return this.#log.once(id, reference, async (run) => {
			await saveFile(workspace.folder, step.file, content);
			this.#log.update(run, { state: 'passed' });
		});
	}

	/** The shell is the step's until the caller takes it off its `active`. */
	async #prepare(
		slug: string,
		step: CommandStep,
		whenBusy: WhenBusy,
	): Promise<{ workspace: Workspace; shell: ShellTerminal }> {
		const { kind } = this.#session.lab;
		if (step.only && step.only !== kind)
			throw new RefusedError(
				'no-lab',
				`This step is for the ${step.only} lab only; this server runs ${kind}.`,
			);
		const workspace = await this.#session.readyWorkspace(slug);
		let shell = await this.#session.open(slug, step.terminal);
		if (whenBusy === 'another' && step.in === undefined) {
			for (let count = 2; !shell.free; count++)
				shell = await this.#session.open(slug, `${step.terminal}-${count}`);
		}
		if (shell.active > 0 && whenBusy !== 'interrupt')
			throw new RefusedError(
				'busy',
				`A step runs in terminal ${shell.terminal.name}. End it with ^C, or run this one in another terminal.`,
			);
		shell.active++;
		return { workspace, shell };
	}

	async #judge(check: Check, workspace: Workspace): Promise<Partial<RunInfo>> {
		const startedAt = Date.now();
		let output = '';
		for (const step of check.steps) {
			if (step.only && step.only !== this.#session.lab.kind) continue;
			const result = await workspace.runInBackground(step);
			output += result.output;
			if (!result.passed)
				return {
					state: 'failed',
					durationMs: Date.now() - startedAt,
					output,
					...(result.exitCode === undefined ? {} : { exitCode: result.exitCode }),
					...(result.reason === undefined ? {} : { reason: result.reason }),
				};
		}
		return { state: 'passed', durationMs: Date.now() - startedAt, output };
	}
}

async function inTurn<T>(shell: ShellTerminal, action: () => Promise<T>): Promise<T> {
	const endTurn = await shell.takeTurn();
	try {
		return await action();
	} finally {
		endTurn();
	}
}

/** Gives whether the command stands at the prompt already (ShellTerminal.makeReady). */
async function bringToPrompt(
	step: CommandStep,
	shell: ShellTerminal,
	workspace: Workspace,
	whenBusy: WhenBusy,
): Promise<boolean> {
	const typed = await shell.makeReady(step.command, step.in, whenBusy);
	if (step.in === undefined && !typed) await shell.assign(mentioned(workspace.captured, step.command));
	return typed;
}

/** The captured variables that a command uses. */
function mentioned(captured: Map<string, string>, command: string): [string, string][] {
	return [...captured].filter(([name]) => new RegExp(`\\$\\{?${name}\\b`).test(command));
}

async function capture(
	captured: { variable: string; value: string },
	workspace: Workspace,
	shell: ShellTerminal,
): Promise<void> {
	const { variable, value } = captured;
	if (!/^[A-Za-z_]\w*$/.test(variable) || /\p{Cc}/u.test(value))
		throw new StepError(`What ${variable} was to be set to is no plain text: ${JSON.stringify(value)}.`);
	workspace.captured.set(variable, value);
	if (shell.terminal.state === 'idle') await shell.assign([[variable, value]]);
}
