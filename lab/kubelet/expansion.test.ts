import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expand } from './expansion.ts';

test('known variables are replaced, the rest stays', () => {
	const variables = new Map([['a', '1']]);
	assert.equal(expand('$(a) $(b) $$(a) $a', variables), '1 $(b) $(a) $a');
});

test('a value longer than a program can be given is refused', () => {
	const variables = new Map([['0', 'x'.repeat(10)]]);
	assert.throws(
		() => {
			for (let step = 1; step < 40; step++)
				variables.set(`${step}`, expand(`$(${step - 1})$(${step - 1})`, variables));
		},
		{ message: 'argument list too long: $(13) makes a value longer than 131072 characters' },
	);
	assert.equal(variables.size, 14);
	assert.throws(() => expand('$(13)'.repeat(100_000), variables), /argument list too long/);
});
