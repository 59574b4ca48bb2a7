// Whether a value is what its schema says, with the texts of kube-openapi's validation as
// apiextensions-apiserver shows them.
import { RE2JS } from 're2js';
import { isObject, type JsonObject } from '../../json-object.ts';
import { deepEqual } from '../deep-equal.ts';
import {
	duplicate,
	type FieldError,
	invalidValue,
	notSupported,
	required,
	tooMany,
} from '../field-errors.ts';
import { hasFormat } from './formats.ts';
import { type Schema, systemFields } from './schema.ts';

/** All faults of an object but those of its metadata. */
export const validateObject = (object: JsonObject, schema: Schema): FieldError[] =>
	validate(
		Object.fromEntries(Object.entries(object).filter(([name]) => !systemFields.has(name))),
		withoutSystemFields(schema),
		'',
	);

function withoutSystemFields(schema: Schema): Schema {
	return { ...schema, required: schema.required?.filter((name) => !systemFields.has(name)) };
}

const shownPath = (path: string) => (path === '' ? '<nil>' : path);

/** What a type error calls the type of a value. */
function typeName(value: unknown): string {
	if (value === null) return 'null';
	if (Array.isArray(value)) return 'array';
	if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
	return typeof value;
}

function isOfType(value: unknown, schema: Schema): boolean {
	if (schema['x-kubernetes-int-or-string'])
		return typeof value === 'string' || (typeof value === 'number' && Number.isInteger(value));
	if (schema.type === undefined || schema.type === '') return true;
	const name = typeName(value);
	return name === schema.type || (schema.type === 'number' && name === 'integer');
}

function validate(value: unknown, schema: Schema, path: string): FieldError[] {
	if (value === null && schema.nullable) return [];
	if (!isOfType(value, schema)) {
		const wanted = schema['x-kubernetes-int-or-string'] ? 'integer,string' : schema.type;
		const given = typeName(value);
		return [
			{
				...invalidValue(
					shownPath(path),
					given,
					`${path} in body must be of type ${wanted}: ${JSON.stringify(given)}`,
				),
				reason: 'FieldValueTypeInvalid',
			},
		];
	}
	const errors: FieldError[] = [];
	if (typeof value === 'string') errors.push(...validateString(value, schema, path));
	else if (typeof value === 'number') errors.push(...validateNumber(value, schema, path));
	else if (Array.isArray(value)) errors.push(...validateArray(value, schema, path));
	else if (isObject(value)) errors.push(...validateFields(value, schema, path));
	if (schema.enum && !schema.enum.some((each) => deepEqual(each, value)))
		errors.push(notSupported(shownPath(path), value, schema.enum.map(shownChoice)));
	return [...errors, ...validateCombinations(value, schema, path)];
}

const shownChoice = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

function validateString(value: string, schema: Schema, path: string): FieldError[] {
	const errors: FieldError[] = [];
	const fault = (detail: string) => errors.push(invalidValue(path, value, `${path} in body ${detail}`));
	const length = [...value].length;
	if (schema.maxLength !== undefined && length > schema.maxLength)
		errors.push({
			reason: 'FieldValueTooLong',
			field: path,
			detail: `may not be more than ${schema.maxLength} bytes`,
		});
	if (schema.minLength !== undefined && length < schema.minLength)
		fault(`should be at least ${schema.minLength} chars long`);
	if (schema.pattern && !matches(value, schema.pattern)) fault(`should match '${schema.pattern}'`);
	if (schema.format && !hasFormat(value, schema.format))
		fault(`must be of type ${schema.format}: ${JSON.stringify(value)}`);
	return errors;
}

const patterns = new Map<string, RE2JS | undefined>();

/** In linear time; a pattern that cannot be read (an older definition's) matches everything. */
function matches(value: string, pattern: string): boolean {
	if (!patterns.has(pattern)) {
		if (patterns.size > 1000) patterns.clear();
		patterns.set(pattern, compiledPattern(pattern));
	}
	const compiled = patterns.get(pattern);
	return compiled === undefined || compiled.matcher(value).find();
}

/** Undefined where it is no regular expression of RE2. */
export function compiledPattern(pattern: string): RE2JS | undefined {
	try {
		return RE2JS.compile(pattern);
	} catch {
		return undefined;
	}
}

function validateNumber(value: number, schema: Schema, path: string): FieldError[] {
	const { maximum, minimum, multipleOf } = schema;
	const errors: FieldError[] = [];
	const fault = (detail: string) => errors.push(invalidValue(path, value, `${path} in body ${detail}`));
	if (multipleOf && !Number.isInteger(value / multipleOf)) fault(`should be a multiple of ${multipleOf}`);
	if (maximum !== undefined) {
		if (schema.exclusiveMaximum ? value >= maximum : value > maximum)
			fault(`should be less than ${schema.exclusiveMaximum ? '' : 'or equal to '}${maximum}`);
	}
	if (minimum !== undefined) {
		if (schema.exclusiveMinimum ? value <= minimum : value < minimum)
			fault(`should be greater than ${schema.exclusiveMinimum ? '' : 'or equal to '}${minimum}`);
	}
	const limit = schema.format === 'int32' ? 2 ** 31 : undefined;
	if (limit && Number.isInteger(value) && (value >= limit || value < -limit))
		fault(`must be of type int32: ${JSON.stringify(String(value))}`);
	return errors;
}

function validateArray(value: readonly unknown[], schema: Schema, path: string): FieldError[] {
	const errors: FieldError[] = [];
	if (schema.maxItems !== undefined && value.length > schema.maxItems)
		errors.push(tooMany(path, value.length, schema.maxItems));
	if (schema.minItems !== undefined && value.length < schema.minItems)
		errors.push(
			invalidValue(path, value.length, `${path} in body should have at least ${schema.minItems} items`),
		);
	const { items } = schema;
	if (items)
		value.forEach((element, index) => {
			errors.push(...validate(element, items, `${path}[${index}]`));
		});
	return [...errors, ...validateListType(value, schema, path)];
}

/** The elements of a set, and the keys of a list that is a map, are there once. */
function validateListType(value: readonly unknown[], schema: Schema, path: string): FieldError[] {
	const type = schema['x-kubernetes-list-type'];
	if (type !== 'set' && type !== 'map') return [];
	const keys = schema['x-kubernetes-list-map-keys'] ?? [];
	const seen = new Set<string>();
	return value.flatMap((element, index) => {
		const identity =
			type === 'set'
				? element
				: Object.fromEntries(
						keys
							.filter((key) => isObject(element) && Object.hasOwn(element, key))
							.map((key) => [key, (element as JsonObject)[key]]),
					);
		const text = JSON.stringify(identity) ?? 'undefined';
		if (seen.has(text)) return [duplicate(`${path}[${index}]`, identity)];
		seen.add(text);
		return [];
	});
}

function validateFields(value: JsonObject, schema: Schema, path: string): FieldError[] {
	const errors: FieldError[] = [];
	const count = Object.keys(value).length;
	const at = (name: string) => (path ? `${path}.${name}` : name);
	if (schema.maxProperties !== undefined && count > schema.maxProperties)
		errors.push(tooMany(shownPath(path), count, schema.maxProperties));
	if (schema.minProperties !== undefined && count < schema.minProperties)
		errors.push(
			invalidValue(
				shownPath(path),
				count,
				`${path} in body should have at least ${schema.minProperties} properties`,
			),
		);
	for (const name of schema.required ?? []) if (!Object.hasOwn(value, name)) errors.push(required(at(name)));
	const { properties = {}, additionalProperties: additional } = schema;
	for (const [name, part] of Object.entries(value)) {
		if (Object.hasOwn(properties, name)) errors.push(...validate(part, properties[name], at(name)));
		else if (isObject(additional)) errors.push(...validate(part, additional as Schema, at(name)));
	}
	if (schema['x-kubernetes-embedded-resource'])
		for (const name of ['apiVersion', 'kind'])
			if (!value[name]) errors.push(required(at(name), 'must not be empty'));
	return errors;
}

function validateCombinations(value: unknown, schema: Schema, path: string): FieldError[] {
	const errors: FieldError[] = [];
	const fault = (detail: string) =>
		errors.push(invalidValue('<nil>', '', `${JSON.stringify(path)} ${detail}`));
	const valid = (each: Schema) => validate(value, each, path).length === 0;
	const { anyOf, oneOf, allOf, not } = schema;
	if (anyOf?.length && !anyOf.some(valid)) fault('must validate at least one schema (anyOf)');
	if (oneOf?.length) {
		const count = oneOf.filter(valid).length;
		if (count !== 1)
			fault(
				`must validate one and only one schema (oneOf). ${count === 0 ? 'Found none valid' : `Found ${count} valid alternatives`}`,
			);
	}
	for (const each of allOf ?? []) {
		const faults = validate(value, each, path);
		if (faults.length > 0) errors.push(...faults);
	}
	if (not && valid(not)) fault('must not validate the schema (not)');
	return errors;
}
