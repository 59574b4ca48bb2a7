import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ashProgram } from '../shell/main.ts';
import { startContainer } from '../test-container.ts';
import { TestTerminal } from '../test-terminal.ts';
import { stty, tty } from './stty.ts';
import { programOf } from './tool.ts';

const programs = { ash: ashProgram, stty: programOf(stty, 'busybox'), tty: programOf(tty, 'busybox') };
const prompt = '/ # ';

function open() {
	const { clock, container, run } = startContainer(programs, {});
	const terminal = TestTerminal.exec(clock, container, ['ash']);
	const answer = async (line: string) => {
		terminal.type(`${line}\r`);
		return (await terminal.until(prompt)).replace(`${line}\r\n`, '').replace(prompt, '');
	};
	return { terminal, answer, run };
}

test('tty and stty tell of the terminal, and change it', async () => {
	const { terminal, answer } = open();
	await terminal.until(prompt);
	assert.equal(await answer('tty'), '/dev/pts/0\r\n');
	assert.equal(await answer('stty size'), '24 80\r\n');
	assert.equal(await answer('stty rows 40 cols 100; stty size'), '40 100\r\n');
	assert.equal(await answer('stty'), 'speed 38400 baud; line = 0;\r\n-brkint -imaxbel\r\n');
	const all = await answer('stty -a');
	assert.match(all, /^speed 38400 baud; rows 40; columns 100; line = 0;\r\nintr = \^C;/);
	assert.match(all, /\r\nisig icanon iexten echo echoe echok /);
	assert.match(await answer('stty -g'), /^500:5:bf:8a3b:/);
	assert.match(await answer('stty nonsense'), /invalid argument|Usage/);
});

test('a script asks for a password without an echo, and puts the terminal back', async () => {
	const { terminal, answer } = open();
	await terminal.until(prompt);
	terminal.type('old=$(stty -g); stty -echo; echo ask; read word; stty "$old"; echo "<$word>"\r');
	await terminal.until('ask\r\n');
	terminal.type('secret\r');
	assert.equal((await terminal.until(prompt)).replace(prompt, ''), '<secret>\r\n');
	assert.match(await answer('stty -a'), /isig icanon iexten echo /);
});

test('without a terminal they say so', async () => {
	const { run } = open();
	assert.deepEqual(await run(['tty']), { code: 1, stdout: 'not a tty\n', stderr: '' });
	const { code, stderr } = await run(['stty', 'size']);
	assert.deepEqual([code, stderr], [1, 'stty: standard input: Inappropriate ioctl for device\n']);
});
