// Where no lab server is behind the page, Run plays the step's recording.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { type Recording, writeRecording } from '../../src/course/recording.ts';
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

test('a recording can be stopped, by the keyboard too, and goes to its own terminal', async (t) => {
	const { visit } = await site.open(t, staticCopy);
	const page = await visit('deck', '#create');
	await run(page, 1).click();
	await shows(page, 'first', 'watch');
	const stop = page.getByRole('button', { name: 'Stop' });
	await stop.focus();
	await page.keyboard.press('Enter');
	await says(page, 1, /was stopped/);
	assert.doesNotMatch(await screenText(page, 'watch'), /third/);
	assert.equal(await page.evaluate(() => document.activeElement?.className), 'xterm-helper-textarea');
});

test('Save shows the saved file', async (t) => {
	const { visit } = await site.open(t, staticCopy);
	const page = await visit('deck', '#create');
	await step(page, 2).getByRole('button', { name: 'Save' }).click();
	await shows(page, 'kind: Pod');
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
