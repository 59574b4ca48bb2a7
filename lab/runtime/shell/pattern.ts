// Shell patterns: * ? [ ] and quoted characters (POSIX.1-2024, Shell Command Language, 2.14).

/** One character of a pattern; quoted ones stand for themselves. */
export interface PatternCharacter {
	text: string;
	quoted: boolean;
}

type Element = { type: 'any' } | { type: 'one' } | { type: 'is'; test: (character: string) => boolean };

const classes: Record<string, RegExp> = {
	alpha: /[A-Za-z]/,
	digit: /[0-9]/,
	alnum: /[A-Za-z0-9]/,
	upper: /[A-Z]/,
	lower: /[a-z]/,
	space: /\s/,
	blank: /[ \t]/,
	punct: /[!-/:-@[-`{-~]/,
	xdigit: /[0-9A-Fa-f]/,
	print: /[\x20-\x7e]/,
	graph: /[!-~]/,
};

export class Pattern {
	readonly #elements: Element[];

	constructor(characters: readonly PatternCharacter[]) {
		this.#elements = compile(characters);
	}

	/** Without a star: what fits is as long as the pattern. */
	get isFixed(): boolean {
		return this.#elements.every(({ type }) => type !== 'any');
	}

	/** The same pattern for reversed texts. */
	reversed(): Pattern {
		const reversed = new Pattern([]);
		reversed.#elements.push(...this.#elements.toReversed());
		return reversed;
	}

	/**
	 * The end of the shortest or longest stretch from `from` on that fits; undefined where none does. Takes time
	 * in proportion to the characters looked at times the pattern's length.
	 */
	prefix(characters: readonly string[], from: number, longest: boolean): number | undefined {
		const elements = this.#elements;
		let states = this.#reach([0]);
		let found: number | undefined;
		for (let at = from; ; at++) {
			if (states.has(elements.length)) {
				if (!longest) return at;
				found = at;
			}
			if (at >= characters.length || states.size === 0) return found;
			// Whatever follows, a star at the end takes it all.
			if (longest && states.has(elements.length) && elements.at(-1)?.type === 'any') return characters.length;
			const next: number[] = [];
			for (const state of states) {
				const element = elements[state];
				if (element?.type === 'any') next.push(state);
				else if (element?.type === 'one' || element?.test(characters[at])) next.push(state + 1);
			}
			states = this.#reach(next);
		}
	}

	/** States with those that a star reaches without taking a character. */
	#reach(states: readonly number[]): Set<number> {
		const reached = new Set<number>();
		for (const first of states) {
			reached.add(first);
			for (let state = first; this.#elements[state]?.type === 'any'; ) reached.add(++state);
		}
		return reached;
	}

	/** Whether a text as a whole fits; in time proportional to both lengths' product at most. */
	matches(text: readonly string[] | string): boolean {
		const characters = typeof text === 'string' ? [...text] : text;
		let element = 0;
		let at = 0;
		let star = -1;
		let starAt = 0;
		while (at < characters.length) {
			const current = this.#elements[element];
			if (current?.type === 'any') {
				star = element++;
				starAt = at;
			} else if (current && (current.type === 'one' || current.test(characters[at]))) {
				element++;
				at++;
			} else if (star >= 0) {
				element = star + 1;
				at = ++starAt;
			} else return false;
		}
		while (this.#elements[element]?.type === 'any') element++;
		return element === this.#elements.length;
	}
}

/** Whether text has a character that would make it a pattern. */
export function isPattern(characters: readonly PatternCharacter[]): boolean {
	return characters.some(({ text, quoted }) => !quoted && (text === '*' || text === '?' || text === '['));
}

function compile(characters: readonly PatternCharacter[]): Element[] {
	const elements: Element[] = [];
	for (let at = 0; at < characters.length; at++) {
		const { text, quoted } = characters[at];
		if (!quoted && text === '*') {
			if (elements.at(-1)?.type !== 'any') elements.push({ type: 'any' });
		} else if (!quoted && text === '?') elements.push({ type: 'one' });
		else if (!quoted && text === '[') {
			const bracket = bracketAt(characters, at);
			if (bracket) {
				elements.push({ type: 'is', test: bracket.test });
				at = bracket.end;
			} else elements.push({ type: 'is', test: (character) => character === '[' });
		} else if (!quoted && text === '\\' && characters[at + 1]) {
			const { text: escaped } = characters[++at];
			elements.push({ type: 'is', test: (character) => character === escaped });
		} else elements.push({ type: 'is', test: (character) => character === text });
	}
	return elements;
}

/** A bracket expression; undefined where nothing closes it. */
function bracketAt(
	characters: readonly PatternCharacter[],
	start: number,
): { test: (character: string) => boolean; end: number } | undefined {
	let at = start + 1;
	const first = characters[at];
	const negated = first !== undefined && !first.quoted && (first.text === '!' || first.text === '^');
	if (negated) at++;
	const tests: ((character: string) => boolean)[] = [];
	for (let isFirst = true; ; isFirst = false) {
		const current = characters[at];
		if (!current) return undefined;
		if (!current.quoted && current.text === ']' && !isFirst) break;
		if (!current.quoted && current.text === '[' && characters[at + 1]?.text === ':') {
			const rest = characters
				.slice(at + 2)
				.map(({ text }) => text)
				.join('');
			const name = /^([a-z]+):\]/.exec(rest)?.[1];
			if (name !== undefined && Object.hasOwn(classes, name)) {
				const pattern = classes[name];
				tests.push((character) => pattern.test(character));
				at += name.length + 4;
				continue;
			}
		}
		const [dash, upper] = [characters[at + 1], characters[at + 2]];
		if (dash && !dash.quoted && dash.text === '-' && upper && (upper.quoted || upper.text !== ']')) {
			const [low, high] = [current.text.codePointAt(0)!, upper.text.codePointAt(0)!];
			tests.push((character) => low <= character.codePointAt(0)! && character.codePointAt(0)! <= high);
			at += 3;
		} else {
			const { text } = current;
			tests.push((character) => character === text);
			at++;
		}
	}
	return { test: (character) => tests.some((test) => test(character)) !== negated, end: at };
}
