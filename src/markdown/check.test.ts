import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mistake, read, render } from './testing.ts';

const exercise = ':::exercise[X]{#x}\n```bash\nls\n```\n:::\n';
const check = (attributes = '', inner = '```bash expect="2/2"\nkubectl get pods\n```') =>
	`\n:::check[Both are ready]${attributes}\n${inner}\n:::\n`;

test('renders a title, a button and the state; its command is in the manifest alone', async () => {
	const markdown = exercise + check();
	const [{ digest, steps, ...about }] = (await read(markdown)).checks;
	assert.deepEqual(about, { id: 'check-x', title: 'Both are ready', for: 'x', afterOnly: false });
	assert.deepEqual(
		steps.map(({ command, expect }) => [command, expect]),
		[['kubectl get pods', { text: '2/2' }]],
	);
	assert.equal(
		/<slidecar-check.*<\/slidecar-check>/s.exec(await render(markdown))?.[0],
		`<slidecar-check class="check" data-state="idle" data-check="check-x" data-for="x" data-digest="${digest}">` +
			'<span class="check-title">Both are ready</span><button type="button" data-run="" data-pagefind-ignore="">Check</button>' +
			'<output class="step-status" aria-live="polite"></output></slidecar-check>',
	);
});

test('it is for the exercise before it, or the one it names', async () => {
	const other = exercise.replace('#x', '#y');
	const { checks } = await read(
		exercise + check() + check() + other + check() + check('{for=x #again after-only}'),
	);
	assert.deepEqual(
		checks.map(({ id, for: exercise, afterOnly }) => [id, exercise, afterOnly]),
		[
			['check-x', 'x', false],
			['check-x-2', 'x', false],
			['check-y', 'y', false],
			['again', 'x', true],
		],
	);
});

test('its digest changes with any of its steps', async () => {
	const digestOf = async (markdown: string) => (await read(exercise + markdown)).checks[0].digest;
	const original = await digestOf(check());
	assert.match(original, /^[\w-]{16}$/);
	assert.notEqual(await digestOf(check('', '```bash expect="1/2"\nkubectl get pods\n```')), original);
});

test('one without a command, before any exercise, or for a missing one is a mistake', async () => {
	assert.match((await mistake(exercise + check('', 'text'))).problem, /The check has no command/);
	assert.match((await mistake(check())).problem, /stands before any exercise/);
	const missing = await mistake(exercise + check('{for=y}'));
	assert.deepEqual([missing.line, missing.mend], [7, 'Name one of: x.']);
});
