// x-kubernetes-validations, as kubectl's user meets them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type StatusAnswer, serverUnderTest } from '../server-under-test.ts';
import type { Schema } from './schema.ts';
import { definitionsPath, gadgetDefinition } from './test-definition.ts';

const gadgets = '/apis/example.com/v1/namespaces/default/gadgets';

/** A server with a kind whose spec has the schema. */
async function withSchema(spec: Schema) {
	const server = serverUnderTest();
	const created = await server.send('POST', definitionsPath, {
		body: gadgetDefinition({ spec }),
	});
	assert.equal(created.status, 201, JSON.stringify(created.body));
	await server.clock.advance(1);
	const body = (spec: object) => ({ metadata: { name: 'one' }, spec });
	const faults = async (method: string, path: string, spec: object) => {
		const headers = {
			'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
		};
		const answer = await server.send<StatusAnswer>(method, path, { body: body(spec), headers });
		return answer.status < 300
			? []
			: answer.body.details?.causes?.map(({ field, message }) => `${field}: ${message}`);
	};
	return {
		create: (spec: object) => faults('POST', gadgets, spec),
		change: (spec: object) => faults('PATCH', `${gadgets}/one`, spec),
	};
}

const replicas: Schema = {
	type: 'object',
	properties: {
		replicas: { type: 'integer' },
		most: { type: 'integer' },
		name: {
			type: 'string',
			'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'Value is immutable' }],
		},
	},
	'x-kubernetes-validations': [
		{
			rule: '!has(self.most) || self.replicas <= self.most',
			messageExpression: '"replicas must be at most " + string(self.most)',
			fieldPath: '.replicas',
		},
	],
};

test('a rule is kept to when an object is made and changed', async () => {
	const { create, change } = await withSchema(replicas);
	assert.deepEqual(await create({ replicas: 3, most: 2, name: 'a' }), [
		'spec.replicas: Invalid value: "object": replicas must be at most 2',
	]);
	assert.deepEqual(await create({ replicas: 2, most: 2, name: 'a' }), []);
	assert.deepEqual(await change({ replicas: 9, most: 2, name: 'a' }), [
		'spec.replicas: Invalid value: "object": replicas must be at most 2',
	]);
	assert.deepEqual(await change({ replicas: 1, most: 2, name: 'b' }), [
		'spec.name: Invalid value: "string": Value is immutable',
	]);
	assert.deepEqual(await change({ replicas: 1, most: 2, name: 'a' }), []);
});

test('rules reach elements, keys and what has odd names; a rule without message tells itself', async () => {
	const { create } = await withSchema({
		type: 'object',
		properties: {
			'min-size': { type: 'integer' },
			list: {
				type: 'array',
				items: { type: 'string', 'x-kubernetes-validations': [{ rule: 'self.startsWith("a")' }] },
			},
			map: {
				type: 'object',
				additionalProperties: { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self % 2 == 0' }] },
			},
			ratio: { type: 'number' },
		},
		'x-kubernetes-validations': [
			{ rule: 'self.min__dash__size > 0', reason: 'FieldValueForbidden', message: 'not that small' },
			{ rule: '!has(self.ratio) || self.ratio < 1.5' },
			{ rule: 'self.list.all(x, size(x) < 9)' },
		],
	});
	assert.deepEqual(await create({ 'min-size': 1, list: ['ab'], map: { x: 2 }, ratio: 1 }), []);
	assert.deepEqual(await create({ 'min-size': 0, list: ['ab', 'b'], map: { x: 1 }, ratio: 2 }), [
		'spec: Forbidden: not that small',
		'spec: Invalid value: "object": failed rule: !has(self.ratio) || self.ratio < 1.5',
		'spec.list[1]: Invalid value: "string": failed rule: self.startsWith("a")',
		'spec.map[x]: Invalid value: "integer": failed rule: self % 2 == 0',
	]);
});

test('what cannot be evaluated is a fault of the object, and an invalid object is not asked about', async () => {
	const { create } = await withSchema({
		type: 'object',
		required: ['size'],
		properties: { size: { type: 'integer' }, other: { type: 'integer' } },
		'x-kubernetes-validations': [{ rule: 'self.other > 1' }],
	});
	assert.deepEqual(await create({ size: 1 }), [
		'spec: Invalid value: "object": no such key: other evaluating rule: self.other > 1',
	]);
	assert.deepEqual(await create({ other: 1 }), [
		'spec.size: Required value',
		'<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
	]);
});

test('a rule may look at what was not there before', async () => {
	const { create, change } = await withSchema({
		type: 'object',
		properties: { size: { type: 'integer' } },
		'x-kubernetes-validations': [
			{
				rule: 'oldSelf.hasValue() ? self.size >= oldSelf.value().size : self.size > 1',
				optionalOldSelf: true,
				message: 'only grows',
			},
		],
	});
	assert.equal((await create({ size: 1 }))?.length, 1);
	assert.deepEqual(await create({ size: 5 }), []);
	assert.deepEqual(await change({ size: 4 }), ['spec: Invalid value: "object": only grows']);
});

test('a pattern takes no longer than its text is long', async () => {
	const { create } = await withSchema({
		type: 'object',
		properties: { name: { type: 'string' } },
		'x-kubernetes-validations': [
			{ rule: 'self.name.matches("^(a+)+$") || matches(self.name, "^matches\\\\(") ', message: 'no match' },
		],
	});
	assert.deepEqual(await create({ name: `${'a'.repeat(5000)}!` }), [
		'spec: Invalid value: "object": no match',
	]);
	assert.deepEqual(await create({ name: 'matches(' }), []);
});

test('lists, strings and texts of other types have their functions', async () => {
	const texts: Schema = { type: 'array', items: { type: 'string' } };
	const numbers: Schema = { type: 'array', items: { type: 'integer' } };
	const holding = [
		'self.n.isSorted() && self.n.sum() == 6 && self.n.min() == 1 && self.n.max() == 3',
		'self.n.indexOf(2) == 1 && self.n.lastIndexOf(9) == -1',
		"self.t[0].replace('a', 'o', 2) == 'bonona' && self.t[0].replace('an', '') == 'ba'",
		"self.t[0].find('n[a-z]') == 'na' && self.t[0].findAll('a').size() == 3 && self.t[0].findAll('a', 2).size() == 2",
		"self.t[0].charAt(1) == 'a' && self.t.max().contains('nan')",
		"isIP('10.0.0.1') && isIP('::1') && !isIP('10.0.0') && isCIDR('10.0.0.0/8') && !isCIDR('10.0.0.0')",
		"isURL('https://a.example/b') && isURL('/b') && !isURL('b') && isQuantity('1Gi') && !isQuantity('lots')",
	];
	const failing = ['!self.n.isSorted()', "self.t.max() == ''", "self.t[0].find('x') != ''"];
	const { create } = await withSchema({
		type: 'object',
		properties: { n: numbers, t: texts },
		'x-kubernetes-validations': [...holding, ...failing].map((rule) => ({ rule, message: rule })),
	});
	assert.deepEqual(
		await create({ n: [1, 2, 3], t: ['banana'] }),
		failing.map((rule) => `spec: Invalid value: "object": ${rule}`),
	);
});
