import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PolicyRule } from '../../schema/types.ts';
import { compactRules, describeRule, missingRules, ruleAllows } from './rules.ts';

const rule = (
	verbs: string[],
	apiGroups: string[],
	resources: string[],
	resourceNames?: string[],
): PolicyRule => ({
	verbs,
	apiGroups,
	resources,
	...(resourceNames && { resourceNames }),
});

test('a rule allows what it names, and stars all there is', () => {
	const get = { verb: 'get', group: '', resource: 'pods', subresource: '', name: 'a' };
	assert.ok(ruleAllows(rule(['get'], [''], ['pods']), get));
	assert.ok(ruleAllows(rule(['*'], ['*'], ['*']), { ...get, subresource: 'log' }));
	assert.ok(ruleAllows(rule(['get'], [''], ['pods/log']), { ...get, subresource: 'log' }));
	assert.ok(ruleAllows(rule(['get'], ['*'], ['*/log']), { ...get, subresource: 'log' }));
	assert.ok(ruleAllows(rule(['get'], [''], ['pods'], ['a']), get));
	for (const other of [
		rule(['list'], [''], ['pods']),
		rule(['get'], ['apps'], ['pods']),
		rule(['get'], [''], ['pods/log']),
		rule(['get'], [''], ['pods'], ['b']),
	])
		assert.ok(!ruleAllows(other, get), describeRule(other));
	assert.ok(!ruleAllows(rule(['get'], [''], ['pods']), { ...get, subresource: 'log' }));
});

test('a rule of paths covers what lies below a star', () => {
	const paths = { verbs: ['get'], nonResourceURLs: ['/healthz', '/apis/*'] };
	for (const [path, allowed] of [
		['/healthz', true],
		['/healthz/ping', false],
		['/apis/apps', true],
		['/api', false],
	] as const)
		assert.equal(ruleAllows(paths, { verb: 'get', path }), allowed, path);
});

test('what is missing is told in its smallest parts, verbs together', () => {
	const owned = [rule(['get', 'list'], [''], ['pods'])];
	const wanted = [
		rule(['get', 'delete', 'watch'], [''], ['pods', 'secrets']),
		rule(['get'], [''], ['pods'], ['x']),
	];
	const missing = compactRules(missingRules(owned, wanted)).map(describeRule);
	assert.deepEqual(missing, [
		'{APIGroups:[""], Resources:["pods"], Verbs:["delete" "watch"]}',
		'{APIGroups:[""], Resources:["secrets"], Verbs:["get" "delete" "watch"]}',
	]);
	assert.deepEqual(missingRules([rule(['*'], ['*'], ['*'])], wanted), []);
	assert.equal(
		missingRules([rule(['get'], [''], ['pods'], ['x'])], [rule(['get'], [''], ['pods'])]).length,
		1,
	);
});
