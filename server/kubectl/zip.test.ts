import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readZipEntry } from './zip.ts';
import { writeZip } from './zip-writer.ts';

const archive = writeZip({
	'folder/': '',
	'folder/stored': { content: 'as it is', stored: true },
	'folder/deflated': 'again and again and again and again',
});

test('reads stored and deflated files', () => {
	assert.equal(readZipEntry(archive, 'folder/stored').toString(), 'as it is');
	assert.equal(readZipEntry(archive, 'folder/deflated').toString(), 'again and again and again and again');
});

test('finds the directory before a comment', () => {
	const commented = Buffer.concat([archive, Buffer.from('a comment')]);
	assert.equal(readZipEntry(commented, 'folder/stored').toString(), 'as it is');
});

test('says what is missing or damaged', () => {
	assert.throws(() => readZipEntry(archive, 'kubectl'), /has no kubectl/);
	assert.throws(() => readZipEntry(Buffer.from('no archive at all, just text'), 'x'), /no central directory/);
	const cut = Buffer.concat([Buffer.alloc(40), archive.subarray(40)]);
	assert.throws(() => readZipEntry(cut, 'folder/stored'), /damaged/);
	assert.throws(() => readZipEntry(archive.subarray(60), 'folder/stored'));
});
