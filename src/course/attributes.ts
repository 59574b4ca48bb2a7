// The attributes behind a fence's language: `terminal=watch wait=/Running/ then="^C" optional`.

/** One attribute as written. */
export interface Attribute {
	name: string;
	value: AttributeValue;
	/** Where it starts in the attribute text, from 0. */
	offset: number;
}

export type AttributeValue =
	/** Only the name stands there. */
	| { kind: 'flag' }
	| { kind: 'word'; text: string }
	| { kind: 'quoted'; text: string }
	| { kind: 'pattern'; source: string; flags: string }
	/** `capture=NAME:/regex/`. */
	| { kind: 'named-pattern'; name: string; source: string; flags: string };

/** A malformed attribute; `offset` is where in the attribute text. */
export class AttributeError extends Error {
	readonly offset: number;
	readonly mend: string;

	constructor(offset: number, problem: string, mend: string) {
		super(problem);
		this.offset = offset;
		this.mend = mend;
	}
}

/** A regular expression between slashes; a slash inside is written `\/`, or stands in a character class. */
const patternSyntax = String.raw`\/(?<source>(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\[])+)\/(?<flags>[a-z]*)`;
const space = /\s*/y;
const name = /[A-Za-z][A-Za-z-]*/y;
const quoted = /"((?:\\.|[^"\\])*)"/y;
const pattern = new RegExp(patternSyntax, 'y');
const namedPattern = new RegExp(String.raw`(?<name>[A-Za-z_]\w*):${patternSyntax}`, 'y');
const word = /[^\s"]+/y;

/** Reads attribute text. Throws an AttributeError where it is malformed, or an attribute stands there twice. */
export function parseAttributes(text: string): Attribute[] {
	const attributes: Attribute[] = [];
	let position = 0;

	const take = (expression: RegExp): RegExpExecArray | null => {
		expression.lastIndex = position;
		const match = expression.exec(text);
		if (match) position = expression.lastIndex;
		return match;
	};
	const takeValue = (attribute: string): AttributeValue => {
		const start = position;
		let match = take(quoted);
		if (match) return { kind: 'quoted', text: match[1].replace(/\\(["\\])/g, '$1') };
		match = take(pattern);
		if (match?.groups) return { kind: 'pattern', source: match.groups.source, flags: match.groups.flags };
		match = take(namedPattern);
		if (match?.groups) {
			const { name, source, flags } = match.groups;
			return { kind: 'named-pattern', name, source, flags };
		}
		if (text[start] === '"') {
			throw new AttributeError(start, `The text of \`${attribute}=\` is not closed.`, 'Put a `"` behind it.');
		}
		if (text[start] === "'") {
			throw new AttributeError(
				start,
				`The text of \`${attribute}=\` stands in single quotes.`,
				'Put it into double ones: `"…"`; a `"` inside is written `\\"`.',
			);
		}
		if (text[start] === '/') {
			throw new AttributeError(
				start,
				`The regular expression of \`${attribute}=\` is not closed.`,
				'Put a `/` behind it; a slash inside is written `\\/`.',
			);
		}
		match = take(word);
		if (!match) {
			throw new AttributeError(start, `\`${attribute}=\` has no value.`, 'Write one right behind the `=`.');
		}
		return { kind: 'word', text: match[0] };
	};

	for (;;) {
		take(space);
		if (position >= text.length) return attributes;
		const offset = position;
		const found = take(name);
		if (!found) {
			throw new AttributeError(
				offset,
				`“${text.slice(offset).split(/\s/, 1)[0]}” is no attribute.`,
				'An attribute is `name`, `name=word`, `name="text"` or `name=/regex/`.',
			);
		}
		let value: AttributeValue = { kind: 'flag' };
		if (text[position] === '=') {
			position++;
			value = takeValue(found[0]);
		}
		if (position < text.length && !/\s/.test(text[position])) {
			throw new AttributeError(
				position,
				`“${text.slice(position).split(/\s/, 1)[0]}” follows \`${found[0]}\` without a space.`,
				'Put a space between attributes, and quotes around a text with spaces.',
			);
		}
		if (attributes.some((attribute) => attribute.name === found[0])) {
			throw new AttributeError(offset, `\`${found[0]}\` stands there twice.`, 'Leave one of them.');
		}
		attributes.push({ name: found[0], value, offset });
	}
}
