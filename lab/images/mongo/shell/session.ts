// One run of the shell: the interpreter with its library, the connection, and the inputs that are evaluated.
import { type Process, SystemError } from '../../../runtime/process.ts';
import { type Completion, commonStart } from '../../../runtime/shell/completion.ts';
import type { Document } from '../documents/values.ts';
import {
	type MongoClient,
	MongoNetworkError,
	MongoServerError,
	MongoServerSelectionError,
} from '../driver/client.ts';
import { prepare, type ShellSyntaxError } from './completeness.ts';
import { Interpreter, ScriptError } from './interpreter.ts';
import { collectionsLibrary } from './library/collections.ts';
import { replicaSetLibrary } from './library/replica-set.ts';
import { textLibrary } from './library/text.ts';
import { valuesLibrary } from './library/values.ts';

export type Flavour = 'mongosh' | 'mongo';

/** What is typed for the shell itself rather than for the interpreter. */
const ownCommand = /^\s*(show|use|it|exit|quit|cls|help)(?:\s+([^\s;]+))?\s*;?\s*$/;

export class ShellSession {
	readonly process: Process;
	readonly client: MongoClient;
	readonly flavour: Flavour;
	readonly version: string;
	#interpreter!: Interpreter;
	/** Set when the shell is to end. */
	exitCode: number | undefined;

	private constructor(process: Process, client: MongoClient, flavour: Flavour, version: string) {
		this.process = process;
		this.client = client;
		this.flavour = flavour;
		this.version = version;
	}

	static async start(
		process: Process,
		client: MongoClient,
		flavour: Flavour,
		version: string,
	): Promise<ShellSession> {
		const session = new ShellSession(process, client, flavour, version);
		const interpreter = await Interpreter.create(process, (name, argument) =>
			session.#answer(name, argument),
		);
		session.#interpreter = interpreter;
		const settings = `globalThis.__flavour = ${JSON.stringify(flavour)}; globalThis.__database = ${JSON.stringify(client.target.database)};`;
		for (const library of [settings, valuesLibrary, textLibrary, collectionsLibrary, replicaSetLibrary])
			await interpreter.run(library, 'shell.js', false);
		return session;
	}

	/** Evaluates an input and gives what is shown of it. Throws ScriptError and ShellSyntaxError. */
	async evaluate(text: string, options: { file?: string; show?: boolean } = {}): Promise<string> {
		const { file = '(shell)', show = true } = options;
		const [, command, argument] = ownCommand.exec(text) ?? [];
		if (command) return this.#command(command, argument);
		const shown = await this.#run(prepare(text), file, show);
		return shown;
	}

	/** What the name at the end of an unfinished line may become: of `db.pe` the collections and methods with pe. */
	async complete(before: string): Promise<Completion | undefined> {
		const [path = ''] = /[\w$.]*$/.exec(before) ?? [];
		const dot = path.lastIndexOf('.');
		const part = path.slice(dot + 1);
		const call = `__names(${JSON.stringify(path.slice(0, Math.max(0, dot)))}, ${JSON.stringify(part)})`;
		try {
			const candidates = JSON.parse(await this.#run(call, 'shell.js', true)) as string[];
			if (candidates.length === 0) return undefined;
			return { rest: commonStart(candidates).slice(part.length), candidates };
		} catch (error) {
			if (error instanceof ScriptError) return undefined;
			throw error;
		}
	}

	/** Ends what is being evaluated. */
	interrupt(): void {
		this.#interpreter.interrupt();
	}

	/** The name of the database that `db` means. */
	database(): Promise<string> {
		return this.#run('db.getName()', 'shell.js', true);
	}

	async #run(code: string, file: string, show: boolean): Promise<string> {
		try {
			return await this.#interpreter.run(code, file, show);
		} catch (error) {
			if (this.exitCode !== undefined) return '';
			throw error;
		} finally {
			// A process that has been ended meanwhile is unwound here.
			await this.process.step(1);
		}
	}

	async #command(command: string, argument: string | undefined): Promise<string> {
		switch (command) {
			case 'use':
				return this.#run(`__use(${JSON.stringify(argument ?? '')})`, 'shell.js', true);
			case 'show':
				return this.#run(`__show(${JSON.stringify(argument ?? '')})`, 'shell.js', true);
			case 'it':
				return this.#run('__it()', 'shell.js', true);
			case 'cls':
				return '\x1b[H\x1b[2J';
			case 'help':
				return helpText;
			default:
				this.exitCode = Number(argument ?? 0);
				return '';
		}
	}

	/** Answers what the library asks of the world. */
	async #answer(name: string, argument: string): Promise<string> {
		switch (name) {
			case 'command': {
				const { database, command } = JSON.parse(argument) as { database: string; command: Document };
				return JSON.stringify(await this.#send(database, command));
			}
			case 'print':
				await this.process.write(1, argument);
				return '';
			case 'sleep':
				await this.process.sleep(Math.max(0, Number(argument) || 0));
				return '';
			case 'readPreference':
				this.client.target.readPreference = argument;
				return '';
			case 'quit':
				this.exitCode = Number(argument) || 0;
				this.interrupt();
				return '';
			case 'version':
				return this.version;
			default:
				throw new Error(`the lab's shell does not have ${name}()`);
		}
	}

	async #send(database: string, command: Document): Promise<Document> {
		try {
			return await this.client.command(database, command);
		} catch (error) {
			if (error instanceof MongoServerError) return error.reply;
			if (error instanceof MongoNetworkError) return { network: 'MongoNetworkError', message: error.message };
			if (error instanceof MongoServerSelectionError)
				return { network: 'MongoServerSelectionError', message: error.message };
			if (error instanceof SystemError)
				return { network: 'MongoshInterruptedError', message: 'operation was interrupted' };
			throw error;
		}
	}

	/** How the shell shows what went wrong. */
	describe(error: ScriptError | ShellSyntaxError, text: string): string {
		if (error instanceof ScriptError) {
			const said = `${error.kind}: ${error.message}`;
			return this.flavour === 'mongosh' ? said : `uncaught exception: ${said} :\n@(shell):1:1`;
		}
		const { line, column, message } = error;
		if (this.flavour === 'mongo')
			return `uncaught exception: SyntaxError: ${message} :\n@(shell):${line}:${column}`;
		const source = text.split('\n')[line - 1] ?? '';
		return `Uncaught:\nSyntaxError: ${message}. (${line}:${column})\n\n> ${line} | ${source}\n    | ${' '.repeat(column)}^`;
	}
}

const helpText = `
  Shell Help:

    use                                        Set current database
    show                                       'show databases'/'show dbs': the databases
                                               'show collections'/'show tables': the collections of the current one
    it                                         The next documents of the last cursor
    db                                         The current database, with its collections: db.people.find()
    rs                                         Replica sets: rs.initiate(), rs.status(), rs.conf(), rs.help()
    exit                                       Quit the shell
    sleep                                      Wait for so many milliseconds
    print, printjson                           Show values`;
