// "%d of %s".format([1, 'a']): cel-go's formatting of texts. Its list may hold values of any types, so it is a macro.
import type { Environment } from '@marcbachmann/cel-js';
import { isObject } from '../../../json-object.ts';
import type { Checker, Context, Evaluator, MacroCall, Node, TypeDeclaration } from './macros.ts';

const isList = (node: Node): node is Node & { args: Node[] } => node.op === 'list';

function call({ args: [list], receiver }: MacroCall) {
	return {
		typeCheck(checker: Checker, _: unknown, context: Context): TypeDeclaration {
			checker.check(receiver, context);
			if (!isList(list)) checker.check(list, context);
			else for (const element of list.args) checker.check(element, context);
			return checker.getType('string');
		},
		evaluate(evaluator: Evaluator, _: unknown, context: Context): string {
			const text = evaluator.run(receiver, context) as string;
			const values = isList(list)
				? list.args.map((element) => evaluator.run(element, context))
				: (evaluator.run(list, context) as unknown[]);
			return formatted(text, values);
		},
		async: false,
	};
}

/** Throws where a clause is none, or has no value that it could show. */
function formatted(text: string, values: readonly unknown[]): string {
	let next = 0;
	return text.replace(/%(?:%|(?:\.(\d+))?(.?))/gsu, (clause, precision: string | undefined, verb: string) => {
		if (clause === '%%') return '%';
		if (next >= values.length) throw new Error(`index ${next} out of range`);
		return shown(verb, values[next++], precision === undefined ? 6 : Number(precision));
	});
}

function shown(verb: string, value: unknown, precision: number): string {
	const unfit = (kinds: string) =>
		new Error(
			`error during formatting: ${kinds} can be formatted as ${JSON.stringify(verb)}, was given ${typeof value}`,
		);
	switch (verb) {
		case 's':
			return plain(value);
		case 'd':
			if (typeof value === 'bigint') return `${value}`;
			if (typeof value === 'number' && !Number.isFinite(value)) return plain(value);
			throw unfit('only integers');
		case 'f':
			if (typeof value !== 'number' && typeof value !== 'bigint') throw unfit('only doubles');
			return Number.isFinite(Number(value)) ? Number(value).toFixed(precision) : plain(value);
		case 'e': {
			if (typeof value !== 'number' && typeof value !== 'bigint') throw unfit('only doubles');
			return Number(value)
				.toExponential(precision)
				.replace(/e([+-])(\d)$/, 'e$10$2');
		}
		case 'b':
			if (typeof value === 'boolean') return value ? '1' : '0';
			if (typeof value === 'bigint') return value.toString(2);
			throw unfit('only integers and bools');
		case 'o':
			if (typeof value === 'bigint') return value.toString(8);
			throw unfit('only integers');
		case 'x':
		case 'X': {
			const digits = hexadecimal(value);
			if (digits === undefined) throw unfit('only integers, byte buffers, and strings');
			return verb === 'x' ? digits : digits.toUpperCase();
		}
		default:
			throw new Error(
				`could not parse formatting clause: unrecognized formatting clause ${JSON.stringify(verb)}`,
			);
	}
}

function hexadecimal(value: unknown): string | undefined {
	if (typeof value === 'bigint') return value.toString(16);
	const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
	if (!(bytes instanceof Uint8Array)) return undefined;
	return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function plain(value: unknown): string {
	if (value === null) return 'null';
	if (value === Number.POSITIVE_INFINITY) return 'Infinity';
	if (value === Number.NEGATIVE_INFINITY) return '-Infinity';
	if (Array.isArray(value)) return `[${value.map(plain).join(', ')}]`;
	if (value instanceof Date) return value.toISOString().replace(/\.000Z$/, 'Z');
	if (isObject(value) && Object.getPrototypeOf(value) === Object.prototype)
		return `{${Object.entries(value)
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([key, part]) => `${key}: ${plain(part)}`)
			.join(', ')}}`;
	return String(value);
}

export function registerTextFormat(environment: Environment): void {
	environment.registerFunction('string.format(ast): string', call);
}
