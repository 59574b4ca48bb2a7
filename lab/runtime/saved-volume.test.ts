import assert from 'node:assert/strict';
import { test } from 'node:test';
import { restoreVolume, saveVolume } from './saved-volume.ts';
import { VolumeDirectory } from './volumes.ts';

const disk = () => new VolumeDirectory({ type: 'disk', source: '/dev/vdb', sizeBytes: 1000 }, 0);

test('a restored disk is as full as the saved one, and can be written to', () => {
	const first = disk();
	first.fill({ folder: { file: 'x'.repeat(600) }, bytes: Uint8Array.of(0, 200) }, 5);
	const saved = structuredClone(saveVolume(first));
	const second = disk();
	restoreVolume(second, saved);
	assert.deepEqual(saveVolume(second), saved);
	assert.equal(second.usage.used, 602);
	const file = second.at('folder/file', 0);
	assert(file.kind === 'file');
	file.write(600, new Uint8Array(398), second.quota);
	assert.throws(() => file.write(998, new Uint8Array(1), second.quota), /No space left/);
	// What is written to the copy is not in what was saved.
	assert.deepEqual(saveVolume(first), saved);
});

test('raw bytes of a block device come back', () => {
	const first = disk();
	first.block.write(10, Uint8Array.of(1, 2, 3));
	const second = disk();
	restoreVolume(second, saveVolume(first));
	assert.deepEqual(second.block.read(9, 5), Uint8Array.of(0, 1, 2, 3, 0));
});
