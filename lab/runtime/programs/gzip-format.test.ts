import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { gunzip, gzip } from './gzip-format.ts';

const text = new TextEncoder().encode('the spoon and the knife and the spoon '.repeat(500));
const noise = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 2654435761) >>> 13);

test('what it writes, zlib reads', () => {
	for (const data of [new Uint8Array(0), text, noise])
		assert.deepEqual(new Uint8Array(gunzipSync(gzip(data))), data);
});

test('it reads what zlib writes, at every level', () => {
	for (const data of [new Uint8Array(0), text, noise])
		for (const level of [0, 1, 9]) assert.deepEqual(gunzip(new Uint8Array(gzipSync(data, { level }))), data);
});

test('damaged data is refused', () => {
	const packed = new Uint8Array(gzipSync(text));
	packed[packed.length - 6] ^= 1;
	assert.equal(gunzip(packed), undefined);
	assert.equal(gunzip(packed.subarray(0, 40)), undefined);
	assert.equal(gunzip(text), undefined);
});
