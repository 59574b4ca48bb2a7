import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expandBraces } from './braces.ts';

const expanded = (text: string) => expandBraces({ parts: [{ type: 'literal', text }] });

test('lists, ranges, and lists within lists', () => {
	const texts = [...expanded('{x,{a,b}{1..2}}-')].map(({ parts }) =>
		parts.map((part) => (part.type === 'literal' ? part.text : '')).join(''),
	);
	assert.deepEqual(texts, ['x-', 'a1-', 'a2-', 'b1-', 'b2-']);
});

test('words come one by one, also those of a list within a list, and end where no memory would do', () => {
	const many = '{a,b}'.repeat(40);
	for (const text of [many, `{x,${many}}`]) assert.ok(expanded(text).next().value);
	assert.throws(() => {
		for (const _ of expanded(`{x,${'{1..2000}'.repeat(2)}}`));
	}, /brace expansion: cannot allocate memory/);
});
