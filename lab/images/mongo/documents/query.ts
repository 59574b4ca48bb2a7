// Query predicates: which documents a filter selects (MongoDB manual, Query and Projection Operators).
import { RE2JS } from 're2js';
import { CommandError } from './errors.ts';
import { evaluate, isTrue } from './expressions.ts';
import { valuesAt } from './paths.ts';
import {
	compare,
	type Document,
	equal,
	isDocument,
	numberOf,
	typeName,
	typeOrder,
	type Value,
	wrapperOf,
} from './values.ts';

type Test = (document: Document) => boolean;
/** Of one value that a path leads to. */
type ValueTest = (value: Value | undefined) => boolean;

/** Compiles a filter; throws CommandError BadValue where it is none. */
export function compileFilter(filter: Document): Test {
	const tests = Object.entries(filter).map(([name, condition]) => {
		if (name.startsWith('$')) return compileTopLevel(name, condition);
		const test = compileCondition(condition);
		return (document: Document) => test(valuesAt(document, name));
	});
	return (document) => tests.every((test) => test(document));
}

function compileTopLevel(name: string, condition: Value): Test {
	switch (name) {
		case '$and':
		case '$or':
		case '$nor': {
			if (!Array.isArray(condition) || condition.length === 0)
				throw new CommandError('BadValue', `${name} argument must be a non-empty array`);
			const tests = condition.map((part) => {
				if (isDocument(part)) return compileFilter(part);
				throw new CommandError('BadValue', '$or/$and/$nor entries need to be full objects');
			});
			if (name === '$and') return (document) => tests.every((test) => test(document));
			const any: Test = (document) => tests.some((test) => test(document));
			return name === '$or' ? any : (document) => !any(document);
		}
		case '$expr':
			return (document) => isTrue(evaluate(condition, document));
		case '$comment':
			return () => true;
		default:
			throw new CommandError(
				'BadValue',
				`unknown top level operator: ${name}. If you have a field name that starts with a '$' symbol, consider using $getField or $setField.`,
			);
	}
}

/** Tests all values that a path leads to. */
type Condition = (values: readonly (Value | undefined)[]) => boolean;

/** A predicate holds of a path where it holds of a value there, or of an element of an array there. */
const any =
	(test: ValueTest): Condition =>
	(values) =>
		values.some((value) => test(value) || (Array.isArray(value) && value.some(test)));

const not =
	(condition: Condition): Condition =>
	(values) =>
		!condition(values);

function compileCondition(condition: Value): Condition {
	if (wrapperOf(condition) === '$regularExpression') return any(regexTest(condition as Document));
	if (!isDocument(condition) || !Object.keys(condition).some((key) => key.startsWith('$')))
		return any(equalTest(condition));
	const parts = Object.entries(condition)
		.filter(([operator]) => operator !== '$options')
		.map(([operator, operand]) => compileOperator(operator, operand, condition));
	return (values) => parts.every((part) => part(values));
}

const equalTest =
	(wanted: Value): ValueTest =>
	(value) =>
		equal(value, wanted);

function regexTest(value: Document): ValueTest {
	const { pattern, options } = value.$regularExpression as { pattern: string; options: string };
	const compiled = compileRegex(pattern, options);
	return (text) => typeof text === 'string' && compiled.matcher(text).find();
}

/** Compiles a pattern for the engine that runs in linear time. */
export function compileRegex(pattern: string, options: string): RE2JS {
	let flags = 0;
	if (options.includes('i')) flags |= RE2JS.CASE_INSENSITIVE;
	if (options.includes('s')) flags |= RE2JS.DOTALL;
	if (options.includes('m')) flags |= RE2JS.MULTILINE;
	try {
		return RE2JS.compile(pattern, flags);
	} catch (error) {
		throw new CommandError('BadValue', `Regular expression is invalid: ${(error as Error).message}`);
	}
}

function listOf(operator: string, operand: Value): Value[] {
	if (!Array.isArray(operand)) throw new CommandError('BadValue', `${operator} needs an array`);
	return operand;
}

function compileOperator(operator: string, operand: Value, whole: Document): Condition {
	const ordered = (holds: (result: number) => boolean) =>
		any((value) => typeOrder(value) === typeOrder(operand) && holds(compare(value, operand)));
	switch (operator) {
		case '$eq':
			return any(equalTest(operand));
		case '$ne':
			return not(any(equalTest(operand)));
		case '$gt':
			return ordered((result) => result > 0);
		case '$gte':
			return ordered((result) => result >= 0);
		case '$lt':
			return ordered((result) => result < 0);
		case '$lte':
			return ordered((result) => result <= 0);
		case '$in':
		case '$nin': {
			const tests = listOf(operator, operand).map((one) =>
				wrapperOf(one) === '$regularExpression' ? regexTest(one as Document) : equalTest(one),
			);
			const within = any((value) => tests.some((test) => test(value)));
			return operator === '$in' ? within : not(within);
		}
		case '$exists':
			return (values) => values.some((value) => value !== undefined) === isTrue(operand);
		case '$type': {
			const names = Array.isArray(operand) ? operand : [operand];
			return any((value) => {
				const type = typeName(value);
				return names.some(
					(name) => name === type || (name === 'number' && ['int', 'long', 'double'].includes(type)),
				);
			});
		}
		case '$regex': {
			const options = typeof whole.$options === 'string' ? whole.$options : '';
			if (wrapperOf(operand) === '$regularExpression') return any(regexTest(operand as Document));
			if (typeof operand !== 'string') throw new CommandError('BadValue', '$regex has to be a string');
			return any(regexTest({ $regularExpression: { pattern: operand, options } }));
		}
		case '$not':
			return not(compileCondition(operand));
		case '$size':
			return (values) => values.some((value) => Array.isArray(value) && value.length === numberOf(operand));
		case '$all': {
			const parts = listOf(operator, operand).map(compileCondition);
			return (values) => parts.length > 0 && parts.every((part) => part(values));
		}
		case '$elemMatch': {
			if (!isDocument(operand)) throw new CommandError('BadValue', '$elemMatch needs an Object');
			const isCondition = Object.keys(operand).some(
				(key) => key.startsWith('$') && !/^\$(and|or|nor)$/.test(key),
			);
			const test: ValueTest = isCondition
				? (
						(condition) => (value) =>
							condition([value])
					)(compileCondition(operand))
				: (
						(filter) => (value) =>
							isDocument(value) && filter(value)
					)(compileFilter(operand));
			return (values) => values.some((value) => Array.isArray(value) && value.some(test));
		}
		case '$mod': {
			const [divisor, remainder] = listOf(operator, operand).map(numberOf);
			if (!divisor) throw new CommandError('BadValue', 'divisor cannot be 0');
			return any((value) => {
				const number = numberOf(value);
				return number !== undefined && Math.trunc(number) % divisor === remainder;
			});
		}
		default:
			throw new CommandError('BadValue', `unknown operator: ${operator}`);
	}
}
