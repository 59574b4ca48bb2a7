// The syntax tree of an awk program.

export type Expression =
	| { kind: 'number'; value: number }
	| { kind: 'string'; value: string }
	| { kind: 'regex'; source: string }
	| { kind: 'variable'; name: string }
	| { kind: 'field'; index: Expression }
	| { kind: 'element'; name: string; keys: Expression[] }
	| { kind: 'assign'; operator: string; target: Expression; value: Expression }
	| { kind: 'step'; prefix: boolean; amount: 1 | -1; target: Expression }
	| { kind: 'unary'; operator: string; operand: Expression }
	| { kind: 'binary'; operator: string; left: Expression; right: Expression }
	| { kind: 'conditional'; test: Expression; yes: Expression; no: Expression }
	| { kind: 'in'; keys: Expression[]; name: string }
	| { kind: 'group'; items: Expression[] }
	| { kind: 'call'; name: string; args: Expression[] }
	| { kind: 'getline'; target?: Expression; file?: Expression };

export type Statement =
	| { kind: 'expression'; value: Expression }
	| {
			kind: 'print';
			format: boolean;
			args: Expression[];
			redirect?: { operator: string; target: Expression };
	  }
	| { kind: 'if'; test: Expression; yes: Statement; no?: Statement }
	| { kind: 'while'; test: Expression; body: Statement; first: boolean }
	| { kind: 'for'; start?: Statement; test?: Expression; step?: Statement; body: Statement }
	| { kind: 'for in'; name: string; array: string; body: Statement }
	| { kind: 'block'; body: Statement[] }
	| { kind: 'delete'; name: string; keys?: Expression[] }
	| { kind: 'jump'; what: 'next' | 'break' | 'continue' }
	| { kind: 'exit' | 'return'; value?: Expression };

export interface Rule {
	pattern?: Expression;
	/** The end of a range. */
	until?: Expression;
	begin: boolean;
	end: boolean;
	/** Absent: print the record. */
	body?: Statement;
	/** Whether a range has begun. */
	active: boolean;
}

export interface FunctionDefinition {
	parameters: string[];
	body: Statement;
}

export interface AwkProgram {
	rules: Rule[];
	functions: Map<string, FunctionDefinition>;
}
