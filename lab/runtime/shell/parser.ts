// Makes commands of words (POSIX.1-2024, Shell Command Language, 2.10 Shell Grammar). One complete command at a
// time, so that what comes before a mistake is executed, as every shell does.
import { assignmentAt } from './assignment-parser.ts';
import { conditionOf } from './condition-parser.ts';
import type { Dialect } from './dialect.ts';
import { HereDocuments } from './here-documents.ts';
import { Reader } from './reader.ts';
import { redirectionAt } from './redirection-parser.ts';
import type { AndOr, Assignment, Command, Compound, Pipeline, Redirection, Script, Word } from './syntax.ts';
import { Tokens } from './tokens.ts';

/** Words that only end something: where a command should begin, they are mistakes. */
const closing = new Set(['then', 'elif', 'else', 'fi', 'do', 'done', 'esac', '}']);

export class Parser {
	readonly #reader: Reader;
	readonly #dialect: Dialect;
	readonly #aliases: ReadonlyMap<string, string>;
	/** Whether an unfinished here-document waits for more input rather than ending with it. */
	readonly #more: boolean;
	readonly #hereDocuments: HereDocuments;
	readonly #tokens: Tokens;
	#aliasEnd = 0;

	constructor(
		source: string | Reader,
		dialect: Dialect,
		aliases: ReadonlyMap<string, string> = new Map(),
		more = false,
	) {
		this.#dialect = dialect;
		this.#aliases = aliases;
		this.#more = more;
		this.#reader =
			typeof source === 'string'
				? new Reader(source, dialect, (reader) => new Parser(reader, dialect, aliases, more).#nested())
				: source;
		this.#hereDocuments = new HereDocuments(this.#reader, more, (body, line) => this.expandable(body, line));
		this.#tokens = new Tokens(this.#reader, this.#hereDocuments);
	}

	/** The line of the next command, from 1. */
	get line(): number {
		return this.#reader.line;
	}

	set line(line: number) {
		this.#reader.line = line;
	}

	/** The next complete command, up to its newline; undefined at the end. Throws SyntaxFailure. */
	next(): Script | undefined {
		const reader = this.#reader;
		reader.skipBlanks();
		while (reader.peek() === '\n') {
			reader.next();
			reader.skipBlanks();
		}
		if (reader.peek() === '') return undefined;
		const script: Script = { items: [] };
		while (true) {
			script.items.push(this.#andOr());
			const ended = this.#separator(script);
			reader.skipBlanks();
			if (reader.peek() === '\n') {
				this.#tokens.newline();
				return script;
			}
			if (reader.peek() === '') {
				this.#hereDocuments.read();
				return script;
			}
			if (!ended) throw this.#tokens.unexpected();
		}
	}

	/** The commands of $( … ), up to and with its closing parenthesis. */
	#nested(): Script {
		const script = this.#list(true);
		this.#tokens.expect(')');
		return script;
	}

	/** `;` or `&` after a list's item. */
	#separator(script: Script): boolean {
		if (this.#tokens.operator('&')) {
			script.items.at(-1)!.background = true;
			return true;
		}
		return this.#tokens.operator(';');
	}

	/** Commands up to what closes them: a reserved word, `)` or `;;`. At least one, unless `mayBeEmpty`. */
	#list(mayBeEmpty = false): Script {
		const reader = this.#reader;
		const script: Script = { items: [] };
		while (true) {
			this.#tokens.linebreak();
			const word = this.#tokens.reserved();
			const ends =
				reader.peek() === '' || reader.peek() === ')' || reader.startsWith(';;') || reader.startsWith(';&');
			if (ends || (word && closing.has(word))) {
				// At the end of the input, whoever wants the closing word says which.
				if (script.items.length === 0 && !mayBeEmpty && reader.peek() !== '') throw this.#tokens.unexpected();
				return script;
			}
			script.items.push(this.#andOr());
			if (this.#separator(script)) continue;
			reader.skipBlanks();
			if (reader.peek() !== '\n') {
				const next = this.#tokens.reserved();
				const done =
					reader.peek() === '' || reader.peek() === ')' || reader.startsWith(';;') || reader.startsWith(';&');
				if (!done && !(next && closing.has(next))) throw this.#tokens.unexpected();
			}
		}
	}

	#andOr(): AndOr {
		const { at } = this.#reader;
		const first = this.#pipeline();
		const rest: AndOr['rest'] = [];
		while (true) {
			const operator = this.#tokens.operator('&&') ? '&&' : this.#tokens.operator('||') ? '||' : undefined;
			if (!operator) break;
			this.#tokens.linebreak();
			rest.push({ operator, pipeline: this.#pipeline() });
		}
		return { first, rest, background: false, text: this.#reader.source.slice(at, this.#reader.at).trim() };
	}

	#pipeline(): Pipeline {
		this.#reader.skipBlanks();
		const { at } = this.#reader;
		let negated = false;
		const timed = this.#dialect.bash && /^time(?=[ \t\n;|&])/.test(this.#reader.source.slice(at, at + 5));
		if (timed) this.#reader.at += 'time'.length;
		while (this.#tokens.take('!')) negated = !negated;
		const commands = [this.#command()];
		while (true) {
			const both = this.#dialect.bash && this.#reader.startsWith('|&');
			if (both) this.#reader.at += 2;
			else if (!this.#tokens.operator('|')) break;
			if (both) duplicateErrors(commands.at(-1)!);
			this.#tokens.linebreak();
			commands.push(this.#command());
		}
		return { negated, timed, commands, text: this.#reader.source.slice(at, this.#reader.at).trim() };
	}

	#command(): Command {
		const word = this.#tokens.reserved();
		if (word && closing.has(word)) throw this.#tokens.unexpected();
		const compound = this.#compound(word);
		if (!compound) return this.#simple();
		while (true) {
			const redirection = redirectionAt(this.#reader, this.#tokens, this.#hereDocuments, this.#dialect);
			if (!redirection) return compound;
			compound.redirections.push(redirection);
		}
	}

	#compound(word: string | undefined): Compound | undefined {
		const reader = this.#reader;
		const base = { redirections: [] as Redirection[], line: reader.line };
		if (reader.peek() === '(') {
			if (this.#dialect.bash && reader.startsWith('((')) {
				const start = { at: reader.at, line: reader.line };
				reader.at += 2;
				const expression = reader.arithmeticUntil('))');
				if (expression) return { type: 'arithmetic', expression, ...base };
				Object.assign(reader, start);
			}
			reader.at++;
			const body = this.#list();
			this.#tokens.expect(')');
			return { type: 'subshell', body, ...base };
		}
		if (!word || word === 'in' || word === '!' || word === 'function') return undefined;
		reader.at += word.length;
		switch (word) {
			case '{': {
				const body = this.#list();
				this.#tokens.require('}');
				return { type: 'group', body, ...base };
			}
			case 'if':
				return { ...this.#if(), ...base };
			case 'while':
			case 'until': {
				const condition = this.#list();
				return { type: 'loop', until: word === 'until', condition, body: this.#doGroup(), ...base };
			}
			case 'for':
				return { ...this.#for(), ...base };
			case 'case':
				return { ...this.#case(), ...base };
			case '[[': {
				const expression = conditionOf(reader);
				return { type: 'condition', expression, ...base };
			}
		}
		return undefined;
	}

	#if() {
		const branches: { condition: Script; body: Script }[] = [];
		let otherwise: Script | undefined;
		do {
			const condition = this.#list();
			this.#tokens.require('then');
			branches.push({ condition, body: this.#list() });
		} while (this.#tokens.take('elif'));
		if (this.#tokens.take('else')) otherwise = this.#list();
		this.#tokens.require('fi');
		return { type: 'if' as const, branches, otherwise };
	}

	#doGroup(): Script {
		this.#tokens.linebreak();
		if (this.#dialect.bash && this.#tokens.take('{')) {
			const body = this.#list();
			this.#tokens.require('}');
			return body;
		}
		this.#tokens.require('do');
		const body = this.#list();
		this.#tokens.require('done');
		return body;
	}

	#for() {
		const reader = this.#reader;
		reader.skipBlanks();
		if (this.#dialect.bash && reader.startsWith('((')) {
			reader.at += 2;
			const [start, condition, step] = [';', ';', '))'].map((end) => {
				const expression = reader.arithmeticUntil(end);
				if (!expression) throw this.#tokens.unexpected();
				return expression;
			});
			this.#tokens.operator(';');
			return { type: 'arithmetic-for' as const, start, condition, step, body: this.#doGroup() };
		}
		const name = reader.name();
		if (name === '' || /^\d/.test(name)) throw this.#tokens.unexpected();
		this.#tokens.linebreak();
		let words: Word[] | undefined;
		if (this.#tokens.take('in')) {
			words = [];
			reader.skipBlanks();
			while (reader.atWord()) {
				words.push(reader.word()!);
				reader.skipBlanks();
			}
			if (!this.#tokens.operator(';') && reader.peek() !== '\n') throw this.#tokens.unexpected();
		} else this.#tokens.operator(';');
		return { type: 'for' as const, name, words, body: this.#doGroup() };
	}

	#case() {
		const reader = this.#reader;
		reader.skipBlanks();
		const word = reader.word();
		if (!word) throw this.#tokens.unexpected();
		this.#tokens.require('in');
		const items: (Compound & { type: 'case' })['items'] = [];
		while (true) {
			this.#tokens.linebreak();
			if (this.#tokens.take('esac')) break;
			this.#tokens.operator('(');
			const patterns: Word[] = [];
			do {
				reader.skipBlanks();
				const pattern = reader.word();
				if (!pattern) throw this.#tokens.unexpected(reader.peek() === '' ? ')' : undefined);
				patterns.push(pattern);
			} while (this.#tokens.operator('|'));
			this.#tokens.expect(')');
			const body = this.#list(true);
			const end = this.#tokens.operator(';;&') ? ';;&' : this.#tokens.operator(';&') ? ';&' : ';;';
			items.push({ patterns, body, end });
			if (end === ';;' && !this.#tokens.operator(';;')) {
				this.#tokens.require('esac');
				break;
			}
		}
		return { type: 'case' as const, word, items };
	}

	#simple(): Command {
		const reader = this.#reader;
		if (this.#tokens.take('function')) {
			reader.skipBlanks();
			const name = /^[^\s();&|<>]+/.exec(reader.source.slice(reader.at))?.[0];
			if (!name) throw this.#tokens.unexpected();
			reader.at += name.length;
			if (this.#tokens.operator('(')) this.#tokens.expect(')');
			return this.#function(name);
		}
		const command = {
			type: 'simple' as const,
			assignments: [] as Assignment[],
			words: [] as Word[],
			redirections: [] as Redirection[],
			arrays: [] as Assignment[],
			line: reader.line,
		};
		while (true) {
			reader.skipBlanks();
			const redirection = redirectionAt(this.#reader, this.#tokens, this.#hereDocuments, this.#dialect);
			if (redirection) {
				command.redirections.push(redirection);
				continue;
			}
			if (!reader.atWord()) break;
			if (command.words.length === 0) {
				const assignment = assignmentAt(reader, this.#tokens, this.#dialect);
				if (assignment) {
					command.assignments.push(assignment);
					continue;
				}
				if (this.#alias()) {
					if (command.assignments.length + command.redirections.length === 0) return this.#command();
					continue;
				}
			}
			const array = this.#dialect.bash && declares(command.words[0]) ? this.#arrayArgument() : undefined;
			if (array) {
				command.arrays.push(array);
				command.words.push({ parts: [{ type: 'literal', text: array.name }] });
				continue;
			}
			const { at } = reader;
			const word = reader.word()!;
			// A line that only continues the next one leaves no word.
			if (word.parts.length === 0) continue;
			command.words.push(word);
			if (command.words.length === 1 && this.#tokens.operator('(')) {
				this.#tokens.expect(')');
				return this.#function(reader.source.slice(at, reader.source.indexOf('(', at)).trim());
			}
		}
		if (command.words.length + command.assignments.length + command.redirections.length === 0)
			throw this.#tokens.unexpected();
		return command;
	}

	/** name=( … ) as an argument. */
	#arrayArgument(): Assignment | undefined {
		const reader = this.#reader;
		if (!/^[A-Za-z_]\w*\+?=\(/.test(reader.source.slice(reader.at, reader.at + 200))) return undefined;
		return assignmentAt(reader, this.#tokens, this.#dialect);
	}

	#function(name: string): Command {
		this.#tokens.linebreak();
		return { type: 'function', name, body: this.#command() };
	}

	/** Puts an alias's text in place of its name. */
	#alias(): boolean {
		const reader = this.#reader;
		const name = /^[^\s;&|<>()'"\\$`=]+/.exec(reader.source.slice(reader.at))?.[0];
		const text = name === undefined ? undefined : this.#aliases.get(name);
		if (name === undefined || text === undefined || reader.at < this.#aliasEnd) return false;
		const after = reader.source.slice(reader.at + name.length);
		if (after !== '' && !/^[\s;&|<>()]/.test(after)) return false;
		reader.source = reader.source.slice(0, reader.at) + text + after;
		this.#aliasEnd = reader.at + text.length;
		return true;
	}

	/** Text in which parameters, commands and arithmetic are expanded, as in a here-document. */
	expandable(body: string, line = 1) {
		const reader = new Reader(body, this.#dialect, (nested) =>
			new Parser(nested, this.#dialect, this.#aliases, this.#more).#nested(),
		);
		reader.line = line;
		return [{ type: 'double' as const, parts: reader.doubleQuoted('') }];
	}
}

/** Whether a command's arguments may be arrays. */
function declares(word: Word | undefined): boolean {
	const [first] = word?.parts ?? [];
	return first?.type === 'literal' && /^(declare|typeset|local|export|readonly)$/.test(first.text);
}

/** `a |& b` is `a 2>&1 | b`. */
function duplicateErrors(command: Command): void {
	if (command.type === 'function') return;
	const target: Word = { parts: [{ type: 'quoted', text: '1' }] };
	command.redirections.push({ descriptor: 2, operator: '>&', target });
}
