// No violation that axe-core knows of, on any kind of page, in light and dark, at a desk and on a phone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { violations } from '../axe.ts';
import { browsing } from '../site.ts';

const here = browsing('none');
const slug = 'stateful-web-apps';
/** The page as a copy of the site shows it that has no server. */
async function playsRecording(page: Page): Promise<void> {
	await page.route('**/api/ticket', (route) => route.fulfill({ status: 405 }));
	await page.reload();
	await page.locator('html[data-connection=absent]').waitFor({ state: 'attached' });
	await page.locator('#exercise-look .step [data-run]').first().click();
	await page.locator('.recording-bar', { hasText: 'has ended' }).waitFor();
}

const pages: [path: string, use?: (page: Page) => Promise<void>][] = [
	['/'],
	[
		`/read/${slug}/`,
		async (page) => {
			for (const summary of await page.locator('main details > summary').all()) await summary.click();
		},
	],
	[`/present/${slug}/#mend-it`],
	[
		`/present/${slug}/#watch-them-start`,
		async (page) => {
			await page.keyboard.press('t');
			await page.locator('.terminal[data-terminal=main] .xterm-rows').waitFor();
		},
	],
	[`/present/${slug}/#the-lab`, playsRecording],
	[`/read/${slug}/`, playsRecording],
	[`/present/${slug}/`, async (page) => page.keyboard.press('?')],
	[`/present/${slug}/`, async (page) => page.keyboard.press('o')],
	[`/speaker/${slug}/`],
];

for (const scheme of ['light', 'dark'] as const)
	for (const viewport of [
		{ width: 1280, height: 720 },
		{ width: 390, height: 844 },
	])
		test(`in the ${scheme}, ${viewport.width} pixels wide`, async (t) => {
			const context = await here.browser.newContext({
				viewport,
				colorScheme: scheme,
				reducedMotion: 'reduce',
			});
			for (const [path, use] of pages)
				await t.test(`${path}${use ? ', in use' : ''}`, async () => {
					const page = await context.newPage();
					await page.goto(`${here.site.url}${path}`, { waitUntil: 'networkidle' });
					await use?.(page);
					assert.deepEqual(await violations(page), []);
					await page.close();
				});
			// What chapters have of their own is their words and drawings, which every page shows alike.
			for (const chapter of viewport.width > 1000 ? here.site.chapters : [])
				await t.test(`/read/${chapter.slug}/`, async () => {
					const page = await context.newPage();
					await page.goto(`${here.site.url}/read/${chapter.slug}/`, { waitUntil: 'networkidle' });
					assert.deepEqual(await violations(page), []);
					await page.close();
				});
			await context.close();
		});
