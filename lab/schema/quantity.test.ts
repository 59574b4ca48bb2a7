import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
	canonicalQuantity,
	compareQuantities,
	parseQuantity,
	QuantityError,
	quantityValue,
} from './quantity.ts';

test('the canonical form has no fraction and the largest suffix', () => {
	for (const [given, canonical] of [
		['0.5', '500m'],
		['1000m', '1'],
		['1024Mi', '1Gi'],
		['1.5Gi', '1536Mi'],
		['1000', '1k'],
		['100', '100'],
		['1e3', '1e3'],
		['123000000', '123M'],
		['0', '0'],
		['-250m', '-250m'],
		['512', '512'],
		['0.5Mi', '512Ki'],
	])
		assert.equal(canonicalQuantity(given), canonical, given);
});

test('quantities of different suffixes compare by value', () => {
	assert.equal(compareQuantities('1Gi', '1024Mi'), 0);
	assert(compareQuantities('500m', '1') < 0);
	assert.equal(quantityValue('250m'), 0.25);
	assert.equal(quantityValue('2Ki'), 2048);
});

test('what is no quantity is refused', () => {
	for (const text of ['', 'lots', '1x', '1.2.3', '--1', 'Gi'])
		assert.throws(() => parseQuantity(text), QuantityError, text);
});
