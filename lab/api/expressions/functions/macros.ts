// The library's macros, as far as ours look at them: they are given the tree of what they are called on and with, check
// its types where the expression is checked, and evaluate it where and as often as they like.

export interface TypeDeclaration {
	name: string;
	kind: string;
	valueType?: TypeDeclaration;
	keyType?: TypeDeclaration;
}

export interface Node {
	op: string;
	args: unknown;
}

/** The variables that are there; within a macro there may be more. */
export interface Context {
	forkWithVariable(name: string, type: TypeDeclaration): Context;
	reuse(outer: Context): Context;
	setIterValue(value: unknown, evaluator: Evaluator): Context;
}

export interface Checker {
	check(node: Node, context: Context): TypeDeclaration;
	getType(name: string): TypeDeclaration;
	createError(code: string, message: string, node: Node): Error;
}

export interface Evaluator {
	run(node: Node, context: Context): unknown;
}

export interface MacroCall {
	args: Node[];
	receiver: Node;
}

/** The name of a variable that a macro's argument is. Throws where it is none. */
export function variableName(checker: Checker, node: Node): string {
	if (node.op === 'id') return String(node.args);
	throw checker.createError('invalid_macro_argument', 'argument must be a simple name', node);
}
