// Comprehensions over a list's places and elements, or a map's keys and values: all, exists, existsOne, transformList,
// transformMap (cel-go's extension "comprehensions").
import type { Environment } from '@marcbachmann/cel-js';
import {
	type Checker,
	type Context,
	type Evaluator,
	type MacroCall,
	type Node,
	type TypeDeclaration,
	variableName,
} from './macros.ts';

type Entry = readonly [key: unknown, value: unknown];

function entriesOf(collection: unknown): Entry[] {
	if (Array.isArray(collection)) return collection.map((value, index) => [BigInt(index), value]);
	return collection instanceof Map ? [...collection] : Object.entries(collection as object);
}

interface Comprehension {
	/** What it gives, by the type of what is evaluated for each entry. */
	type(checker: Checker, each: TypeDeclaration, key: TypeDeclaration): TypeDeclaration;
	/** `evaluate` runs one of the arguments that come after the two variables, for an entry. */
	result(entries: readonly Entry[], evaluate: (part: number, entry: Entry) => unknown): unknown;
}

const macro =
	({ type, result }: Comprehension) =>
	({ args, receiver }: MacroCall) => {
		const [first, second, ...parts] = args;
		let outer: Context;
		let inner: Context;
		const within = (evaluator: Evaluator, context: Context, [key, value]: Entry, part: Node) =>
			evaluator.run(
				part,
				inner.reuse(outer.reuse(context).setIterValue(key, evaluator)).setIterValue(value, evaluator),
			);
		return {
			typeCheck(checker: Checker, _: unknown, context: Context): TypeDeclaration {
				const of = checker.check(receiver, context);
				const any = checker.getType('dyn');
				const key = of.kind === 'list' ? checker.getType('int') : (of.keyType ?? any);
				outer = context.forkWithVariable(variableName(checker, first), key);
				inner = outer.forkWithVariable(variableName(checker, second), of.valueType ?? any);
				const types = parts.map((part) => checker.check(part, inner));
				return type(checker, types[types.length - 1], key);
			},
			evaluate(evaluator: Evaluator, _: unknown, context: Context): unknown {
				return result(entriesOf(evaluator.run(receiver, context)), (part, entry) =>
					within(evaluator, context, entry, parts[part]),
				);
			},
			async: false,
		};
	};

const isBool: Comprehension['type'] = (checker) => checker.getType('bool');
const isList: Comprehension['type'] = (checker, { name }) => checker.getType(`list<${name}>`);
const isMap: Comprehension['type'] = (checker, { name }, key) => checker.getType(`map<${key.name}, ${name}>`);

/** By signature. With three arguments after the collection, the third is given; with four, it chooses. */
const comprehensions: Readonly<Record<string, Comprehension>> = {
	'all(ast, ast, ast): bool': {
		type: isBool,
		result: (entries, evaluate) => entries.every((entry) => evaluate(0, entry) === true),
	},
	'exists(ast, ast, ast): bool': {
		type: isBool,
		result: (entries, evaluate) => entries.some((entry) => evaluate(0, entry) === true),
	},
	'existsOne(ast, ast, ast): bool': {
		type: isBool,
		result: (entries, evaluate) => entries.filter((entry) => evaluate(0, entry) === true).length === 1,
	},
	'transformList(ast, ast, ast): list<dyn>': {
		type: isList,
		result: (entries, evaluate) => entries.map((entry) => evaluate(0, entry)),
	},
	'transformList(ast, ast, ast, ast): list<dyn>': {
		type: isList,
		result: (entries, evaluate) =>
			entries.filter((entry) => evaluate(0, entry) === true).map((entry) => evaluate(1, entry)),
	},
	'transformMap(ast, ast, ast): map<dyn, dyn>': {
		type: isMap,
		result: (entries, evaluate) => new Map(entries.map((entry) => [entry[0], evaluate(0, entry)])),
	},
	'transformMap(ast, ast, ast, ast): map<dyn, dyn>': {
		type: isMap,
		result: (entries, evaluate) =>
			new Map(
				entries.filter((entry) => evaluate(0, entry) === true).map((entry) => [entry[0], evaluate(1, entry)]),
			),
	},
};

export function registerTwoVariableMacros(environment: Environment): void {
	for (const [signature, comprehension] of Object.entries(comprehensions))
		environment.registerFunction(`list.${signature}`, macro(comprehension));
}
