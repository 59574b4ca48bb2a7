import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as errors from './field-errors.ts';

test('each kind of fault has its words', () => {
	for (const [error, body] of [
		[errors.required('a'), 'Required value'],
		[errors.required('a', 'why'), 'Required value: why'],
		[errors.invalidValue('a', -1, 'must be more'), 'Invalid value: -1: must be more'],
		[errors.invalidValue('a', 'x', 'why'), 'Invalid value: "x": why'],
		[errors.invalidValue('a', { app: 'x' }, 'why'), 'Invalid value: {"app":"x"}: why'],
		[errors.invalidValue('a', null, 'why'), 'Invalid value: null: why'],
		[errors.notSupported('a', 'X', ['Y', 'Z']), 'Unsupported value: "X": supported values: "Y", "Z"'],
		[errors.forbiddenField('a', 'why'), 'Forbidden: why'],
		[errors.duplicate('a', 'x'), 'Duplicate value: "x"'],
		[errors.notFoundValue('a', 'x'), 'Not found: "x"'],
		[errors.tooLong('a', 5), 'Too long: may not be more than 5 bytes'],
		[errors.tooMany('a', 9, 5), 'Too many: 9: must have at most 5 items'],
	] as const)
		assert.equal(errors.fieldErrorBody(error), body);
});

test('one fault stands alone, several in brackets, none twice', () => {
	const one = errors.required('a');
	assert.equal(errors.describeFieldErrors([one]), 'a: Required value');
	assert.equal(
		errors.describeFieldErrors([one, errors.required('b'), one]),
		'[a: Required value, b: Required value]',
	);
});
