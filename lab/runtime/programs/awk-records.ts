// awk's variables, and the record at hand with its fields: where records come from, how they fall apart.
import { SystemError } from '../process.ts';
import { type AwkArray, fromInput, toNumber, toText, unescaped, type Value } from './awk-values.ts';
import type { Line } from './lines.ts';
import { compileRegex, matchesOf, type Regex, RegexError } from './regex.ts';
import { type Call, ToolFailure } from './tool.ts';

const mostFields = 100_000;

export class Records {
	readonly call: Call;
	readonly globals = new Map<string, Value | AwkArray>();
	/** The variables of the function that runs. */
	locals: Map<string, Value | AwkArray> | undefined;
	/** The exit code. */
	code = 0;
	#fields: string[] = [''];
	/** Whether $0 has to be put together from the fields. */
	#stale = false;
	#input: AsyncGenerator<Line> | undefined;
	readonly #operands: string[];
	readonly #regexes = new Map<string, Regex>();
	#owed = 0;

	constructor(call: Call, operands: readonly string[], variables: readonly [string, string][]) {
		this.call = call;
		this.#operands = [...operands];
		const environment: AwkArray = new Map(
			[...call.process.env].map(([name, value]) => [name, fromInput(value)]),
		);
		const set = {
			FS: ' ',
			OFS: ' ',
			ORS: '\n',
			RS: '\n',
			SUBSEP: '\x1c',
			NF: 0,
			NR: 0,
			FNR: 0,
			RSTART: 0,
			RLENGTH: -1,
			FILENAME: '',
			CONVFMT: '%.6g',
			OFMT: '%.6g',
			ENVIRON: environment,
		};
		for (const [name, value] of Object.entries(set)) this.globals.set(name, value);
		const args: AwkArray = new Map(['awk', ...operands].map((value, i) => [String(i), fromInput(value)]));
		this.globals.set('ARGV', args);
		this.globals.set('ARGC', operands.length + 1);
		for (const [name, value] of variables) this.globals.set(name, fromInput(unescaped(value)));
	}

	text(name: string): string {
		return toText(this.globals.get(name) as Value, '%.6g');
	}

	/** The next record of the operands' files, assignments among them taken on the way. */
	async nextLine(): Promise<string | undefined> {
		for (;;) {
			if (!this.#input) {
				const operand = this.#operands.shift();
				if (operand === undefined) {
					if (this.globals.has(' read')) return undefined;
					this.globals.set(' read', 1);
					this.#input = this.call.lines('-', this.separator());
				} else {
					const [, name, value] = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(operand) ?? [];
					if (name) {
						this.globals.set(name, fromInput(unescaped(value)));
						continue;
					}
					this.globals.set(' read', 1);
					this.globals.set('FILENAME', operand === '-' ? '' : operand);
					this.globals.set('FNR', 0);
					try {
						this.#input = this.call.lines(operand, this.separator());
					} catch (error) {
						if (!(error instanceof SystemError)) throw error;
						const message = this.call.busybox
							? `${operand}: ${error.message}`
							: `cannot open "${operand}" (${error.message})`;
						if (this.call.busybox) throw new ToolFailure(message, 2);
						await this.call.complain(message);
						this.code = 2;
						continue;
					}
				}
			}
			const next = await this.#input.next();
			if (!next.done) return next.value.text;
			this.#input = undefined;
		}
	}

	separator(): number {
		const separator = this.text('RS');
		return separator === '' ? 10 : separator.charCodeAt(0);
	}

	async readRecord(): Promise<boolean> {
		const wait = this.call.process.step(1 + this.takeOwed());
		if (wait) await wait;
		let line = await this.nextLine();
		if (this.text('RS') === '') {
			// Paragraphs: records end at blank lines.
			while (line === '') line = await this.nextLine();
			for (let more = line; more !== undefined && line !== undefined; ) {
				more = await this.nextLine();
				if (more === undefined || more === '') break;
				line += `\n${more}`;
			}
		}
		if (line === undefined) return false;
		this.globals.set('NR', toNumber(this.globals.get('NR') as Value) + 1);
		this.globals.set('FNR', toNumber(this.globals.get('FNR') as Value) + 1);
		this.setRecord(line);
		return true;
	}

	setRecord(text: string): void {
		this.#fields = [text, ...this.split(text, this.text('FS'))];
		this.#stale = false;
		this.globals.set('NF', this.#fields.length - 1);
	}

	split(text: string, separator: string | Regex): string[] {
		if (text === '') return [];
		if (separator === ' ') return text.split(/[ \t\n]+/).filter(Boolean);
		if (typeof separator === 'string' && this.text('RS') === '' && separator === this.text('FS'))
			return text.split('\n').flatMap((line) => this.#splitBy(line, separator));
		return this.#splitBy(text, separator);
	}

	#splitBy(text: string, separator: string | Regex): string[] {
		if (separator === '') return [...text];
		if (typeof separator === 'string' && separator.length === 1 && separator !== '\\')
			return text.split(separator);
		const regex = typeof separator === 'string' ? this.regex(separator) : separator;
		const parts: string[] = [];
		let last = 0;
		for (const { start, end } of matchesOf(regex, text)) {
			if (end === start) continue;
			parts.push(text.slice(last, start));
			last = end;
		}
		return [...parts, text.slice(last)];
	}

	whole(): string {
		if (this.#stale) {
			this.#fields[0] = this.#fields.slice(1).join(this.text('OFS'));
			this.#stale = false;
		}
		return this.#fields[0];
	}

	/** $index. */
	field(index: number): string {
		if (index < 0) throw new ToolFailure(`trying to access out of range field ${index}`, 2);
		return index === 0 ? this.whole() : (this.#fields[index] ?? '');
	}

	setField(index: number, text: string): void {
		if (index < 0 || index > mostFields)
			throw new ToolFailure(`trying to access out of range field ${index}`, 2);
		if (index === 0) {
			this.setRecord(text);
			return;
		}
		this.whole();
		while (this.#fields.length - 1 < index) this.#fields.push('');
		this.#fields[index] = text;
		this.globals.set('NF', this.#fields.length - 1);
		this.#stale = true;
	}

	/** Steps that searches have taken and the process has not paid for. */
	takeOwed(): number {
		const owed = this.#owed;
		this.#owed = 0;
		return owed;
	}

	regex(source: string): Regex {
		let regex = this.#regexes.get(source);
		if (!regex) {
			try {
				regex = compileRegex(source, { extended: true });
			} catch (error) {
				if (error instanceof RegexError)
					throw new ToolFailure(`regular expression compile failed (${error.message})\n${source}`, 2);
				throw error;
			}
			this.#regexes.set(source, regex);
		}
		this.#owed += regex.takeSteps();
		return regex;
	}

	array(name: string): AwkArray {
		const scope = this.locals?.has(name) ? this.locals : this.globals;
		const value = scope.get(name);
		if (value instanceof Map) return value;
		if (value !== undefined && value !== '') throw new ToolFailure(`can't use ${name} as array`, 2);
		const array: AwkArray = new Map();
		scope.set(name, array);
		return array;
	}

	assignVariable(name: string, value: Value): void {
		if (this.locals?.has(name)) this.locals.set(name, value);
		else {
			this.globals.set(name, value);
			if (name === 'NF') this.#resize(toNumber(value));
		}
	}

	#resize(count: number): void {
		while (this.#fields.length - 1 < count) this.#fields.push('');
		this.#fields.length = Math.max(0, count) + 1;
		this.#stale = true;
	}
}
