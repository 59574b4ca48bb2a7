// Programs that try to take the lab down: each ends as it would on a real node, or is ended, while another
// container answers and nothing of it is left behind.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the shell's
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packages } from './programs/applets.ts';
import { programOf } from './programs/tool.ts';
import { bashProgram, dashProgram } from './shell/main.ts';
import { collect, settled, startContainer } from './test-container.ts';
import { TestTerminal } from './test-terminal.ts';

const tools = Object.values(packages).flat();
const programs = {
	bash: bashProgram,
	sh: dashProgram,
	...Object.fromEntries(tools.map((tool) => [tool.name, programOf(tool, 'gnu')])),
};
const limit = 64 * 1024 * 1024;

/** What goes on until it is ended. */
const endless = [
	'while :; do :; done',
	'until false; do echo x; done >/dev/null',
	'b() { b | b & }; b; sleep 1000',
	'yes | tr y n | wc',
	'cat /dev/zero > /dev/null',
	'echo hi > /tmp/g; tail -f /tmp/g',
	'awk "BEGIN { while (1) x++ }"',
	'sed ":a;s/x/xx/;ta" <<< x',
	'trap "" TERM INT HUP; while :; do sleep 1; done',
	'sleep 100000 & sleep 100000 & wait',
];

for (const script of endless)
	test(`endless: ${script}`, async () => {
		const { container, sandbox, clock, run } = startContainer(programs, { memoryLimitBytes: limit });
		const output = collect();
		const done = container.exec(['bash', '-c', script], output.streams);
		await clock.advance(20);
		if (container.state === 'running') assert.equal((await run(['sh', '-c', 'echo here'])).stdout, 'here\n');
		container.remove();
		sandbox.stop();
		await settled(clock, done);
		// Nothing is left that time could wake.
		const { length } = output.stdout();
		await clock.advance(100_000);
		assert.equal(output.stdout().length, length);
	});

for (const [script, expected] of [
	['for i in $(seq 50000); do n=$i; done; echo $n', '50000\n'],
	['set -- $(seq 200000); echo $#; echo "$@" | wc -w', '200000\n200000\n'],
	['echo {1..200000} | wc -w', '200000\n'],
	['a=($(seq 100000)); a+=(1); echo ${#a[@]} ${a[-1]}', '100001 1\n'],
	['x=$(head -c 3000000 /dev/zero | tr "\\0" x); cat <<E | wc -c\n$x\nE', '3000001\n'],
	['x=$(seq 50000); y=${x//1/}; echo ${#y}', '258893\n'],
	['x=$(seq 50000); y=${x%%5*}; echo ${#y}', '8\n'],
	['seq 3000 > /tmp/l; n=0; while read -r a; do n=$((n+1)); done < /tmp/l; echo $n', '3000\n'],
	['[[ aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa =~ ^(a+)+$ ]] && echo yes', 'yes\n'],
	['echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab | grep -cE "^(a+)+$"', '0\n'],
	['diff <(seq 20000) <(seq 10000 30000) | wc -l', '20001\n'],
	['f() { f; }; f 2>/dev/null; echo unreached', ''],
	['sleep 1000 & kill %1; wait %1; echo $?', '143\n'],
	['trap "echo got" TERM; { sleep 0.1; kill -TERM $$; } & wait; echo $?', 'got\n143\n'],
] as const)
	test(`ends: ${script.slice(0, 60)}`, async () => {
		const { run } = startContainer(programs);
		assert.equal((await run(['bash', '-c', script])).stdout, expected);
	});

test('what fills memory is ended by the limit, not the lab', async () => {
	for (const script of [
		'x=a; while :; do x=$x$x; done',
		'cat /dev/zero | sort',
		'tail /dev/zero',
		'x=$(cat /dev/zero)',
		'awk "BEGIN { while (1) a[i++] = i }"',
	]) {
		const { container, run } = startContainer(programs, { memoryLimitBytes: limit / 8 });
		await run(['bash', '-c', script]);
		assert.equal(container.exit?.oomKilled, true, script);
	}
});

test('^Z stops a raw program, fg resumes it, and the terminal is sane in between', async () => {
	const { container, clock } = startContainer(programs);
	const terminal = TestTerminal.exec(clock, container, ['bash']);
	await terminal.until('# ');
	terminal.type('seq 100 | more\r');
	await terminal.until('--More--');
	terminal.type('q');
	await terminal.until('# ');
	terminal.type('sleep 50 | cat\r');
	await terminal.until('cat\r\n');
	terminal.type('\x1a');
	await terminal.until('Stopped');
	terminal.type('kill %1; wait; history 2\r');
	await terminal.until('history 2\r\n');
	await terminal.until('kill %1; wait; history 2\r\n');
});
