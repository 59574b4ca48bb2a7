import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AttributeError, parseAttributes } from './attributes.ts';

const values = (text: string) =>
	Object.fromEntries(parseAttributes(text).map(({ name, value }) => [name, value]));

test('reads flags, words, quoted texts and regular expressions', () => {
	assert.deepEqual(values('hidden terminal=watch expect="a b" wait=/web-1 .* Running/i'), {
		hidden: { kind: 'flag' },
		terminal: { kind: 'word', text: 'watch' },
		expect: { kind: 'quoted', text: 'a b' },
		wait: { kind: 'pattern', source: 'web-1 .* Running', flags: 'i' },
	});
});

test('keeps backslashes of a regular expression, and slashes in its classes', () => {
	assert.deepEqual(values(String.raw`wait=/1\/1 \S+ [/]x/`).wait, {
		kind: 'pattern',
		source: String.raw`1\/1 \S+ [/]x`,
		flags: '',
	});
});

test('takes an escaped quote and backslash in a quoted text as they are', () => {
	assert.deepEqual(values(String.raw`expect="say \"hi\" \\ \n"`).expect, {
		kind: 'quoted',
		text: String.raw`say "hi" \ \n`,
	});
});

test('reads a named regular expression', () => {
	assert.deepEqual(values('capture=POD:/pod (\\S+)/m').capture, {
		kind: 'named-pattern',
		name: 'POD',
		source: 'pod (\\S+)',
		flags: 'm',
	});
});

test('keeps a URL with slashes a word', () => {
	assert.deepEqual(values('open=http://web.default/').open, { kind: 'word', text: 'http://web.default/' });
});

for (const [text, offset, problem] of [
	['wait=/a', 5, /not closed/],
	['expect="a', 7, /not closed/],
	["expect='a b'", 7, /single quotes/],
	['expect=', 7, /no value/],
	['hidden hidden', 7, /twice/],
	['expect="a"then="b"', 10, /without a space/],
	['hidden =x', 7, /no attribute/],
] as const) {
	test(`refuses ${text}, and says where`, () => {
		assert.throws(
			() => parseAttributes(text),
			(error) => error instanceof AttributeError && error.offset === offset && problem.test(error.message),
		);
	});
}
