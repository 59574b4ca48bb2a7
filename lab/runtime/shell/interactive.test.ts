import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cat } from '../programs/cat.ts';
import { sleep } from '../programs/sleep.ts';
import { programOf } from '../programs/tool.ts';
import { settled, startContainer } from '../test-container.ts';
import { TestTerminal } from '../test-terminal.ts';
import { ashProgram, bashProgram, dashProgram } from './main.ts';

const programs = {
	dash: dashProgram,
	ash: ashProgram,
	bash: bashProgram,
	cat: programOf(cat, 'gnu'),
	sleep: programOf(sleep, 'gnu'),
};

function open(shell: string) {
	const { clock, container } = startContainer(programs);
	return { clock, container, terminal: TestTerminal.exec(clock, container, [shell]) };
}

test('dash prompts, echoes what is typed, runs it, and ends at ^D', async () => {
	const { clock, terminal } = open('dash');
	await terminal.until('# ');
	terminal.type('echo hello\r');
	assert.equal(await terminal.until('\r\n# '), 'echo hello\r\nhello\r\n# ');
	terminal.type('nosuch\r');
	assert.match(await terminal.until('\r\n# '), /dash: 2: nosuch: not found\r\n# $/);
	terminal.type('\x04');
	assert.deepEqual(await settled(clock, terminal.exit), { code: 127 });
});

test('the terminal erases for dash: ^?, ^W and ^U', async () => {
	const { terminal } = open('dash');
	await terminal.until('# ');
	terminal.type('rubbish here\x17\x15echo abd\x7fc\r');
	assert.match(await terminal.until('\r\n# '), /\r\nabc\r\n# $/);
});

for (const [shell, prompt] of [
	['ash', '/ # '],
	['bash', 'root@test-0:/# '],
]) {
	test(`${shell} has its own prompt, history, and cursor keys`, async () => {
		const { terminal } = open(shell);
		await terminal.until(prompt);
		terminal.type('echo one\r');
		await terminal.until(`one\r\n${prompt}`);
		terminal.type('\x1b[A\x1b[D\x1b[D\x1b[D\x7f\x1b[F!\r');
		assert.match(await terminal.until(`\r\n${prompt}`), /echoone!: (command )?not found/);
		terminal.type('if true\r');
		await terminal.until('> ');
		terminal.type('then echo continued; fi\r');
		await terminal.until(`continued\r\n${prompt}`);
		terminal.type('cd /tmp\r');
		await terminal.until(prompt.replace('/', '/tmp'));
	});

	test(`${shell}: history lists what was typed, and -c forgets it`, async () => {
		const { terminal } = open(shell);
		await terminal.until(prompt);
		terminal.type('echo one\r');
		await terminal.until(`one\r\n${prompt}`);
		terminal.type('history\r');
		assert.match(await terminal.until(prompt), /\n +1 +echo one\r\n +2 +history\r\n/);
		terminal.type('history 1\r');
		assert.match(await terminal.until(prompt), /1\r\n +3 +history 1\r\n[^\n]*$/);
		terminal.type('history | cat\r');
		assert.match(await terminal.until(prompt), /\n +1 +echo one\r\n[\s\S]* 4 +history \| cat\r\n/);
		terminal.type('history -c\r');
		await terminal.until(prompt);
		terminal.type('history\r');
		assert.match(await terminal.until(prompt), /\n +1 +history\r\n/);
	});

	test(`${shell}: ^C ends the command in the foreground, and gives up a line`, async () => {
		const { terminal } = open(shell);
		await terminal.until(prompt);
		terminal.type('sleep 1000\r');
		await terminal.until('sleep 1000\r\n');
		terminal.type('\x03');
		await terminal.until(`^C\r\n${prompt}`);
		terminal.type('echo $?\r');
		await terminal.until('130\r\n');
		terminal.type('half a line\x03');
		await terminal.until(`^C\r\n${prompt}`);
		terminal.type('while :; do :; done\r');
		await terminal.until('done\r\n');
		terminal.type('\x03');
		await terminal.until(prompt);
	});

	test(`${shell}: ^Z stops a job, bg and fg resume it`, async () => {
		const { terminal } = open(shell);
		await terminal.until(prompt);
		terminal.type('sleep 30\r');
		await terminal.until('sleep 30\r\n');
		terminal.type('\x1a');
		assert.match(await terminal.until(prompt), /\^Z\r\n\[1\]\+ {2}Stopped +sleep 30\r\n/);
		terminal.type('bg\r');
		assert.match(await terminal.until(prompt), /\[1\]\+? sleep 30/);
		terminal.type('jobs\r');
		assert.match(await terminal.until(prompt), /\[1\]\+ {2}Running +sleep 30/);
		terminal.type('fg\r');
		await terminal.until('sleep 30\r\n');
		terminal.type('\x03');
		await terminal.until(prompt);
		terminal.type('sleep 1 &\r');
		assert.match(await terminal.until(prompt), /\[1\] \d+\r\n/);
		terminal.type('sleep 3\r');
		assert.match(await terminal.until(`Done`), /\[1\]\+/);
		terminal.type('exit 7\r');
		assert.equal((await terminal.exit).code, 7);
	});
}

test('^C reaches a script with its child, and a trap of the script', async () => {
	const { terminal, clock } = open('dash');
	await terminal.until('# ');
	terminal.type('dash -c \'trap "echo trapped" INT; sleep 100; echo after\'\r');
	await terminal.until("after'\r\n");
	await clock.advance(10);
	terminal.type('\x03');
	await terminal.until('trapped\r\nafter\r\n# ');
});

test('a terminal that goes away hangs its shell and jobs up', async () => {
	const { terminal, container, clock } = open('bash');
	await terminal.until('# ');
	terminal.type('sleep 1000\r');
	await terminal.until('sleep 1000\r\n');
	terminal.leave();
	assert.equal((await settled(clock, terminal.exit)).code, 129);
	assert.equal(container.state, 'running');
});

test('cat on a terminal gets lines, and ends at ^D', async () => {
	const { terminal, clock } = open('dash');
	await terminal.until('# ');
	terminal.type('cat\r');
	await terminal.until('cat\r\n');
	terminal.type('line\r');
	await terminal.until('line\r\nline\r\n');
	terminal.type('\x04');
	await terminal.until('# ');
	terminal.resize(120, 40);
	await clock.advance(1);
});

test('endless loops in one container leave another its turns', async () => {
	const { run, container, clock, sandbox } = startContainer(programs, {
		command: ['dash', '-c', 'while :; do :; done'],
	});
	assert.equal((await run(['dash', '-c', 'echo still here'])).stdout, 'still here\n');
	assert.equal(container.state, 'running');
	sandbox.stop();
	assert.equal((await settled(clock, container.wait())).code, 137);
});

test('a fork bomb is held by the limit of processes, and the container still answers', async () => {
	const { run, container } = startContainer(programs);
	const bomb = container.exec(['dash', '-c', 'bomb() { bomb | bomb & }; bomb; sleep 1'], {
		tty: false,
		stdout: () => {},
		stderr: () => {},
		signal: new AbortController().signal,
	});
	assert.equal((await run(['dash', '-c', 'sleep 0.2; echo alive'])).stdout, 'alive\n');
	container.remove();
	await bomb;
});

test('sh -c replaces itself by its last command', async () => {
	const { run } = startContainer(programs);
	const { stdout } = await run(['dash', '-c', "echo $$; exec dash -c 'echo $$'"]);
	const [first, second] = stdout.split('\n');
	assert.equal(first, second);
});

test('^R finds an earlier line, and a second Tab lists what fits', async () => {
	const { terminal } = open('bash');
	await terminal.until('# ');
	terminal.type('echo first one\r');
	await terminal.until('one\r\nfirst one\r\n');
	terminal.type('echo second\r');
	await terminal.until('second\r\nsecond\r\n');
	terminal.type('\x12fir');
	await terminal.until("(reverse-i-search)`fir': echo first one");
	terminal.type('\r');
	await terminal.until('first one\r\nfirst one\r\n');
	terminal.type('mkdir -p /t; cd /t; : > alpha; : > alps\r');
	await terminal.until('alps\r\n');
	await terminal.until('# ');
	terminal.type('echo a\t');
	await terminal.until('echo alp');
	terminal.type('\t\t');
	await terminal.until('\r\nalpha  alps\r\n');
	terminal.type('h\t\x1bb\x1bd\r');
	await terminal.until('\r\n\r\n');
});
