// Where no lab server is behind the page, Run plays the step's recording.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { type Recording, writeRecording } from '../../src/course/recording.ts';
import { violations } from '../axe.ts';
import { Site, screenText, shows } from './site.ts';

let site: Site;
before(async () => {
	site = await Site.start();
});
after(() => site.close());

const recording = (step: number, ...events: Recording['events']) =>
	writeRecording({ columns: 80, rows: 24, title: `step ${step}`, digest: `digest-create-${step}`, events });
const files = {
	'/recordings/chapter/create-1.cast': recording(
		0,
		[0, '$ '],
		[0.1, 'kubectl apply\r\n'],
		[600, 'created\r\n'],
	),
	'/recordings/chapter/create-2.cast': recording(1, [0, 'first\r\n'], [1, 'second\r\n'], [2, 'third\r\n']),
	'/recordings/chapter/create-3.cast': recording(2, [0, '$ cat web.yaml\r\nkind: Pod\r\n']),
};
const endless = recording(
	0,
	...Array.from({ length: 100 }, (_, index): [number, string] => [index, `line ${index}\r\n`]),
);
const staticCopy = { files, ticket: () => ({ status: 405, body: '' }) };
const step = (page: Page, number: number) => page.locator(`slidecar-step[data-step="${number}"]`);
const run = (page: Page, number: number) =>
	step(page, number).getByRole('button', { name: 'Run', exact: true });
const says = (page: Page, number: number, text: RegExp) =>
	step(page, number).locator('output').filter({ hasText: text }).waitFor();

for (const [view, width] of [
	['deck', 1280],
	['page', 1280],
	['page', 390],
] as const)
	test(`Run plays the recording, marked as one: ${view}, ${width} pixels wide`, async (t) => {
		const { visit } = await site.open(t, { ...staticCopy, browser: { viewport: { width, height: 800 } } });
		const page = await visit(view, '#create');
		await says(page, 0, /plays a recording/);
		const started = performance.now();
		await run(page, 0).click();
		const bar = page.locator('.recording-bar:visible');
		await bar.filter({ hasText: 'Recording, not live: step 0' }).waitFor();
		await says(page, 0, /Played from a recording; nothing has run/);
		assert.ok(performance.now() - started < 8_000, 'ten idle minutes are not waited for');
		await shows(page, 'created');
		assert.equal(await step(page, 0).getAttribute('data-state'), 'idle');
		await bar.filter({ hasText: 'has ended' }).waitFor();
		assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
	});

test('a recording can be held, gone on with, cut short and seen again, by the keyboard, and goes to its own terminal', async (t) => {
	const { visit } = await site.open(t, staticCopy);
	const page = await visit('deck', '#create');
	await run(page, 1).click();
	await shows(page, 'first', 'watch');
	const key = (name: string) => page.locator('.recording-bar').getByRole('button', { name });
	await key('Pause').focus();
	await page.keyboard.press('Enter');
	await page.getByRole('status').filter({ hasText: 'not live, paused: step 1' }).waitFor();
	// Longer than any wait in a recording.
	await page.waitForTimeout(1_800);
	assert.doesNotMatch(await screenText(page, 'watch'), /second/);
	await page.keyboard.press('Enter');
	await shows(page, 'second', 'watch');
	await page.keyboard.press('Tab');
	await page.keyboard.press('Enter');
	await shows(page, 'third', 'watch');
	await says(page, 1, /Played from a recording/);
	// Skip is gone; the focus is not.
	assert.equal(await key('Play again').evaluate((button) => button === document.activeElement), true);
	await page.keyboard.press('Enter');
	await key('Skip').click();
	const played = async () => (await screenText(page, 'watch')).split('third').length - 1;
	while ((await played()) < 2) await page.waitForTimeout(50);
});

test('another step of that terminal takes the place of the one that plays', async (t) => {
	const files = { ...staticCopy.files, '/recordings/chapter/create-1.cast': endless };
	const { visit } = await site.open(t, { ...staticCopy, files });
	const page = await visit('deck', '#create');
	await run(page, 0).click();
	await shows(page, 'line 1');
	await step(page, 2).getByRole('button', { name: 'Save' }).click();
	await says(page, 0, /was stopped/);
	await shows(page, 'kind: Pod');
});

test('a recording keeps no key and no focus to itself', async (t) => {
	const { visit } = await site.open(t, staticCopy);
	const page = await visit('deck', '#create');
	await run(page, 0).click();
	await says(page, 0, /Played from a recording/);
	await page.locator('.terminal:visible .xterm-screen:visible').click();
	const focused = () => page.evaluate(() => document.activeElement?.className);
	assert.equal(await focused(), 'xterm-helper-textarea');
	await page.keyboard.press('Shift+Tab');
	assert.notEqual(await focused(), 'xterm-helper-textarea');
	await page.keyboard.press('Tab');
	assert.equal(await focused(), 'xterm-helper-textarea');
	await page.keyboard.press('ArrowRight');
	await page.locator('#end[data-current]').waitFor();
});

test('a recording can be read by who hears the page, and scrolled back', async (t) => {
	const { visit } = await site.open(t, {
		...staticCopy,
		files: { '/recordings/chapter/create-1.cast': endless },
	});
	const page = await visit('deck', '#create');
	await run(page, 0).click();
	await page.getByRole('button', { name: 'Skip' }).click();
	await shows(page, 'line 99');
	await page.locator('.xterm-accessibility-tree', { hasText: 'line 99' }).waitFor({ state: 'attached' });
	await page.getByRole('textbox', { name: /Recording of a terminal/ }).focus();
	await page.keyboard.press('Shift+PageUp');
	await page.waitForFunction(
		() => !document.querySelector('.terminal .xterm-rows')?.textContent?.includes('line 99'),
	);
	assert.equal(await page.locator('#create[data-current]').count(), 1);
	assert.deepEqual(await violations(page), []);
});

test('who wants less motion is shown all of it at once', async (t) => {
	const { visit } = await site.open(t, {
		...staticCopy,
		files: { '/recordings/chapter/create-1.cast': endless },
		browser: { reducedMotion: 'reduce' },
	});
	const page = await visit('deck', '#create');
	await run(page, 0).click();
	// Sooner than it could have been played.
	await page.locator('.recording-bar', { hasText: 'has ended' }).waitFor();
	await shows(page, 'line 99');
});

test('Save shows the saved file, below what was played before', async (t) => {
	const { visit } = await site.open(t, staticCopy);
	const page = await visit('deck', '#create');
	await run(page, 0).click();
	await page.getByRole('button', { name: 'Skip' }).click();
	await shows(page, 'created');
	await step(page, 2).getByRole('button', { name: 'Save' }).click();
	await shows(page, 'kind: Pod');
	assert.match(await screenText(page), /kubectl apply.*created.*cat web\.yaml.*kind: Pod/);
});

test('one that is missing or older than its step is not played, and said to be', async (t) => {
	const older = files['/recordings/chapter/create-1.cast'].replace('digest-create-0', 'digest-of-before');
	const { visit } = await site.open(t, {
		...staticCopy,
		files: { '/recordings/chapter/create-1.cast': older },
	});
	const page = await visit('deck', '#create');
	await run(page, 0).click();
	await says(page, 0, /older than this step/);
	await run(page, 1).click();
	await says(page, 1, /no recording of this step/);
});

test('a server that is not reached is as none, until it is: then its terminal is back, and Run runs', async (t) => {
	let status = 503;
	const ticket = () => ({ status, body: JSON.stringify(status === 200 ? { ticket: 'one' } : {}) });
	const { server, visit } = await site.open(t, { files, ticket });
	const page = await visit('deck', '#create');
	await page.locator('html[data-connection=waiting]').waitFor({ state: 'attached' });
	await run(page, 0).focus();
	await page.waitForResponse('**/api/ticket');
	// While it is tried again the button stays on, and keeps the focus.
	assert.equal(await run(page, 0).evaluate((button) => button === document.activeElement), true);
	await run(page, 0).click();
	await shows(page, 'kubectl apply');
	status = 200;
	await page.locator('html[data-connection=ready]').waitFor({ state: 'attached' });
	await page.locator('.recording-bar').waitFor({ state: 'detached' });
	await run(page, 0).click();
	await page.locator('slidecar-step[data-step="0"][data-state="passed"]').waitFor();
	await shows(page, 'run of create 0');
	assert.equal(server.received.filter(({ type }) => type === 'run').length, 1);
});

test('Run in the speaker view plays the recording in the deck, and says there how it goes', async (t) => {
	const { visit } = await site.open(t, staticCopy);
	const deck = await visit('deck', '#create');
	const speaker = await visit('speaker', '#create');
	await says(speaker, 0, /plays a recording/);
	await speaker.keyboard.press('r');
	await says(speaker, 0, /Playing a recording/);
	await deck.locator('.recording-bar:visible', { hasText: 'Recording, not live: step 0' }).waitFor();
	await shows(deck, 'created');
	await says(speaker, 0, /Played from a recording; nothing has run/);
	await says(deck, 0, /Played from a recording; nothing has run/);
	// And the other way round: what the deck plays is no secret to the speaker.
	await run(deck, 1).click();
	await says(speaker, 1, /Playing a recording/);
	await deck.getByRole('button', { name: 'Skip' }).click();
	await says(speaker, 1, /Played from a recording/);
	await step(speaker, 2).getByRole('button', { name: 'Save' }).click();
	await shows(deck, 'kind: Pod');
});

test('r plays one step of the slide after the other, wherever it is pressed', async (t) => {
	const { visit } = await site.open(t, staticCopy);
	const deck = await visit('deck', '#create');
	const speaker = await visit('speaker', '#create');
	await says(speaker, 0, /plays a recording/);
	for (const [index, page] of [speaker, deck, speaker].entries()) {
		await page.keyboard.press('r');
		for (const window of [deck, speaker])
			await says(window, index, /Playing a recording|Played from a recording/);
	}
	await speaker.keyboard.press('r');
	await speaker.getByRole('status').filter({ hasText: 'No step is left' }).waitFor({ state: 'attached' });
});

test('a page plays what is run on it, and not what others run', async (t) => {
	const { visit } = await site.open(t, staticCopy);
	const page = await visit('page');
	const deck = await visit('deck', '#create');
	await says(deck, 0, /plays a recording/);
	const speaker = await visit('speaker', '#create');
	await run(speaker, 0).click();
	await shows(deck, 'created');
	assert.equal(await page.locator('.recording-bar').count(), 0);
});

test('a speaker view without a deck says so', async (t) => {
	const { visit } = await site.open(t, staticCopy);
	const speaker = await visit('speaker', '#create');
	await run(speaker, 0).click();
	await says(speaker, 0, /No deck of this chapter is open/);
});

test('a deck that has a lab is not played over', async (t) => {
	let reached = true;
	const ticket = () =>
		reached ? { status: 200, body: JSON.stringify({ ticket: 'one' }) } : { status: 405, body: '' };
	const { visit } = await site.open(t, { files, ticket });
	const deck = await visit('deck', '#create');
	await deck.locator('html[data-connection=ready]').waitFor({ state: 'attached' });
	reached = false;
	const speaker = await visit('speaker', '#create');
	await run(speaker, 0).click();
	await says(speaker, 0, /No deck of this chapter is open/);
	assert.equal(await deck.locator('.recording-bar').count(), 0);
});
