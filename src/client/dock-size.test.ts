import assert from 'node:assert/strict';
import { test } from 'node:test';
import { automaticSide, largestShare, recallDock, rememberDock, sideFor } from './dock-size.ts';
import type { Store } from './store.ts';

function memory(text?: string): Store {
	let kept: string | null = text ?? null;
	return {
		getItem: () => kept,
		setItem: (_key, value) => {
			kept = value;
		},
		removeItem: () => {
			kept = null;
		},
	};
}

test('a deck docks beside at 1280×720 and below on a phone', () => {
	assert.equal(automaticSide('deck', 1280, 720), 'beside');
	assert.equal(automaticSide('deck', 390, 844), 'below');
	assert.equal(automaticSide('deck', 1200, 1600), 'below');
	assert.equal(automaticSide('page', 1280, 720), 'below');
});

test('a choice counts, but not where there is no room for it', () => {
	const choice = { ...recallDock(memory()), side: 'beside' as const };
	assert.equal(sideFor(choice, 'page', 1280, 720), 'beside');
	assert.equal(sideFor(choice, 'page', 390, 844), 'below');
});

test('what was chosen is remembered, and what makes no sense is not', () => {
	const store = memory();
	const choice = { side: 'below' as const, share: { below: 0.3, beside: 0.5 }, open: true };
	rememberDock(store, choice);
	assert.deepEqual(recallDock(store), choice);
	const odd = recallDock(memory('{"side":"above","share":{"below":7},"open":"yes"}'));
	assert.deepEqual(odd, { side: undefined, share: { below: largestShare, beside: 0.46 }, open: false });
	assert.equal(recallDock(memory('no JSON')).open, false);
});
