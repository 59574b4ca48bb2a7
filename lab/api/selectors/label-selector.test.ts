import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
	LabelSelectorError,
	parseLabelSelector,
	requirementsMatch,
	selectorMatches,
} from './label-selector.ts';

test('a query selects by equality, sets, existence and numbers', () => {
	const labels = { app: 'web', tier: 'front', size: '5' };
	for (const [text, matches] of [
		['', true],
		['app=web', true],
		['app==web,tier!=back', true],
		['app in (web, db)', true],
		['app notin (web)', false],
		['tier', true],
		['!tier', false],
		['none', false],
		['!none,none!=x', true],
		['size>4,size<6', true],
		['size>5', false],
		['app=', false],
		['app in (,web)', true],
	] as const)
		assert.equal(requirementsMatch(parseLabelSelector(text), labels), matches, text);
});

test('what cannot be read is told in the server’s words', () => {
	for (const [text, message] of [
		['a in (', "unable to parse requirement: found '', expected: ',', ')' or identifier"],
		['a in b', "unable to parse requirement: found 'b' expected: '('"],
		['a=b,', "found '', expected: identifier after ','"],
		['a=b c', "found 'c', expected: ',' or 'end of string'"],
		[',', "found ',', expected: !, identifier, or 'end of string'"],
		['a b', "unable to parse requirement: found 'b', expected: =, ==, in, !=, notin, gt, lt"],
	])
		assert.throws(
			() => parseLabelSelector(text),
			(error) => error instanceof LabelSelectorError && error.message === message,
			text,
		);
});

test('a selector object: absent matches nothing, empty everything', () => {
	assert.equal(selectorMatches(undefined, {}), false);
	assert.equal(selectorMatches({}, {}), true);
	const selector = {
		matchLabels: { app: 'web' },
		matchExpressions: [
			{ key: 'tier', operator: 'In', values: ['front', 'back'] },
			{ key: 'old', operator: 'DoesNotExist' },
		],
	};
	assert.equal(selectorMatches(selector, { app: 'web', tier: 'back' }), true);
	assert.equal(selectorMatches(selector, { app: 'web', tier: 'back', old: '' }), false);
	assert.equal(selectorMatches(selector, { app: 'web' }), false);
});
