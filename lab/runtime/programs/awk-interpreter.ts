// awk's statements and expressions, carried out.

import { encode } from '../byte-text.ts';
import { type OpenFile, SystemError } from '../process.ts';
import {
	type AwkProgram,
	builtins,
	type Expression,
	type FunctionDefinition,
	type Statement,
} from './awk-syntax.ts';
import {
	type AwkArray,
	arithmetic,
	fromInput,
	NumericText,
	sprintf,
	toNumber,
	toText,
	truth,
	unescaped,
	type Value,
} from './awk-values.ts';
import { strftime } from './dates.ts';
import type { Line } from './lines.ts';
import { compileRegex, matchesOf, type Regex, RegexError } from './regex.ts';
import { type Call, ToolFailure } from './tool.ts';

class Jump {
	readonly what: 'next' | 'break' | 'continue';
	constructor(what: 'next' | 'break' | 'continue') {
		this.what = what;
	}
}
class Exit {}
class Return {
	readonly value: Value;
	constructor(value: Value) {
		this.value = value;
	}
}

/** Runs a program over the operands' records. */
export class Interpreter {
	readonly #call: Call;
	readonly #program: AwkProgram;
	readonly #globals = new Map<string, Value | AwkArray>();
	#locals: Map<string, Value | AwkArray> | undefined;
	#fields: string[] = [''];
	/** Whether $0 has to be put together from the fields. */
	#stale = false;
	#code = 0;
	#input: AsyncGenerator<Line> | undefined;
	readonly #operands: string[];
	readonly #regexes = new Map<string, Regex>();
	readonly #outputs = new Map<string, { file: OpenFile; pid?: number }>();
	readonly #inputs = new Map<string, AsyncGenerator<Line>>();
	#depth = 0;
	#seed = 0;

	constructor(call: Call, program: AwkProgram, operands: string[], variables: readonly [string, string][]) {
		this.#call = call;
		this.#program = program;
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
		for (const [name, value] of Object.entries(set)) this.#globals.set(name, value);
		const args: AwkArray = new Map(['awk', ...operands].map((value, i) => [String(i), fromInput(value)]));
		this.#globals.set('ARGV', args);
		this.#globals.set('ARGC', operands.length + 1);
		for (const [name, value] of variables) this.#globals.set(name, fromInput(unescaped(value)));
	}

	async run(): Promise<number> {
		try {
			await this.#rules((rule) => rule.begin);
			const { rules } = this.#program;
			if (rules.some((rule) => !rule.begin)) while (await this.#readRecord()) await this.#record();
		} catch (thrown) {
			if (!(thrown instanceof Exit)) throw thrown;
		}
		try {
			await this.#rules((rule) => rule.end);
		} catch (thrown) {
			if (!(thrown instanceof Exit)) throw thrown;
		}
		await this.#call.flush();
		for (const name of [...this.#outputs.keys()]) await this.#close(name);
		return this.#code;
	}

	async #rules(chosen: (rule: AwkProgram['rules'][number]) => boolean): Promise<void> {
		for (const rule of this.#program.rules) if (chosen(rule) && rule.body) await this.#execute(rule.body);
	}

	async #record(): Promise<void> {
		try {
			for (const rule of this.#program.rules) {
				if (rule.begin || rule.end) continue;
				if (rule.until) {
					if (!rule.active) {
						if (!rule.pattern || !truth(await this.#evaluate(rule.pattern))) continue;
						rule.active = true;
					}
					if (truth(await this.#evaluate(rule.until))) rule.active = false;
				} else if (rule.pattern && !truth(await this.#evaluate(rule.pattern))) continue;
				if (rule.body) await this.#execute(rule.body);
				else await this.#call.print(this.#whole() + this.#text('ORS'));
			}
		} catch (thrown) {
			if (!(thrown instanceof Jump) || thrown.what !== 'next') throw thrown;
		}
	}

	#text(name: string): string {
		return toText(this.#globals.get(name) as Value, '%.6g');
	}

	/** The next record of the operands' files, assignments among them taken on the way. */
	async #nextLine(): Promise<string | undefined> {
		for (;;) {
			if (!this.#input) {
				const operand = this.#operands.shift();
				if (operand === undefined) {
					if (this.#globals.has(' read')) return undefined;
					this.#globals.set(' read', 1);
					this.#input = this.#call.lines('-', this.#separator());
				} else {
					const [, name, value] = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(operand) ?? [];
					if (name) {
						this.#globals.set(name, fromInput(unescaped(value)));
						continue;
					}
					this.#globals.set(' read', 1);
					this.#globals.set('FILENAME', operand === '-' ? '' : operand);
					this.#globals.set('FNR', 0);
					try {
						this.#input = this.#call.lines(operand, this.#separator());
					} catch (error) {
						if (!(error instanceof SystemError)) throw error;
						const message = this.#call.busybox
							? `${operand}: ${error.message}`
							: `cannot open "${operand}" (${error.message})`;
						if (this.#call.busybox) throw new ToolFailure(message, 2);
						await this.#call.complain(message);
						this.#code = 2;
						continue;
					}
				}
			}
			const next = await this.#input.next();
			if (!next.done) return next.value.text;
			this.#input = undefined;
		}
	}

	#separator(): number {
		const separator = this.#text('RS');
		return separator === '' ? 10 : separator.charCodeAt(0);
	}

	async #readRecord(): Promise<boolean> {
		const wait = this.#call.process.step();
		if (wait) await wait;
		let line = await this.#nextLine();
		if (this.#text('RS') === '') {
			// Paragraphs: records end at blank lines.
			while (line === '') line = await this.#nextLine();
			for (let more = line; more !== undefined && line !== undefined; ) {
				more = await this.#nextLine();
				if (more === undefined || more === '') break;
				line += `\n${more}`;
			}
		}
		if (line === undefined) return false;
		this.#globals.set('NR', toNumber(this.#globals.get('NR') as Value) + 1);
		this.#globals.set('FNR', toNumber(this.#globals.get('FNR') as Value) + 1);
		this.#setRecord(line);
		return true;
	}

	#setRecord(text: string): void {
		this.#fields = [text, ...this.#split(text, this.#text('FS'))];
		this.#stale = false;
		this.#globals.set('NF', this.#fields.length - 1);
	}

	#split(text: string, separator: string | Regex): string[] {
		if (text === '') return [];
		if (separator === ' ') return text.split(/[ \t\n]+/).filter(Boolean);
		if (typeof separator === 'string' && this.#text('RS') === '' && separator === this.#text('FS'))
			return text.split('\n').flatMap((line) => this.#splitBy(line, separator));
		return this.#splitBy(text, separator);
	}

	#splitBy(text: string, separator: string | Regex): string[] {
		if (separator === '') return [...text];
		if (typeof separator === 'string' && separator.length === 1 && separator !== '\\')
			return text.split(separator);
		const regex = typeof separator === 'string' ? this.#regex(separator) : separator;
		const parts: string[] = [];
		let last = 0;
		for (const { start, end } of matchesOf(regex, text)) {
			if (end === start) continue;
			parts.push(text.slice(last, start));
			last = end;
		}
		return [...parts, text.slice(last)];
	}

	#whole(): string {
		if (this.#stale) {
			this.#fields[0] = this.#fields.slice(1).join(this.#text('OFS'));
			this.#stale = false;
		}
		return this.#fields[0];
	}

	#regex(source: string): Regex {
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
		return regex;
	}

	async #pattern(expression: Expression): Promise<Regex> {
		return this.#regex(
			expression.kind === 'regex' ? expression.source : toText(await this.#evaluate(expression)),
		);
	}

	async #execute(statement: Statement): Promise<void> {
		switch (statement.kind) {
			case 'block':
				for (const each of statement.body) await this.#execute(each);
				return;
			case 'expression':
				await this.#evaluate(statement.value);
				return;
			case 'print':
				return this.#print(statement);
			case 'if':
				if (truth(await this.#evaluate(statement.test))) await this.#execute(statement.yes);
				else if (statement.no) await this.#execute(statement.no);
				return;
			case 'while':
				if (statement.first && (await this.#round(statement.body))) return;
				while (truth(await this.#evaluate(statement.test))) if (await this.#round(statement.body)) return;
				return;
			case 'for':
				if (statement.start) await this.#execute(statement.start);
				while (!statement.test || truth(await this.#evaluate(statement.test))) {
					if (await this.#round(statement.body)) return;
					if (statement.step) await this.#execute(statement.step);
				}
				return;
			case 'for in':
				for (const key of [...this.#array(statement.array).keys()]) {
					this.#assignVariable(statement.name, fromInput(key));
					if (await this.#round(statement.body)) return;
				}
				return;
			case 'delete':
				if (statement.keys) this.#array(statement.name).delete(await this.#key(statement.keys));
				else this.#array(statement.name).clear();
				return;
			case 'jump':
				throw new Jump(statement.what);
			case 'exit':
				if (statement.value) this.#code = Math.trunc(toNumber(await this.#evaluate(statement.value))) & 0xff;
				throw new Exit();
			case 'return':
				throw new Return(statement.value ? await this.#evaluate(statement.value) : '');
		}
	}

	/** One round of a loop; true where it was left by break. */
	async #round(body: Statement): Promise<boolean> {
		const wait = this.#call.process.step();
		if (wait) await wait;
		try {
			await this.#execute(body);
		} catch (thrown) {
			if (!(thrown instanceof Jump) || thrown.what === 'next') throw thrown;
			return thrown.what === 'break';
		}
		return false;
	}

	async #print({ format, args, redirect }: Extract<Statement, { kind: 'print' }>): Promise<void> {
		const values: Value[] = [];
		for (const arg of args) values.push(await this.#evaluate(arg));
		const text = format
			? sprintf(toText(values[0] ?? ''), values.slice(1))
			: (values.length === 0
					? this.#whole()
					: values.map((value) => toText(value, this.#text('OFMT'))).join(this.#text('OFS'))) +
				this.#text('ORS');
		if (!redirect) return void (await this.#call.print(text));
		const target = toText(await this.#evaluate(redirect.target));
		await this.#call.flush();
		if (target === '/dev/stdout' || target === '-') return this.#call.process.write(1, encode(text));
		if (target === '/dev/stderr') return this.#call.process.write(2, encode(text));
		let output = this.#outputs.get(target);
		if (!output) {
			const { process } = this.#call;
			if (redirect.operator === '|') {
				const { reader, writer } = process.pipe();
				const { pid } = process.spawn({ argv: ['/bin/sh', '-c', target], files: new Map([[0, reader]]) });
				reader.release();
				output = { file: writer, pid };
			} else output = { file: process.open(target, redirect.operator === '>' ? 'w' : 'a') };
			this.#outputs.set(target, output);
		}
		await output.file.write(encode(text), this.#call.process);
	}

	async #close(name: string): Promise<number> {
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

	#array(name: string): AwkArray {
		const scope = this.#locals?.has(name) ? this.#locals : this.#globals;
		const value = scope.get(name);
		if (value instanceof Map) return value;
		if (value !== undefined && value !== '') throw new ToolFailure(`can't use ${name} as array`, 2);
		const array: AwkArray = new Map();
		scope.set(name, array);
		return array;
	}

	async #key(keys: readonly Expression[]): Promise<string> {
		const parts: string[] = [];
		for (const key of keys) parts.push(toText(await this.#evaluate(key), this.#text('CONVFMT')));
		return parts.join(this.#text('SUBSEP'));
	}

	#assignVariable(name: string, value: Value): void {
		if (this.#locals?.has(name)) this.#locals.set(name, value);
		else {
			this.#globals.set(name, value);
			if (name === 'NF') this.#resize(toNumber(value));
		}
	}

	#resize(count: number): void {
		while (this.#fields.length - 1 < count) this.#fields.push('');
		this.#fields.length = Math.max(0, count) + 1;
		this.#stale = true;
	}

	async #assign(target: Expression, value: Value): Promise<Value> {
		if (target.kind === 'variable') this.#assignVariable(target.name, value);
		else if (target.kind === 'element') this.#array(target.name).set(await this.#key(target.keys), value);
		else if (target.kind === 'field') {
			const index = Math.trunc(toNumber(await this.#evaluate(target.index)));
			if (index < 0 || index > 100_000)
				throw new ToolFailure(`trying to access out of range field ${index}`, 2);
			if (index === 0) this.#setRecord(toText(value));
			else {
				this.#whole();
				while (this.#fields.length - 1 < index) this.#fields.push('');
				this.#fields[index] = toText(value);
				this.#globals.set('NF', this.#fields.length - 1);
				this.#stale = true;
			}
		} else if (target.kind === 'group' && target.items.length === 1)
			return this.#assign(target.items[0], value);
		return value;
	}

	async #evaluate(expression: Expression): Promise<Value> {
		switch (expression.kind) {
			case 'number':
			case 'string':
				return expression.value;
			case 'regex':
				return this.#regex(expression.source).find(this.#whole()) ? 1 : 0;
			case 'variable': {
				const value = this.#locals?.has(expression.name)
					? this.#locals.get(expression.name)
					: this.#globals.get(expression.name);
				if (value instanceof Map)
					throw new ToolFailure(`can't use array ${expression.name} in scalar context`, 2);
				return value ?? new NumericText('');
			}
			case 'field': {
				const index = Math.trunc(toNumber(await this.#evaluate(expression.index)));
				if (index < 0) throw new ToolFailure(`trying to access out of range field ${index}`, 2);
				return index === 0 ? fromInput(this.#whole()) : fromInput(this.#fields[index] ?? '');
			}
			case 'element': {
				const array = this.#array(expression.name);
				const key = await this.#key(expression.keys);
				// Looking at an element makes it, as POSIX says.
				if (!array.has(key)) array.set(key, new NumericText(''));
				return array.get(key) ?? '';
			}
			case 'in':
				return this.#array(expression.name).has(await this.#key(expression.keys)) ? 1 : 0;
			case 'group':
				return this.#evaluate(expression.items[0]);
			case 'conditional':
				return this.#evaluate(truth(await this.#evaluate(expression.test)) ? expression.yes : expression.no);
			case 'assign': {
				const value = await this.#evaluate(expression.value);
				if (expression.operator === '') return this.#assign(expression.target, value);
				return this.#assign(
					expression.target,
					arithmetic(expression.operator, toNumber(await this.#evaluate(expression.target)), toNumber(value)),
				);
			}
			case 'step': {
				const before = toNumber(await this.#evaluate(expression.target));
				await this.#assign(expression.target, before + expression.amount);
				return expression.prefix ? before + expression.amount : before;
			}
			case 'unary': {
				const value = await this.#evaluate(expression.operand);
				return expression.operator === '!'
					? truth(value)
						? 0
						: 1
					: expression.operator === '-'
						? -toNumber(value)
						: toNumber(value);
			}
			case 'binary':
				return this.#binary(expression);
			case 'getline':
				return this.#getline(expression);
			case 'call':
				return builtins.has(expression.name)
					? this.#builtin(expression.name, expression.args)
					: this.#user(expression.name, expression.args);
		}
	}

	async #binary({ operator, left, right }: Extract<Expression, { kind: 'binary' }>): Promise<Value> {
		const a = await this.#evaluate(left);
		if (operator === '&&') return truth(a) && truth(await this.#evaluate(right)) ? 1 : 0;
		if (operator === '||') return truth(a) || truth(await this.#evaluate(right)) ? 1 : 0;
		if (operator === '~' || operator === '!~')
			return ((await this.#pattern(right)).find(toText(a)) !== undefined) === (operator === '~') ? 1 : 0;
		const b = await this.#evaluate(right);
		if (operator === ' ') return toText(a, this.#text('CONVFMT')) + toText(b, this.#text('CONVFMT'));
		if (['<', '<=', '==', '!=', '>', '>='].includes(operator)) {
			const numeric = typeof a !== 'string' && typeof b !== 'string';
			const x = numeric ? toNumber(a) : toText(a);
			const y = numeric ? toNumber(b) : toText(b);
			const order = x < y ? -1 : x > y ? 1 : 0;
			return {
				'<': order < 0,
				'<=': order <= 0,
				'==': order === 0,
				'!=': order !== 0,
				'>': order > 0,
				'>=': order >= 0,
			}[operator]
				? 1
				: 0;
		}
		const divisor = toNumber(b);
		if ((operator === '/' || operator === '%') && divisor === 0)
			throw new ToolFailure(
				this.#call.busybox ? 'Division by zero' : `division by zero${operator === '%' ? ' in %' : ''}`,
				2,
			);
		return arithmetic(operator, toNumber(a), divisor);
	}

	async #getline({ target, file }: Extract<Expression, { kind: 'getline' }>): Promise<Value> {
		if (!file) {
			if (!target) return (await this.#readRecord()) ? 1 : 0;
			const line = await this.#nextLine();
			if (line === undefined) return 0;
			this.#globals.set('NR', toNumber(this.#globals.get('NR') as Value) + 1);
			await this.#assign(target, fromInput(line));
			return 1;
		}
		const name = toText(await this.#evaluate(file));
		let lines = this.#inputs.get(name);
		if (!lines) {
			try {
				lines = this.#call.lines(name, this.#separator());
			} catch (error) {
				if (error instanceof SystemError) return -1;
				throw error;
			}
			this.#inputs.set(name, lines);
		}
		const next = await lines.next();
		if (next.done) return 0;
		if (target) await this.#assign(target, fromInput(next.value.text));
		else this.#setRecord(next.value.text);
		return 1;
	}

	async #user(name: string, args: readonly Expression[]): Promise<Value> {
		const definition: FunctionDefinition =
			this.#program.functions.get(name) ?? this.#call.fail(`calling undefined function ${name}`, 2);
		if (this.#depth > 500) throw new ToolFailure(`function ${name} calls itself too deeply`, 2);
		const locals = new Map<string, Value | AwkArray>();
		for (const [i, parameter] of definition.parameters.entries()) {
			const arg = args[i];
			if (arg?.kind === 'variable') {
				const scope = this.#locals?.has(arg.name) ? this.#locals : this.#globals;
				const value = scope.get(arg.name);
				// A name without a value may become an array within.
				if (value === undefined && usesAsArray(definition.body, parameter))
					locals.set(parameter, this.#array(arg.name));
				else locals.set(parameter, value ?? new NumericText(''));
			} else locals.set(parameter, arg ? await this.#evaluate(arg) : '');
		}
		const outer = this.#locals;
		this.#locals = locals;
		this.#depth++;
		try {
			await this.#execute(definition.body);
			return '';
		} catch (thrown) {
			if (thrown instanceof Return) return thrown.value;
			throw thrown;
		} finally {
			this.#locals = outer;
			this.#depth--;
		}
	}

	async #builtin(name: string, args: readonly Expression[]): Promise<Value> {
		const text = async (i: number) => toText(await this.#evaluate(args[i]));
		const number = async (i: number) => toNumber(await this.#evaluate(args[i]));
		switch (name) {
			case 'length': {
				const [arg] = args;
				if (!arg) return [...this.#whole()].length;
				if (
					arg.kind === 'variable' &&
					(this.#locals?.get(arg.name) ?? this.#globals.get(arg.name)) instanceof Map
				)
					return this.#array(arg.name).size;
				return [...(await text(0))].length;
			}
			case 'substr': {
				const characters = [...(await text(0))];
				const start = Math.round(await number(1));
				const length = args[2] ? Math.round(await number(2)) : Number.POSITIVE_INFINITY;
				return characters.slice(Math.max(0, start - 1), Math.max(0, start - 1 + length)).join('');
			}
			case 'index':
				return (await text(0)).indexOf(await text(1)) + 1;
			case 'split': {
				const source = await text(0);
				const array = this.#array((args[1] as { name: string }).name);
				const separator =
					args[2] === undefined
						? this.#text('FS')
						: args[2].kind === 'regex'
							? this.#regex(args[2].source)
							: await text(2);
				array.clear();
				this.#split(source, separator).forEach((part, i) => void array.set(String(i + 1), fromInput(part)));
				return array.size;
			}
			case 'sub':
			case 'gsub':
				return this.#substitute(args, name === 'gsub');
			case 'match': {
				const match = (await this.#pattern(args[1])).find(await text(0));
				this.#globals.set('RSTART', match ? match.start + 1 : 0);
				this.#globals.set('RLENGTH', match ? match.end - match.start : -1);
				return match ? match.start + 1 : 0;
			}
			case 'sprintf': {
				const values: Value[] = [];
				for (const arg of args) values.push(await this.#evaluate(arg));
				return sprintf(toText(values[0] ?? ''), values.slice(1));
			}
			case 'tolower':
				return (await text(0)).toLowerCase();
			case 'toupper':
				return (await text(0)).toUpperCase();
			case 'int':
				return Math.trunc(await number(0));
			case 'atan2':
				return Math.atan2(await number(0), await number(1));
			case 'sin':
			case 'cos':
			case 'exp':
			case 'log':
			case 'sqrt':
				return Math[name](await number(0));
			case 'rand':
				return this.#call.process.random();
			case 'srand': {
				const before = this.#seed;
				this.#seed = args[0] ? await number(0) : Math.floor(this.#call.process.clock.now() / 1000);
				return before;
			}
			case 'system': {
				await this.#call.flush();
				const { pid } = this.#call.process.spawn({ argv: ['/bin/sh', '-c', await text(0)] });
				return (await this.#call.process.wait(pid))?.code ?? 0;
			}
			case 'close':
				return this.#close(await text(0));
			case 'fflush':
				await this.#call.flush();
				return 0;
			case 'systime':
				return Math.floor(this.#call.process.clock.now() / 1000);
			default:
				return strftime(
					args[0] ? await text(0) : '%a %b %e %H:%M:%S UTC %Y',
					args[1] ? (await number(1)) * 1000 : this.#call.process.clock.now(),
				);
		}
	}

	async #substitute(args: readonly Expression[], all: boolean): Promise<number> {
		const regex = await this.#pattern(args[0]);
		const replacement = toText(await this.#evaluate(args[1]));
		const target: Expression = args[2] ?? { kind: 'field', index: { kind: 'number', value: 0 } };
		const source = toText(await this.#evaluate(target));
		let result = '';
		let last = 0;
		let count = 0;
		for (const { start, end, groups } of matchesOf(regex, source)) {
			result +=
				source.slice(last, start) +
				replacement.replace(/\\\\&|\\&|&/g, (found) =>
					found === '&' ? (groups[0] ?? '') : found === '\\&' ? '&' : `\\${groups[0] ?? ''}`,
				);
			last = end;
			count++;
			if (!all) break;
		}
		if (count > 0) await this.#assign(target, result + source.slice(last));
		return count;
	}
}

function usesAsArray(body: Statement, name: string): boolean {
	const text = JSON.stringify(body);
	return (
		text.includes(`"kind":"element","name":"${name}"`) ||
		text.includes(`"array":"${name}"`) ||
		text.includes(`"kind":"delete","name":"${name}"`) ||
		(text.includes(`"name":"split","args":[`) && text.includes(`{"kind":"variable","name":"${name}"}`))
	);
}
