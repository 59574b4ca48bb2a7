// The interpreter that runs a learner's JavaScript: QuickJS in WebAssembly, one instance a shell, never the host's
// own engine. What the shell's library calls may wait: the instance is suspended meanwhile (Asyncify).
import type {
	QuickJSAsyncContext,
	QuickJSAsyncRuntime,
	QuickJSAsyncWASMModule,
	QuickJSHandle,
} from 'quickjs-emscripten-core';
import type { Process } from '../../../runtime/process.ts';

const memoryBytes = 48 * 2 ** 20;
/**
 * How deep calls may nest. Suspending copies the whole stack, of which the host's own part is much larger, and what
 * it is copied into is set by the last limit of any runtime of the module.
 */
const stackBytes = 20 * 1024;
const copiedStackBytes = 1024 * 1024;
/** So many rounds of loops and calls of functions run in one go, and cost so many steps of the process. */
const roundsInOne = 1000;
const stepsForRounds = 100;
/** The interpreter asks every few thousand operations; so many times without a turn, and it is given up. */
const mostPolls = 400;

/** A program that has thrown; `message` is how the shell shows it. */
export class ScriptError extends Error {
	/** As `TypeError`. */
	readonly kind: string;
	constructor(kind: string, message: string) {
		super(message);
		this.kind = kind;
	}
}

/** Answers a call of the library with JSON; what it throws is thrown there. */
export type HostCall = (name: string, argument: string) => Promise<string>;

/** Making an instance takes the host's time, and none of the lab's. */
async function instantiate(): Promise<QuickJSAsyncWASMModule> {
	const [{ newQuickJSAsyncWASMModuleFromVariant }, variant] = await Promise.all([
		import('quickjs-emscripten-core'),
		import('@jitl/quickjs-singlefile-browser-release-asyncify'),
	]);
	return newQuickJSAsyncWASMModuleFromVariant(variant.default);
}

/** Errors of the interpreter as mongosh, which runs on Node, says them. */
function inNodesWords(kind: string, message: string): ScriptError {
	if (kind === 'InternalError' && message === 'stack overflow')
		return new ScriptError('RangeError', 'Maximum call stack size exceeded');
	if (kind === 'InternalError') return new ScriptError('Error', message);
	for (const [pattern, words] of [
		[/^'(\S+)' is not defined$/, '$1 is not defined'],
		[/^redeclaration of '(\S+)'$/, "Identifier '$1' has already been declared"],
		[/^cannot read property '(\S+)' of (undefined|null)$/, "Cannot read properties of $2 (reading '$1')"],
		[/^'(\S+)' is read-only$/, 'Assignment to constant variable.'],
	] as const)
		if (pattern.test(message)) return new ScriptError(kind, message.replace(pattern, words));
	return new ScriptError(kind, message);
}

export class Interpreter {
	readonly #runtime: QuickJSAsyncRuntime;
	readonly #context: QuickJSAsyncContext;
	#polls = 0;
	#interrupted = false;
	/** While promises' reactions run nothing can be suspended. */
	#reacting = false;

	private constructor(process: Process, module: QuickJSAsyncWASMModule, call: HostCall) {
		this.#runtime = module.newRuntime();
		this.#runtime.setMemoryLimit(memoryBytes);
		this.#runtime.setMaxStackSize(stackBytes);
		module.newRuntime().setMaxStackSize(copiedStackBytes);
		this.#runtime.setInterruptHandler(() => this.#interrupted || ++this.#polls > mostPolls);
		this.#context = this.#runtime.newContext();
		const context = this.#context;
		this.#define('__now', () => context.newNumber(process.clock.now()));
		this.#define('__random', () => context.newNumber(process.random()));
		this.#defineWaiting('__turn', async () => {
			this.#polls = 0;
			const pause = process.step(stepsForRounds);
			if (pause) await pause;
			context.setProp(context.global, '__rounds', context.newNumber(roundsInOne));
		});
		this.#defineWaiting('__call', async (name, argument) => {
			this.#polls = 0;
			return context.newString(await call(context.getString(name), context.getString(argument)));
		});
		context.setProp(context.global, '__rounds', context.newNumber(roundsInOne));
	}

	static async create(process: Process, call: HostCall): Promise<Interpreter> {
		const module = await process.clock.outside(instantiate());
		return new Interpreter(process, module, call);
	}

	/** Runs a program and gives what the library's `__text` makes of its value. Throws ScriptError. */
	async run(code: string, file: string, show: boolean): Promise<string> {
		this.#polls = 0;
		this.#interrupted = false;
		const context = this.#context;
		const result = await context.evalCodeAsync(code, file, { type: 'global' });
		this.#react();
		if (result.error) throw this.#errorOf(result.error);
		const value = this.#settled(result.value);
		if (!show) {
			value.dispose();
			return '';
		}
		context.setProp(context.global, '__value', value);
		value.dispose();
		const shown = await context.evalCodeAsync('__text(__value)', 'shell.js', { type: 'global' });
		if (shown.error) throw this.#errorOf(shown.error);
		return shown.value.consume((value) => context.getString(value));
	}

	/** A promise that has come to an end stands for what it has come to. */
	#settled(value: QuickJSHandle): QuickJSHandle {
		const state = this.#context.getPromiseState(value);
		if (state.type === 'pending' || (state.type === 'fulfilled' && state.notAPromise)) return value;
		value.dispose();
		if (state.type === 'rejected') throw this.#errorOf(state.error);
		return state.value;
	}

	/** Ends what is running; a program cannot catch that. */
	interrupt(): void {
		this.#interrupted = true;
	}

	/** Runs what promises have let wait. */
	#react(): void {
		this.#reacting = true;
		try {
			const result = this.#runtime.executePendingJobs();
			if (result.error) result.error.dispose();
		} finally {
			this.#reacting = false;
		}
	}

	#errorOf(error: QuickJSHandle): ScriptError {
		const thrown: unknown = error.consume((handle) => this.#context.dump(handle));
		if (this.#interrupted) return new ScriptError('MongoshInterruptedError', 'operation was interrupted');
		if (typeof thrown !== 'object' || thrown === null) return new ScriptError('Error', String(thrown));
		const { name = 'Error', message = '' } = thrown as { name?: string; message?: string };
		if (name === 'InternalError' && message === 'interrupted')
			return new ScriptError('Error', 'the lab gave this up: too long a computation in one go');
		return inNodesWords(name, message);
	}

	#define(name: string, implementation: () => QuickJSHandle): void {
		const made = this.#context.newFunction(name, implementation);
		made.consume((handle) => this.#context.setProp(this.#context.global, name, handle));
	}

	#defineWaiting(
		name: string,
		implementation: (...args: QuickJSHandle[]) => Promise<QuickJSHandle | void>,
	): void {
		const context = this.#context;
		const made = context.newAsyncifiedFunction(name, (...args) => {
			if (this.#reacting)
				throw new Error('the database cannot be asked from within a promise here: call it directly');
			return implementation(...args).catch((error: unknown) => {
				// Whatever unwinds the process ends the program as well.
				if (!(error instanceof Error)) this.#interrupted = true;
				throw error instanceof Error ? error : new Error('interrupted');
			});
		});
		made.consume((handle) => context.setProp(context.global, name, handle));
	}
}
