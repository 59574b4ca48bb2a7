// What a page without an open terminal makes a reader fetch: at most 40 kB of compressed JavaScript, what is
// fetched when idle included, and nothing from another origin.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { browsing } from '../site.ts';

const budget = 40_000;

const here = browsing('none');

/** Scripts in the HTML itself count as well. */
const inlineScripts = (html: string) =>
	[...html.matchAll(/<script(?![^>]*\bsrc=)(?![^>]*application\/json)[^>]*>([\s\S]*?)<\/script>/g)].map(
		([, script]) => script,
	);

for (const path of [
	'/',
	'/read/stateful-web-apps/',
	'/present/stateful-web-apps/',
	'/speaker/stateful-web-apps/',
])
	test(`${path} ships little JavaScript, and asks no other origin`, async (t) => {
		const page = await here.browser.newPage();
		const scripts = new Map<string, number>();
		const foreign: string[] = [];
		const reading: Promise<void>[] = [];
		page.on('response', (response) => {
			const url = new URL(response.url());
			if (url.origin !== here.site.url && url.protocol !== 'data:') foreign.push(url.href);
			const type = response.headers()['content-type'] ?? '';
			if (/javascript|wasm/.test(type))
				reading.push(response.body().then((body) => void scripts.set(url.pathname, gzipSync(body).length)));
			if (url.pathname === path)
				reading.push(
					response
						.text()
						.then((html) => void scripts.set('inline', gzipSync(inlineScripts(html).join('\n')).length)),
				);
		});
		await page.goto(`${here.site.url}${path}`, { waitUntil: 'networkidle' });
		await page.evaluate(() => new Promise<void>((resolve) => requestIdleCallback(() => resolve())));
		await page.waitForLoadState('networkidle');
		await Promise.all(reading);
		const total = [...scripts.values()].reduce((sum, size) => sum + size, 0);
		t.diagnostic(`${(total / 1000).toFixed(1)} kB: ${JSON.stringify(Object.fromEntries(scripts))}`);
		assert(total > 0, 'the page has scripts');
		assert(total <= budget, `${total} bytes of JavaScript, ${budget} allowed`);
		assert.deepEqual(foreign, []);
		await page.close();
	});
