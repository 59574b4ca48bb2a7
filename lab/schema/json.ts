// Reads JSON (RFC 8259) with the errors of Go's decoder, and finds fields that are given twice, which
// JSON.parse cannot tell.

/** The message is Go's, as `invalid character 'x' looking for beginning of value`. */
export class JsonSyntaxError extends Error {}

export interface ParsedJson {
	value: unknown;
	/** `duplicate field "spec.replicas"`, in document order. */
	duplicates: string[];
}

/** Throws JsonSyntaxError. Deeper than 1,000 levels is refused (Go follows 10,000). */
export function parseJson(text: string): ParsedJson {
	const reader = new JsonReader(text);
	return { value: reader.document(), duplicates: reader.duplicates };
}

const named = (character: string) =>
	character === "'" ? `'\\''` : character === '"' ? `'"'` : `'${JSON.stringify(character).slice(1, -1)}'`;

class JsonReader {
	readonly duplicates: string[] = [];
	readonly #text: string;
	#at = 0;

	constructor(text: string) {
		this.#text = text;
	}

	document(): unknown {
		const value = this.#value('', 0);
		this.#space();
		if (this.#at < this.#text.length) throw this.#unexpected('after top-level value');
		return value;
	}

	#space(): void {
		for (; ; this.#at++) {
			const code = this.#text.charCodeAt(this.#at);
			if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return;
		}
	}

	#unexpected(where: string): JsonSyntaxError {
		if (this.#at >= this.#text.length) return new JsonSyntaxError('unexpected end of JSON input');
		const character = String.fromCodePoint(this.#text.codePointAt(this.#at) as number);
		return new JsonSyntaxError(`invalid character ${named(character)} ${where}`);
	}

	#value(path: string, depth: number): unknown {
		if (depth > 1000) throw new JsonSyntaxError('exceeded max depth');
		this.#space();
		const character = this.#text[this.#at];
		if (character === '{') return this.#object(path, depth);
		if (character === '[') return this.#array(path, depth);
		if (character === '"') return this.#string();
		if (character === '-' || (character >= '0' && character <= '9')) return this.#number();
		for (const [word, value] of [
			['true', true],
			['false', false],
			['null', null],
		] as const)
			if (character === word[0]) return this.#word(word, value);
		throw this.#unexpected('looking for beginning of value');
	}

	#word(word: string, value: boolean | null): boolean | null {
		for (let index = 1; index < word.length; index++) {
			this.#at++;
			if (this.#text[this.#at] !== word[index])
				throw this.#unexpected(`in literal ${word} (expecting ${named(word[index])})`);
		}
		this.#at++;
		return value;
	}

	#number(): number {
		const match = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
		match.lastIndex = this.#at;
		const found = match.exec(this.#text);
		if (!found) {
			this.#at++;
			throw this.#unexpected('in numeric literal');
		}
		this.#at = match.lastIndex;
		return Number(found[0]);
	}

	#string(): string {
		const from = this.#at++;
		for (; ; this.#at++) {
			const code = this.#text.charCodeAt(this.#at);
			if (code === 34) break;
			if (code === 92) this.#at++;
			else if (!(code >= 32)) throw this.#unexpected('in string literal');
		}
		const literal = this.#text.slice(from, ++this.#at);
		try {
			return JSON.parse(literal) as string;
		} catch {
			throw new JsonSyntaxError('invalid character in string escape code');
		}
	}

	#array(path: string, depth: number): unknown[] {
		const array: unknown[] = [];
		this.#at++;
		this.#space();
		if (this.#text[this.#at] === ']') {
			this.#at++;
			return array;
		}
		for (;;) {
			array.push(this.#value(`${path}[${array.length}]`, depth + 1));
			this.#space();
			const character = this.#text[this.#at];
			if (character !== ',' && character !== ']') throw this.#unexpected('after array element');
			this.#at++;
			if (character === ']') return array;
		}
	}

	#object(path: string, depth: number): Record<string, unknown> {
		const object: Record<string, unknown> = {};
		this.#at++;
		this.#space();
		if (this.#text[this.#at] === '}') {
			this.#at++;
			return object;
		}
		for (;;) {
			this.#space();
			if (this.#text[this.#at] !== '"') throw this.#unexpected('looking for beginning of object key string');
			const key = this.#string();
			const inner = path ? `${path}.${key}` : key;
			if (Object.hasOwn(object, key)) this.duplicates.push(`duplicate field "${inner}"`);
			this.#space();
			if (this.#text[this.#at] !== ':') throw this.#unexpected('after object key');
			this.#at++;
			// defineProperty, so that a key `__proto__` is a key like any other.
			const value = this.#value(inner, depth + 1);
			if (key === '__proto__')
				Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
			else object[key] = value;
			this.#space();
			const character = this.#text[this.#at];
			if (character !== ',' && character !== '}') throw this.#unexpected('after object key:value pair');
			this.#at++;
			if (character === '}') return object;
		}
	}
}
