import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Element } from 'hast';
import { markWords } from './unbroken-words.ts';

const span = (value: string): Element => ({
	type: 'element',
	tagName: 'span',
	properties: {},
	children: [{ type: 'text', value }],
});

test('marks words with hyphens, and no others', () => {
	const words = ['--restart=Never', 'nginx-0', 'kubectl', 'two-words here', '-'.repeat(40)].map(span);
	markWords({ type: 'element', tagName: 'div', properties: {}, children: words });
	assert.deepEqual(
		words.map((word) => word.properties.dataWord),
		['', '', undefined, undefined, undefined],
	);
});
