import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode, encode, joinedBytes } from './byte-text.ts';

test('every byte comes back, in whatever neighbourhood', () => {
	const all = Uint8Array.from({ length: 256 * 256 * 2 }, (_, at) =>
		at % 2 === 0 ? (at >> 1) & 0xff : at >> 9,
	);
	assert.deepEqual(encode(decode(all)), all);
	const mixed = Uint8Array.of(
		0xff,
		0xc3,
		0xa9,
		0xe2,
		0x82,
		0xac,
		0xf0,
		0x9f,
		0x98,
		0x80,
		0xed,
		0xa0,
		0x80,
		0xc3,
	);
	assert.equal(decode(mixed), '\udcffé€😀\udced\udca0\udc80\udcc3');
	assert.deepEqual(encode(decode(mixed)), mixed);
});

test('bytes put together become the character that they are', () => {
	assert.equal(joinedBytes('\udcc3\udca9'), 'é');
	assert.equal(joinedBytes('\udcff'), '\udcff');
});
