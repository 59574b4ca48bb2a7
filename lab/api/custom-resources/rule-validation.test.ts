// What is said of rules that cannot be, where a definition is made.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type StatusAnswer, serverUnderTest } from '../server-under-test.ts';
import type { Rule, Schema } from './schema.ts';
import { definitionsPath, gadgetDefinition } from './test-definition.ts';

const root = 'spec.versions[0].schema.openAPIV3Schema';

/** The causes by which a definition is refused whose spec has the schema, from the rules' place on. */
async function refusals(spec: Schema): Promise<string[]> {
	const { body } = await serverUnderTest().send<StatusAnswer>('POST', definitionsPath, {
		body: gadgetDefinition({ spec }),
	});
	return (body.details?.causes ?? []).map(({ field = '', message }) =>
		`${field}: ${message}`.replace(`${root}.properties[spec].`, ''),
	);
}

const properties: Record<string, Schema> = {
	replicas: { type: 'integer' },
	name: { type: 'string' },
	tags: { type: 'array', items: { type: 'string' } },
	inner: { type: 'object', properties: { deep: { type: 'string', format: 'date-time' } } },
	any: { 'x-kubernetes-int-or-string': true },
	free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
};

const withRules = (...rules: Rule[]): Schema => ({
	type: 'object',
	properties,
	'x-kubernetes-validations': rules,
});

/** What the compiler says of a rule; '' where it takes it. */
async function fault(rule: string): Promise<string> {
	const [found = ''] = await refusals(withRules({ rule, message: 'm' }));
	return found.replace(/^.*?(?=compilation failed|cel expression)/s, '');
}

const pointed = (rule: string, column: number, text: string) =>
	`compilation failed: ERROR: <input>:1:${column}: ${text}\n | ${rule}\n | ${'.'.repeat(column - 1)}^`;

test('a rule that cannot be compiled is refused with its place', async () => {
	assert.deepEqual(await refusals(withRules({ rule: 'self.replica > 1' })), [
		`x-kubernetes-validations[0].rule: Invalid value: {"Rule":"self.replica > 1","Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}: ${pointed('self.replica > 1', 5, "undefined field 'replica'")}`,
	]);
	const expected: [rule: string, column: number, text: string][] = [
		['has(self.nothing)', 9, "undefined field 'nothing'"],
		['self.free.x == 1', 10, "undefined field 'x'"],
		['me.replicas > 1', 1, "undeclared reference to 'me' (in container '')"],
		['count(self.tags) > 1', 6, "undeclared reference to 'count' (in container '')"],
		["self.replicas > 'a'", 15, "found no matching overload for '_>_' applied to '(int, string)'"],
		['size(self.replicas) > 1', 5, "found no matching overload for 'size' applied to '(int)'"],
		[
			'self.tags.startsWith("a")',
			21,
			"found no matching overload for 'startsWith' applied to 'list(string).(string)'",
		],
		['self.tags.all(t, t > 1)', 20, "found no matching overload for '_>_' applied to '(string, int)'"],
		['self.name.first == "a"', 10, "type 'string' does not support field selection"],
		[
			"self.tags['a'] == 'b'",
			10,
			"found no matching overload for '_[_]' applied to '(list(string), string)'",
		],
		['self.name in [1]', 11, "found no matching overload for '@in' applied to '(string, list(int))'"],
		[
			'self.inner.deep == "2026"',
			17,
			"found no matching overload for '_==_' applied to '(timestamp, string)'",
		],
		['!self.replicas', 1, "found no matching overload for '!_' applied to '(int)'"],
		['self.name && true', 11, "found no matching overload for '_&&_' applied to '(string, bool)'"],
		['self.tags.all(t, t)', 18, "found no matching overload for '_&&_' applied to '(bool, string)'"],
		["[1, 'a'].size() > 0", 5, "expected type 'int' but found 'string'"],
		[
			'self.replicas >',
			16,
			"Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
		],
		['(self.replicas > 1', 19, "Syntax error: missing ')' at '<EOF>'"],
		['self.replicas > 1 1', 19, "Syntax error: extraneous input '1' expecting <EOF>"],
	];
	for (const [rule, column, text] of expected) assert.equal(await fault(rule), pointed(rule, column, text));
	assert.match(
		await fault('self.replicas = 1'),
		/1:15: Syntax error: token recognition error at: '= '.*ERROR: <input>:1:17: Syntax error: extraneous input '1' expecting <EOF>/s,
	);
	assert.equal(await fault('self.replicas + 1'), 'cel expression must evaluate to a bool');
});

test('rules by the types of their schema are taken', async () => {
	for (const rule of [
		'self == oldSelf',
		'self.inner == oldSelf.inner && self.tags == oldSelf.tags',
		'self.any == 1 || self.any == "1"',
		'self.inner.deep > timestamp("2026-01-01T00:00:00Z")',
		'self.replicas > 1.5',
		'self.?name.optMap(n, n.size()).orValue(0) < 9',
		'"%d %s".format([self.replicas, self.name]) != ""',
		'self.tags.exists(ip, isIP(ip)) || quantity(self.name).isLessThan(quantity("1Gi"))',
		'!format.dns1123Label().validate(self.name).hasValue()',
	])
		assert.equal(await fault(rule), '', rule);
});

test('what goes with a rule has its own form', async () => {
	assert.deepEqual(
		await refusals(
			withRules(
				{ rule: ' ' },
				{ rule: 'true\n&& true' },
				{ rule: 'true', message: 'a\nb', reason: 'Because', fieldPath: '.nothing' },
			),
		),
		[
			'x-kubernetes-validations[0].rule: Required value: rule is not specified',
			'x-kubernetes-validations[1].message: Required value: message must be specified if rule contains line breaks',
			'x-kubernetes-validations[2].message: Invalid value: "a\\nb": must not contain line breaks',
			'x-kubernetes-validations[2].reason: Unsupported value: "Because": supported values: "FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"',
			'x-kubernetes-validations[2].fieldPath: Invalid value: ".nothing": must be a valid path',
		],
	);
	assert.match(
		(await refusals(withRules({ rule: 'true', messageExpression: '1 + 1' })))[0],
		/messageExpression: Invalid value: .*: messageExpression must evaluate to a string$/,
	);
});

test('what a value was before is known only where it can be told', async () => {
	const immutable = [{ rule: 'self == oldSelf' }];
	const list: Schema = {
		type: 'array',
		items: { type: 'string', 'x-kubernetes-validations': immutable },
	};
	assert.deepEqual(await refusals({ type: 'object', properties: { list } }), [
		`properties[list].items.x-kubernetes-validations[0].rule: Invalid value: "self == oldSelf": oldSelf cannot be used on the uncorrelatable portion of the schema within ${root}.properties[spec].properties[list]`,
	]);
	assert.deepEqual(await refusals(withRules({ rule: 'true', optionalOldSelf: true })), [
		'x-kubernetes-validations[0].optionalOldSelf: Invalid value: true: may not be set if oldSelf is not used in rule',
	]);
});
