import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pods } from '../resources/pod.ts';
import { FieldSelectorError, parseFieldSelector } from './field-selector.ts';

test('fields are compared by = and !=, with commas escaped', () => {
	assert.deepEqual(parseFieldSelector('metadata.name=a\\,b,status.phase!=Running,spec.nodeName==', pods), [
		{ field: 'metadata.name', equal: true, value: 'a,b' },
		{ field: 'status.phase', equal: false, value: 'Running' },
		{ field: 'spec.nodeName', equal: true, value: '' },
	]);
});

test('a field that cannot be selected by, and what is no selector, are refused', () => {
	for (const [text, message] of [
		['spec.nope=1', 'field label not supported: spec.nope'],
		['toString=1', 'field label not supported: toString'],
		['a', "invalid selector: 'a'; can't understand 'a'"],
	])
		assert.throws(
			() => parseFieldSelector(text, pods),
			(error) => error instanceof FieldSelectorError && error.message === message,
		);
});
