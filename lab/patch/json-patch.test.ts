import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyJsonPatch, JsonPatchError, type JsonPatchOperation } from './json-patch.ts';

// The examples of RFC 6902, appendix A.
const examples: [string, unknown, JsonPatchOperation[], unknown][] = [
	['A.1', { foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'qux' }], { baz: 'qux', foo: 'bar' }],
	[
		'A.2',
		{ foo: ['bar', 'baz'] },
		[{ op: 'add', path: '/foo/1', value: 'qux' }],
		{ foo: ['bar', 'qux', 'baz'] },
	],
	['A.3', { baz: 'qux', foo: 'bar' }, [{ op: 'remove', path: '/baz' }], { foo: 'bar' }],
	['A.4', { foo: ['bar', 'qux', 'baz'] }, [{ op: 'remove', path: '/foo/1' }], { foo: ['bar', 'baz'] }],
	['A.5', { baz: 'qux' }, [{ op: 'replace', path: '/baz', value: 'boo' }], { baz: 'boo' }],
	[
		'A.6',
		{ foo: { bar: 'baz', waldo: 'fred' }, qux: { corge: 'grault' } },
		[{ op: 'move', from: '/foo/waldo', path: '/qux/thud' }],
		{ foo: { bar: 'baz' }, qux: { corge: 'grault', thud: 'fred' } },
	],
	[
		'A.7',
		{ foo: ['all', 'grass', 'cows'] },
		[{ op: 'move', from: '/foo/1', path: '/foo/2' }],
		{ foo: ['all', 'cows', 'grass'] },
	],
	['A.8', { baz: 'qux' }, [{ op: 'test', path: '/baz', value: 'qux' }], { baz: 'qux' }],
	[
		'A.10',
		{ foo: 'bar' },
		[{ op: 'add', path: '/child', value: { g: {} } }],
		{ foo: 'bar', child: { g: {} } },
	],
	['A.14', { '/': 9, '~1': 10 }, [{ op: 'test', path: '/~01', value: 10 }], { '/': 9, '~1': 10 }],
	['A.16', { foo: ['bar'] }, [{ op: 'add', path: '/foo/-', value: ['abc'] }], { foo: ['bar', ['abc']] }],
];

for (const [name, before, operations, after] of examples)
	test(`RFC 6902 ${name}`, () => {
		const copy = structuredClone(before);
		assert.deepEqual(applyJsonPatch(before, operations), after);
		assert.deepEqual(before, copy, 'the document itself stays');
	});

test('what cannot be applied is refused', () => {
	for (const [before, operation] of [
		[{ baz: 'qux' }, { op: 'test', path: '/baz', value: 'bar' }],
		[{ foo: 'bar' }, { op: 'add', path: '/baz/bat', value: 'qux' }],
		[{}, { op: 'remove', path: '/nothing' }],
		[{}, { op: 'replace', path: '/nothing', value: 1 }],
		[{ a: [1] }, { op: 'add', path: '/a/3', value: 1 }],
		[{ a: [1] }, { op: 'remove', path: '/a/-' }],
		[{ a: { b: 1 } }, { op: 'move', from: '/a', path: '/a/b' }],
		[{}, { op: 'add', path: 'a', value: 1 }],
	] as [unknown, JsonPatchOperation][])
		assert.throws(() => applyJsonPatch(before, [operation]), JsonPatchError, JSON.stringify(operation));
});

test('copies that double a value each time end before they fill the memory', () => {
	const doubling: JsonPatchOperation[] = Array.from({ length: 60 }, (_, index) => ({
		op: 'copy',
		from: '/a',
		path: `/a/${index}`,
	}));
	assert.throws(() => applyJsonPatch({ a: { text: 'x'.repeat(1_000) } }, doubling), {
		constructor: JsonPatchError,
		message: /^copies add more than 3145728 characters$/,
	});
	const few = applyJsonPatch({ a: { text: 'x' } }, doubling.slice(0, 2));
	assert.deepEqual(few, { a: { text: 'x', 0: { text: 'x' }, 1: { text: 'x', 0: { text: 'x' } } } });
});
