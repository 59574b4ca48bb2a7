// Reads what is typed before it runs: whether it is complete, and where a long computation has to give way.
//
// Calls to the database wait by themselves in these shells, so `async` and `await` have nothing left to do and are
// left out. Loops and functions count their rounds, so that a computation gives the lab its turns.
import { type Node, parse } from 'acorn';

/** A text that is no program; `incomplete` where more lines could make it one. */
export class ShellSyntaxError extends Error {
	readonly incomplete: boolean;
	readonly line: number;
	readonly column: number;
	constructor(message: string, place: { incomplete: boolean; line: number; column: number }) {
		super(message);
		this.incomplete = place.incomplete;
		this.line = place.line;
		this.column = place.column;
	}
}

/** Counts a round; the interpreter's library defines what happens when there have been many. */
const round = '(--__rounds<0&&__turn())';

interface Edit {
	at: number;
	/** How much goes. */
	remove: number;
	insert: string;
}

type Fields = Record<string, unknown>;

function isNode(value: unknown): value is Node & Fields {
	return typeof value === 'object' && value !== null && typeof (value as Fields).type === 'string';
}

/** The program as the interpreter gets it; throws ShellSyntaxError. */
export function prepare(source: string): string {
	let tree: Node;
	try {
		tree = parse(source, {
			ecmaVersion: 2023,
			sourceType: 'script',
			allowAwaitOutsideFunction: true,
			allowHashBang: true,
		});
	} catch (error) {
		const { message, pos, loc } = error as Error & { pos: number; loc: { line: number; column: number } };
		const rest = source.slice(pos).trim();
		const incomplete = rest === '' || /^Unterminated (template|comment)/.test(message);
		throw new ShellSyntaxError(message.replace(/ \(\d+:\d+\)$/, ''), {
			incomplete,
			line: loc.line,
			column: loc.column,
		});
	}
	const edits: Edit[] = [];
	visit(tree as Node & Fields, source, edits);
	edits.sort((a, b) => b.at - a.at);
	let prepared = source;
	for (const { at, remove, insert } of edits)
		prepared = prepared.slice(0, at) + insert + prepared.slice(at + remove);
	return prepared;
}

function visit(node: Node & Fields, source: string, edits: Edit[]): void {
	switch (node.type) {
		case 'ForStatement':
		case 'ForInStatement':
		case 'ForOfStatement':
		case 'WhileStatement':
		case 'DoWhileStatement':
			if (node.await === true) leaveOut('await', source, node.start, edits);
			count(node.body as Node, edits);
			break;
		case 'FunctionDeclaration':
		case 'FunctionExpression':
		case 'ArrowFunctionExpression':
			if (node.async === true && source.startsWith('async', node.start))
				leaveOut('async', source, node.start, edits);
			count(node.body as Node, edits);
			break;
		case 'Property':
		case 'MethodDefinition': {
			// A method's word stands before its name.
			const { async, start } = node.value as Node & Fields;
			if (async === true && !source.startsWith('async', start)) leaveOut('async', source, node.start, edits);
			break;
		}
		case 'AwaitExpression':
			leaveOut('await', source, node.start, edits);
	}
	for (const value of Object.values(node))
		for (const child of Array.isArray(value) ? value : [value])
			if (isNode(child)) visit(child, source, edits);
}

function leaveOut(word: string, source: string, from: number, edits: Edit[]): void {
	const at = source.indexOf(word, Math.max(0, from));
	if (at >= 0) edits.push({ at, remove: word.length, insert: '' });
}

/** Counts a round at the beginning of a body. */
function count(body: Node, edits: Edit[]): void {
	if (body.type === 'BlockStatement') edits.push({ at: body.start + 1, remove: 0, insert: `${round};` });
	else if (body.type.endsWith('Statement') || body.type.endsWith('Declaration'))
		edits.push({ at: body.start, remove: 0, insert: `{${round};` }, { at: body.end, remove: 0, insert: '}' });
	else
		edits.push(
			{ at: body.start, remove: 0, insert: `(${round},(` },
			{ at: body.end, remove: 0, insert: '))' },
		);
}
