import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JsonSyntaxError, parseJson } from './json.ts';

test('JSON is read as JSON.parse reads it', () => {
	const text = '{"a": [1, -2.5e3, true, false, null, "é\\n\\u00e9"], "b": {}, "c": []}';
	assert.deepEqual(parseJson(text).value, JSON.parse(text));
});

test('fields given twice are told with their paths, and the last counts', () => {
	const { value, duplicates } = parseJson('{"spec":{"a":1,"list":[{"x":1,"x":2}],"a":3}}');
	assert.deepEqual(duplicates, ['duplicate field "spec.list[0].x"', 'duplicate field "spec.a"']);
	assert.deepEqual(value, { spec: { a: 3, list: [{ x: 2 }] } });
});

test('syntax errors have the words of Go', () => {
	for (const [text, message] of [
		['', 'unexpected end of JSON input'],
		['{"a":', 'unexpected end of JSON input'],
		['not json', "invalid character 'o' in literal null (expecting 'u')"],
		['xyz', "invalid character 'x' looking for beginning of value"],
		['{a:1}', "invalid character 'a' looking for beginning of object key string"],
		['{"a" 1}', "invalid character '1' after object key"],
		['[1 2]', "invalid character '2' after array element"],
		['{"a":1 "b":2}', `invalid character '"' after object key:value pair`],
		['{} x', "invalid character 'x' after top-level value"],
	])
		assert.throws(
			() => parseJson(text),
			(error) => error instanceof JsonSyntaxError && error.message === message,
			`${text}: ${message}`,
		);
});

test('endless nesting is refused, not followed', () => {
	assert.throws(() => parseJson('['.repeat(20_000)), JsonSyntaxError);
});

test('a key named __proto__ does not touch the prototype', () => {
	const { value } = parseJson('{"__proto__":{"polluted":true}}');
	assert.equal((value as Record<string, unknown>).polluted, undefined);
	assert.deepEqual(Object.keys(value as object), ['__proto__']);
});
