import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const stern = fileURLToPath(new URL('stern', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'stern-'));
after(() => rmSync(folder, { recursive: true }));

/**
 * A kubectl with three pods: web-0 and db-0 at once, web-1 when the file `more` is there. Logs are two lines, and
 * then, followed, nothing for long. The first watch ends at once where the file `ends` is there.
 */
const kubectl = `#!/bin/bash
echo "$*" >> ${folder}/calls
case "$1 $2" in
"get pods")
	case "$*" in
	*--selector\\ broken*) echo 'error: broken' >&2; exit 1 ;;
	esac
	echo 'web-0 nginx=containerd://1 proxy=containerd://2'
	echo 'db-0 mongo=containerd://3'
	case "$*" in
	*--watch*)
		echo 'web-0 nginx=containerd://1 proxy=containerd://2'
		rm ${folder}/ends 2>/dev/null && exit 0
		until [ -e ${folder}/more ]; do sleep 0.05; done
		echo 'web-1 nginx=containerd://4'
		exec sleep 1000 ;;
	esac ;;
"logs "*)
	echo "first of $2"
	echo '  second, with \\ and  spaces'
	case "$*" in *--follow*) exec sleep 1000 ;; esac ;;
esac
`;
writeFileSync(join(folder, 'kubectl'), kubectl);
chmodSync(join(folder, 'kubectl'), 0o755);
const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };

function run(...args: string[]) {
	const { status, stdout, stderr } = spawnSync(stern, args, { env, encoding: 'utf8', timeout: 20_000 });
	return { status, stdout, stderr };
}

/** Collects what a child writes, and waits for parts of it. */
function watch(child: ChildProcess) {
	let text = '';
	let changed = () => {};
	for (const stream of [child.stdout, child.stderr])
		stream?.setEncoding('utf8').on('data', (part: string) => {
			text += part;
			changed();
		});
	return {
		text: () => text,
		async until(wanted: RegExp) {
			while (!wanted.test(text))
				await new Promise<void>((resolve) => {
					changed = resolve;
				});
		},
	};
}

test('the lines of each container that the query finds stand behind its name', () => {
	assert.deepEqual(run('^web', '-c', 'nginx|mongo', '--no-follow'), {
		status: 0,
		stdout: 'web-0 nginx first of web-0\nweb-0 nginx   second, with \\ and  spaces\n',
		stderr: '+ web-0 › nginx\n- web-0 › nginx\n',
	});
});

test('options are handed on to kubectl', () => {
	run('--selector=app=web', '-n', 'shop', '--tail', '5', '--since=10m', '--timestamps', '--no-follow');
	const calls = spawnSync('tail', ['-n', '4', join(folder, 'calls')], { encoding: 'utf8' }).stdout;
	assert.match(calls, /^get pods --namespace shop --selector app=web --output go-template=/);
	assert.match(calls, /\nlogs --namespace shop web-0 --container proxy --timestamps --since 10m --tail 5\n/);
});

test('pods have colours where they are asked for', () => {
	const stdout = run('-l', 'app', '--color', 'always', '--no-follow')
		.stdout.replaceAll('\u001b[', '<')
		.replaceAll(/<(\d+)m/g, '<$1>');
	assert.match(stdout, /^<96>web-0<0> <36>nginx<0> first of web-0\n/);
	assert.match(stdout, /<92>db-0<0> <32>mongo<0> first of db-0\n/);
});

test('wrong calls are refused with a reason', () => {
	for (const [args, message] of [
		[[], 'Error: One of pod-query or --selector is required\n'],
		[['['], 'Error: failed to compile regular expression for pod: [\n'],
		[['web', '--color', 'blue'], 'Error: color should be one of "always", "never", or "auto"\n'],
		[['web', '--tail'], 'Error: flag needs an argument: --tail\n'],
		[['-l', 'broken'], 'error: broken\n'],
	] as const)
		assert.deepEqual(run(...args), { status: 1, stdout: '', stderr: message });
	assert.match(run('web', '--nope').stderr, /^Error: unknown flag: --nope\nUsage: stern/);
});

for (const [signal, status] of [
	['SIGINT', 130],
	['SIGTERM', 143],
] as const)
	test(`it follows pods that come later, and ${signal} ends all that it has started`, {
		timeout: 20_000,
	}, async (t) => {
		rmSync(join(folder, 'more'), { force: true });
		const child = spawn(stern, ['web'], { env, signal: t.signal });
		child.on('error', () => {}); // What the time limit ends is reported by the test itself.
		const output = watch(child);
		// Each container has a process of its own: they write in any order.
		await output.until(/web-0 nginx {3}second/);
		await output.until(/web-0 proxy {3}second/);
		assert.equal(output.text().match(/first of web-0/g)?.length, 2, 'each container once');
		writeFileSync(join(folder, 'more'), '');
		// Two streams: which of the lines comes first is nobody's promise.
		await output.until(/\+ web-1 › nginx\n/);
		await output.until(/web-1 nginx first of web-1\n/);
		const ended = new Promise<number | null>((resolve) => void child.on('close', resolve));
		child.kill(signal);
		child.kill(signal);
		// The streams close when the last process that holds them has ended.
		assert.equal(await ended, status);
	});

test('a watch that ends begins anew, and nothing is told twice', { timeout: 20_000 }, async (t) => {
	writeFileSync(join(folder, 'ends'), '');
	writeFileSync(join(folder, 'more'), '');
	const child = spawn(stern, ['web'], { env, signal: t.signal });
	child.on('error', () => {});
	const output = watch(child);
	await output.until(/web-1 nginx first of web-1\n/);
	assert.equal(output.text().match(/first of web-0/g)?.length, 2, 'each container once');
	const ended = new Promise((resolve) => void child.on('close', resolve));
	child.kill('SIGTERM');
	await ended;
});
