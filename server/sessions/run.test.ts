import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { RunningServer } from '../server.ts';
import { chapter, command, course } from '../testing/course.ts';
import { TestPage } from '../testing/page.ts';
import { startTestServer } from '../testing/server.ts';

const literal = (text: string) => ({ text });
const regex = (source: string, flags = '') => ({ source, flags });
// biome-ignore lint/suspicious/noThenProperty: the manifest's name for it, and its value is no function
const keys = { then: '\x03' };
const nested = "PS1='inner> ' bash --norc -i";

const manifest = course(
	chapter({
		passes: [command('echo hello', { expect: literal('hello') })],
		'ends otherwise': [command('(exit 3)')],
		'may fail': [command('false', { exit: 1 })],
		'lacks output': [command('echo other', { expect: regex('^hel+o$', 'm') })],
		'is wrapped': [command("printf 'x%.0s' {1..200}; echo end", { expect: regex('x{200}end') })],
		'is echoed': [command('echo needle >/dev/null', { expect: literal('needle') })],
		syntax: [command('echo )')],
		open: [command("echo 'unfinished", { timeout: 1 })],
		lines: [
			command("echo one\necho two\ncat <<'END'\n\tthree\nEND", { expect: regex('one\\ntwo\\n +three') }),
		],
		slow: [command('sleep 60', { timeout: 60 })],
		short: [command('sleep 60', { timeout: 0.3 })],
		waits: [
			command('echo started; sleep 60', { wait: literal('started') }),
			command('echo next', { expect: literal('next') }),
		],
		'waits in vain': [command('echo other', { wait: literal('started') })],
		'then keys': [command('echo started; sleep 60', { wait: literal('started'), ...keys })],
		nested: [
			command(nested, { opens: 'inner', wait: literal('inner> ') }),
			command('echo "in $((40 + 2))"', { in: 'inner', expect: literal('in 42') }),
			command('echo outside', { expect: literal('outside') }),
		],
		captures: [
			command('echo name="it\'s \\$(id)"', { capture: { variable: 'NAME', pattern: regex('name=(.*)') } }),
			command('echo "<$NAME>"', { expect: literal("<it's $(id)>") }),
			command('echo "<$NAME>"', { terminal: 'other', expect: literal("<it's $(id)>") }),
		],
		'only embedded': [command('true', { only: 'embedded' })],
		interrupt: [command("sh -c 'echo st''arted; exec sleep 60'", { exit: 130 })],
	}),
);

describe('a run', () => {
	let server: RunningServer;
	before(async () => {
		server = await startTestServer(manifest);
	});
	after(() => server.close());

	async function run(exercise: string, step = 0) {
		const page = await TestPage.open(server.url, manifest);
		try {
			return await page.ended(page.run(exercise, step));
		} finally {
			page.close();
		}
	}

	it('passes when the command ends as its hints say', async () => {
		const result = await run('passes');
		assert.equal(result.state, 'passed');
		assert.equal(result.exitCode, 0);
		assert.ok(result.durationMs !== undefined && result.durationMs < 5_000);
	});

	it('fails on another exit code than is expected', async () => {
		const result = await run('ends otherwise');
		assert.deepEqual([result.state, result.exitCode], ['failed', 3]);
		assert.match(result.reason ?? '', /exit code 3 instead of 0/);
		assert.equal((await run('may fail')).state, 'passed');
	});

	it('matches the output as it is shown, not the echo of the command', async () => {
		const lacks = await run('lacks output');
		assert.equal(lacks.state, 'failed');
		assert.match(lacks.reason ?? '', /does not contain \/\^hel\+o\$\/m; it ends in "other"/);
		assert.equal((await run('is wrapped')).state, 'passed');
		assert.equal((await run('is echoed')).state, 'failed');
	});

	it('fails on what the shell cannot read', async () => {
		assert.equal((await run('syntax')).state, 'failed');
		assert.match((await run('open')).reason ?? '', /waits for the rest/);
	});

	it('types several lines', async () => {
		const result = await run('lines');
		assert.equal(result.state, 'passed', result.reason);
	});

	it('fails when the time is over, and leaves the command running', async () => {
		const page = await TestPage.open(server.url, manifest);
		const result = await page.ended(page.run('short'));
		assert.match(result.reason ?? '', /did not end within 0.3 s/);
		assert.equal(await page.error(page.run('passes')), 'busy');
		page.close();
	});

	it('ends with 130 on ^C', async () => {
		const page = await TestPage.open(server.url, manifest);
		const terminal = await page.openTerminal();
		const id = page.run('interrupt');
		// A ^C that comes before the shell has started its command reaches neither.
		await page.until(() => page.textOf(terminal).includes('started'), 'its output');
		page.type(terminal, '\x03');
		const result = await page.ended(id);
		assert.deepEqual([result.state, result.exitCode], ['passed', 130]);
		page.close();
	});

	it('passes on wait= and leaves the command to the next step', async () => {
		const page = await TestPage.open(server.url, manifest);
		assert.equal((await page.ended(page.run('waits', 0))).state, 'passed');
		const next = await page.ended(page.run('waits', 1));
		assert.equal(next.state, 'passed', next.reason);
		const vain = await page.ended(page.run('waits in vain'));
		assert.match(vain.reason ?? '', /ended before its output matched "started"/);
		page.close();
	});

	it('presses the keys of then= at once', async () => {
		const result = await run('then keys');
		assert.deepEqual([result.state, result.exitCode], ['passed', 130]);
	});

	it('types into a nested shell, and leaves it for the next step outside', async () => {
		const page = await TestPage.open(server.url, manifest);
		const early = await page.ended(page.run('nested', 1));
		assert.match(early.reason ?? '', /"inner" is not open/);
		for (const step of [0, 1, 1, 2]) {
			const result = await page.ended(page.run('nested', step));
			assert.equal(result.state, 'passed', result.reason);
		}
		page.close();
	});

	it('hands a captured value on, quoted', async () => {
		const page = await TestPage.open(server.url, manifest);
		for (const step of [0, 1, 2]) {
			const result = await page.ended(page.run('captures', step));
			assert.equal(result.state, 'passed', result.reason);
		}
		page.close();
	});

	it('meets a busy shell as it is told to', async () => {
		const page = await TestPage.open(server.url, manifest);
		const terminal = await page.openTerminal();
		const slow = page.run('slow');
		await page.stateOf(terminal, 'busy');
		assert.equal(await page.error(page.run('passes')), 'busy');
		const elsewhere = await page.ended(page.run('passes', 0, 'another'));
		assert.equal(elsewhere.state, 'passed');
		assert.notEqual(elsewhere.terminal, terminal);
		const instead = await page.ended(page.run('passes', 0, 'interrupt'));
		assert.deepEqual([instead.state, instead.terminal], ['passed', terminal]);
		assert.equal((await page.ended(slow)).exitCode, 130);
		page.close();
	});

	it('asked for at the same time as another has its own terminal, or its own turn', async () => {
		const page = await TestPage.open(server.url, manifest);
		const [one, two] = [page.run('passes', 0, 'another'), page.run('passes', 0, 'another')];
		const results = [await page.ended(one), await page.ended(two)];
		assert.deepEqual(
			results.map(({ state }) => state),
			['passed', 'passed'],
		);
		assert.notEqual(results[0].terminal, results[1].terminal);
		const [three, four] = [page.run('interrupt', 0, 'interrupt'), page.run('passes', 0, 'interrupt')];
		assert.equal((await page.ended(four)).state, 'passed');
		assert.equal((await page.ended(three)).exitCode, 130);
		page.close();
	});

	it('is carried out once, however often its id comes', async () => {
		const page = await TestPage.open(server.url, manifest);
		const terminal = await page.openTerminal();
		const id = page.run('passes');
		page.run('passes', 0, 'refuse', 'run', id);
		await page.ended(id);
		const other = await page.another();
		const ready = await other.next('ready');
		assert.deepEqual(
			ready.runs.map((known) => [known.id, known.state]),
			[[id, 'passed']],
		);
		page.run('passes', 0, 'refuse', 'run', id);
		await page.until(
			() =>
				page.messages.filter((message) => message.type === 'command' && message.run.id === id).length >= 4,
			'an answer to each',
		);
		assert.equal(page.textOf(terminal).match(/(?<!echo )hello\r/g)?.length, 1);
		other.close();
		page.close();
	});

	it('typed without Enter waits for it, and runs as typed', async () => {
		const page = await TestPage.open(server.url, manifest);
		const terminal = await page.openTerminal();
		const id = page.run('passes', 0, 'refuse', 'dry');
		await page.next('opened', (message) => message.id === id);
		await page.until(() => page.textOf(terminal).includes('echo hello'), 'the command');
		assert.equal((await page.ended(page.run('passes'))).state, 'passed');
		assert.equal(page.textOf(terminal).match(/echo hello/g)?.length, 1);
		page.close();
	});

	it('is not mixed with what is typed at the prompt', async () => {
		const page = await TestPage.open(server.url, manifest);
		const terminal = await page.openTerminal();
		page.type(terminal, 'rm -r ');
		await page.until(() => page.textOf(terminal).includes('rm -r '), 'the echo');
		assert.equal((await page.ended(page.run('passes'))).state, 'passed');
		page.type(terminal, 'echo "unfinished\r');
		await page.until(() => page.textOf(terminal).includes('> '), 'the second prompt');
		assert.equal((await page.ended(page.run('passes'))).state, 'passed');
		page.close();
	});

	it('is refused where its lab is another', async () => {
		const page = await TestPage.open(server.url, manifest);
		assert.equal(await page.error(page.run('only embedded')), 'no-lab');
		page.close();
	});
});
