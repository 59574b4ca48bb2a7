import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as errors from './errors.ts';
import { required } from './field-errors.ts';

const sets = { group: 'apps', plural: 'statefulsets' };

test('a refusal is a Status with code, reason and details', () => {
	assert.deepEqual(errors.notFound(sets, 'web').status, {
		kind: 'Status',
		apiVersion: 'v1',
		metadata: {},
		status: 'Failure',
		message: 'statefulsets.apps "web" not found',
		reason: 'NotFound',
		details: { name: 'web', group: 'apps', kind: 'statefulsets' },
		code: 404,
	});
	assert.equal(errors.forbidden({ group: '', plural: 'pods' }, '', 'no').message, 'pods is forbidden: no');
});

test('what is invalid names its kind and carries its faults as causes', () => {
	const { status } = errors.invalid({ group: 'apps', kind: 'StatefulSet' }, 'web', [
		required('spec.selector'),
	]);
	assert.equal(status.message, 'StatefulSet.apps "web" is invalid: spec.selector: Required value');
	assert.deepEqual(status.details, {
		name: 'web',
		group: 'apps',
		kind: 'StatefulSet',
		causes: [{ reason: 'FieldValueRequired', message: 'Required value', field: 'spec.selector' }],
	});
});
