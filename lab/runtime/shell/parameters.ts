// Parameter expansion's operators (POSIX.1-2024, Shell Command Language, 2.6.2; bash's on top).
import { ShellError } from './control-flow.ts';
import type { Expander } from './expand.ts';
import type { Pattern } from './pattern.ts';
import type { Shell } from './shell.ts';
import type { ParameterPart, Word } from './syntax.ts';
import type { Elements, Variable } from './variables.ts';

/** Which parameter an expansion is about: a variable, a special parameter, an array's element or all of them. */
export class ParameterContext {
	readonly #shell: Shell;
	readonly name: string;
	readonly subscript: string | undefined;
	readonly #value: { text: string } | undefined;

	constructor(shell: Shell, name: string, subscript: string | undefined, value?: { text: string }) {
		this.#shell = shell;
		this.name = name;
		this.subscript = subscript;
		this.#value = value;
	}

	withValue(text: string): ParameterContext {
		return new ParameterContext(this.#shell, this.name, this.subscript, { text });
	}

	get positional(): boolean {
		return this.name === '@' || this.name === '*';
	}

	get isList(): boolean {
		return !this.#value && (this.positional || this.subscript === '@' || this.subscript === '*');
	}

	/** "$*" joins, "$@" does not. */
	get joins(): boolean {
		return this.name === '*' || this.subscript === '*';
	}

	values(): string[] {
		if (this.positional) return this.#shell.positional;
		const variable = this.#shell.variables.find(this.name);
		if (variable?.elements) return sortedElements(variable).map(([, value]) => value);
		return variable?.value === undefined ? [] : [variable.value];
	}

	/** The subscripts that an array has. */
	keys(): string[] {
		const variable = this.#shell.variables.find(this.name);
		if (variable?.elements) return sortedElements(variable).map(([key]) => String(key));
		return variable?.value === undefined ? [] : ['0'];
	}

	value(): string | undefined {
		if (this.#value) return this.#value.text;
		if (this.isList) {
			const values = this.values();
			return values.length === 0 ? undefined : values.join(' ');
		}
		if (this.subscript === undefined) return this.#shell.parameter(this.name);
		const variable = this.#shell.variables.find(this.name);
		if (variable?.associative) return variable.elements?.get(this.subscript);
		const index = Number(this.subscript);
		if (!variable?.elements) return index === 0 ? variable?.value : undefined;
		return variable.elements.get(index < 0 ? endOf(variable.elements) + index : index);
	}
}

/** Elements by rising index; those of an associative array as they came. */
function sortedElements({ elements, associative }: Variable): [number | string, string][] {
	const all = [...(elements ?? [])];
	return associative ? all : all.sort(([left], [right]) => Number(left) - Number(right));
}

/** The index behind the last element of an indexed array. */
export function endOf(elements: Elements): number {
	let end = 0;
	for (const index of elements.keys()) end = Math.max(end, Number(index) + 1);
	return end;
}

/** The value after its operator, or the word that stands in for it and is yet to be expanded. */
export async function applyOperator(
	shell: Shell,
	expander: Expander,
	context: ParameterContext,
	part: ParameterPart,
): Promise<string | Word> {
	const value = context.value();
	const { operator = '' } = part;
	const argument = part.argument ?? { parts: [] };
	if (part.length) {
		if (context.isList) return String(context.values().length);
		return String([...required(shell, context, value)].length);
	}
	const missing = value === undefined || (operator.startsWith(':') && operator.length === 2 && value === '');
	switch (operator.replace(/^:(?=[-=?+])/, '')) {
		case '-':
			return missing ? argument : value;
		case '+':
			return missing ? '' : argument;
		case '=': {
			if (!missing) return value;
			const text = await expander.text(argument);
			shell.assign(context.name, text);
			return text;
		}
		case '?': {
			if (!missing) return value;
			const text = await expander.text(argument);
			const unset = operator === '?' ? 'parameter not set' : 'parameter not set or null';
			const bashWords = operator === '?' ? 'parameter not set' : 'parameter null or not set';
			const words = text || (shell.dialect.name === 'bash' ? bashWords : unset);
			throw new ShellError(`${context.name}: ${words}`, shell.expansionFailure, true);
		}
	}
	const text = required(shell, context, value);
	if (operator === '') return text;
	if (operator === ':') return substring(expander, text, part);
	if (operator.startsWith('@')) return transformed(operator, text);
	if (operator[0] === '^' || operator[0] === ',') return changeCase(text, operator);
	const pattern = await expander.pattern(argument);
	switch (operator) {
		case '#':
		case '##':
			return trimStart(text, pattern, operator === '##');
		case '%':
		case '%%':
			return trimEnd(text, pattern, operator === '%%');
		default:
			return replace(shell, text, argument, part.second, operator === '//');
	}
}

/** An unset parameter is empty, unless `set -u` forbids it. */
function required(shell: Shell, context: ParameterContext, value: string | undefined): string {
	if (value !== undefined) return value;
	if (shell.options.has('u') && !context.positional && context.name !== '!') {
		const words = shell.dialect.name === 'bash' ? 'unbound variable' : 'parameter not set';
		throw new ShellError(`${context.name}: ${words}`, shell.expansionFailure, true);
	}
	return '';
}

async function substring(expander: Expander, text: string, part: ParameterPart): Promise<string> {
	const characters = [...text];
	const from = Number(await expander.arithmetic(part.argument!));
	const start = from < 0 ? characters.length + from : from;
	if (start < 0) return '';
	if (!part.second) return characters.slice(start).join('');
	const count = Number(await expander.arithmetic(part.second));
	return characters.slice(start, count < 0 ? characters.length + count : start + count).join('');
}

function trimStart(text: string, pattern: Pattern, longest: boolean): string {
	const characters = [...text];
	const end = pattern.prefix(characters, 0, longest);
	return end === undefined ? text : characters.slice(end).join('');
}

const trimEnd = (text: string, pattern: Pattern, longest: boolean): string =>
	mirrored(trimStart(mirrored(text), pattern.reversed(), longest));

const mirrored = (text: string): string => [...text].reverse().join('');

/** How many characters a replacement looks at in a step. */
const charactersPerStep = 256;

async function replace(
	shell: Shell,
	text: string,
	argument: Word,
	second: Word | undefined,
	all: boolean,
): Promise<string> {
	const { expander } = shell;
	const [first, ...rest] = argument.parts;
	const anchor =
		first?.type === 'literal' && !all && (first.text[0] === '#' || first.text[0] === '%')
			? first.text[0]
			: '';
	const parts =
		anchor && first?.type === 'literal' ? [{ ...first, text: first.text.slice(1) }, ...rest] : argument.parts;
	const pattern = await expander.pattern({ parts });
	const replacement = second ? await expander.text(second) : '';
	if (anchor === '%') {
		const rest = trimEnd(text, pattern, true);
		return rest === text ? text : rest + replacement;
	}
	const characters = [...text];
	let result = '';
	let looked = 0;
	for (let at = 0; at < characters.length; ) {
		const end = pattern.prefix(characters, at, true);
		// A star may have looked at all that is left.
		looked += pattern.isFixed ? 1 : characters.length - at;
		if (looked >= charactersPerStep) {
			const pause = shell.process.step(Math.floor(looked / charactersPerStep));
			if (pause) await pause;
			looked = 0;
		}
		if (end === undefined || end === at) {
			result += characters[at++];
			if (anchor === '#') return result + characters.slice(at).join('');
			continue;
		}
		result += replacement;
		at = end;
		if (!all) return result + characters.slice(at).join('');
	}
	return result;
}

function changeCase(text: string, operator: string): string {
	const change = (part: string) => (operator[0] === '^' ? part.toUpperCase() : part.toLowerCase());
	return operator.length === 2 ? change(text) : change(text.slice(0, 1)) + text.slice(1);
}

function transformed(operator: string, text: string): string {
	if (operator === '@U') return text.toUpperCase();
	if (operator === '@L') return text.toLowerCase();
	return operator === '@Q' ? `'${text.replaceAll("'", "'\\''")}'` : text;
}
