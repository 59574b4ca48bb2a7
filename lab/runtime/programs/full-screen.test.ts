// Programs that draw a whole terminal: vi, less, more and top, as somebody types into them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ashProgram } from '../shell/main.ts';
import { startContainer } from '../test-container.ts';
import { TestTerminal } from '../test-terminal.ts';
import { cat } from './cat.ts';
import { less, more } from './pager.ts';
import { seq } from './seq.ts';
import { programOf } from './tool.ts';
import { top } from './top.ts';
import { vi } from './vi/vi.ts';

const tools = [cat, less, more, seq, top, vi];
const programs = {
	ash: ashProgram,
	...Object.fromEntries(tools.map((tool) => [tool.name, programOf(tool, 'busybox')])),
};
const prompt = '/ # ';

function open(files: Record<string, string> = {}) {
	const { clock, container, run } = startContainer(programs, { tree: files });
	const terminal = TestTerminal.exec(clock, container, ['ash']);
	return { clock, container, terminal, run };
}

/** Edits a text by keys, and gives what is in the file afterwards. */
async function edited(text: string, ...keys: string[]): Promise<string> {
	const { terminal, run, clock } = open({ file: text });
	await terminal.until(prompt);
	terminal.type('vi /file\r');
	await terminal.until("'/file'");
	for (const part of keys) {
		terminal.type(part);
		await clock.advance(60);
	}
	terminal.type(':wq\r');
	await terminal.until(prompt);
	return (await run(['cat', '/file'])).stdout;
}

const text = 'one two\nthree\nfour\n';

for (const [what, keys, expected] of [
	['i inserts, Escape ends it', ['izero ', '\x1b'], 'zero one two\nthree\nfour\n'],
	['A, Enter and Backspace', ['Ax\rny\x7f', '\x1b'], 'one twox\nn\nthree\nfour\n'],
	['o and O open lines', ['onew', '\x1b', 'Oabove', '\x1b'], 'one two\nabove\nnew\nthree\nfour\n'],
	['dd and p', ['ddp'], 'three\none two\nfour\n'],
	['2yy and G and p', ['2yyGp'], 'one two\nthree\nfour\none two\nthree\n'],
	['dw, u takes it back', ['dwu'], text],
	['dw, x, D', ['dwjxj$D'], 'two\nhree\nfou\n'],
	['arrows move, in insert mode too', ['\x1b[B\x1b[CiX\x1b[CY', '\x1b'], 'one two\ntXhYree\nfour\n'],
	['cw changes a word', ['cwONE', '\x1b'], 'ONE two\nthree\nfour\n'],
	['r, ~ and J', ['rX~J'], 'xne two three\nfour\n'],
	['/ searches, n goes on', ['/o\r', 'nx'], 'one two\nthree\nfur\n'],
	[':%s and :2d', [':%s/o/0/g\r:2d\r'], '0ne tw0\nf0ur\n'],
	['a count before a motion', ['3Gdd'], 'one two\nthree\n'],
	['everything can be deleted', ['dGiall', '\x1b'], 'all\n'],
	['bytes that are no characters, and UTF-8, stay', ['Gaé€', '\x1b'], 'one two\nthree\nfé€our\n'],
] as const)
	test(`vi: ${what}`, async () => {
		assert.equal(await edited(text, ...keys), expected);
	});

test('vi draws the file, refuses to lose changes, and writes a new file', async () => {
	const { terminal, run, clock } = open({ file: text });
	await terminal.until(prompt);
	terminal.type('vi /new\r');
	await terminal.until("'/new' [New file]");
	terminal.type('ihello');
	await terminal.until('hello');
	terminal.type('\x1b');
	await clock.advance(60);
	terminal.type(':q\r');
	await terminal.until('No write since last change (:q! overrides)');
	terminal.type(':w\r');
	await terminal.until("'/new' 1L, 6C");
	terminal.type(':e /file\r');
	await terminal.until('three');
	terminal.type('dd:q!\r');
	await terminal.until(prompt);
	assert.equal((await run(['cat', '/new', '/file'])).stdout, `hello\n${text}`);
	// The terminal is as it was before.
	terminal.type('echo back\r');
	await terminal.until(`back\r\n${prompt}`);
});

test('vi needs a terminal', async () => {
	const { run } = open();
	const { code, stderr } = await run(['vi', '/file'], '');
	assert.equal(code, 1);
	assert.match(stderr, /^vi: can't open terminal/);
});

test('less pages through an endless pipe, searches, and ends by q', async () => {
	const { terminal } = open();
	await terminal.until(prompt);
	terminal.type('seq 100000000 | less\r');
	assert.match(await terminal.until('\r\n:'), /J1\r\n2\r\n[\s\S]*\n23\r\n:$/);
	terminal.type(' ');
	assert.match(await terminal.until('\r\n:'), /24\r\n[\s\S]*46\r\n/);
	terminal.type('\x1b[B');
	await terminal.until('47\r\n:');
	terminal.type('k');
	await terminal.until('46\r\n:');
	terminal.type('/^100$\r');
	assert.match(await terminal.until('122\r\n:'), /100\r\n/);
	terminal.type('g/nothing\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f');
	await terminal.until('\n23\r\n:');
	terminal.type('q');
	await terminal.until(prompt);
	terminal.type('less /bin/nowhere\r');
	await terminal.until("less: can't open '/bin/nowhere': No such file or directory");
});

test('less shows the end, and is cat without a terminal', async () => {
	const { terminal, run } = open({ file: text });
	await terminal.until(prompt);
	terminal.type('less /file\r');
	await terminal.until('/file');
	terminal.type('j');
	await terminal.until('(END)');
	terminal.type('q');
	await terminal.until(prompt);
	assert.equal((await run(['less', '/file'])).stdout, text);
});

test('more goes on by space and Enter, and ends with the text', async () => {
	const { terminal } = open();
	await terminal.until(prompt);
	terminal.type('seq 60 | more\r');
	assert.match(await terminal.until('--More--'), /\n23\r\n/);
	terminal.type('\r');
	assert.match(await terminal.until('--More--'), /24\r\n/);
	terminal.type(' ');
	assert.match(await terminal.until('--More--'), /47\r\n/);
	terminal.type(' ');
	assert.match(await terminal.until(prompt), /60\r\n/);
});

test('top refreshes by itself and by space, until q', async () => {
	const { terminal, clock } = open();
	await terminal.until(prompt);
	terminal.type('top\r');
	await terminal.until('Load average');
	await clock.advance(5000);
	await terminal.until('Load average');
	terminal.type(' ');
	await terminal.until('Load average');
	terminal.type('q');
	await terminal.until(prompt);
	terminal.type('top\r');
	await terminal.until('Load average');
	terminal.type('\x03');
	await terminal.until(prompt);
});

test('a full-screen program that is killed leaves a terminal that works', async () => {
	const { terminal, run } = open({ file: text });
	await terminal.until(prompt);
	terminal.type('vi /file\r');
	await terminal.until('four');
	await run([
		'ash',
		'-c',
		'kill -9 $(cd /proc; for p in [0-9]*; do read -r c < $p/comm; [ "$c" = vi ] && echo $p; done)',
	]);
	await terminal.until(prompt);
	terminal.type('cat\r');
	await terminal.until('cat\r\n');
	terminal.type('line\r');
	await terminal.until('line\r\nline\r\n');
});

test('^Z stops vi and top and gives the shell a terminal in order; fg draws them anew', async () => {
	for (const [command, shown, quit] of [
		['vi /file', "'/file'", ':q!\r'],
		['top', 'PID', 'q'],
	]) {
		const { terminal, clock } = open({ file: text });
		await terminal.until(prompt);
		terminal.type(`${command}\r`);
		await terminal.until(shown);
		terminal.type('\x1a');
		await terminal.until(prompt);
		terminal.type('echo between\r');
		await terminal.until('between\r\nbetween\r\n');
		terminal.type('fg\r');
		await terminal.until(shown);
		await clock.advance(60);
		terminal.type(quit);
		await terminal.until(prompt);
	}
});
