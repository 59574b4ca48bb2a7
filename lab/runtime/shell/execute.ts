// Runs commands (POSIX.1-2024, Shell Command Language, 2.9).
import { SystemError } from '../process.ts';
import { assign, trace } from './assignments.ts';
import { declarations, specialBuiltins } from './builtins/builtin.ts';
import { holds } from './conditions.ts';
import { Abort, Jump, ShellError, ShellExit } from './control-flow.ts';
import { runExternal } from './external.ts';
import { runInBackground, runPipe, spawnFailure } from './pipelines.ts';
import { keep, redirect, restore } from './redirect.ts';
import type { Shell } from './shell.ts';
import type { AndOr, Command, Compound, Pipeline, Script, Word } from './syntax.ts';

/** Calls deeper than this end the script rather than the host's stack. */
const deepestCall = 500;

type Simple = Command & { type: 'simple' };

export class Executor {
	readonly #shell: Shell;
	/** Above 0 where a failure is being tested: `set -e` does not act. */
	#tested = 0;
	#depth = 0;
	/** Loops around the command at hand. */
	loops = 0;
	/** Functions and sourced files around the command at hand. */
	calls = 0;
	/** The status of the last command that an expansion has run, which an assignment alone takes over. */
	substituted: number | undefined;
	/** The shell's descriptors for <( … ), closed after the command. */
	ownDescriptors: number[] = [];

	constructor(shell: Shell) {
		this.#shell = shell;
	}

	/** Runs a list. `tail`: the process has nothing else to do afterwards, so the last command may take it over. */
	async script(script: Script, tail = false): Promise<void> {
		const last = script.items.length - 1;
		for (let index = 0; index <= last; index++)
			await this.#andOr(script.items[index], tail && index === last);
	}

	async #andOr(item: AndOr, tail: boolean): Promise<void> {
		const shell = this.#shell;
		const pause = shell.process.step();
		if (pause) await pause;
		if (shell.takeInterrupt()) throw new Abort(130);
		if (item.background) return runInBackground(shell, item);
		if (item.rest.length === 0) return this.#pipeline(item.first, tail);
		this.#tested++;
		try {
			await this.#pipeline(item.first, false);
		} finally {
			this.#tested--;
		}
		for (let index = 0; index < item.rest.length; index++) {
			const { operator, pipeline } = item.rest[index];
			if ((shell.status === 0) !== (operator === '&&')) continue;
			const isLast = index === item.rest.length - 1;
			if (isLast) await this.#pipeline(pipeline, tail);
			else {
				this.#tested++;
				try {
					await this.#pipeline(pipeline, false);
				} finally {
					this.#tested--;
				}
			}
		}
	}

	async #pipeline(pipeline: Pipeline, tail: boolean): Promise<void> {
		const shell = this.#shell;
		const startedAt = shell.process.clock.now();
		if (pipeline.negated) this.#tested++;
		try {
			if (pipeline.commands.length === 1)
				await this.#command(
					pipeline.commands[0],
					tail && !pipeline.negated && !pipeline.timed,
					pipeline.text,
				);
			else await runPipe(shell, pipeline);
		} finally {
			if (pipeline.negated) this.#tested--;
		}
		if (pipeline.timed) await shell.process.write(2, timing(shell.process.clock.now() - startedAt));
		if (pipeline.negated) shell.status = shell.status === 0 ? 1 : 0;
		else if (shell.status !== 0 && shell.options.has('e') && this.#tested === 0) {
			const [command] = pipeline.commands;
			if (pipeline.commands.length > 1 || endsOnFailure(command)) throw new ShellExit(shell.status);
		}
		if (shell.trapPending) await shell.runTraps();
	}

	/** A pipeline's command, which its process ends with. */
	async stage(command: Command): Promise<void> {
		await this.#command(command, true, '');
	}

	async #command(command: Command, tail: boolean, text: string): Promise<void> {
		const shell = this.#shell;
		if (shell.options.has('n')) return;
		if (command.type === 'function') {
			shell.functions.set(command.name, command.body);
			shell.status = 0;
			return;
		}
		shell.line = command.line;
		try {
			if (command.type === 'simple') await this.#simple(command, tail, text);
			else await this.#redirected(command, tail, text);
		} catch (error) {
			await this.#failed(error);
		} finally {
			for (const descriptor of this.ownDescriptors.splice(0)) {
				if (shell.openFile(descriptor)) shell.process.setFile(descriptor, null);
			}
		}
	}

	/** Reports what went wrong; ends the script where that is the rule. */
	async #failed(error: unknown): Promise<void> {
		const shell = this.#shell;
		if (error instanceof SystemError && error.code === 'EAGAIN') throw await spawnFailure(shell, error);
		if (!(error instanceof ShellError)) throw error;
		await shell.complain(error.message);
		shell.status = error.status;
		if (error.fatal) throw new Abort(error.status);
	}

	async #redirected(command: Compound, tail: boolean, text: string): Promise<void> {
		if (command.redirections.length === 0) return this.#compound(command, tail, text);
		const saved = await redirect(this.#shell, command.redirections);
		try {
			await this.#compound(command, false, text);
		} finally {
			restore(this.#shell, saved);
		}
	}

	async #compound(command: Compound, tail: boolean, text: string): Promise<void> {
		const shell = this.#shell;
		switch (command.type) {
			case 'group':
				return this.script(command.body, tail);
			case 'subshell': {
				if (tail && !shell.traps.has('EXIT')) return this.script(command.body, true);
				const { pid } = shell.process.spawn({
					argv: shell.process.argv,
					program: shell.subshell((child) => child.executor.script(command.body, true)),
				});
				if (shell.jobs.controlled) shell.jobs.group(pid, pid);
				shell.status = await shell.jobs.foreground([pid], text);
				return;
			}
			case 'if':
				for (const { condition, body } of command.branches)
					if (await this.#test(condition)) return this.script(body, tail);
				if (command.otherwise) return this.script(command.otherwise, tail);
				shell.status = 0;
				return;
			case 'loop': {
				let status = 0;
				await this.#loop(async () => {
					if ((await this.#test(command.condition)) === command.until) return false;
					await this.script(command.body);
					status = shell.status;
					return true;
				});
				shell.status = this.#left ?? status;
				return;
			}
			case 'for': {
				const words = command.words ? await shell.expander.words(command.words) : [...shell.positional];
				let index = 0;
				shell.status = 0;
				await this.#loop(async () => {
					if (index >= words.length) return false;
					shell.assign(command.name, words[index++]);
					await this.script(command.body);
					return true;
				});
				return;
			}
			case 'arithmetic-for': {
				const value = async (word: Word, empty: bigint) =>
					word.parts.length > 0 ? await shell.expander.arithmetic(word) : empty;
				await value(command.start, 0n);
				let first = true;
				await this.#loop(async () => {
					if (!first) await value(command.step, 0n);
					first = false;
					if ((await value(command.condition, 1n)) === 0n) return false;
					await this.script(command.body);
					return true;
				});
				return;
			}
			case 'case':
				return this.#case(command, tail);
			case 'arithmetic':
				shell.status = (await shell.expander.arithmetic(command.expression)) === 0n ? 1 : 0;
				return;
			case 'condition':
				shell.status = (await holds(shell, command.expression)) ? 0 : 1;
		}
	}

	async #case(command: Compound & { type: 'case' }, tail: boolean): Promise<void> {
		const { expander } = this.#shell;
		const text = await expander.text(command.word);
		let through = false;
		this.#shell.status = 0;
		for (const { patterns, body, end } of command.items) {
			let matches = through;
			for (const pattern of patterns) matches ||= (await expander.pattern(pattern)).matches(text);
			through = false;
			if (!matches) continue;
			await this.script(body, tail && end === ';;');
			if (end === ';;') return;
			through = end === ';&';
		}
	}

	async #test(condition: Script): Promise<boolean> {
		this.#tested++;
		try {
			await this.script(condition);
		} finally {
			this.#tested--;
		}
		return this.#shell.status === 0;
	}

	/** The status with which `break` left the last loop. */
	#left: number | undefined;

	/** Calls `round` until it gives false, or break or continue says so. */
	async #loop(round: () => Promise<boolean>): Promise<void> {
		this.loops++;
		this.#left = undefined;
		try {
			while (true) {
				const pause = this.#shell.process.step();
				if (pause) await pause;
				if (this.#shell.takeInterrupt()) throw new Abort(130);
				try {
					if (!(await round())) return;
				} catch (thrown) {
					if (!(thrown instanceof Jump) || thrown.type === 'return') throw thrown;
					this.#shell.status = 0;
					if (thrown.count > 1 && this.loops > 1) {
						thrown.count--;
						throw thrown;
					}
					if (thrown.type === 'break') {
						this.#left = 0;
						return;
					}
				}
			}
		} finally {
			this.loops--;
		}
	}

	async #simple(command: Simple, tail: boolean, text: string): Promise<void> {
		const shell = this.#shell;
		this.substituted = undefined;
		const words = await this.#words(command.words);
		// Traced where its own redirections do not reach; assignments are traced as they are made.
		if (command.assignments.length === 0 && words.length > 0) await trace(shell, [], words);
		if (words.length === 0) return this.#assignmentsOnly(command);
		const [name] = words;
		const special = specialBuiltins.has(name);
		const body = special && shell.dialect.name !== 'bash' ? undefined : shell.functions.get(name);
		const known = body ? undefined : shell.builtin(name);
		if (!body && !known) return runExternal(shell, command, words, tail, text);
		const saved = await this.#redirect(command, special && shell.dialect.name !== 'bash');
		if (name === 'exec') keep(saved);
		try {
			// Only a special builtin's assignments outlast it (2.14); bash forgets those as well.
			const lasting = command.assignments.length === 0 || (special && shell.dialect.name !== 'bash');
			if (!lasting) shell.variables.enterScope();
			try {
				await assign(shell, command.assignments, words, !lasting);
				if (body) await this.call(body, words.slice(1));
				else await this.#builtin(known!.run, words);
				if (command.arrays.length > 0) await assign(shell, command.arrays, [], false);
			} finally {
				if (!lasting) shell.variables.leaveScope();
			}
		} finally {
			restore(shell, saved);
		}
	}

	/** Arguments; those of `export` and its kind that look like assignments are neither split nor globbed. */
	async #words(words: Word[]): Promise<string[]> {
		const { expander } = this.#shell;
		const [first] = words[0]?.parts ?? [];
		if (first?.type !== 'literal' || !declarations.has(first.text)) return expander.words(words);
		const expanded: string[] = [];
		for (const word of words) {
			const [start] = word.parts;
			if (start?.type === 'literal' && /^\w+\+?=/.test(start.text)) expanded.push(await expander.text(word));
			else expanded.push(...(await expander.words([word])));
		}
		return expanded;
	}

	async #redirect(command: Simple, fatal: boolean) {
		try {
			return await redirect(this.#shell, command.redirections);
		} catch (error) {
			if (error instanceof ShellError && fatal) throw new ShellError(error.message, error.status, true);
			throw error;
		}
	}

	async #assignmentsOnly(command: Simple): Promise<void> {
		const shell = this.#shell;
		const saved = await redirect(shell, command.redirections);
		restore(shell, saved);
		await assign(shell, command.assignments, [], false);
		shell.status = this.substituted ?? 0;
	}

	/** Runs a function's body with its own positional parameters. */
	async call(body: Command, args: string[]): Promise<void> {
		const shell = this.#shell;
		if (++this.#depth > deepestCall) throw new ShellError('maximum function nesting level exceeded', 2, true);
		const { positional } = shell;
		const { loops } = this;
		shell.positional = args;
		shell.variables.enterScope();
		this.loops = 0;
		this.calls++;
		try {
			await this.#command(body, false, '');
		} catch (thrown) {
			if (!(thrown instanceof Jump) || thrown.type !== 'return') throw thrown;
			shell.status = thrown.count;
		} finally {
			shell.variables.leaveScope();
			shell.positional = positional;
			this.loops = loops;
			this.calls--;
			this.#depth--;
		}
	}

	async #builtin(
		run: (shell: Shell, args: string[]) => number | Promise<number>,
		words: string[],
	): Promise<void> {
		const shell = this.#shell;
		try {
			shell.status = await run(shell, words.slice(1));
		} catch (error) {
			// Reported here, where the command's redirections still hold.
			const known = shell.readOnlyError(error);
			if (known instanceof ShellError) return this.#failed(known);
			if (!(known instanceof SystemError) || known.code === 'EAGAIN') throw known;
			const dash = shell.dialect.name === 'dash';
			const broken = known.code === 'EPIPE';
			const reason = broken ? (dash ? 'I/O error' : `write error: ${known.message}`) : known.message;
			await shell.complain(`${words[0]}: ${reason}`);
			shell.status = 1;
		}
	}
}

/** Whether a command's failure ends the script under `set -e`: a compound command's own parts have been judged. */
function endsOnFailure(command: Command): boolean {
	return ['simple', 'subshell', 'arithmetic', 'condition'].includes(command.type);
}

/** What bash's `time` reports; the simulated processor time is not kept per command. */
function timing(ms: number): string {
	const real = `${Math.floor(ms / 60_000)}m${((ms % 60_000) / 1000).toFixed(3)}s`;
	return `\nreal\t${real}\nuser\t0m0.000s\nsys\t0m0.000s\n`;
}
