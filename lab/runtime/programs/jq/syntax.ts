// The expressions of jq (jqlang.org/manual).

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type Expression =
	| { kind: 'identity' }
	| { kind: 'recurse' }
	| { kind: 'literal'; value: Json }
	| { kind: 'string'; format: string | undefined; parts: (string | Expression)[] }
	| { kind: 'format'; name: string }
	| { kind: 'index'; of: Expression; key: Expression }
	| { kind: 'slice'; of: Expression; from?: Expression; to?: Expression }
	| { kind: 'iterate'; of: Expression }
	| { kind: 'try'; body: Expression; handler?: Expression }
	| { kind: 'pipe' | 'comma' | 'and' | 'or'; left: Expression; right: Expression }
	| { kind: 'alternative'; left: Expression; right: Expression }
	| { kind: 'binary'; operator: string; left: Expression; right: Expression }
	| { kind: 'update'; operator: string; left: Expression; right: Expression }
	| { kind: 'negate'; of: Expression }
	| { kind: 'array'; of?: Expression }
	| { kind: 'object'; entries: { key: Expression; value: Expression }[] }
	| { kind: 'if'; condition: Expression; then: Expression; else?: Expression }
	| { kind: 'reduce'; source: Expression; pattern: Pattern; start: Expression; update: Expression }
	| {
			kind: 'foreach';
			source: Expression;
			pattern: Pattern;
			start: Expression;
			update: Expression;
			extract?: Expression;
	  }
	| { kind: 'as'; source: Expression; pattern: Pattern; body: Expression }
	| { kind: 'variable'; name: string }
	| { kind: 'call'; name: string; arguments: Expression[] }
	| { kind: 'define'; definition: Definition; body: Expression };

/** `def NAME(PARAMETERS): BODY;` */
export interface Definition {
	name: string;
	parameters: string[];
	body: Expression;
}

/** What `as` binds: a variable, or the parts of an array or object. */
export type Pattern =
	| { kind: 'variable'; name: string }
	| { kind: 'array'; items: Pattern[] }
	| { kind: 'object'; entries: { key: Expression; pattern?: Pattern; name?: string }[] };

/** A program that is none. */
export class CompileError extends Error {}

/** What fails while a program runs; `value` is what `catch` gets. */
export class RunError extends Error {
	readonly value: Json;
	constructor(value: Json) {
		super(typeof value === 'string' ? value : `${JSON.stringify(value)} (not a string)`);
		this.value = value;
	}
}
