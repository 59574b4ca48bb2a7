import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { LabServerOptions } from './lab-server.ts';
import { Site, screenText, shows } from './site.ts';

let site: Site;
before(async () => {
	site = await Site.start();
});
after(() => site.close());

const step = (page: Page, number: number) => page.locator(`slidecar-step[data-step="${number}"]`);
const inState = (page: Page, number: number, state: string) =>
	page.locator(`slidecar-step[data-step="${number}"][data-state="${state}"]`).waitFor();

test('Run types into a terminal, and the step tells how it went', async (t) => {
	const { server, visit } = await site.open(t);
	const page = await visit('deck', '#create');
	await step(page, 0).getByRole('button', { name: 'Run' }).click();
	await inState(page, 0, 'passed');
	assert.equal(await step(page, 0).locator('output').textContent(), 'Passed in 1.2 s');
	await shows(page, 'run of create 0');
	const sent = await server.has('run');
	assert.deepEqual(
		{ ...sent, id: '' },
		{
			type: 'run',
			id: '',
			mode: 'run',
			busy: 'refuse',
			chapter: 'chapter',
			exercise: 'create',
			step: 0,
			digest: 'digest-create-0',
		},
	);
});

test('Shift+click and Type only type', async (t) => {
	const run: LabServerOptions['run'] = (server, { id, mode }, terminal) => {
		assert.equal(mode, 'dry');
		server.tell({ type: 'opened', id, terminal });
	};
	const { visit } = await site.open(t, { run });
	const page = await visit('deck', '#create');
	await step(page, 0)
		.getByRole('button', { name: 'Run' })
		.click({ modifiers: ['Shift'] });
	await step(page, 0).locator('output', { hasText: 'press Enter' }).waitFor();
	await step(page, 1).getByRole('button', { name: 'Type' }).click();
	await step(page, 1).locator('output', { hasText: 'press Enter' }).waitFor();
	assert.equal(await step(page, 0).getAttribute('data-state'), 'idle');
});

test('Copy copies what runs', async (t) => {
	const { visit } = await site.open(t);
	const page = await visit('deck', '#create');
	const copy = step(page, 0).locator('[data-copy]');
	await copy.click();
	await copy.filter({ hasText: 'Copied' }).waitFor();
	assert.equal(await page.evaluate(() => navigator.clipboard.readText()), 'kubectl apply -f web.yaml');
});

test('a busy terminal makes the button offer ^C or another terminal', async (t) => {
	const run: LabServerOptions['run'] = (server, request, terminal) => {
		const { id, busy, chapter, exercise, step, digest } = request;
		if (busy === 'refuse')
			server.tell({ type: 'error', id, code: 'busy', message: 'kubectl get pods -w runs there.' });
		else
			server.report({
				id,
				chapter,
				exercise,
				step,
				digest,
				state: 'passed',
				terminal: terminal.terminal,
				reason: busy,
			});
	};
	const { server, visit } = await site.open(t, { run });
	const page = await visit('deck', '#create');
	const run0 = step(page, 0).getByRole('button', { name: 'Run', exact: true });
	await run0.click();
	await step(page, 0).locator('output', { hasText: 'runs there' }).waitFor();
	assert.equal(await run0.isVisible(), false);
	const another = step(page, 0).getByRole('button', { name: 'Another terminal' });
	const [offered, why] = await Promise.all(
		[another, step(page, 0).locator('output')].map((element) => element.boundingBox()),
	);
	assert.ok(why!.y >= offered!.y + offered!.height, 'the reason has no line of its own');
	await step(page, 0).getByRole('button', { name: '^C and run' }).click();
	await inState(page, 0, 'passed');
	assert.equal((await server.has('run', 2)).busy, 'interrupt');
	assert.equal(await run0.isVisible(), true);
});

test('progress outlives a reload, and not an edited step; it can be cleared', async (t) => {
	const { visit } = await site.open(t);
	const page = await visit('page');
	await step(page, 0).getByRole('button', { name: 'Run' }).click();
	await inState(page, 0, 'passed');
	await page.reload();
	await inState(page, 0, 'passed');
	assert.equal(await page.locator('nav a[href="#create"]').getAttribute('title'), '1 of 4 done');
	await page.locator('.dock').getByRole('button', { name: 'Lab' }).click();
	await page.getByRole('button', { name: 'Clear the progress…' }).click();
	await page.getByRole('button', { name: 'Clear it' }).click();
	await inState(page, 0, 'idle');
});

test('a file is saved as edited; the text outlives a reload; the solution fills it in', async (t) => {
	const { server, visit } = await site.open(t);
	const page = await visit('deck', '#create');
	const field = page.locator('textarea');
	await field.fill('name: mine\n');
	await page.reload();
	assert.equal(await field.inputValue(), 'name: mine\n');
	await step(page, 2).getByRole('button', { name: 'Save' }).click();
	await inState(page, 2, 'passed');
	assert.equal((await server.has('save')).content, 'name: mine\n');
	await page.locator('details.solution summary').click();
	await page.getByRole('button', { name: 'Use this' }).click();
	await page.waitForFunction(() => document.querySelector('textarea')!.value === 'kind: Pod\n');
	await step(page, 2).getByRole('button', { name: 'Start again' }).click();
	assert.match(await field.inputValue(), /name: \?\?\?/);
});

test('a run cut off in its middle is neither lost nor run again', async (t) => {
	let finish: (() => void) | undefined;
	const run: LabServerOptions['run'] = (server, request, terminal) => {
		const { id, chapter, exercise, step, digest } = request;
		const info = { id, chapter, exercise, step, digest, terminal: terminal.terminal };
		server.report({ ...info, state: 'running' });
		server.print(terminal, 'first half\r\n');
		finish = () => {
			server.print(terminal, 'second half\r\n');
			server.report({ ...info, state: 'passed', exitCode: 0, durationMs: 5 });
		};
	};
	const { server, visit } = await site.open(t, { run });
	const page = await visit('deck', '#create');
	await step(page, 0).getByRole('button', { name: 'Run' }).click();
	await shows(page, 'first half');
	server.reachable = false;
	server.cut();
	await page.locator('.connection-words:visible', { hasText: 'No connection' }).waitFor();
	finish!();
	server.reachable = true;
	await page.locator('.connection').getByRole('button', { name: 'Try now' }).locator('visible=true').click();
	await inState(page, 0, 'passed');
	await shows(page, 'second half');
	const text = await screenText(page);
	assert.equal(text.split('first half').length, 2);
	assert.equal(server.received.filter(({ type }) => type === 'run').length, 1);
});

test('a run that did not arrive is shown as not sent', async (t) => {
	const { server, visit } = await site.open(t);
	const page = await visit('deck', '#create');
	await page.keyboard.press('t');
	await shows(page, '$');
	server.silent = true;
	await step(page, 0).getByRole('button', { name: 'Run' }).click();
	await inState(page, 0, 'running');
	server.silent = false;
	server.cut();
	await step(page, 0).locator('output', { hasText: 'Not sent' }).waitFor();
	await inState(page, 0, 'idle');
	assert.equal(server.received.filter(({ type }) => type === 'run').length, 0);
});

test('after a reload in the middle of a run, its end is learned', async (t) => {
	let finish: (() => void) | undefined;
	const run: LabServerOptions['run'] = (server, request, terminal) => {
		const { id, chapter, exercise, step, digest } = request;
		const info = { id, chapter, exercise, step, digest, terminal: terminal.terminal };
		server.report({ ...info, state: 'running' });
		finish = () => server.report({ ...info, state: 'failed', exitCode: 1, reason: 'No such file.' });
	};
	const { visit } = await site.open(t, { run });
	const page = await visit('deck', '#create');
	await step(page, 0).getByRole('button', { name: 'Run' }).click();
	await inState(page, 0, 'running');
	await page.goto('about:blank');
	finish!();
	await page.goBack();
	await inState(page, 0, 'failed');
	assert.match((await step(page, 0).locator('output').textContent())!, /exit code 1: No such file/);
});

test('what a terminal is asked in a replay is not answered into the shell', async (t) => {
	const { server, visit } = await site.open(t);
	const terminal = server.terminal('main');
	server.print(terminal, '\x1b[6n\x1b[cold output\r\n');
	const page = await visit('deck');
	await page.keyboard.press('t');
	await shows(page, 'old output');
	await page.locator('.xterm-helper-textarea').pressSequentially('ls');
	await server.hasTyped('ls');
	assert.equal(server.typed.join(''), 'ls');
});

test('keys go to the shell, and Ctrl+M leaves the terminal', async (t) => {
	const { server, visit } = await site.open(t);
	const page = await visit('deck');
	await page.keyboard.press('t');
	await shows(page, '$');
	await page.locator('.xterm-helper-textarea').press('Tab');
	await page.keyboard.press('o');
	await page.keyboard.press('Control+m');
	assert.equal(
		await page.getByRole('tab', { name: 'main' }).evaluate((tab) => tab === document.activeElement),
		true,
	);
	await server.hasTyped('\to');
	assert.equal(server.typed.join(''), '\to');
	assert.equal(await page.locator('dialog').count(), 0);
});

test('a flood is acknowledged as it is parsed', async (t) => {
	const { server, visit } = await site.open(t);
	const page = await visit('deck');
	await page.keyboard.press('t');
	await shows(page, '$');
	const terminal = server.terminal('main');
	for (let line = 0; line < 2_000; line++) server.print(terminal, `line ${line} ${'x'.repeat(60)}\r\n`);
	await shows(page, 'line 1999');
	await server.acknowledges(terminal.terminal, terminal.offset - 5_000);
});

test('a static copy has no lab for checks, and says so', async (t) => {
	const { visit } = await site.open(t, { ticket: () => ({ status: 405, body: '' }) });
	const page = await visit('deck', '#create');
	const check = page.locator('slidecar-check');
	assert.equal(await check.locator('[data-run]').isDisabled(), true);
	assert.match((await check.locator('output').textContent())!, /no lab server/);
	assert.equal(await step(page, 0).locator('[data-copy]').isEnabled(), true);
});

test('a check asks the server, and a reset is asked about first', async (t) => {
	const { server, visit } = await site.open(t);
	const page = await visit('page');
	await page.locator('slidecar-check').getByRole('button', { name: 'Check' }).click();
	await page.locator('slidecar-check[data-state="passed"]').waitFor();
	assert.equal((await server.has('check')).exercise, 'ready');
	await page.getByRole('button', { name: 'Terminal', exact: true }).click();
	await page.locator('.dock').getByRole('button', { name: 'Lab' }).click();
	await page.getByRole('button', { name: 'Reset the lab…' }).click();
	assert.equal(
		server.received.some(({ type }) => type === 'reset'),
		false,
	);
	await page.getByRole('button', { name: 'Reset it' }).click();
	assert.equal((await server.has('reset')).chapter, 'chapter');
	await page.locator('slidecar-check[data-state="idle"]').waitFor();
	await page.getByRole('dialog').waitFor({ state: 'detached' });
});

test('a dock that opens for a run does not hide its step', async (t) => {
	const { visit } = await site.open(t, { browser: { viewport: { width: 1280, height: 600 } } });
	const page = await visit('page');
	await step(page, 1).evaluate((step) => step.scrollIntoView({ block: 'end' }));
	await step(page, 1).getByRole('button', { name: 'Run' }).click();
	await inState(page, 1, 'passed');
	const [shown, dock] = await Promise.all(
		[step(page, 1), page.locator('.dock')].map((it) => it.boundingBox()),
	);
	assert.ok(shown!.y >= 0 && shown!.y + shown!.height <= dock!.y, JSON.stringify({ shown, dock }));
});

test('a file on a slide is shown from its first blank', async (t) => {
	const { visit } = await site.open(t);
	const page = await visit('deck');
	const field = page.locator('[data-field]');
	assert.equal(await field.isVisible(), false);
	await field.evaluate((field) => field.setAttribute('style', 'block-size: 2lh'));
	await page.goto(new URL('#create', page.url()).href);
	await field.and(page.locator(':visible')).waitFor();
	await page.waitForFunction(
		() => document.querySelector<HTMLTextAreaElement>('[data-field]')!.scrollTop > 0,
	);
});

test('where the shell has ended, Enter opens it again', async (t) => {
	const { server, visit } = await site.open(t);
	const page = await visit('deck');
	await page.keyboard.press('t');
	await shows(page, '$');
	await page.locator('.xterm-helper-textarea:focus').waitFor({ state: 'attached' });
	const [terminal] = server.terminals.splice(0);
	server.tell({ type: 'exit', terminal: terminal.terminal, exitCode: 3 });
	await page.locator('.terminal-ended', { hasText: 'exit code 3' }).waitFor();
	await page.keyboard.press('Enter');
	await server.has('open', 2);
	await page.locator('.terminal-ended').waitFor({ state: 'detached' });
	await server.has('attach', 2);
	await shows(page, '$');
	await page.locator('.xterm-helper-textarea:focus').waitFor({ state: 'attached' });
	await page.keyboard.type('ls');
	await server.hasTyped('ls');
	assert.equal(server.typed.join(''), 'ls');
});
