import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mistake, read } from '../markdown/testing.ts';
import type { CommandStep } from './manifest.ts';

const exercise = (attributes: string, command = 'ls') =>
	`:::exercise[X]{#x}\n- Do:\n\n  \`\`\`bash ${attributes}\n  ${command}\n  \`\`\`\n:::\n`;

async function step(attributes: string): Promise<CommandStep> {
	const [found] = (await read(exercise(attributes))).exercises[0].steps;
	assert.equal(found.kind, 'command');
	return found as CommandStep;
}

test('a step without attributes has the defaults, and its source', async () => {
	const { digest, ...rest } = await step('');
	assert.match(digest, /^[\w-]{16}$/);
	assert.deepEqual(rest, {
		kind: 'command',
		source: { file: 'chapters/test/index.mdx', line: 8 },
		command: 'ls',
		terminal: 'main',
		timeout: 60,
		exit: 0,
		hidden: false,
		optional: false,
	});
});

test('reads every attribute', async () => {
	const all = String.raw`terminal=watch timeout=90 exit=1 expect="a \"b\"" wait=/^web-1\.x +1\/1/m then="^C" opens=pod capture=IP:/ip (\S+)/ open=http://web.default/ only=kubeconfig image=mongo:7 hidden optional`;
	const { digest, source, kind, command, ...rest } = await step(all);
	assert.deepEqual(rest, {
		terminal: 'watch',
		timeout: 90,
		exit: 1,
		expect: { text: 'a "b"' },
		wait: { source: String.raw`^web-1\.x +1\/1`, flags: 'm' },
		// biome-ignore lint/suspicious/noThenProperty: the manifest's name for it, and its value is a text
		then: '\x03',
		opens: 'pod',
		capture: { variable: 'IP', pattern: { source: String.raw`ip (\S+)`, flags: '' } },
		open: 'http://web.default/',
		only: 'kubeconfig',
		image: 'mongo:7',
		hidden: true,
		optional: true,
	});
});

for (const [attributes, column, problem] of [
	['foo=1', 11, /^`foo` is no attribute of a command step/],
	['file_=x', 15, /follows `file` without a space/],
	['expect=ready', 11, /`expect` needs a quoted text or a regular expression/],
	['expect=/(/', 11, /`expect` is no valid regular expression: Unterminated group/],
	['expect=/a/g', 11, /`expect` has the flags “g”/],
	['wait=/a', 16, /regular expression of `wait=` is not closed/],
	['timeout=soon', 11, /`timeout=soon` is malformed/],
	['timeout=0', 11, /`timeout=0` is too small/],
	['exit=256', 11, /No command ends with 256/],
	['terminal="My one"', 11, /`terminal=My one` is malformed/],
	['image="a b"', 11, /`image=a b` is malformed/],
	['hidden=yes', 11, /`hidden` takes no value/],
	['then="^C"', 11, /`then` stands there without `wait`/],
	['opens=pod', 11, /`opens` stands there without `wait`/],
	['wait="a" then="^"', 20, /`then` is malformed/],
	['capture=IP:/ip/', 11, /regular expression of `capture` has no group/],
	['capture=/ip/', 11, /`capture` is malformed/],
	['open=javascript:alert(1)', 11, /`open=javascript:alert\(1\)` is malformed/],
	['open=https://web.default/', 11, /`open=https:\/\/web.default\/` is malformed/],
	['open=http://$ADDRESS/', 11, /`open=http:\/\/\$ADDRESS\/` is malformed/],
	['only=minikube', 11, /`only=minikube` is malformed/],
	['only', 11, /`only` needs a text/],
] as const) {
	test(`refuses ${attributes}, with its column`, async () => {
		const found = await mistake(exercise(attributes));
		assert.deepEqual([found.line, found.column], [4, column]);
		assert.match(found.problem, problem);
		assert.notEqual(found.mend, '');
	});
}

test('refuses a step without a command', async () => {
	assert.match((await mistake(exercise('', ''))).problem, /no command/);
});

test('refuses attributes at a fence that is no step', async () => {
	assert.match(
		(await mistake('```bash terminal=x\nls\n```')).problem,
		/`terminal` stands at a fence that is no step/,
	);
	assert.match((await mistake('```yaml file=web.yaml\na: 1\n```')).mend, /Put the fence into `:::exercise`/);
	assert.match(
		(await mistake(exercise('').replace('bash', 'text wait="a"'))).mend,
		/A step is a `bash` fence/,
	);
	await read('```bash title="terminal=x hidden" {1}\nls\n```');
});

for (const [attributes, kind] of [
	['terminal=watch', 'check'],
	['in=pod', 'check'],
	['hidden', 'check'],
	['optional', 'setup'],
] as const) {
	test(`refuses ${attributes} at the ${kind}'s command, where it would mean nothing`, async () => {
		const fence = (more: string) => `\`\`\`bash ${more}\nls\n\`\`\`\n`;
		const text =
			kind === 'check'
				? `${exercise('')}\n:::check\n${fence(attributes)}:::\n`
				: `${fence(`hidden ${attributes}`)}\n${exercise('')}`;
		const { problem, mend } = await mistake(text);
		assert.match(problem, /is no attribute of .* runs unseen\.$/);
		assert.match(mend, /timeout, exit, expect, wait, only/);
	});
}
