// The syntax tree of a shell script (POSIX.1-2024, Shell Command Language, 2.10 Shell Grammar).

export interface Word {
	parts: WordPart[];
}

export type WordPart =
	/** Unquoted text: subject to globbing, and to field splitting never. */
	| { type: 'literal'; text: string }
	/** Text from single quotes, a backslash or $'…'. */
	| { type: 'quoted'; text: string }
	| { type: 'double'; parts: WordPart[] }
	| { type: 'tilde'; user: string }
	| ParameterPart
	| { type: 'command'; script: Script }
	| { type: 'arithmetic'; expression: Word }
	/** bash's <(…) and >(…). */
	| { type: 'process'; direction: '<' | '>'; script: Script };

export interface ParameterPart {
	type: 'parameter';
	name: string;
	/** `${#name}`. */
	length?: boolean;
	/** `${!name}`, bash's indirection. */
	indirect?: boolean;
	/** `name[subscript]`, bash's arrays. */
	subscript?: Word;
	/** `-`, `:-`, `=`, `+`, `?`, `#`, `##`, `%`, `%%`, and `:` (substring), `/`, `//`, `^`, `^^`, `,`, `,,`. */
	operator?: string;
	argument?: Word;
	/** The length of a substring, the replacement of a substitution. */
	second?: Word;
}

export interface Redirection {
	descriptor: number;
	operator: '<' | '>' | '>>' | '>|' | '<>' | '<&' | '>&' | '<<' | '<<<' | '&>' | '&>>';
	target: Word;
}

export interface Assignment {
	name: string;
	subscript?: Word;
	append: boolean;
	value: Word | ArrayElement[];
}

/** What stands in name=( … ): a word, or [subscript]=value. */
export interface ArrayElement {
	subscript?: Word;
	value: Word;
}

export type Command =
	| {
			type: 'simple';
			assignments: Assignment[];
			words: Word[];
			redirections: Redirection[];
			/** Arrays among the arguments of declare and its kind, whose names are among the words. */
			arrays: Assignment[];
			line: number;
	  }
	| { type: 'function'; name: string; body: Command }
	| Compound;

export type Compound = { redirections: Redirection[]; line: number } & (
	| { type: 'group'; body: Script }
	| { type: 'subshell'; body: Script }
	| { type: 'if'; branches: { condition: Script; body: Script }[]; otherwise?: Script }
	| { type: 'loop'; until: boolean; condition: Script; body: Script }
	| { type: 'for'; name: string; words?: Word[]; body: Script }
	| { type: 'arithmetic-for'; start: Word; condition: Word; step: Word; body: Script }
	| { type: 'case'; word: Word; items: { patterns: Word[]; body: Script; end: ';;' | ';&' | ';;&' }[] }
	| { type: 'arithmetic'; expression: Word }
	| { type: 'condition'; expression: Condition }
);

/** What stands in [[ … ]]. */
export type Condition =
	| { type: 'not'; operand: Condition }
	| { type: 'and' | 'or'; left: Condition; right: Condition }
	| { type: 'unary'; operator: string; operand: Word }
	| { type: 'binary'; operator: string; left: Word; right: Word };

export interface Pipeline {
	negated: boolean;
	/** Behind bash's `time`. */
	timed: boolean;
	commands: Command[];
	/** Source text, for job lists. */
	text: string;
}

export interface AndOr {
	first: Pipeline;
	rest: { operator: '&&' | '||'; pipeline: Pipeline }[];
	background: boolean;
	text: string;
}

export interface Script {
	items: AndOr[];
}

/** A script that does not parse. */
export class SyntaxFailure extends Error {
	/** 1 for the first line of the input. */
	readonly line: number;
	/** The token that did not fit; undefined at the end of the input. */
	readonly token: string | undefined;
	/** What would have fitted, where only one thing would. */
	readonly expected: string | undefined;

	constructor(line: number, token: string | undefined, expected?: string) {
		super(`line ${line}: unexpected ${token ?? 'end of file'}`);
		this.line = line;
		this.token = token;
		this.expected = expected;
	}

	/** More input could still complete the command: an interactive shell asks for it. */
	get incomplete(): boolean {
		return this.token === undefined;
	}
}
