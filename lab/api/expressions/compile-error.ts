// Why an expression cannot be compiled, in the words of cel-go, whose messages Kubernetes passes on: the place, what is
// wrong there, and the line with a pointer to it. The library that checks expressions for us has words of its own.

/** A node of the library's syntax tree, as far as errors look at it. */
export interface SyntaxNode {
	op: string;
	args: unknown;
	start: number;
	end: number;
	checkedType?: { name: string };
}

/** An error of the library. */
export interface ExpressionError extends Error {
	code?: string;
	summary?: string;
	range?: { start: number; end: number };
	node?: SyntaxNode;
}

interface Issue {
	/** Where in the expression, from 0. */
	at: number;
	text: string;
}

/** The whole text: one paragraph for each thing that is wrong. `isKnown` tells whether there is a function of the name. */
export function describeCompileError(
	expression: string,
	error: ExpressionError,
	isKnown: (name: string) => boolean,
): string {
	return issuesOf(expression, error, isKnown)
		.map((issue) => shown(expression, issue))
		.join('\n');
}

function shown(expression: string, { at, text }: Issue): string {
	const before = expression.slice(0, at).split('\n');
	const column = before.at(-1)?.length ?? 0;
	const line = expression.split('\n')[before.length - 1];
	return `ERROR: <input>:${before.length}:${column + 1}: ${text}\n | ${line}\n | ${'.'.repeat(column)}^`;
}

/** A type by cel-go's name for it: `list(string)`, `optional_type(int)`. */
export function typeName(name: string): string {
	const [, outer, inner] = /^(list|map|optional|dyn)<(.*)>$/.exec(name) ?? [];
	if (outer === 'map') {
		const comma = inner.indexOf(', ');
		return `map(${typeName(inner.slice(0, comma))}, ${typeName(inner.slice(comma + 2))})`;
	}
	if (outer === 'dyn') return typeName(inner);
	if (outer) return `${outer === 'optional' ? 'optional_type' : outer}(${typeName(inner)})`;
	if (name === 'list') return 'list(dyn)';
	if (name === 'map') return 'map(dyn, dyn)';
	if (/^[A-Z]$/.test(name)) return 'dyn';
	return name.replace(/^google\.protobuf\.(Timestamp|Duration)$/, (_, known: string) => known.toLowerCase());
}

const typeOf = (node: unknown) => typeName((node as SyntaxNode).checkedType?.name ?? 'dyn');

const noOverload = (name: string, operands: readonly unknown[]) =>
	`found no matching overload for '${name}' applied to '(${operands.map(typeOf).join(', ')})'`;

/** The operators whose names in cel-go are not their signs between two operands. */
const operators: Readonly<Record<string, string>> = { in: '@in', '!_': '!_', '-_': '-_' };

const undeclared = (name: string) => `undeclared reference to '${name}' (in container '')`;

function issuesOf(expression: string, error: ExpressionError, isKnown: (name: string) => boolean): Issue[] {
	const { node, code, summary = error.message, range } = error;
	if (!node?.op) return syntaxIssues(expression, code ?? '', range?.start ?? 0, summary);
	const start = range?.start ?? 0;
	const from = (end: number, text: string) => Math.max(expression.indexOf(text, end), 0);
	switch (code) {
		case 'unknown_variable':
			return [{ at: start, text: undeclared(String(node.args)) }];
		case 'no_such_key':
		case 'cannot_index_type': {
			const [object, key] = node.args as [SyntaxNode, unknown];
			if (node.op === '[]') return [{ at: from(object.end, '['), text: noOverload('_[_]', [object, key]) }];
			const text =
				code === 'no_such_key'
					? `undefined field '${key}'`
					: `type '${typeOf(object)}' does not support field selection`;
			return [{ at: from(object.end, '.'), text }];
		}
		case 'invalid_index_type': {
			const [object, index] = node.args as [SyntaxNode, SyntaxNode];
			return [{ at: from(object.end, '['), text: noOverload('_[_]', [object, index]) }];
		}
		case 'no_such_overload':
		case 'invalid_logical_operand': {
			const operands = (Array.isArray(node.args) ? node.args : [node.args]) as SyntaxNode[];
			const at = operands.length === 1 ? node.start : from(operands[0].end, node.op);
			return [{ at, text: noOverload(operators[node.op] ?? `_${node.op}_`, operands) }];
		}
		case 'no_matching_overload':
			return [callIssue(expression, node, isKnown)];
		case 'invalid_condition_type': {
			const inMacro = !summary.startsWith('Ternary');
			const text = inMacro
				? `found no matching overload for '_&&_' applied to '(bool, ${typeOf(node)})'`
				: `found no matching overload for '_?_:_' applied to '(${typeOf(node)}, dyn, dyn)'`;
			return [{ at: inMacro ? node.start : from(node.end, '?'), text }];
		}
		case 'incompatible_ternary_branches': {
			const [condition] = node.args as SyntaxNode[];
			return [{ at: from(condition.end, '?'), text: noOverload('_?_:_', node.args as SyntaxNode[]) }];
		}
		case 'heterogeneous_list_element':
		case 'heterogeneous_map_key':
		case 'heterogeneous_map_value': {
			const [, wanted = 'dyn', found = 'dyn'] = /expected type '(.*)' but found '(.*)'/.exec(summary) ?? [];
			return [{ at: start, text: `expected type '${typeName(wanted)}' but found '${typeName(found)}'` }];
		}
		case 'invalid_comprehension_range':
			return [
				{
					at: start,
					text: `expression of type '${typeOf(node)}' cannot be range of a comprehension (must be list, map, or dynamic)`,
				},
			];
		case 'invalid_macro_argument':
			return [
				{
					at: start,
					text: summary.startsWith('has()')
						? 'invalid argument to has() macro'
						: 'argument must be a simple name',
				},
			];
		default:
			return [{ at: start, text: summary }];
	}
}

function callIssue(expression: string, node: SyntaxNode, isKnown: (name: string) => boolean): Issue {
	const [name, ...rest] = node.args as [string, ...unknown[]];
	const receiver = node.op === 'rcall' ? (rest[0] as SyntaxNode) : undefined;
	const operands = (receiver ? rest[1] : rest[0]) as SyntaxNode[];
	const at = expression.indexOf('(', expression.indexOf(name, receiver?.end ?? node.start));
	if (!isKnown(name)) return { at, text: undeclared(name) };
	const listed = `(${operands.map(typeOf).join(', ')})`;
	const applied = receiver ? `${typeOf(receiver)}.${listed}` : listed;
	return { at, text: `found no matching overload for '${name}' applied to '${applied}'` };
}

/** What may begin an expression, as the parser of cel-go lists it. */
const beginnings =
	"{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";

function syntaxIssues(expression: string, code: string, at: number, summary: string): Issue[] {
	const syntax = (place: number, text: string): Issue => ({ at: place, text: `Syntax error: ${text}` });
	const rest = expression.slice(at);
	const token = /^(?:"[^"]*"|'[^']*'|[\w.]+|[<>=!]=|&&|\|\||.)/.exec(rest)?.[0] ?? '<EOF>';
	switch (code) {
		case 'reserved_identifier':
			return [{ at, text: `reserved identifier: ${token}` }];
		case 'unterminated_string':
			return [
				syntax(at, `token recognition error at: '${rest}'`),
				syntax(expression.length, `mismatched input '<EOF>' expecting ${beginnings}`),
			];
		case 'expected_token': {
			const [, wanted = ''] = /Expected (\w+)/.exec(summary) ?? [];
			if (wanted === 'IDENTIFIER')
				return [syntax(at, `no viable alternative at input '${expression.slice(0, at).slice(-1)}'`)];
			return [syntax(at, `missing '${closing[wanted] ?? wanted}' at '${token}'`)];
		}
		case 'unexpected_token':
			return [syntax(at, `mismatched input '${token}' expecting ${beginnings}`)];
		case 'unexpected_character': {
			if (!beginsNoToken.test(rest)) {
				const isLast = rest.slice(token.length).trim() === '';
				return [syntax(at, `${isLast ? 'extraneous' : 'mismatched'} input '${token}' expecting <EOF>`)];
			}
			// The reader has taken one character more before it knew.
			const next = at + 2 + rest.slice(2).search(/\S|$/);
			return [
				syntax(at, `token recognition error at: '${rest.slice(0, 2)}'`),
				...(next < expression.length ? syntaxIssues(expression, code, next, summary) : []),
			];
		}
		default:
			return [syntax(at, summary)];
	}
}

/** Among them the single = of a slip. */
const beginsNoToken = /^(?:=(?!=)|&(?!&)|\|(?!\|)|[#$;@\\^`~])/;

const closing: Readonly<Record<string, string>> = { RPAREN: ')', RBRACKET: ']', RBRACE: '}', COLON: ':' };
