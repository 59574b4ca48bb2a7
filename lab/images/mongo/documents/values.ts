// The values of documents. What JSON lacks stands as in Extended JSON: `{$oid}`, `{$date}` (milliseconds),
// `{$numberLong}`, `{$timestamp}`, `{$uuid}`, `{$binary}`, `{$regularExpression}`, `{$minKey}`, `{$maxKey}`.

export type Value = null | boolean | number | string | Value[] | Document;
export interface Document {
	[field: string]: Value;
}

/** A point of the oplog, as BSON's timestamp type has it. */
export interface Timestamp {
	t: number;
	i: number;
}

const wrappers = [
	'$oid',
	'$date',
	'$numberLong',
	'$timestamp',
	'$uuid',
	'$binary',
	'$regularExpression',
	'$minKey',
	'$maxKey',
] as const;
type Wrapper = (typeof wrappers)[number];

/** Which type of Extended JSON a value is; undefined for what JSON has. */
export function wrapperOf(value: Value | undefined): Wrapper | undefined {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
	for (const key in value) return wrappers.find((wrapper) => wrapper === key);
	return undefined;
}

/** Whether a value is a document with fields, rather than a wrapped value, an array or a scalar. */
export function isDocument(value: Value | undefined): value is Document {
	return (
		typeof value === 'object' && value !== null && !Array.isArray(value) && wrapperOf(value) === undefined
	);
}

export const dateOf = (milliseconds: number): Document => ({ $date: milliseconds });
export const longOf = (number: number): Document => ({ $numberLong: String(number) });
export const timestampOf = ({ t, i }: Timestamp): Document => ({ $timestamp: { t, i } });

/** The number of a numeric value, else undefined. */
export function numberOf(value: Value | undefined): number | undefined {
	if (typeof value === 'number') return value;
	return wrapperOf(value) === '$numberLong' ? Number((value as Document).$numberLong) : undefined;
}

/** The name of a value's BSON type, as $type and error messages have it. */
export function typeName(value: Value | undefined): string {
	if (value === undefined) return 'missing';
	if (value === null) return 'null';
	if (typeof value === 'boolean') return 'bool';
	if (typeof value === 'string') return 'string';
	if (typeof value === 'number')
		return Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? 'int' : 'double';
	if (Array.isArray(value)) return 'array';
	switch (wrapperOf(value)) {
		case '$oid':
			return 'objectId';
		case '$date':
			return 'date';
		case '$numberLong':
			return 'long';
		case '$timestamp':
			return 'timestamp';
		case '$uuid':
		case '$binary':
			return 'binData';
		case '$regularExpression':
			return 'regex';
		case '$minKey':
			return 'minKey';
		case '$maxKey':
			return 'maxKey';
		default:
			return 'object';
	}
}

/** BSON's order between types (MongoDB manual, Comparison/Sort Order). */
const order: Readonly<Record<string, number>> = {
	minKey: 0,
	missing: 1,
	null: 1,
	int: 2,
	long: 2,
	double: 2,
	string: 3,
	object: 4,
	array: 5,
	binData: 6,
	objectId: 7,
	bool: 8,
	date: 9,
	timestamp: 10,
	regex: 11,
	maxKey: 12,
};

/** The place of a value's type among the others; equal for values that compare with each other. */
export const typeOrder = (value: Value | undefined): number => order[typeName(value)];

const compareScalars = <T>(a: T, b: T) => (a < b ? -1 : a > b ? 1 : 0);

/** Compares as BSON does: by type, then by value. */
export function compare(a: Value | undefined, b: Value | undefined): number {
	const byType = typeOrder(a) - typeOrder(b);
	if (byType !== 0 || a === undefined || a === null || b === undefined || b === null) return byType;
	const number = numberOf(a);
	if (number !== undefined) return compareScalars(number, numberOf(b)!);
	if (typeof a !== 'object' || typeof b !== 'object') return compareScalars(a, b);
	if (Array.isArray(a) && Array.isArray(b)) return compareLists(a, b);
	const timestamps = [a, b].map(
		(value) => (value as Document).$timestamp as unknown as Timestamp | undefined,
	);
	if (timestamps[0] && timestamps[1])
		return timestamps[0].t - timestamps[1].t || timestamps[0].i - timestamps[1].i;
	const [left, right] = [Object.entries(a as Document), Object.entries(b as Document)];
	return compareLists(left.flat(), right.flat());
}

function compareLists(a: readonly Value[], b: readonly Value[]): number {
	for (let at = 0; at < a.length && at < b.length; at++) {
		const result = compare(a[at], b[at]);
		if (result !== 0) return result;
	}
	return a.length - b.length;
}

export const equal = (a: Value | undefined, b: Value | undefined): boolean => compare(a, b) === 0;

/** A text that is equal for equal values, to find documents by `_id` and to group by. */
export function keyOf(value: Value | undefined): string {
	const number = numberOf(value);
	return number === undefined ? JSON.stringify(value ?? null) : `${number}`;
}

/** A value as the words of an error show it: `{ a: 1, b: "x" }`. */
export function show(value: Value | undefined): string {
	if (value === undefined || value === null) return 'null';
	if (Array.isArray(value)) return value.length === 0 ? '[]' : `[ ${value.map(show).join(', ')} ]`;
	if (typeof value === 'string') return JSON.stringify(value);
	if (typeof value !== 'object') return String(value);
	switch (wrapperOf(value)) {
		case '$oid':
			return `ObjectId('${value.$oid}')`;
		case '$date':
			return `new Date(${value.$date})`;
		case '$numberLong':
			return String(value.$numberLong);
		case '$uuid':
			return `UUID("${value.$uuid}")`;
		default: {
			const fields = Object.entries(value).map(([name, field]) => `${name}: ${show(field)}`);
			return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
		}
	}
}

/** A new ObjectId: seconds, five bytes of the process, a counter (MongoDB manual, ObjectId). */
export function createObjectIds(now: () => number, random: () => number): () => Document {
	const bytes = Array.from({ length: 5 }, () => Math.floor(random() * 256));
	const process = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
	let counter = Math.floor(random() * 0xffffff);
	return () => {
		counter = (counter + 1) & 0xffffff;
		const seconds = Math.floor(now() / 1000).toString(16);
		return { $oid: `${seconds.padStart(8, '0')}${process}${counter.toString(16).padStart(6, '0')}` };
	};
}
