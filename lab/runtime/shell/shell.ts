// The state of a shell: variables, functions, options, traps; and what subshells take over of it.
import { GeneratedContent } from '../open-files.ts';
import { type OpenFile, type Process, type Program, type Signal, SystemError } from '../process.ts';
import { signalNumber } from '../signals.ts';
import type { Builtin } from './builtins/builtin.ts';
import { builtins } from './builtins.ts';
import { Abort, Jump, ShellError, ShellExit } from './control-flow.ts';
import type { Dialect } from './dialect.ts';
import { Executor } from './execute.ts';
import { Expander } from './expand.ts';
import { Jobs } from './jobs.ts';
import { Parser } from './parser.ts';
import { type Command, type Script, SyntaxFailure } from './syntax.ts';
import { syntaxWords } from './syntax-words.ts';
import { ReadOnlyVariable, Variables } from './variables.ts';

/** What busybox's shell runs as it runs its applets. */
const asApplets: ReadonlySet<string> = new Set(['kill', 'printf']);

export class Shell {
	process: Process;
	readonly dialect: Dialect;
	readonly variables: Variables;
	readonly functions: Map<string, Command>;
	readonly aliases: Map<string, string>;
	/** Letters of `set`, and `pipefail`. */
	readonly options: Set<string>;
	readonly expander = new Expander(this);
	readonly executor = new Executor(this);
	readonly jobs = new Jobs(this);
	/** Commands by signal, `EXIT` included; '' ignores. */
	readonly traps = new Map<Signal | 'EXIT', string>();
	positional: string[];
	/** $0, with which messages begin. */
	name: string;
	/** Set while a file's commands run: ash and bash name their line then. */
	script = false;
	interactive = false;
	/** Lines that have been typed, where a line editor keeps them. */
	history: string[] | undefined;
	status = 0;
	line = 1;
	lastBackground: number | undefined;
	/** $$: the first shell's, in subshells too. */
	readonly shellPid: number;
	readonly #startedAt: number;
	#pendingTraps: Signal[] = [];
	#interrupted = false;
	/** Signals ignored from the start, which cannot be trapped (POSIX, trap). */
	#ignored = new Set<Signal>();

	constructor(process: Process, dialect: Dialect, name: string, parent?: Shell) {
		this.process = process;
		this.dialect = dialect;
		this.name = name;
		this.variables = parent ? parent.variables.copy() : new Variables();
		this.functions = new Map(parent?.functions);
		this.aliases = new Map(parent?.aliases);
		this.options = new Set(parent?.options);
		this.positional = [...(parent?.positional ?? [])];
		this.script = parent?.script ?? false;
		this.status = parent?.status ?? 0;
		this.line = parent?.line ?? 1;
		this.lastBackground = parent?.lastBackground;
		this.shellPid = parent?.shellPid ?? process.pid;
		this.#startedAt = parent ? parent.#startedAt : process.clock.now();
		this.variables.allocate = (bytes) => this.process.allocate(bytes);
		for (const [signal, command] of parent?.traps ?? []) if (command === '') this.traps.set(signal, '');
		if (!parent) this.#importEnvironment();
	}

	#importEnvironment(): void {
		for (const [name, value] of this.process.env) {
			if (!/^[A-Za-z_]\w*$/.test(name)) continue;
			this.variables.set(name, value);
			this.variables.declare(name, { exported: true });
		}
		this.variables.set('IFS', ' \t\n');
		this.variables.set('OPTIND', '1');
		if (this.variables.get('PATH') === undefined)
			this.variables.set('PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin');
		const before = this.variables.get('PWD');
		if (before !== this.process.cwd) this.variables.set('PWD', this.process.cwd);
		if (this.dialect.name === 'bash') {
			this.variables.set('PWD', this.process.cwd);
			this.variables.declare('PWD', { exported: true });
			this.variables.set('SHLVL', String(Number(this.variables.get('SHLVL') ?? 0) + 1));
			this.variables.declare('SHLVL', { exported: true });
			this.variables.set('BASH_VERSION', '5.2.15(1)-release');
			this.variables.set('UID', String(this.process.uid));
			this.variables.set('EUID', String(this.process.uid));
			this.variables.set('HOSTNAME', this.process.hostname);
			this.variables.set('OSTYPE', 'linux-gnu');
		}
		this.variables.set('PPID', String(this.process.parentPid));
	}

	/** A parameter's value; undefined where it is unset. */
	parameter(name: string): string | undefined {
		switch (name) {
			case '?':
				return String(this.status);
			case '$':
				return String(this.shellPid);
			case '!':
				return this.lastBackground === undefined ? undefined : String(this.lastBackground);
			case '#':
				return String(this.positional.length);
			case '-':
				return [...this.options].filter((option) => option.length === 1).join('');
			case '0':
				return this.name;
			case '@':
			case '*':
				return this.positional.length > 0 ? this.positional.join(' ') : undefined;
			case 'LINENO':
				return String(this.line);
		}
		if (/^\d/.test(name)) return this.positional[Number(name) - 1];
		if (this.dialect.name !== 'dash') {
			if (name === 'RANDOM') return String(Math.floor(this.process.random() * 32768));
			if (name === 'SECONDS') return String(Math.floor((this.process.clock.now() - this.#startedAt) / 1000));
			if (name === 'EPOCHSECONDS') return String(Math.floor(this.process.clock.now() / 1000));
		}
		return this.variables.get(name);
	}

	/** Assigns a variable in the shell's words where it is read-only. */
	assign(name: string, value: string): void {
		try {
			this.variables.set(name, value);
		} catch (error) {
			throw this.readOnlyError(error);
		}
		if (this.options.has('a')) this.variables.declare(name, { exported: true });
	}

	readOnlyError(error: unknown): unknown {
		if (!(error instanceof ReadOnlyVariable)) return error;
		const words = this.dialect.name === 'bash' ? 'readonly variable' : 'is read only';
		return new ShellError(`${error.variable}: ${words}`, this.dialect.name === 'bash' ? 1 : 2, true);
	}

	/** A message as this shell words its own: with its name and the line, where it says that. */
	message(text: string): string {
		const { name: dialect } = this.dialect;
		if (dialect === 'dash') return `${this.name}: ${this.line}: ${text}\n`;
		if (dialect === 'ash') return this.#ashMessage(text);
		return `${this.name}: ${this.interactive ? '' : `line ${this.line}: `}${text}\n`;
	}

	/** Undefined for what is no builtin of this shell. */
	builtin(name: string): Builtin | undefined {
		const builtin = builtins.get(name);
		return builtin?.only && !builtin.only(this.dialect) ? undefined : builtin;
	}

	/**
	 * busybox names the builtin before the line, which is 0 in a text given by -c; builtins that run as its applets
	 * name neither.
	 */
	#ashMessage(text: string): string {
		const [, command = '', complaint] = /^([^\s:]+): (.*)$/s.exec(text) ?? [];
		if (asApplets.has(command)) return `${this.name}: ${complaint}\n`;
		const line = `line ${this.script ? this.line : 0}: `;
		if (this.builtin(command))
			return `${this.name}: ${command}: ${this.interactive ? '' : line}${complaint}\n`;
		return `${this.name}: ${this.script ? line : ''}${text}\n`;
	}

	async complain(text: string): Promise<void> {
		await this.process.write(2, this.message(text));
	}

	/** A copy for a subshell, which gets its process when that starts. */
	fork(): Shell {
		const copy = new Shell(this.process, this.dialect, this.name, this);
		copy.interactive = false;
		copy.history = this.history?.slice();
		return copy;
	}

	/** The program of a subshell: what it does is decided, and the state copied, now. */
	subshell(action: (shell: Shell) => Promise<void>): Program {
		const copy = this.fork();
		return (process) => {
			copy.process = process;
			for (const [signal, command] of copy.traps)
				if (signal !== 'EXIT' && command === '') process.onSignal(signal, 'ignore');
			return copy.finish(() => action(copy));
		};
	}

	/** Runs something as the whole life of this shell: to its end, its EXIT trap included; gives the exit status. */
	async finish(action: () => Promise<void>): Promise<number> {
		await this.#contained(action);
		const trap = this.traps.get('EXIT');
		if (trap) {
			this.traps.delete('EXIT');
			const { status } = this;
			if (!(await this.#contained(() => this.run(trap)))) this.status = status;
		}
		return this.status;
	}

	/** Runs something until it is over or the shell exits; true where it exited. */
	async #contained(action: () => Promise<void>): Promise<boolean> {
		try {
			await action();
			return false;
		} catch (thrown) {
			if (thrown instanceof ShellExit || thrown instanceof Abort) {
				this.status = thrown.status;
				return true;
			}
			if (thrown instanceof Jump) {
				if (thrown.type === 'return') this.status = thrown.count;
				return true;
			}
			throw thrown;
		}
	}

	/** Parses and runs a text, command by command. `tail` says that nothing follows it: its last command may take the shell's process over. */
	async run(text: string, tail = false): Promise<void> {
		const parser = new Parser(text, this.dialect, this.aliases);
		let script = await this.parse(() => parser.next(), text);
		if (!script) this.status = 0;
		while (script) {
			const { line } = parser;
			const current: Script = script;
			// A mistake in what follows must not be reported before this command has run.
			const following = tail ? attempt(() => parser.next()) : undefined;
			await this.executor.script(current, tail && following?.value === undefined && !following?.failure);
			if (following?.failure) {
				this.line = line;
				await this.parse(() => {
					throw following.failure;
				}, text);
			}
			script = tail ? following?.value : await this.parse(() => parser.next(), text);
		}
	}

	/** A text with its parameters and commands expanded, as a prompt is. */
	async expandText(text: string): Promise<string> {
		const parts = await this.parse(() => new Parser('', this.dialect).expandable(text));
		return this.expander.text({ parts });
	}

	/** Parses, reporting mistakes in the shell's words. */
	async parse<T>(action: () => T, source = ''): Promise<T> {
		try {
			return action();
		} catch (error) {
			if (!(error instanceof SyntaxFailure)) throw error;
			this.line = error.line;
			await this.process.write(2, this.#syntaxMessage(error, source));
			throw new Abort(2);
		}
	}

	/** A syntax error; bash says where the text came from, and shows the line. */
	#syntaxMessage(failure: SyntaxFailure, source: string): string {
		const words = syntaxWords(this.dialect, failure);
		if (!this.dialect.bash || this.interactive) return this.message(words);
		const atEnd = failure.token === undefined && words.endsWith('end of file');
		const line = failure.line + (atEnd && !source.endsWith('\n') ? 1 : 0);
		const start = `${this.name}: ${this.script ? '' : '-c: '}line ${line}: `;
		const text = source.split('\n')[failure.line - 1];
		return `${start}${words}\n${failure.token === undefined || text === undefined ? '' : `${start}\`${text}'\n`}`;
	}

	/** The file that a command's name runs by PATH; undefined for a path, or where there is none. */
	commandPath(name: string): string | undefined {
		if (name.includes('/') || name === '') return undefined;
		const { files } = this.process;
		for (const folder of (this.parameter('PATH') ?? '').split(':')) {
			const path = `${folder === '' ? this.process.cwd : folder}/${name}`;
			if (!files.exists(path)) continue;
			const { kind, mode } = files.status(path);
			if (kind === 'file' && (mode & 0o111) !== 0) return path;
		}
		return undefined;
	}

	/** The exit status of a shell that an unset parameter ends. */
	get expansionFailure(): number {
		if (this.dialect.name !== 'bash') return 2;
		return this.process.pid === this.shellPid ? 127 : 1;
	}

	/** A path as the process has it, absolute. */
	absolute(path: string): string {
		return path.startsWith('/') ? path : `${this.process.cwd}/${path}`;
	}

	isDirectory(path: string): boolean {
		const { files } = this.process;
		return files.exists(this.absolute(path)) && files.status(this.absolute(path)).kind === 'directory';
	}

	/** The open file of a descriptor; undefined where it is closed. */
	openFile(descriptor: number): OpenFile | undefined {
		try {
			return this.process.file(descriptor);
		} catch (error) {
			if (error instanceof SystemError) return undefined;
			throw error;
		}
	}

	/** A here-document as a file to read from. */
	hereDocument(text: string): OpenFile {
		return new GeneratedContent('pipe:[here-document]', text);
	}

	/** Sets a trap; undefined takes the default back. */
	setTrap(signal: Signal | 'EXIT', command: string | undefined): void {
		if (signal !== 'EXIT' && !this.traps.has(signal) && this.process.signalAction(signal) === 'ignore')
			this.#ignored.add(signal);
		if (signal === 'EXIT') {
			if (command === undefined) this.traps.delete(signal);
			else this.traps.set(signal, command);
			return;
		}
		if (this.#ignored.has(signal) && !this.interactive) return;
		if (signal === 'KILL' || signal === 'STOP') return;
		if (command === undefined) {
			this.traps.delete(signal);
			this.process.onSignal(signal, this.jobs.defaultAction(signal));
		} else {
			this.traps.set(signal, command);
			this.process.onSignal(signal, command === '' ? 'ignore' : () => this.#pendingTraps.push(signal));
		}
	}

	/** ^C in an interactive shell: what it is running is given up. */
	interrupt(): void {
		this.#interrupted = true;
	}

	/** Whether ^C came since this was asked last. */
	takeInterrupt(): boolean {
		const interrupted = this.#interrupted;
		this.#interrupted = false;
		return interrupted;
	}

	get trapPending(): Signal | undefined {
		return this.#pendingTraps[0];
	}

	/** Runs the traps of signals that have come since. */
	async runTraps(): Promise<void> {
		while (this.#pendingTraps.length > 0) {
			const signal = this.#pendingTraps.shift()!;
			const { status } = this;
			const command = this.traps.get(signal);
			if (command) await this.run(command);
			this.status = status;
		}
	}

	/** The status of a `wait` that a trapped signal has interrupted. */
	interruptedStatus(): number {
		return 128 + signalNumber(this.trapPending ?? 'INT');
	}
}

function attempt<T>(action: () => T): { value?: T; failure?: unknown } {
	try {
		return { value: action() };
	} catch (failure) {
		return { failure };
	}
}
