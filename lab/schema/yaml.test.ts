import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseYaml, parseYamlDocuments, YamlError } from './yaml.ts';

test('values, documents, and none', () => {
	assert.deepEqual(parseYaml('a: &x [1, two]\nb: *x\n'), { a: [1, 'two'], b: [1, 'two'] });
	assert.equal(parseYaml(''), null);
	assert.deepEqual(parseYamlDocuments('a: 1\n---\n- b\n---\n'), [{ a: 1 }, ['b'], null]);
	const value = parseYaml('__proto__: {polluted: 1}') as object;
	assert.deepEqual([Object.keys(value), 'polluted' in value], [['__proto__'], false]);
});

test('what is wrong is said in a line', () => {
	for (const [text, message] of [
		['a: 1\nb: 2\na: 3\n', /^line 3: key "a" already set in map$/],
		['a: [1', /^[^\n]*line 1, column 6$/],
		['a: 1\n---\nb: 2\n', /more than one document/],
	] as const)
		assert.throws(() => parseYaml(text), { message });
});

test('what would hold the labs up is refused', () => {
	const many = (count: number, text: (index: number) => string) =>
		Array.from({ length: count }, (_, index) => text(index)).join('');
	for (const [text, message] of [
		[many(80_000, (index) => `k${index}: v\n`), /characters, of which 131072 are read/],
		[`[${many(3_000, (index) => `&a${index} x, `)}${many(3_000, (index) => `*a${index}, `)}]`, /aliasing/],
		[`a: &a [x]\n${many(30, (index) => `b${index}: &b${index} [*a, *a, *a, *a]\n`)}`, /aliasing/],
		['['.repeat(100_000), /./],
		['- '.repeat(50_000), /./],
	] as const) {
		assert.throws(() => parseYaml(text), { constructor: YamlError, message });
	}
});

test('the time grows with the text, not with the square of its keys', () => {
	const keys = (count: number) => Array.from({ length: count }, (_, index) => `k${index}: v`).join('\n');
	assert.equal(Object.keys(parseYaml(keys(12_000)) as object).length, 12_000);
	assert.throws(() => parseYaml(`${keys(12_000)}\nk7: w`), {
		message: 'line 12001: key "k7" already set in map',
	});
});
