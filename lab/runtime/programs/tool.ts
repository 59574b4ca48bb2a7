// What every tool of an image shares: its name as called, its options, buffered output, input that streams,
// and the ways to fail.

import { concat } from '../../bytes.ts';
import { encode } from '../byte-text.ts';
import { type OpenFile, type Process, type Program, SystemError } from '../process.ts';
import { type Line, linesOf } from './lines.ts';
import { OptionError, type OptionSpec, type Options, parseOptions } from './options.ts';

/** Whose words: GNU's (Debian), busybox' on glibc (image busybox), or busybox' on musl (image alpine). */
export type Flavour = 'gnu' | 'busybox' | 'musl';

export interface Tool {
	readonly name: string;
	/** Arguments as the usage text lists them. */
	readonly usage?: string;
	run(call: Call): number | Promise<number>;
}

/** Ends a tool with a message; printed after its name. */
export class ToolFailure extends Error {
	readonly code: number;
	/** Printed as it is, without the name. */
	readonly bare: boolean;
	constructor(message: string, code = 1, bare = false) {
		super(message);
		this.code = code;
		this.bare = bare;
	}
}

const bufferBytes = 16 * 1024;

/** One call of a tool. */
export class Call {
	readonly process: Process;
	readonly name: string;
	readonly usage: string;
	readonly flavour: Flavour;
	readonly args: readonly string[];
	/** busybox' release, as 1.36.1; some applets changed in the course of them. */
	readonly release: string;
	#parts: Uint8Array[] = [];
	#text = '';
	#size = 0;

	constructor(
		process: Process,
		tool: Pick<Tool, 'name' | 'usage'>,
		flavour: Flavour,
		args: readonly string[],
		release = '',
	) {
		this.process = process;
		this.name = tool.name;
		this.usage = tool.usage ?? '';
		this.flavour = flavour;
		this.args = args;
		this.release = release;
	}

	/** The same call with other arguments, for tools that take old forms of options. */
	withArguments(args: readonly string[]): Call {
		return new Call(this.process, this, this.flavour, args, this.release);
	}

	get busybox(): boolean {
		return this.flavour !== 'gnu';
	}

	/** Reads the options, or ends the tool with its complaint. `code` is the exit code of a wrong usage. */
	options(spec: OptionSpec, code = 1): Options {
		try {
			return parseOptions(this.args, spec, this.flavour);
		} catch (error) {
			if (error instanceof OptionError) {
				if (!this.busybox) throw this.usageFailure(error.message, code);
				throw new ToolFailure(`${error.message}\n${this.#usageText()}`, code);
			}
			throw error;
		}
	}

	/** What a tool says to wrong usage: GNU's words with a hint, or busybox' usage text alone. */
	usageFailure(message: string, code = 1): ToolFailure {
		if (this.busybox) return new ToolFailure(this.#usageText(), code, true);
		return new ToolFailure(`${message}\nTry '${this.name} --help' for more information.`, code);
	}

	#usageText(): string {
		return `${busyboxBanner(this.release)}\n\nUsage: ${this.name} ${this.usage}`;
	}

	/** Adds to the output, and gives a promise to await where the buffer has to be written first. */
	print(data: string | Uint8Array): Promise<void> | undefined {
		if (typeof data === 'string') this.#text += data;
		else {
			this.#endText();
			this.#parts.push(data.slice());
		}
		this.#size += data.length;
		return this.#size >= bufferBytes ? this.flush() : undefined;
	}

	#endText() {
		if (this.#text === '') return;
		this.#parts.push(encode(this.#text));
		this.#text = '';
	}

	async flush(): Promise<void> {
		if (this.#size === 0) return;
		this.#endText();
		const data = concat(this.#parts);
		this.#parts = [];
		this.#size = 0;
		await this.process.write(1, data);
	}

	/** Writes `name: message` to standard error. */
	async complain(message: string): Promise<void> {
		await this.flush();
		await this.process.write(2, encode(`${this.name}: ${message}\n`));
	}

	fail(message: string, code = 1): never {
		throw new ToolFailure(message, code);
	}

	/** A file's bytes as they come, `-` being standard input; throws SystemError before the first of them. */
	open(path: string): AsyncGenerator<Uint8Array> {
		if (path === '-') return this.stream(this.process.file(0));
		const file = this.process.open(path, 'r');
		return this.stream(file, true);
	}

	/** What an open file gives until its end. Output so far goes out before each wait for more. */
	async *stream(file: OpenFile, release = false): AsyncGenerator<Uint8Array> {
		try {
			for (;;) {
				await this.flush();
				const data = await file.read(65536, this.process);
				if (data.length === 0) return;
				yield data;
			}
		} finally {
			if (release) file.release();
		}
	}

	lines(path: string, separator?: number): AsyncGenerator<Line> {
		return linesOf(this.open(path), separator, (bytes) => this.process.allocate(bytes));
	}

	/**
	 * Calls `read` for each operand (standard input where there is none), complains of those that cannot be
	 * read, and gives the exit code.
	 */
	async eachFile(
		operands: readonly string[],
		complaint: (path: string, error: SystemError) => string,
		read: (path: string) => Promise<void>,
	): Promise<number> {
		let code = 0;
		for (const path of operands.length > 0 ? operands : ['-']) {
			try {
				await read(path);
			} catch (error) {
				if (!(error instanceof SystemError) || error.code === 'EPIPE' || error.code === 'EINTR') throw error;
				await this.complain(complaint(path, error));
				code = 1;
			}
		}
		return code;
	}

	/** A file's bytes, which the process holds from then on. */
	async readAll(path: string): Promise<Uint8Array> {
		const parts: Uint8Array[] = [];
		for await (const part of this.open(path)) {
			this.process.allocate(part.length);
			parts.push(part);
		}
		return concat(parts);
	}
}

/** What busybox says of itself. */
export function busyboxBanner(release: string): string {
	return `BusyBox v${release} (2024-09-26 21:31:42 UTC) multi-call binary.`;
}

/** Runs a tool in a process under a name of its own, as a multi-call binary does. */
export async function runTool(
	tool: Tool,
	flavour: Flavour,
	process: Process,
	args: readonly string[],
	release = '',
): Promise<number> {
	const call = new Call(process, tool, flavour, args, release);
	try {
		if (args.includes('--help') && tool.usage !== undefined && call.busybox) {
			await process.write(2, `${busyboxBanner(release)}\n\nUsage: ${tool.name} ${tool.usage}\n`);
			return 0;
		}
		const code = await tool.run(call);
		await call.flush();
		return code;
	} catch (error) {
		if (error instanceof ToolFailure) {
			if (!error.bare) await call.complain(error.message);
			else {
				await call.flush();
				await process.write(2, `${error.message}\n`);
			}
			return error.code;
		}
		if (!(error instanceof SystemError)) throw error;
		await process.write(
			2,
			`${tool.name}: ${error.code === 'EPIPE' ? 'write error: ' : ''}${error.message}\n`,
		);
		return 1;
	}
}

const programs = new Map<string, WeakMap<Tool, Program>>();

/** The tool as an executable; one and the same for equal arguments, so that images share it. */
export function programOf(tool: Tool, flavour: Flavour): Program {
	let known = programs.get(flavour);
	if (!known) {
		known = new WeakMap();
		programs.set(flavour, known);
	}
	let program = known.get(tool);
	if (!program) {
		program = (process) => runTool(tool, flavour, process, process.argv.slice(1));
		known.set(tool, program);
	}
	return program;
}

/** Tools' common complaint about a file: `cat: x: No such file or directory`, and busybox' own. */
export function cannotOpen(call: Call): (path: string, error: SystemError) => string {
	return (path, error) => {
		if (call.busybox && error.code !== 'EISDIR') return `can't open '${path}': ${error.message}`;
		return call.busybox ? `read error: ${error.message}` : `${path}: ${error.message}`;
	};
}

/** The path of a name in a directory. */
export function join(directory: string, name: string): string {
	return directory.endsWith('/') ? directory + name : `${directory}/${name}`;
}

/** The last part of a path, as basename(1) gives it. */
export function lastPart(path: string): string {
	const trimmed = path.replace(/\/+$/, '');
	return trimmed === '' && path !== '' ? '/' : trimmed.slice(trimmed.lastIndexOf('/') + 1);
}
