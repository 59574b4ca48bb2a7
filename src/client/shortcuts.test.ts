import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actionFor, shortcuts } from './shortcuts.ts';

const press = (
	key: string,
	held: Partial<Record<'shiftKey' | 'ctrlKey' | 'altKey' | 'metaKey', boolean>> = {},
) => actionFor({ key, shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, ...held });

test('the keys of the deck do what the help says', () => {
	assert.equal(press('ArrowRight'), 'next');
	assert.equal(press(' '), 'next');
	assert.equal(press(' ', { shiftKey: true }), 'previous');
	assert.equal(press('PageUp'), 'previous');
	assert.equal(press('Home'), 'first');
	assert.equal(press('o'), 'overview');
	assert.equal(press('Escape'), 'close');
	assert.equal(press('x'), undefined);
});

test('r runs and Shift+r types, with Caps Lock on as well', () => {
	assert.equal(press('r'), 'run');
	assert.equal(press('R', { shiftKey: true }), 'type');
	assert.equal(press('R'), 'run');
	assert.equal(press('r', { shiftKey: true }), 'type');
});

test('a question mark opens the help, whichever way a keyboard makes it', () => {
	assert.equal(press('?', { shiftKey: true }), 'help');
	assert.equal(press('?'), 'help');
});

test('the browser keeps its own shortcuts', () => {
	assert.equal(press('r', { ctrlKey: true }), undefined);
	assert.equal(press('f', { metaKey: true }), undefined);
	assert.equal(press('ArrowLeft', { altKey: true }), undefined);
});

test('no key has two meanings', () => {
	const keys = shortcuts.flatMap((shortcut) => shortcut.keys);
	assert.equal(new Set(keys).size, keys.length);
});
