import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeKeys } from './keys.ts';

test('decodes caret notation', () => {
	assert.equal(decodeKeys('^C'), '\x03');
	assert.equal(decodeKeys('exit^M'), 'exit\r');
	assert.equal(decodeKeys('q^[^d^?'), 'q\x1b\x04\x7f');
});

test('refuses a caret that makes no key', () => {
	assert.throws(() => decodeKeys('a^'), /“\^” is no key/);
	assert.throws(() => decodeKeys('^1'), /“\^1” is no key/);
});
