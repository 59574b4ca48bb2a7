import assert from 'node:assert/strict';
import { test } from 'node:test';
import { read, render } from './testing.ts';

const exercise = (inner: string) => `:::exercise[Do]{#do}\n${inner}\n:::\n`;
const bash = (command: string, attributes = '') => `\`\`\`bash ${attributes}\n${command}\n\`\`\`\n`;

test('renders a command with its digest, buttons and state', async () => {
	const markdown = exercise(
		bash('kubectl get pods -w', 'terminal=watch wait="x" open=http://web.default/ only=embedded optional'),
	);
	const [step] = (await read(markdown)).exercises[0].steps;
	assert.equal(
		/<slidecar-step.*<\/slidecar-step>/s.exec(await render(markdown))?.[0],
		`<slidecar-step class="step" data-state="idle" data-exercise="do" data-step="0" data-digest="${step.digest}" ` +
			'data-kind="command" data-terminal="watch" data-command="kubectl get pods -w" data-open="http://web.default/" ' +
			'data-optional="" data-only="embedded">' +
			'<pre><code class="language-bash">kubectl get pods -w\n</code></pre>' +
			'<div class="step-bar"><button type="button" data-run="" data-pagefind-ignore="">Run</button>' +
			'<button type="button" data-copy="" data-pagefind-ignore="">Copy</button>' +
			`<a class="step-open" href="../../api/open?chapter=test&#x26;exercise=do&#x26;step=0&#x26;digest=${step.digest}" ` +
			'target="_blank" rel="noopener" title="http://web.default/ of the lab, in a new tab" data-pagefind-ignore="">Open page</a>' +
			'<span class="step-open-elsewhere" data-pagefind-ignore="">Opens http://web.default/ in the simulated lab only</span>' +
			'<span class="step-remark">in terminal “watch”, optional, only in the simulated lab</span>' +
			'<output class="step-status" aria-live="polite"></output></div></slidecar-step>',
	);
});

test('the command is exactly what was written, on several lines too', async () => {
	const command =
		'kubectl get pods \\\\\n  -o jsonpath=\'{.items[*].metadata.name}\' | grep "a&b" <<EOF\n  -- x\nEOF';
	const markdown = exercise(bash(command));
	const [step] = (await read(markdown)).exercises[0].steps;
	assert.equal(step.kind === 'command' && step.command, command);
	const attribute = /data-command="([^"]*)"/.exec(await render(markdown))![1];
	const decoded = attribute.replaceAll(/&#x(\w+);/g, (_, code) =>
		String.fromCodePoint(Number.parseInt(code, 16)),
	);
	assert.equal(decoded.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&amp;', '&'), command);
});

test('a hidden step counts, but is not shown; a list item that held nothing else goes with it', async () => {
	const markdown = exercise(
		`- ${bash('one', 'hidden').replaceAll('\n', '\n  ')}\n- Run it:\n\n  ${bash('two').replaceAll('\n', '\n  ')}`,
	);
	assert.equal((await read(markdown)).exercises[0].steps.length, 2);
	const html = await render(markdown);
	assert.doesNotMatch(html, /one|data-step="0"/);
	assert.match(html, /data-step="1"/);
	assert.equal(html.match(/<li>/g)?.length, 1);
});

test('hidden fences outside any exercise are the setup, and are not shown', async () => {
	const markdown = `${bash('kubectl cordon node2', 'hidden only=embedded')}\n## A\n\n${bash('shown')}`;
	const { setup } = await read(markdown);
	assert.deepEqual(
		setup.map(({ command, only }) => [command, only]),
		[['kubectl cordon node2', 'embedded']],
	);
	const html = await render(markdown);
	assert.doesNotMatch(html, /cordon/);
	assert.match(html, /<code class="language-bash">shown/);
});

test('renders a file as a labelled field that keeps its spaces', async () => {
	const html = await render(
		exercise('- Fill in:\n\n  ```yaml file=web.yaml\n  spec:\n    replicas: ???\n  ```'),
	);
	assert.match(
		html,
		/data-kind="file" data-file="web\.yaml"><label for="file-do-0" class="file-name">web\.yaml<\/label>/,
	);
	assert.match(
		html,
		/<textarea [^>]*data-field="" spellcheck="false"[^>]* rows="2">spec:\n {2}replicas: \?\?\?\n<\/textarea>/,
	);
	assert.match(
		html,
		/<button type="button" data-save="" data-pagefind-ignore="">Save<\/button><button type="button" data-restore="" data-pagefind-ignore="">Start again/,
	);
});

test('a field starts from a file', async () => {
	const files = { 'lab/web.yaml': 'a: 1\n  b: <2>\n' };
	const markdown = exercise('```yaml file=web.yaml from=lab/web.yaml\n```');
	const [step] = (await read(markdown, files)).exercises[0].steps;
	assert.equal(step.kind === 'file' && step.content, files['lab/web.yaml']);
	assert.match(await render(markdown, { files }), />a: 1\n {2}b: &#x3C;2>\n<\/textarea>/);
});

test('other fences in an exercise are only shown', async () => {
	const markdown = exercise(`${bash('ls')}\n\`\`\`text {1} title="a"\nout\n\`\`\``);
	assert.equal((await read(markdown)).exercises[0].steps.length, 1);
});

test('a field keeps an empty first line, of which the browser drops one', async () => {
	const html = await render(exercise('```yaml file=web.yaml\n\na: 1\n```'));
	assert.match(html, /rows="\d+">\n\na: 1\n<\/textarea>/);
});
