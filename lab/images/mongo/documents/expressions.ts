// Aggregation expressions of everyday use (MongoDB manual, Aggregation Operators).
import { CommandError } from './errors.ts';
import { valueAt } from './paths.ts';
import {
	compare,
	type Document,
	dateOf,
	equal,
	isDocument,
	numberOf,
	typeName,
	type Value,
} from './values.ts';

export function isTrue(value: Value | undefined): boolean {
	return value !== undefined && value !== null && value !== false && numberOf(value) !== 0;
}

type Operator = (operands: (Value | undefined)[]) => Value | undefined;

const absent = (value: Value | undefined): value is null | undefined => value === undefined || value === null;

/** Arithmetic is null where an operand is. */
const arithmetic =
	(name: string, combine: (a: number, b: number) => number): Operator =>
	(operands) => {
		if (operands.some(absent)) return null;
		const numbers = operands.map((operand) => {
			const number = numberOf(operand) ?? milliseconds(operand);
			if (number === undefined)
				throw new CommandError(
					'TypeMismatch',
					`${name} only supports numeric or date types, not ${typeName(operand)}`,
				);
			return number;
		});
		const result = numbers.reduce(combine);
		const isDate = operands.filter((operand) => typeName(operand) === 'date').length === 1;
		return isDate ? dateOf(result) : result;
	};

function milliseconds(value: Value | undefined): number | undefined {
	return typeName(value) === 'date' ? Number((value as Document).$date) : undefined;
}

const comparison =
	(holds: (result: number) => boolean): Operator =>
	([a, b]) =>
		holds(compare(a, b));

const text = (value: Value | undefined): string => (absent(value) ? '' : String(value));

const datePart =
	(part: (date: Date) => number): Operator =>
	([value]) => {
		const time = milliseconds(value);
		return time === undefined ? null : part(new Date(time));
	};

const operators: Readonly<Record<string, Operator>> = {
	$add: arithmetic('$add', (a, b) => a + b),
	$subtract: arithmetic('$subtract', (a, b) => a - b),
	$multiply: arithmetic('$multiply', (a, b) => a * b),
	$divide: arithmetic('$divide', (a, b) => {
		if (b === 0) throw new CommandError('BadValue', "can't $divide by zero");
		return a / b;
	}),
	$mod: arithmetic('$mod', (a, b) => a % b),
	$abs: ([value]) => (absent(value) ? null : Math.abs(numberOf(value) ?? 0)),
	$ceil: ([value]) => (absent(value) ? null : Math.ceil(numberOf(value) ?? 0)),
	$floor: ([value]) => (absent(value) ? null : Math.floor(numberOf(value) ?? 0)),
	$round: ([value, places]) => {
		const factor = 10 ** (numberOf(places) ?? 0);
		return absent(value) ? null : Math.round((numberOf(value) ?? 0) * factor) / factor;
	},
	$concat: (operands) => (operands.some(absent) ? null : operands.map(text).join('')),
	$toUpper: ([value]) => text(value).toUpperCase(),
	$toLower: ([value]) => text(value).toLowerCase(),
	$toString: ([value]) => {
		if (absent(value)) return null;
		return typeName(value) === 'objectId' ? (value as Document).$oid : text(value);
	},
	$strLenCP: ([value]) => [...text(value)].length,
	$substrCP: ([value, start, length]) =>
		[...text(value)].slice(numberOf(start) ?? 0, (numberOf(start) ?? 0) + (numberOf(length) ?? 0)).join(''),
	$eq: comparison((result) => result === 0),
	$ne: comparison((result) => result !== 0),
	$gt: comparison((result) => result > 0),
	$gte: comparison((result) => result >= 0),
	$lt: comparison((result) => result < 0),
	$lte: comparison((result) => result <= 0),
	$cmp: ([a, b]) => Math.sign(compare(a, b)),
	$and: (operands) => operands.every(isTrue),
	$or: (operands) => operands.some(isTrue),
	$not: ([value]) => !isTrue(value),
	$ifNull: (operands) => operands.find((value) => !absent(value)) ?? operands.at(-1),
	$in: ([value, list]) => Array.isArray(list) && list.some((one) => equal(one, value)),
	$size: ([value]) => {
		if (Array.isArray(value)) return value.length;
		throw new CommandError(
			'BadValue',
			`The argument to $size must be an array, but was of type: ${typeName(value)}`,
		);
	},
	$arrayElemAt: ([list, at]) => (Array.isArray(list) ? list.at(numberOf(at) ?? 0) : null),
	$type: ([value]) => typeName(value),
	$sum: (operands) => total(operands),
	$avg: (operands) => average(operands),
	$min: (operands) => extreme(operands, -1),
	$max: (operands) => extreme(operands, 1),
	$year: datePart((date) => date.getUTCFullYear()),
	$month: datePart((date) => date.getUTCMonth() + 1),
	$dayOfMonth: datePart((date) => date.getUTCDate()),
	$hour: datePart((date) => date.getUTCHours()),
	$minute: datePart((date) => date.getUTCMinutes()),
};

/** The numbers among values, arrays taken apart as $sum and $avg do it with one operand. */
function numbersIn(values: readonly (Value | undefined)[]): number[] {
	return values
		.flatMap((value) => (Array.isArray(value) ? value : [value]))
		.map(numberOf)
		.filter((number) => number !== undefined);
}

export const total = (values: readonly (Value | undefined)[]): number =>
	numbersIn(values).reduce((sum, number) => sum + number, 0);

export function average(values: readonly (Value | undefined)[]): Value {
	const numbers = numbersIn(values);
	return numbers.length === 0 ? null : total(numbers) / numbers.length;
}

/** The least (-1) or greatest (1) of the values that are there. */
export function extreme(values: readonly (Value | undefined)[], direction: 1 | -1): Value {
	const there = values
		.flatMap((value) => (Array.isArray(value) ? value : [value]))
		.filter((value) => !absent(value));
	return there.reduce<Value>(
		(best, value) => (best === null || compare(value, best) * direction > 0 ? value! : best),
		null,
	);
}

/** Evaluates an expression on a document; undefined where the field that it names is missing. */
export function evaluate(
	expression: Value,
	document: Value,
	variables: Readonly<Record<string, Value>> = {},
): Value | undefined {
	if (typeof expression === 'string') {
		if (expression.startsWith('$$')) {
			const [name, ...path] = expression.slice(2).split('.');
			if (name === 'REMOVE') return undefined;
			const base = name === 'ROOT' || name === 'CURRENT' ? document : variables[name];
			return path.length === 0 ? base : valueAt(base, path.join('.'));
		}
		return expression.startsWith('$') ? valueAt(document, expression.slice(1)) : expression;
	}
	if (Array.isArray(expression)) return expression.map((part) => evaluate(part, document, variables) ?? null);
	if (!isDocument(expression)) return expression;
	const entries = Object.entries(expression);
	const [name, operand] = entries[0] ?? [''];
	if (!name.startsWith('$'))
		return Object.fromEntries(
			entries.flatMap(([field, part]) => {
				const value = evaluate(part, document, variables);
				return value === undefined ? [] : [[field, value]];
			}),
		);
	if (entries.length > 1)
		throw new CommandError(
			'FailedToParse',
			`an expression specification must contain exactly one field, the name of the expression. Found ${entries.length} fields`,
		);
	return apply(name, operand!, document, variables);
}

function apply(
	name: string,
	operand: Value,
	document: Value,
	variables: Readonly<Record<string, Value>>,
): Value | undefined {
	const part = (value: Value, extra = variables) => evaluate(value, document, extra);
	switch (name) {
		case '$literal':
			return operand;
		case '$cond': {
			const [test, then, otherwise] = Array.isArray(operand)
				? operand
				: isDocument(operand)
					? [operand.if, operand.then, operand.else]
					: [];
			return isTrue(part(test ?? null)) ? part(then ?? null) : part(otherwise ?? null);
		}
		case '$map':
		case '$filter': {
			const { input = null, as = 'this', in: body = null, cond = null } = isDocument(operand) ? operand : {};
			const list = part(input);
			if (!Array.isArray(list)) return null;
			const bind = (value: Value) => ({ ...variables, [String(as)]: value });
			if (name === '$map') return list.map((value) => part(body, bind(value)) ?? null);
			return list.filter((value) => isTrue(part(cond, bind(value))));
		}
	}
	if (!Object.hasOwn(operators, name))
		throw new CommandError('InvalidPipelineOperator', `Unrecognized expression '${name}'`);
	const operands = Array.isArray(operand) ? operand : [operand];
	return operators[name](operands.map((one) => part(one)));
}
