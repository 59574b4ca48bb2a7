// The reading page begins with what one came to read, at any width.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../browser.ts';
import { type RunningSite, startSite } from '../site.ts';

let browser: Browser;
let site: RunningSite;

before(async () => {
	[browser, site] = await Promise.all([launchBrowser(), startSite('none')]);
});
after(async () => {
	await browser?.close();
	await site?.close();
});

for (const width of [360, 820, 1280, 1920])
	test(`${width} pixels wide, its title is on the first screen, and nothing is wider than the window`, async () => {
		const page = await browser.newPage({ viewport: { width, height: 720 } });
		for (const { slug } of site.chapters) {
			await page.goto(`${site.url}/read/${slug}/`);
			const title = await page.locator('h1').boundingBox();
			assert(title && title.y < 300, `the title stands at ${title?.y}`);
			assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
		}
		await page.close();
	});
