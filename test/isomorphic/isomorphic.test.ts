// The lab is one program for Node and browsers: it bundles without a polyfill, and runs in a page.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { launchBrowser } from '../browser.ts';

/** The module as one script for browsers; an import of a Node module makes it fail. */
async function bundle(entry: string): Promise<string> {
	const result = await build({
		entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
		bundle: true,
		platform: 'browser',
		format: 'iife',
		globalName: 'page',
		write: false,
		logLevel: 'silent',
	});
	return result.outputFiles[0].text;
}

/** Serves an empty page with the script, from this machine. */
async function serve(t: TestContext, script: string): Promise<string> {
	const server = createServer((request, response) => {
		const isScript = request.url === '/page.js';
		response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
		response.end(
			isScript ? script : '<!doctype html><link rel="icon" href="data:,"><script src="/page.js"></script>',
		);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	t.after(() => server.close());
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

test('a bundle that needs Node is noticed', async () => {
	await assert.rejects(bundle('./isomorphic.test.ts'), /Could not resolve "node:/);
});

test('a pod becomes Ready in a browser', { timeout: 60_000 }, async (t) => {
	const address = await serve(t, await bundle('./page.ts'));
	const browser = await launchBrowser();
	t.after(() => browser.close());
	const page = await browser.newPage();
	const errors: string[] = [];
	page.on('pageerror', (error) => errors.push(error.message));
	await page.goto(address);
	const result = await page.evaluate('page.runPod()');
	assert.deepEqual(errors, []);
	assert.deepEqual(result, { phase: 'Running', node: 'node1', answer: '200 application/json' });
});
