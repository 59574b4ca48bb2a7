import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { Site } from './site.ts';

let site: Site;
before(async () => {
	site = await Site.start();
});
after(() => site.close());

const current = (page: Page) => page.locator('[data-current]').getAttribute('id');
const hash = (page: Page) => page.evaluate(() => location.hash);

test('keys move through slides and increments, past extra slides', async (t) => {
	const { visit } = await site.open(t);
	const page = await visit('deck');
	const second = page.locator('[data-increment="2"]');
	assert.equal(await current(page), 'start');
	assert.equal(await second.isVisible(), false);
	await page.keyboard.press('ArrowRight');
	assert.equal(await second.isVisible(), true);
	assert.equal(await hash(page), '#start.2');
	await page.keyboard.press('Space');
	assert.equal(await current(page), 'create');
	await page.keyboard.press('PageDown');
	assert.equal(await current(page), 'end');
	await page.keyboard.press('Home');
	assert.equal(await current(page), 'start');
	await page.keyboard.press('End');
	assert.equal(await page.locator('.deck-place').textContent(), '3 / 3');
});

test('an address leads to a slide, an increment, and to what stands on a slide; back and forward follow', async (t) => {
	const { visit } = await site.open(t);
	const page = await visit('deck', '#start.2');
	assert.equal(await page.locator('[data-increment="2"]').isVisible(), true);
	await page.evaluate(() => {
		location.hash = '#aside';
	});
	await page.locator('#aside[data-current]').waitFor();
	await page.evaluate(() => {
		location.hash = '#exercise-create';
	});
	await page.locator('#create[data-current]').waitFor();
	await page.goBack();
	await page.locator('#aside[data-current]').waitFor();
	await page.goForward();
	await page.locator('#create[data-current]').waitFor();
	await page.reload();
	assert.equal(await current(page), 'create');
});

test('an increment takes its room before it is shown, so that nothing moves', async (t) => {
	const { visit } = await site.open(t);
	const page = await visit('deck');
	const heading = page.locator('#start h2');
	const beforehand = [await heading.boundingBox(), await page.locator('#start ul').boundingBox()];
	await page.keyboard.press('ArrowRight');
	assert.deepEqual([await heading.boundingBox(), await page.locator('#start ul').boundingBox()], beforehand);
});

test('no key is taken from a field or a button', async (t) => {
	const { visit } = await site.open(t);
	const page = await visit('deck', '#create');
	const field = page.locator('textarea');
	await field.fill('');
	await field.pressSequentially('for o in r: ? ');
	await page.keyboard.press('ArrowLeft');
	assert.equal(await field.inputValue(), 'for o in r: ? ');
	assert.equal(await current(page), 'create');
	assert.equal(await page.locator('dialog').count(), 0);
	await page.getByRole('button', { name: 'Overview' }).focus();
	await page.keyboard.press('Space');
	await page.getByRole('dialog', { name: 'Overview' }).waitFor();
	assert.equal(await current(page), 'create');
});

test('Tab leaves a file’s field', async (t) => {
	const { visit } = await site.open(t);
	const page = await visit('deck', '#create');
	await page.locator('textarea').focus();
	await page.keyboard.press('Tab');
	assert.equal(
		await page.locator('[data-save]').evaluate((button) => button === document.activeElement),
		true,
	);
});

test('the overview goes to a slide, and takes extra slides in', async (t) => {
	const { visit } = await site.open(t);
	const page = await visit('deck');
	await page.keyboard.press('o');
	const overview = page.getByRole('dialog', { name: 'Overview' });
	await overview.waitFor();
	const numbers = () => overview.locator('.overview-number').allTextContents();
	assert.deepEqual(await numbers(), ['1', '2', '+', '3']);
	await overview.getByLabel('Extra slides').check();
	assert.deepEqual(await numbers(), ['1', '2', '3', '4']);
	await overview.getByRole('link', { name: /Create the set/ }).click();
	assert.equal(await overview.count(), 0);
	await page.keyboard.press('ArrowRight');
	assert.equal(await current(page), 'aside');
	await page.reload();
	await page.locator('.deck-place', { hasText: '3 / 4' }).waitFor();
});

test('the help lists the shortcuts, and Escape closes it', async (t) => {
	const { visit } = await site.open(t);
	const page = await visit('deck');
	await page.keyboard.press('?');
	const help = page.getByRole('dialog', { name: 'Keyboard' });
	assert.match((await help.textContent())!, /Run the next step/);
	await page.keyboard.press('Escape');
	await help.waitFor({ state: 'detached' });
	assert.equal(await current(page), 'start');
});

test('a slide gives way to the dock, is scaled to fit beside it, and never lies under it', async (t) => {
	const { visit } = await site.open(t);
	const page = await visit('deck', '#create');
	await page.keyboard.press('t');
	const dock = page.locator('.dock');
	await dock.waitFor();
	const overlap = async () => {
		const [slide, terminals] = [
			(await page.locator('slidecar-deck').boundingBox())!,
			(await dock.boundingBox())!,
		];
		const across = slide.x + slide.width > terminals.x && terminals.x + terminals.width > slide.x;
		return across && slide.y + slide.height > terminals.y && terminals.y + terminals.height > slide.y;
	};
	assert.equal(await overlap(), false);
	await page.getByRole('button', { name: 'Dock below' }).click();
	assert.equal(await overlap(), false);
	const separator = page.getByRole('separator');
	const size = Number(await separator.getAttribute('aria-valuenow'));
	await separator.focus();
	await page.keyboard.press('ArrowUp');
	assert.equal(Number(await separator.getAttribute('aria-valuenow')), size + 3);
	assert.equal(await overlap(), false);
});

test('on a phone every tool of the dock can be reached, however many terminals there are', async (t) => {
	const { visit } = await site.open(t, {
		browser: { viewport: { width: 360, height: 740 }, hasTouch: true },
	});
	const page = await visit('page', '#create');
	await page.getByRole('button', { name: 'Terminal', exact: true }).click();
	const tool = (name: string) => page.locator('.dock-bar').getByRole('button', { name, exact: true });
	await tool('Another terminal').click();
	await page.locator('.dock-tabs [role=tab]').nth(1).waitFor();
	for (const name of ['End this terminal', 'Another terminal', 'Lab', 'Close the terminals']) {
		const { x, width } = (await tool(name).boundingBox())!;
		assert(x >= 0 && x + width <= 360, `${name} lies from ${x} to ${x + width}`);
	}
	await tool('Close the terminals').click();
	await page.locator('.dock').waitFor({ state: 'hidden' });
});

test('swipes move on a phone, where slides scroll', async (t) => {
	const browser = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
	const { visit } = await site.open(t, { browser });
	const page = await visit('deck', '#create');
	// The swipes are listened for by a file of their own.
	await page.waitForLoadState('networkidle');
	const swipe = (from: number, to: number, target: string) =>
		page.evaluate(
			({ from, to, target }) => {
				const element = document.querySelector(target)!;
				const touch = (x: number) => new Touch({ identifier: 1, target: element, clientX: x, clientY: 300 });
				const send = (type: string, touches: Touch[], changedTouches: Touch[]) =>
					element.dispatchEvent(new TouchEvent(type, { touches, changedTouches, bubbles: true }));
				send('touchstart', [touch(from)], [touch(from)]);
				send('touchend', [], [touch(to)]);
			},
			{ from, to, target },
		);
	await swipe(300, 100, '#create textarea');
	assert.equal(await current(page), 'create');
	await swipe(300, 100, '#create h2');
	assert.equal(await current(page), 'end');
	await swipe(100, 300, '#end h2');
	assert.equal(await current(page), 'create');
	assert.equal(await page.locator('#create').evaluate((slide) => getComputedStyle(slide).fontSize), '16px');
});

test('deck and speaker view follow each other', async (t) => {
	const { visit } = await site.open(t);
	const deck = await visit('deck', '#start.2');
	const speaker = await visit('speaker');
	await speaker.locator('#start[data-current] [data-increment="2"]:not([data-ahead])').waitFor();
	await speaker.keyboard.press('ArrowRight');
	await deck.locator('#create[data-current]').waitFor();
	assert.match((await speaker.locator('.speaker-words').textContent())!, /Wait for both pods/);
	assert.equal(await speaker.locator('#end').getAttribute('data-next'), '');
	assert.equal(
		await speaker.locator('details.solution').evaluate((aid: HTMLDetailsElement) => aid.open),
		true,
	);
	await deck.keyboard.press('ArrowLeft');
	await speaker.locator('#start[data-current]').waitFor();
});

test('a run in the speaker view is typed where the deck shows it, and both tell how it went', async (t) => {
	const { visit } = await site.open(t);
	const deck = await visit('deck', '#create');
	const speaker = await visit('speaker', '#create');
	await speaker.keyboard.press('r');
	for (const page of [speaker, deck])
		await page.locator('slidecar-step[data-step="0"][data-state="passed"]').waitFor();
	await deck.locator('.terminal[data-terminal="main"]:visible', { hasText: 'run of create 0' }).waitFor();
});

test('printed, every slide is there with all its increments', async (t) => {
	const { visit } = await site.open(t);
	const page = await visit('deck');
	await page.emulateMedia({ media: 'print' });
	for (const slide of await page.locator('.slide h2').all()) assert.equal(await slide.isVisible(), true);
	assert.equal(await page.locator('[data-increment="2"]').isVisible(), true);
	assert.equal(await page.locator('.deck-bar').isVisible(), false);
	assert.equal(await page.locator('.step-bar').first().isVisible(), false);
	assert.equal(await page.locator('[data-catch-up]').first().isVisible(), false);
	const slides = await page.locator('.slide').count();
	const printed = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
	assert.equal(printed.match(/\/Type \/Page\b/g)?.length, slides);
});
