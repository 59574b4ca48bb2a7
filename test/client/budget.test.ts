import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { bundleClient } from './bundle.ts';

/** Of the 40 kB that a page may ship in all: the rest is the site's. */
const budget = 14_000;

test('what a page loads of the browser code before a terminal opens stays within its budget', async (t) => {
	const bundle = await bundleClient();
	for (const entry of ['page', 'deck', 'speaker']) {
		const sizes = bundle
			.loadedAtOnce(entry)
			.map((name) => gzipSync(bundle.files.get(name)!, { level: 9 }).length);
		const total = sizes.reduce((sum, size) => sum + size, 0);
		t.diagnostic(`${entry}: ${total} bytes compressed`);
		assert.ok(total <= budget, `${entry} ships ${total} bytes of script, over ${budget}`);
	}
});

test('xterm is not among them', async () => {
	const bundle = await bundleClient();
	for (const entry of ['page', 'deck', 'speaker'])
		for (const name of bundle.loadedAtOnce(entry))
			assert.ok(!new TextDecoder().decode(bundle.files.get(name)).includes('xterm-helper-textarea'), name);
});
