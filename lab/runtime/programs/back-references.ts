// Regular expressions with back-references, which no engine matches in linear time: by backtracking, within a
// budget of steps. Other expressions are re2js's (regex.ts).
import { SystemError } from '../process.ts';
import type { Match, Regex } from './regex.ts';

/** What one search may take; a step is about 20 ns. Beyond it there is no memory left for more, as in a real matcher. */
const budget = 400_000;
/** So many are a step of the process that searches. */
const stepsPerProcessStep = 50;

type Instruction =
	| { kind: 'character'; accepts: (character: string) => boolean }
	| { kind: 'assert'; holds: (text: string, at: number) => boolean }
	| { kind: 'back-reference'; group: number }
	/** Notes the position. */
	| { kind: 'save'; register: number }
	/** Fails where the position is still what the register has: an empty turn of a loop. */
	| { kind: 'progress'; register: number }
	| { kind: 'jump'; to: number }
	/** Tries the first, and the other where that fails. */
	| { kind: 'split'; first: number; other: number }
	| { kind: 'match' };

type Code = Instruction[];

const letters = 'A-Za-z';
const classes: Readonly<Record<string, string>> = {
	alnum: `${letters}0-9`,
	alpha: letters,
	blank: ' \\t',
	cntrl: '\\x00-\\x1f\\x7f',
	digit: '0-9',
	graph: '!-~',
	lower: 'a-z',
	print: ' -~',
	punct: '!-\\/:-@\\[-`{-~',
	space: '\\s',
	upper: 'A-Z',
	xdigit: '0-9A-Fa-f',
};
const controls: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f', v: '\v' };

const isWord = (character: string | undefined) => character !== undefined && /\w/.test(character);
const atBoundary = (text: string, at: number) => isWord(text[at - 1]) !== isWord(text[at]);

interface Flags {
	ignoreCase: boolean;
	multiline: boolean;
}

/** Reads the text that `translate` gives, in which a back-reference is `\1` to `\9`. */
class Compiler {
	readonly #text: string;
	readonly #flags: Flags;
	#at = 0;
	groups = 0;
	#loops = 0;

	constructor(text: string, flags: Flags) {
		this.#text = text;
		this.#flags = flags;
	}

	/** How many registers the code uses: two for each group, and one for each loop. */
	compile(): { code: Code; registers: number } {
		// Loops have their registers behind those of the groups, whose number is known only at the end.
		const body = this.#alternatives();
		const first = 2 * (this.groups + 1);
		const code: Code = [
			{ kind: 'save', register: 0 },
			...body,
			{ kind: 'save', register: 1 },
			{ kind: 'match' },
		];
		for (const each of code)
			if ((each.kind === 'save' || each.kind === 'progress') && each.register < 0)
				each.register = first - each.register - 1;
		return { code, registers: first + this.#loops };
	}

	#alternatives(): Code {
		const left = this.#sequence();
		if (this.#text[this.#at] !== '|') return left;
		this.#at++;
		const right = this.#alternatives();
		return [split(1, left.length + 2), ...left, jump(right.length + 1), ...right];
	}

	#sequence(): Code {
		const code: Code = [];
		while (this.#at < this.#text.length && !/[|)]/.test(this.#text[this.#at])) {
			code.push(...this.#repeated(this.#atom()));
		}
		return code;
	}

	#repeated(atom: Code): Code {
		const [found, least = '', comma, most = ''] =
			/^(?:[*+?]|\{(\d+)(,?)(\d*)\})/.exec(this.#text.slice(this.#at)) ?? [];
		if (found === undefined) return atom;
		this.#at += found.length;
		let code: Code;
		if (found === '*') code = this.#loop(atom);
		else if (found === '+') code = [...atom, ...this.#loop(atom)];
		else if (found === '?') code = optional(atom);
		else {
			code = Array.from({ length: Number(least) }, () => atom).flat();
			if (comma && most === '') code = [...code, ...this.#loop(atom)];
			else
				for (let left = Number(most || least) - Number(least); left > 0; left--) code.push(...optional(atom));
		}
		return this.#repeated(code);
	}

	#loop(atom: Code): Code {
		const register = -++this.#loops;
		const length = atom.length + 4;
		return [
			split(1, length),
			{ kind: 'save', register },
			...atom,
			{ kind: 'progress', register },
			jump(1 - length),
		];
	}

	#atom(): Code {
		const character = String.fromCodePoint(this.#text.codePointAt(this.#at)!);
		this.#at += character.length;
		const { multiline } = this.#flags;
		if (character === '(') {
			const group = ++this.groups;
			const inner = this.#alternatives();
			this.#at++;
			return [{ kind: 'save', register: 2 * group }, ...inner, { kind: 'save', register: 2 * group + 1 }];
		}
		if (character === '.') return [{ kind: 'character', accepts: () => true }];
		if (character === '^') return [assert((text, at) => at === 0 || (multiline && text[at - 1] === '\n'))];
		if (character === '$')
			return [assert((text, at) => at === text.length || (multiline && text[at] === '\n'))];
		if (character === '[') return [this.#bracket()];
		if (character !== '\\') return [this.#literal(character)];
		const letter = String.fromCodePoint(this.#text.codePointAt(this.#at)!);
		this.#at += letter.length;
		if (/[1-9]/.test(letter)) return [{ kind: 'back-reference', group: Number(letter) }];
		if (letter === 'b') return [assert(atBoundary)];
		if (letter === 'B') return [assert((text, at) => !atBoundary(text, at))];
		if (letter === 'A') return [assert((_, at) => at === 0)];
		if (letter === 'z') return [assert((text, at) => at === text.length)];
		if (letter === 's') return [{ kind: 'character', accepts: (each) => /\s/.test(each) }];
		if (letter === 'S') return [{ kind: 'character', accepts: (each) => /\S/.test(each) }];
		if (letter === 'x') {
			const code = this.#text.slice(this.#at, this.#at + 2);
			this.#at += 2;
			return [this.#literal(String.fromCharCode(Number.parseInt(code, 16)))];
		}
		return [this.#literal(controls[letter] ?? letter)];
	}

	#literal(wanted: string): Instruction {
		if (!this.#flags.ignoreCase) return { kind: 'character', accepts: (each) => each === wanted };
		const lower = wanted.toLowerCase();
		return { kind: 'character', accepts: (each) => each.toLowerCase() === lower };
	}

	/** From behind its `[` on; one character at a time, the host's own engine does it in no time. */
	#bracket(): Instruction {
		let source = '[';
		while (this.#text[this.#at] !== ']') {
			const [part, name] = /^(?:\[:([a-z]+):\]|\\.|.)/s.exec(this.#text.slice(this.#at, this.#at + 12))!;
			source += name === undefined ? part : classes[name];
			this.#at += part.length;
		}
		this.#at++;
		const regex = new RegExp(`${source}]`, this.#flags.ignoreCase ? 'i' : '');
		return { kind: 'character', accepts: (each) => regex.test(each) };
	}
}

/** Targets are told from the instruction itself, so that code can be put anywhere. */
const split = (first: number, other: number): Instruction => ({ kind: 'split', first, other });
const jump = (to: number): Instruction => ({ kind: 'jump', to });
const assert = (holds: (text: string, at: number) => boolean): Instruction => ({ kind: 'assert', holds });
const optional = (atom: Code): Code => [split(1, atom.length + 1), ...atom];

/** A search by backtracking: leftmost, and greedy where POSIX would look for the longest of all alternatives. */
class Search {
	readonly #code: Code;
	readonly #text: string;
	readonly #ignoreCase: boolean;
	readonly registers: Int32Array;
	steps = 0;

	constructor(code: Code, registers: number, text: string, ignoreCase: boolean) {
		this.#code = code;
		this.#text = text;
		this.#ignoreCase = ignoreCase;
		this.registers = new Int32Array(registers).fill(-1);
	}

	/** Whether the code matches from there on; throws SystemError when the budget is used up. */
	matchesAt(start: number): boolean {
		this.registers.fill(-1);
		let pc = 0;
		let at = start;
		/** Where to go on when this way fails: an instruction and a position, or a register and its old value. */
		const back: [pc: number, at: number, register?: number][] = [];
		for (;;) {
			if (++this.steps > budget) throw new SystemError('ENOMEM', 'memory exhausted');
			const instruction = this.#code[pc];
			let fails = false;
			switch (instruction.kind) {
				case 'match':
					return true;
				case 'jump':
					pc += instruction.to;
					break;
				case 'split':
					back.push([pc + instruction.other, at]);
					pc += instruction.first;
					break;
				case 'save':
					back.push([-1, this.registers[instruction.register], instruction.register]);
					this.registers[instruction.register] = at;
					pc++;
					break;
				case 'progress':
					fails = this.registers[instruction.register] === at;
					pc++;
					break;
				case 'assert':
					fails = !instruction.holds(this.#text, at);
					pc++;
					break;
				case 'character': {
					const character = this.#characterAt(at);
					fails = character === undefined || !instruction.accepts(character);
					at += character?.length ?? 0;
					pc++;
					break;
				}
				case 'back-reference': {
					const length = this.#repeats(instruction.group, at);
					fails = length === undefined;
					at += length ?? 0;
					pc++;
				}
			}
			while (fails) {
				const last = back.pop();
				if (!last) return false;
				const [to, value, register] = last;
				if (register !== undefined) this.registers[register] = value;
				else {
					pc = to;
					at = value;
					fails = false;
				}
			}
		}
	}

	#characterAt(at: number): string | undefined {
		const code = this.#text.codePointAt(at);
		return code === undefined ? undefined : String.fromCodePoint(code);
	}

	/** How long the group's text is, where it stands here again. */
	#repeats(group: number, at: number): number | undefined {
		const [start, end] = this.registers.subarray(2 * group, 2 * group + 2);
		if (start < 0 || end < 0) return undefined;
		const fold = (text: string) => (this.#ignoreCase ? text.toLowerCase() : text);
		this.steps += Math.floor((end - start) / 64);
		const same = fold(this.#text.slice(at, at + end - start)) === fold(this.#text.slice(start, end));
		return same ? end - start : undefined;
	}
}

/** A Regex from what `translate` gives. Its `find` throws SystemError where the search takes too much. */
export function compileBackReferences(translated: string, flags: Flags): Regex {
	const compiler = new Compiler(translated, flags);
	const { code, registers } = compiler.compile();
	const { groups: groupCount } = compiler;
	let taken = 0;
	return {
		groupCount,
		takeSteps() {
			const steps = Math.floor(taken / stepsPerProcessStep);
			taken = 0;
			return steps;
		},
		find(text, from = 0): Match | undefined {
			const search = new Search(code, registers, text, flags.ignoreCase);
			try {
				for (let start = from; start <= text.length; start++) {
					if (!search.matchesAt(start)) continue;
					const groups = Array.from({ length: groupCount + 1 }, (_, group) => {
						const [first, last] = search.registers.subarray(2 * group, 2 * group + 2);
						return first < 0 || last < 0 ? undefined : text.slice(first, last);
					});
					return { start, end: search.registers[1], groups };
				}
				return undefined;
			} finally {
				taken += search.steps;
			}
		},
	};
}
