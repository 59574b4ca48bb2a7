// Word expansions (POSIX.1-2024, Shell Command Language, 2.6): tilde, parameters, commands, arithmetic, fields,
// paths, quotes.
import { ArithmeticFailure, evaluate } from './arithmetic.ts';
import { expandBraces } from './braces.ts';
import { ShellError } from './control-flow.ts';
import { charactersOf, type Field, Fields, textOf } from './fields.ts';
import { applyOperator, ParameterContext } from './parameters.ts';
import { matchingPaths } from './pathnames.ts';
import { isPattern, Pattern } from './pattern.ts';
import type { Shell } from './shell.ts';
import { capture, substituteProcess } from './substitution.ts';
import type { ParameterPart, Word, WordPart } from './syntax.ts';

const plain = /^[^*?[\\~]*$/;
/** How far a long expansion gets in a step. */
const fieldsPerStep = 64;
const charactersPerStep = 512;

export class Expander {
	readonly #shell: Shell;

	constructor(shell: Shell) {
		this.#shell = shell;
	}

	/** The arguments that words stand for. */
	async words(words: readonly Word[]): Promise<string[]> {
		const expanded: string[] = [];
		for (const word of words)
			for (const single of this.#shell.dialect.bash ? expandBraces(word) : [word]) {
				for (const argument of await this.#arguments(single)) expanded.push(argument);
				if (expanded.length % fieldsPerStep === fieldsPerStep - 1) await this.#shell.process.step();
			}
		return expanded;
	}

	async #arguments(word: Word): Promise<string[]> {
		const [first] = word.parts;
		if (word.parts.length === 1 && first.type === 'literal' && plain.test(first.text)) return [first.text];
		const expanded: string[] = [];
		for (const field of await this.#fields(word)) {
			const paths = this.#shell.options.has('f') ? [] : this.#paths(field);
			if (paths.length === 0) expanded.push(textOf(field));
			for (const path of paths) expanded.push(path);
			if (expanded.length % fieldsPerStep === fieldsPerStep - 1) await this.#shell.process.step();
		}
		return expanded;
	}

	/** The paths that a field names as a pattern. */
	#paths(field: Field): string[] {
		if (!field.some(({ text, quoted }) => !quoted && /[*?[]/.test(text))) return [];
		const characters = charactersOf(field);
		return isPattern(characters) ? matchingPaths(characters, this.#shell.process) : [];
	}

	/** Splits a text, which the process pays for. */
	async #split(text: string, fields: Fields): Promise<void> {
		for (const characters of fields.split(text))
			await this.#shell.process.step(characters / charactersPerStep);
	}

	/** A word as one string, neither split nor globbed: assignments, redirections, here-documents. */
	async text(word: Word): Promise<string> {
		const [first] = word.parts;
		if (word.parts.length === 1 && (first.type === 'literal' || first.type === 'quoted')) return first.text;
		return textOf((await this.#single(word)).flat());
	}

	/** A word as a pattern: what was quoted in it stands for itself. */
	async pattern(word: Word): Promise<Pattern> {
		return new Pattern(charactersOf((await this.#single(word)).flat()));
	}

	/** The value of an arithmetic expression. */
	async arithmetic(expression: Word): Promise<bigint> {
		const text = await this.text(expression);
		try {
			return evaluate(text, {
				get: (name) => this.#shell.parameter(name),
				set: (name, value) => this.#shell.assign(name, value),
				plain: this.#shell.dialect.name === 'dash',
			});
		} catch (error) {
			if (error instanceof ArithmeticFailure) throw arithmeticError(this.#shell, text, error);
			throw error;
		}
	}

	/** Fields joined by spaces where "$@" makes several. */
	async #single(word: Word): Promise<Field[]> {
		const fields = new Fields('');
		for (const part of word.parts) await this.#part(part, fields, false, false);
		const all = fields.all();
		return all.flatMap((field, index) => (index === 0 ? [field] : [[{ text: ' ', quoted: true }], field]));
	}

	async #fields(word: Word): Promise<Field[]> {
		const fields = new Fields(this.#shell.parameter('IFS') ?? ' \t\n');
		for (const part of word.parts) await this.#part(part, fields, false, true);
		return fields.all();
	}

	/** Adds what a part stands for; with `split`, unquoted expansions fall apart at IFS. */
	async #part(part: WordPart, fields: Fields, quoted: boolean, split: boolean): Promise<void> {
		const give = (text: string) => (split && !quoted ? this.#split(text, fields) : fields.add(text, quoted));
		switch (part.type) {
			case 'literal':
				return fields.add(part.text, quoted);
			case 'quoted':
				return fields.add(part.text, true);
			case 'double':
				await this.#double(part.parts, fields, split);
				return;
			case 'tilde':
				return fields.add(this.#home(part.user), true);
			case 'command':
				return give(await capture(this.#shell, part.script));
			case 'arithmetic':
				return give(String(await this.arithmetic(part.expression)));
			case 'process':
				return fields.add(substituteProcess(this.#shell, part.script, part.direction), true);
			case 'parameter':
				await this.#parameter(part, fields, quoted, split);
		}
	}

	async #double(parts: readonly WordPart[], fields: Fields, split: boolean): Promise<void> {
		// "$@" alone gives no field where there are no parameters; everything else in quotes gives one.
		const onlyAll =
			parts.length === 1 &&
			parts[0].type === 'parameter' &&
			isAll(parts[0]) &&
			(!parts[0].operator || parts[0].operator === ':') &&
			!parts[0].length;
		if (!onlyAll) fields.add('', true);
		for (const part of parts) await this.#part(part, fields, true, split);
	}

	async #parameter(part: ParameterPart, fields: Fields, quoted: boolean, split: boolean): Promise<void> {
		const shell = this.#shell;
		const subscript = part.subscript && (await this.#subscript(part));
		if (part.indirect && (subscript === '@' || subscript === '*')) {
			const array = new ParameterContext(shell, part.name, subscript);
			return this.#list(array.keys(), array.joins, fields, quoted, split);
		}
		const name = part.indirect ? (shell.parameter(part.name) ?? '') : part.name;
		const context = new ParameterContext(shell, name, subscript);
		if (context.isList && !part.length) {
			const values = part.operator ? await this.#listOperation(part, context) : context.values();
			if (values) return await this.#list(values, context.joins, fields, quoted, split);
		}
		const result = await applyOperator(shell, this, context, part);
		if (typeof result === 'string') {
			if (split && !quoted) await this.#split(result, fields);
			else fields.add(result, quoted);
			return;
		}
		// The word of - or +, with its own quoting.
		for (const inner of result.parts) {
			if (inner.type === 'literal' && split && !quoted) await this.#split(inner.text, fields);
			else await this.#part(inner, fields, quoted, split);
		}
	}

	/** The key of an array's element: a number, or of an associative array the text itself. */
	async subscript(name: string, word: Word): Promise<number | string> {
		if (this.#shell.variables.find(name)?.associative) return this.text(word);
		return Number(await this.arithmetic(word));
	}

	async #subscript(part: ParameterPart): Promise<string> {
		const text = await this.text(part.subscript!);
		if (text === '@' || text === '*') return text;
		return String(await this.subscript(part.name, part.subscript!));
	}

	/** Operators that work on each element of $@ or an array; undefined for those that ask whether it is set. */
	async #listOperation(part: ParameterPart, context: ParameterContext): Promise<string[] | undefined> {
		const values = context.values();
		if (/^(:?[-=?+])$/.test(part.operator!)) return undefined;
		if (part.operator === ':') {
			const from = Number(await this.arithmetic(part.argument!));
			const count = part.second ? Number(await this.arithmetic(part.second)) : undefined;
			const all = context.positional ? [this.#shell.parameter('0') ?? '', ...values] : values;
			const start = from < 0 ? all.length + from : from;
			const taken = all.slice(start, count === undefined ? undefined : start + count);
			return context.positional && from === 0 ? taken : taken;
		}
		const results: string[] = [];
		for (const value of values) {
			const result = await applyOperator(this.#shell, this, context.withValue(value), part);
			if (typeof result === 'string') results.push(result);
		}
		return results;
	}

	async #list(
		values: string[],
		joins: boolean,
		fields: Fields,
		quoted: boolean,
		split: boolean,
	): Promise<void> {
		const separator = (this.#shell.parameter('IFS') ?? ' ').slice(0, 1);
		if (quoted && joins) {
			fields.add(values.join(separator), true);
			return;
		}
		if (!split) {
			fields.add(values.join(joins && !quoted ? separator : ' '), quoted);
			return;
		}
		for (const [index, value] of values.entries()) {
			if (index > 0) fields.end();
			if (quoted) fields.add(value, true);
			else await this.#split(value, fields);
			if (index % fieldsPerStep === fieldsPerStep - 1) await this.#shell.process.step();
		}
	}

	#home(user: string): string {
		if (user === '') return this.#shell.parameter('HOME') ?? '~';
		if (user === '+') return this.#shell.parameter('PWD') ?? '~+';
		const { files } = this.#shell.process;
		const entry = files.exists('/etc/passwd')
			? files
					.readText('/etc/passwd')
					.split('\n')
					.find((line) => line.startsWith(`${user}:`))
			: undefined;
		return entry?.split(':')[5] ?? `~${user}`;
	}
}

const isAll = (part: ParameterPart) =>
	part.name === '@' ||
	(part.subscript?.parts.length === 1 &&
		part.subscript.parts[0].type === 'literal' &&
		part.subscript.parts[0].text === '@');

function arithmeticError(shell: Shell, text: string, failure: ArithmeticFailure): ShellError {
	const expression = text.trim();
	if (shell.dialect.name === 'bash') {
		if (failure.reason === 'division')
			return new ShellError(
				`${expression}: division by 0 (error token is "${expression.replace(/^.*[/%]\s*/, '')}")`,
				1,
				true,
			);
		return new ShellError(
			`${expression}: syntax error: operand expected (error token is "${failure.token}")`,
			1,
			true,
		);
	}
	if (shell.dialect.name === 'ash')
		return new ShellError(
			failure.reason === 'division' ? 'divide by zero' : 'arithmetic syntax error',
			2,
			true,
		);
	const words = failure.reason === 'division' ? 'division by zero' : `expecting primary`;
	return new ShellError(`arithmetic expression: ${words}: "${text}"`, 2, true);
}
