// Start here: the page asks, shows how far it is, and can cancel.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { LabServerOptions } from './lab-server.ts';
import { Site } from './site.ts';

let site: Site;
before(async () => {
	site = await Site.start();
});
after(() => site.close());

/** Begins, does three of five, and waits. */
const begins: LabServerOptions['catchUp'] = (server, { id, chapter }) => {
	const about = {
		type: 'lab',
		chapter,
		state: 'starting',
		message: 'Catching up with “Create the set”',
	} as const;
	server.tell({ ...about, id, progress: { done: 0, total: 5 } });
	server.tell({ ...about, progress: { done: 3, total: 5 } });
};

for (const view of ['deck', 'page'] as const)
	test(`Start here asks first, and then shows how far it is: ${view}`, async (t) => {
		const { server, visit } = await site.open(t, { catchUp: begins });
		const page = await visit(view, '#create');
		await page.locator('slidecar-step[data-step="0"] [data-run]').click();
		await page.locator('slidecar-step[data-step="0"][data-state="passed"]').waitFor();
		const start = page.getByRole('button', { name: 'Start here' });
		await start.click();
		await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
		assert.equal(
			server.received.some(({ type }) => type === 'catch-up'),
			false,
		);
		await start.focus();
		await page.keyboard.press('Enter');
		await page.getByRole('dialog').getByRole('button', { name: 'Start here' }).click();
		const { id, ...asked } = await server.has('catch-up');
		assert.ok(id);
		assert.deepEqual(asked, {
			type: 'catch-up',
			chapter: 'chapter',
			exercise: 'create',
			digest: 'digest-create',
			cleanUp: false,
		});
		await page.locator('slidecar-step[data-step="0"][data-state="idle"]').waitFor();
		const shown = page.locator('.dock .lab-progress');
		await shown.filter({ hasText: 'Catching up with “Create the set” (3 of 5)' }).waitFor();
		assert.equal(await shown.getByRole('progressbar').getAttribute('value'), '3');
		server.tell({ type: 'lab', id, chapter: 'chapter', state: 'ready', message: 'A lab.' });
		await shown.waitFor({ state: 'hidden' });
	});

test('a terminal that has ended while it was being resized is nothing to complain of', async (t) => {
	const { visit } = await site.open(t, {
		catchUp: (server, message) => {
			const text = 'This session has no terminal 1. Open it again.';
			server.tell({ type: 'error', code: 'unknown-terminal', message: text });
			begins(server, message);
		},
	});
	const page = await visit('deck', '#create');
	await page.keyboard.press('t');
	await page.getByRole('button', { name: 'Start here' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Start here' }).click();
	await page.locator('.lab-progress', { hasText: '3 of 5' }).waitFor();
	const said = page.locator('.dock .connection-words');
	assert.doesNotMatch((await said.textContent())!, /no terminal/);
});

test('it can be cancelled, and what is left is said', async (t) => {
	const { server, visit } = await site.open(t, { catchUp: begins });
	const page = await visit('deck', '#create');
	await page.getByRole('button', { name: 'Start here' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Start here' }).click();
	await page.locator('slidecar-step[data-step="0"] [data-run]').click();
	await page.locator('slidecar-step[data-step="0"][data-state="passed"]').waitFor();
	await page.locator('.lab-progress').getByRole('button', { name: 'Cancel' }).click();
	assert.equal((await server.has('cancel')).chapter, 'chapter');
	await page.locator('.lab-progress').waitFor({ state: 'hidden' });
	await page.locator('.dock .connection-words', { hasText: 'Cancelled. There is no lab.' }).waitFor();
	await page.locator('slidecar-step[data-step="0"][data-state="idle"]').waitFor();
});

test('a second press is refused, and that is no longer said once it is cancelled', async (t) => {
	const catchUp: LabServerOptions['catchUp'] = (server, message) => {
		const again = server.received.filter(({ type }) => type === 'catch-up').length > 1;
		const text = 'This session catches up already. Wait for it, or cancel it.';
		if (again) server.tell({ type: 'error', id: message.id, code: 'busy', message: text });
		else begins(server, message);
	};
	const { visit } = await site.open(t, { catchUp });
	const page = await visit('deck', '#create');
	for (const said of [/Catching up/, /catches up already/]) {
		await page.getByRole('button', { name: 'Start here' }).click();
		await page.getByRole('dialog').getByRole('button', { name: 'Start here' }).click();
		await page.locator('.dock .connection-words', { hasText: said }).waitFor();
	}
	await page.locator('.lab-progress', { hasText: '3 of 5' }).getByRole('button', { name: 'Cancel' }).click();
	await page.locator('.dock .connection-words', { hasText: 'Cancelled. There is no lab.' }).waitFor();
});

test('a lab server that comes back without it is not waited for', async (t) => {
	const { server, visit } = await site.open(t, { catchUp: begins });
	const page = await visit('deck', '#create');
	await page.getByRole('button', { name: 'Start here' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Start here' }).click();
	await page.locator('.lab-progress', { hasText: '3 of 5' }).waitFor();
	server.cut();
	await page.locator('html[data-connection=waiting]').waitFor({ state: 'attached' });
	await page.locator('html[data-connection=ready]').waitFor({ state: 'attached' });
	await page.locator('.dock .connection-words', { hasText: 'what it was doing has ended' }).waitFor();
	assert.equal(await page.locator('.lab-progress').isVisible(), false);
	// One that still does it says so at once.
	const message = 'Catching up with “Create the set”';
	const progress = { done: 4, total: 5 };
	server.tell({ type: 'lab', chapter: 'chapter', state: 'starting', message, progress });
	await page.locator('.lab-progress', { hasText: '4 of 5' }).waitFor();
	await page.locator('.dock .connection-words', { hasText: message }).waitFor();
});

for (const width of [1280, 360])
	test(`why it stopped is said to the end, with the mend, until that has been read: ${width} pixels wide`, async (t) => {
		const message = `Catching up stopped in “Create” at \`kubectl apply\`: ${'It ended with exit code 1. '.repeat(5)}Go on by hand.`;
		const catchUp: LabServerOptions['catchUp'] = (server, { id, chapter }) =>
			server.tell({ type: 'lab', id, chapter, state: 'failed', message });
		const { visit } = await site.open(t, { catchUp, browser: { viewport: { width, height: 740 } } });
		const page = await visit('page', '#create');
		await page.getByRole('button', { name: 'Start here' }).click();
		await page.getByRole('dialog').getByRole('button', { name: 'Start here' }).click();
		const shown = page.locator('.lab-progress');
		const words = shown.getByRole('status').filter({ hasText: 'Go on by hand.' });
		await words.waitFor();
		const cutOff = await words.evaluate(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth);
		assert.equal(cutOff, false);
		assert.equal(await shown.getByRole('progressbar').isVisible(), false);
		assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
		await shown.getByRole('button', { name: 'Close' }).click();
		await shown.waitFor({ state: 'hidden' });
	});

test('what the server refuses is said', async (t) => {
	const catchUp: LabServerOptions['catchUp'] = (server, { id }) =>
		server.tell({ type: 'error', id, code: 'busy', message: 'This session catches up already.' });
	const { visit } = await site.open(t, { catchUp });
	const page = await visit('deck', '#create');
	await page.keyboard.press('t');
	await page.getByRole('button', { name: 'Start here' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Start here' }).click();
	await page.locator('.dock .connection-words', { hasText: 'catches up already' }).waitFor();
});

test('before anything is thrown away, it is said what is, and what a cluster of one’s own keeps', async (t) => {
	const { server, visit } = await site.open(t, { lab: 'kubeconfig' });
	const page = await visit('deck', '#create');
	await page.keyboard.press('t');
	await page.getByRole('button', { name: 'Lab' }).click();
	await page.getByText('A new working folder and new terminals').waitFor();
	await page.getByRole('button', { name: 'Reset the lab…' }).click();
	const asked = page.getByRole('dialog', { name: 'Reset the lab?' });
	await asked
		.getByText('the working folder with its saved files, the terminals and the ticks are thrown')
		.waitFor();
	await asked.getByText('Your cluster stays as it is').waitFor();
	// The mend is a click away.
	await asked.getByRole('link', { name: 'Remove it all' }).click();
	await page.locator('#end[data-current]').waitFor();
	assert.equal(await page.getByRole('dialog').count(), 0);
	await page.goBack();
	await page.getByRole('button', { name: 'Start here' }).click();
	await page.getByRole('dialog', { name: 'Start here?' }).getByText('Your cluster stays as it is').waitFor();
	assert.equal(
		server.received.some(({ type }) => type === 'reset' || type === 'catch-up'),
		false,
	);
	// Nothing in it is removed unless that is asked for.
	const start = page.getByRole('dialog').getByRole('button', { name: 'Start here' });
	await start.click();
	assert.equal((await server.has('catch-up')).cleanUp, false);
	await page.getByRole('button', { name: 'Start here' }).click();
	await page.getByRole('checkbox', { name: 'Remove it first' }).check();
	await start.click();
	assert.equal((await server.has('catch-up', 2)).cleanUp, true);
	await page.getByRole('button', { name: 'Lab', exact: true }).click();
	await page.getByRole('button', { name: 'Reset the lab…' }).click();
	await page.getByRole('checkbox', { name: 'Remove it first' }).check();
	await asked.getByRole('button', { name: 'Reset it' }).click();
	assert.equal((await server.has('reset')).cleanUp, true);
});

test('a lab of the chapter’s own is thrown away whole', async (t) => {
	const { server, visit } = await site.open(t);
	const page = await visit('deck', '#create');
	await page.keyboard.press('t');
	await page.getByRole('button', { name: 'Lab' }).click();
	await page.getByRole('button', { name: 'Reset the lab…' }).click();
	const asked = page.getByRole('dialog', { name: 'Reset the lab?' });
	await asked.getByText('This chapter’s lab with everything in it').waitFor();
	assert.equal(await asked.getByText('Your cluster').count(), 0);
	await asked.getByRole('button', { name: 'Reset it' }).click();
	await server.has('reset');
});

test('a static copy has nothing to start', async (t) => {
	const { visit } = await site.open(t, { ticket: () => ({ status: 405, body: '' }) });
	const page = await visit('deck', '#create');
	assert.equal(await page.getByRole('button', { name: 'Start here' }).count(), 0);
});
