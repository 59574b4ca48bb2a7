// The files and commands that an awk program writes to and reads from by name.
import { encode } from '../byte-text.ts';
import type { OpenFile } from '../process.ts';
import type { Line } from './lines.ts';
import type { Call } from './tool.ts';

export class Files {
	readonly #call: Call;
	readonly #outputs = new Map<string, { file: OpenFile; pid?: number }>();
	readonly #inputs = new Map<string, AsyncGenerator<Line>>();

	constructor(call: Call) {
		this.#call = call;
	}

	/** Writes where `>`, `>>` or `|` leads. */
	async write(operator: string, target: string, text: string): Promise<void> {
		await this.#call.flush();
		if (target === '/dev/stdout' || target === '-') return this.#call.process.write(1, encode(text));
		if (target === '/dev/stderr') return this.#call.process.write(2, encode(text));
		let output = this.#outputs.get(target);
		if (!output) {
			const { process } = this.#call;
			if (operator === '|') {
				const { reader, writer } = process.pipe();
				const { pid } = process.spawn({ argv: ['/bin/sh', '-c', target], files: new Map([[0, reader]]) });
				reader.release();
				output = { file: writer, pid };
			} else output = { file: process.open(target, operator === '>' ? 'w' : 'a') };
			this.#outputs.set(target, output);
		}
		await output.file.write(encode(text), this.#call.process);
	}

	/** A file's lines, from where the last getline left off. Throws SystemError. */
	lines(name: string, separator: number): AsyncGenerator<Line> {
		let lines = this.#inputs.get(name);
		if (!lines) {
			lines = this.#call.lines(name, separator);
			this.#inputs.set(name, lines);
		}
		return lines;
	}

	/** Closes a file, or waits for a command; gives its exit code, -1 where it is not open. */
	async close(name: string): Promise<number> {
		const output = this.#outputs.get(name);
		const input = this.#inputs.get(name);
		this.#outputs.delete(name);
		this.#inputs.delete(name);
		await input?.return(undefined);
		if (!output) return input ? 0 : -1;
		output.file.release();
		if (output.pid === undefined) return 0;
		return (await this.#call.process.wait(output.pid))?.code ?? 0;
	}

	async closeAll(): Promise<void> {
		for (const name of [...this.#outputs.keys()]) await this.close(name);
	}
}
