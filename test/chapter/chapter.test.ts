// The chapter Stateful web apps as a person goes through it: in the deck, on a phone, on a bad network.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { browsing } from '../site.ts';
import { does, ends, sees } from './learner.ts';

const slug = 'stateful-web-apps';
const here = browsing('embedded');

/** A page of a new learner, whose errors fail the test. */
async function open(path: string, size: { width: number; height: number }): Promise<Page> {
	const phone = size.width < 500;
	const context = await here.browser.newContext({ viewport: size, hasTouch: phone, isMobile: phone });
	const page = await context.newPage();
	page.on('pageerror', (error) => assert.fail(error));
	await page.goto(`${here.site.url}${path}`);
	return page;
}

test('the deck takes a learner from the first exercise to the last by clicks alone', async () => {
	const page = await open(`/present/${slug}/`, { width: 1280, height: 720 });
	const chapter = here.site.chapter(slug);
	for (const exercise of chapter.exercises) {
		const slide = page.locator(`section[id="${exercise.slide}"]`);
		while (!(await slide.isVisible())) await page.keyboard.press('ArrowRight');
		await does(page, chapter, exercise);
	}
	const states = await page
		.locator('.step:not([data-only=kubeconfig])')
		.evaluateAll((steps) => steps.map((step) => (step as HTMLElement).dataset.state));
	assert(states.length > 20);
	assert.deepEqual(new Set(states), new Set(['passed']));
	await page.context().close();
});

test('the reading page does the same on a phone', async () => {
	const page = await open(`/read/${slug}/`, { width: 390, height: 844 });
	const chapter = here.site.chapter(slug);
	for (const exercise of chapter.exercises) await does(page, chapter, exercise);
	await page.context().close();
});

test('a cut network in the middle of a run loses nothing and runs nothing twice', async () => {
	const page = await open(`/present/${slug}/#watch-them-start`, { width: 1280, height: 720 });
	const chapter = here.site.chapter(slug);
	for (const id of ['look', 'first-attempt', 'always']) {
		const exercise = chapter.exercises.find((exercise) => exercise.id === id);
		assert(exercise);
		await page.goto(`${here.site.url}/present/${slug}/#${exercise.slide}`);
		await does(page, chapter, exercise);
	}
	await page.goto(`${here.site.url}/present/${slug}/#watch-them-start`);
	const watch = page.locator('.exercise[data-exercise=watch] .step');
	await watch.locator('button[data-run]').click();
	await sees(page, 'main', { source: 'NAME +READY +STATUS', flags: '' });
	here.site.wire.cut();
	await page.locator('html[data-connection=waiting]').waitFor({ state: 'attached' });
	here.site.wire.mend();
	await ends(watch, 'passed', 150);
	await sees(page, 'main', { source: 'nginx-0 .*CrashLoopBackOff', flags: '' });
	const typed = (await page.locator('.terminal[data-terminal=main] .xterm-rows').textContent()) ?? '';
	assert.equal(typed.split('get pods -l app=nginx --watch').length - 1, 1, typed);
	await page.context().close();
});
