// Reads commands from standard input line by line, and knows when one is whole.
import { SystemError } from '../process.ts';
import { Parser } from './parser.ts';
import type { Shell } from './shell.ts';
import { type Script, SyntaxFailure } from './syntax.ts';

export class LineSource {
	readonly #shell: Shell;
	readonly #decoder = new TextDecoder();
	#ended = false;
	/** The line of the next command. */
	#line = 1;

	constructor(shell: Shell) {
		this.#shell = shell;
	}

	/** The next command from bytes that `read` gives one at a time; undefined at the end of the input. */
	async command(read: () => Promise<Uint8Array>): Promise<Script | undefined> {
		let text = '';
		while (!this.#ended) {
			text += await this.#readLine(read);
			const script = await this.parse(text, this.#ended);
			if (script === 'incomplete') continue;
			if (script) return script;
			text = '';
		}
		return undefined;
	}

	/** Parses a text that may be unfinished; undefined where it holds no command. Reports mistakes. */
	async parse(text: string, ended: boolean): Promise<Script | 'incomplete' | undefined> {
		const shell = this.#shell;
		const parser = new Parser(text, shell.dialect, shell.aliases, !ended);
		parser.line = this.#line;
		try {
			const items: Script['items'] = [];
			while (true) {
				const script = parser.next();
				if (!script) break;
				items.push(...script.items);
			}
			if (text.endsWith('\\\n') && !ended) return 'incomplete';
			this.#line = parser.line;
			return items.length > 0 ? { items } : undefined;
		} catch (error) {
			if (error instanceof SyntaxFailure && error.incomplete && !ended) return 'incomplete';
			this.#line += text.split('\n').length - 1;
			await shell.parse(() => {
				throw error;
			});
			return undefined;
		}
	}

	/** Whether a text is whole, unfinished or mistaken, without taking its lines as read. */
	async check(text: string): Promise<Script | 'incomplete' | undefined> {
		const line = this.#line;
		const result = await this.parse(text, false);
		this.#line = line;
		return result;
	}

	async #readLine(read: () => Promise<Uint8Array>): Promise<string> {
		let line = '';
		while (!line.endsWith('\n')) {
			let data: Uint8Array;
			try {
				data = await read();
			} catch (error) {
				if (!(error instanceof SystemError) || error.code !== 'EINTR') throw error;
				await this.#shell.runTraps();
				continue;
			}
			if (data.length === 0) {
				this.#ended = true;
				break;
			}
			line += this.#decoder.decode(data, { stream: true });
		}
		return line;
	}
}
