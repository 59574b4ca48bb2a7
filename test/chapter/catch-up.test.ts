// Start here: a learner who comes late is brought to an exercise, on the real server, and goes on from there.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { violations } from '../axe.ts';
import { browsing } from '../site.ts';
import { does } from './learner.ts';

const slug = 'stateful-web-apps';
const here = browsing('embedded');

async function startHere(page: Page, exercise: string): Promise<void> {
	const block = page.locator(`.exercise[data-exercise="${exercise}"]`);
	await block.getByRole('button', { name: 'Start here' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Start here' }).click();
	await page.locator('.lab-progress').waitFor();
}

for (const [view, scheme, viewport] of [
	['present', 'light', { width: 1280, height: 720 }],
	['read', 'dark', { width: 390, height: 844 }],
] as const)
	test(`${view}, ${viewport.width} pixels wide: everything before is done, and the exercise can be`, async () => {
		const context = await here.browser.newContext({ viewport, colorScheme: scheme, reducedMotion: 'reduce' });
		const page = await context.newPage();
		const chapter = here.site.chapter(slug);
		const at = chapter.exercises.findIndex(({ id }) => id === 'change');
		const exercise = chapter.exercises[at];
		await page.goto(`${here.site.url}/${view}/${slug}/#${exercise.slide}`);
		await startHere(page, exercise.id);
		assert.deepEqual(await violations(page), []);
		await page.locator('.lab-progress').waitFor({ state: 'hidden', timeout: 90_000 });
		for (const { id } of chapter.exercises.slice(0, at))
			assert.deepEqual(
				await page
					.locator(`.exercise[data-exercise="${id}"] .step:not([data-only=kubeconfig])`)
					.evaluateAll((steps) => [...new Set(steps.map((step) => (step as HTMLElement).dataset.state))]),
				['passed'],
				id,
			);
		await does(page, chapter, exercise);
		await context.close();
	});

test('cancelled, the next command finds a fresh lab', async () => {
	const page = await here.browser.newPage();
	const chapter = here.site.chapter(slug);
	await page.goto(`${here.site.url}/read/${slug}/`);
	await startHere(page, 'clean-up');
	await page
		.locator('.exercise[data-exercise="always"] .step')
		.last()
		.and(page.locator('[data-state=passed]'))
		.waitFor();
	await page.locator('.lab-progress').getByRole('button', { name: 'Cancel' }).click();
	await page.locator('.dock .connection-words', { hasText: 'the next command starts a fresh one' }).waitFor();
	for (const id of ['look', 'first-attempt'])
		await does(page, chapter, chapter.exercises.find((exercise) => exercise.id === id)!);
	await page.close();
});
