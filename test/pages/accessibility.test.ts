// No violation that axe-core knows of, on any kind of page, in light and dark, at a desk and on a phone.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { browsing } from '../site.ts';

const here = browsing('none');
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

async function violations(page: Page): Promise<string[]> {
	// Evaluated by the debugger, which the page's content security policy does not bind.
	await page.evaluate(axe);
	const results = await page.evaluate(() =>
		(window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
	);
	return results.violations.map(
		({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`,
	);
}

const slug = 'stateful-web-apps';
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
