// `has(a.b)` with a field that the type of `a` has not: cel-go refuses it where the expression is written, and the
// library that checks for us lets it through.

interface Checker {
	check(node: object, context: unknown): unknown;
}

interface Macro {
	args?: readonly object[];
	typeCheck(checker: Checker, macro: Macro, context: unknown): unknown;
}

/** The library's node, as far as it is walked. */
interface Node {
	op: string;
	args: unknown;
	meta: { macro?: Macro; alternate?: Node };
}

const isNode = (value: unknown): value is Node =>
	typeof value === 'object' && value !== null && 'op' in value && 'meta' in value;

/** Has the tree's tests for presence look at the type as well, when it is checked. */
export function checkPresenceTests(tree: unknown, seen = new Set<unknown>()): void {
	if (typeof tree !== 'object' || tree === null || seen.has(tree)) return;
	seen.add(tree);
	if (Array.isArray(tree)) {
		for (const each of tree) checkPresenceTests(each, seen);
		return;
	}
	if (!isNode(tree)) {
		for (const each of Object.values(tree)) if (typeof each === 'object') checkPresenceTests(each, seen);
		return;
	}
	const { macro, alternate } = tree.meta;
	const argument = macro?.args?.[0];
	if (macro && argument && Array.isArray(tree.args) && tree.args[0] === 'has') {
		const { typeCheck } = macro;
		macro.typeCheck = (checker, self, context) => {
			const type = typeCheck(checker, self, context);
			checker.check(argument, context);
			return type;
		};
	}
	if (alternate) checkPresenceTests(alternate, seen);
	checkPresenceTests(tree.args, seen);
}
