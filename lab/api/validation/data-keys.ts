// What ConfigMaps and Secrets have in common: named data that can be made immutable.
import { deepEqual } from '../deep-equal.ts';
import { type FieldError, forbiddenField, invalidValue, tooLong } from '../field-errors.ts';
import type { NameRule } from './names.ts';

interface Data {
	data?: Record<string, string>;
	binaryData?: Record<string, string>;
	immutable?: boolean;
}

const sizeLimit = 1024 * 1024;

export function validateDataKeys(object: Data, rule: NameRule): FieldError[] {
	const errors: FieldError[] = [];
	let size = 0;
	for (const field of ['data', 'binaryData'] as const)
		for (const [key, value] of Object.entries(object[field] ?? {})) {
			for (const fault of rule(key)) errors.push(invalidValue(`${field}[${key}]`, key, fault));
			if (field === 'data' && object.binaryData && Object.hasOwn(object.binaryData, key))
				errors.push(invalidValue(`data[${key}]`, key, 'duplicate of key present in binaryData'));
			size += value.length;
		}
	if (size > sizeLimit) errors.push(tooLong('', sizeLimit));
	return errors;
}

export function validateImmutableData(
	object: Data,
	old: Data,
	fields: readonly ('data' | 'binaryData')[],
): FieldError[] {
	if (!old.immutable) return [];
	const errors: FieldError[] = [];
	const fault = 'field is immutable when `immutable` is set';
	if (!object.immutable) errors.push(forbiddenField('immutable', fault));
	for (const field of fields)
		if (!deepEqual(object[field] ?? {}, old[field] ?? {})) errors.push(forbiddenField(field, fault));
	return errors;
}
