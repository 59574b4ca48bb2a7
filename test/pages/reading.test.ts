// The reading page begins with what one came to read, at any width.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { browsing } from '../site.ts';

const here = browsing('none');

for (const width of [360, 820, 1280, 1920])
	test(`${width} pixels wide, its title is on the first screen, and nothing is wider than the window`, async () => {
		const page = await here.browser.newPage({ viewport: { width, height: 720 } });
		for (const { slug } of here.site.chapters) {
			await page.goto(`${here.site.url}/read/${slug}/`);
			const title = await page.locator('h1').boundingBox();
			assert(title && title.y < 300, `the title stands at ${title?.y}`);
			assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
		}
		await page.close();
	});
