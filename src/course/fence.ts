// A fenced code block with its attributes.
import type { Code } from 'mdast';
import { type Attribute, AttributeError, type AttributeValue, parseAttributes } from './attributes.ts';
import type { Pattern, SourcePosition } from './manifest.ts';
import type { Source } from './source.ts';
import { SourceError, type SourcePlace } from './source-error.ts';

/** The attributes that mean something to Slidecar; a fence that is no step may carry Expressive Code's instead. */
export const commandAttributes = [
	'terminal',
	'timeout',
	'exit',
	'expect',
	'wait',
	'then',
	'opens',
	'in',
	'capture',
	'open',
	'only',
	'image',
	'hidden',
	'optional',
] as const;
export const fileAttributes = ['file', 'from'] as const;

/** What a command that no terminal shows can be told: a check's, or the setup's, which is `hidden` by its nature. */
const unseenAttributes = ['timeout', 'exit', 'expect', 'wait', 'only'] as const;

/** What a fence is → the attributes that it takes, and what it is called. */
const kinds = {
	command: { allowed: commandAttributes, called: 'a command step' },
	file: { allowed: fileAttributes, called: 'a file step' },
	check: { allowed: unseenAttributes, called: 'a check, which runs unseen' },
	setup: { allowed: ['hidden', ...unseenAttributes], called: 'the setup, which runs unseen' },
} as const;

export type FenceKind = keyof typeof kinds;

export type AttributeName = (typeof commandAttributes)[number] | (typeof fileAttributes)[number];

/**
 * The attribute text behind a fence's language as written: Markdown takes the backslashes
 * out of it (CommonMark 0.31, section 4.5), which regular expressions need.
 */
function attributeText(code: Code, source: Source): { text: string; column: number } {
	const { line, column } = code.position!.start;
	const [, opening, text] = /^([`~]{3,}[^\S\n]*\S*\s*)(.*)$/.exec(source.lines[line - 1].slice(column - 1))!;
	return { text: text.trimEnd(), column: column + opening.length };
}

/** The first of Slidecar's attributes that a fence carries, whether or not it may carry it there. */
export function attributeOf(
	code: Code,
	source: Source,
	names: readonly string[] = [...commandAttributes, ...fileAttributes],
): string | undefined {
	if (!code.meta) return undefined;
	// Quoted texts and Expressive Code's own regular expressions and braces may hold anything.
	const bare = attributeText(code, source).text.replace(/"(?:\\.|[^"\\])*"|\{[^}]*\}/g, '""');
	return bare
		.split(/\s+/)
		.map((part) => part.split('=', 1)[0])
		.find((part) => names.includes(part));
}

/** Reads the values of a step's fence one by one; each complains of what it cannot read. */
export class Fence {
	readonly code: Code;
	readonly source: Source;
	readonly #attributes: Attribute[];
	readonly #column: number;

	/** Throws a SourceError where an attribute is malformed or none of a step of this kind. */
	constructor(code: Code, source: Source, kind: FenceKind) {
		this.code = code;
		this.source = source;
		const { text, column } = attributeText(code, source);
		this.#column = column;
		try {
			this.#attributes = parseAttributes(text);
		} catch (error) {
			if (!(error instanceof AttributeError)) throw error;
			throw new SourceError(this.#placeOf(error.offset), error.message, error.mend);
		}
		const { allowed, called }: { allowed: readonly string[]; called: string } = kinds[kind];
		for (const { name, offset } of this.#attributes) {
			if (allowed.includes(name)) continue;
			throw new SourceError(
				this.#placeOf(offset),
				`\`${name}\` is no attribute of ${called}.`,
				`There are: ${allowed.join(', ')}.`,
			);
		}
	}

	get position(): SourcePosition {
		return { file: this.source.file, line: this.code.position!.start.line };
	}

	/** Whether a name without a value stands there. */
	flag(name: AttributeName): boolean {
		const attribute = this.#find(name);
		if (attribute && attribute.value.kind !== 'flag') {
			throw this.error(name, `\`${name}\` takes no value.`, `Write only \`${name}\`.`);
		}
		return attribute !== undefined;
	}

	/** A word or a quoted text. */
	text(name: AttributeName): string | undefined {
		const value = this.#value(name);
		if (!value) return undefined;
		if (value.kind === 'word' || value.kind === 'quoted') return value.text;
		throw this.error(name, `\`${name}\` needs a text.`, `Write \`${name}="…"\`.`);
	}

	/** A text of a certain form, which `description` names. */
	matching(name: AttributeName, form: RegExp, description: string): string | undefined {
		const text = this.text(name);
		if (text === undefined || form.test(text)) return text;
		throw this.error(name, `\`${name}=${text}\` is malformed.`, `Write ${description}.`);
	}

	/** A whole number of at least `least`. */
	number(name: AttributeName, least: number): number | undefined {
		const text = this.matching(name, /^\d{1,6}$/, 'a whole number');
		if (text === undefined) return undefined;
		if (Number(text) < least) {
			throw this.error(name, `\`${name}=${text}\` is too small.`, `The least is ${least}.`);
		}
		return Number(text);
	}

	/** What output must match: a quoted text or a regular expression. */
	pattern(name: AttributeName): Pattern | undefined {
		const value = this.#value(name);
		if (!value) return undefined;
		if (value.kind === 'quoted' && value.text !== '') return { text: value.text };
		if (value.kind === 'pattern') return this.#expression(name, value.source, value.flags);
		throw this.error(
			name,
			`\`${name}\` needs a quoted text or a regular expression.`,
			`Write \`${name}="…"\` or \`${name}=/…/\`.`,
		);
	}

	/** `NAME:/regex/`, whose first group is the value of the shell variable NAME. */
	capture(name: AttributeName): { variable: string; pattern: Pattern } | undefined {
		const value = this.#value(name);
		if (!value) return undefined;
		if (value.kind !== 'named-pattern') {
			throw this.error(name, `\`${name}\` is malformed.`, `Write \`${name}=NAME:/regex/\`.`);
		}
		const pattern = this.#expression(name, value.source, value.flags);
		// An empty alternative always matches, and tells how many groups there are.
		if (new RegExp(`${value.source}|`, value.flags).exec('')!.length < 2) {
			throw this.error(
				name,
				`The regular expression of \`${name}\` has no group.`,
				'Put parentheses around the part whose text the variable is to hold.',
			);
		}
		return { variable: value.name, pattern };
	}

	/** The error for an attribute of this fence, or for the fence where it does not stand there. */
	error(name: AttributeName, problem: string, mend: string): SourceError {
		const attribute = this.#find(name);
		return attribute
			? new SourceError(this.#placeOf(attribute.offset), problem, mend)
			: this.source.error(this.code, problem, mend);
	}

	#find(name: AttributeName): Attribute | undefined {
		return this.#attributes.find((attribute) => attribute.name === name);
	}

	#value(name: AttributeName): AttributeValue | undefined {
		return this.#find(name)?.value;
	}

	#expression(name: AttributeName, source: string, flags: string): Pattern {
		if (/[^imsu]/.test(flags)) {
			throw this.error(
				name,
				`\`${name}\` has the flags “${flags}”.`,
				'The flags i, m, s and u may be used; output is searched for the first match anyway.',
			);
		}
		try {
			new RegExp(source, flags);
		} catch (error) {
			throw this.error(
				name,
				`\`${name}\` is no valid regular expression: ${(error as Error).message.replace(/^.*: /, '')}.`,
				`Mend it, or write a text in quotes; \`\\\` before a character takes it as it is.`,
			);
		}
		return { source, flags };
	}

	#placeOf(offset: number): SourcePlace {
		return { file: this.source.file, line: this.code.position!.start.line, column: this.#column + offset };
	}
}
