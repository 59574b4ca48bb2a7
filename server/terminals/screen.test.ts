import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Mark } from './marks.ts';
import { Screen } from './screen.ts';

/** A screen that has parsed the chunks. */
function screenOf(
	...chunks: (string | Buffer)[]
): Promise<{ screen: Screen; marks: Mark[]; titles: string[] }> {
	return new Promise((resolve) => {
		const marks: Mark[] = [];
		const titles: string[] = [];
		const screen: Screen = new Screen(20, 5, 'nonce', {
			mark: (mark) => marks.push(mark),
			title: (title) => titles.push(title),
			parsed: () => resolve({ screen, marks, titles }),
		});
		for (const chunk of chunks) screen.write(Buffer.from(chunk as string));
	});
}

/** Bytes that live once a screen has parsed it. */
async function heapAfter(text: string): Promise<number> {
	const { screen } = await screenOf(text);
	setFlagsFromString('--expose-gc');
	runInNewContext('gc')();
	const { heapUsed } = process.memoryUsage();
	screen.close();
	return heapUsed;
}

const top = { line: 0, isDisposed: false };

describe('Screen', () => {
	it('reads marks that carry its nonce, however they are cut', async () => {
		const text = '\x1b]133;A;aid=nonce\x07\x1b]133;D;3;aid=nonce\x1b\\\x1b]133;D;aid=nonce\x07';
		const { marks } = await screenOf(...text, '\x1b]133;D;0\x07', '\x1b]133;D;0;aid=other\x07');
		assert.deepEqual(marks, [{ kind: 'A' }, { kind: 'D', exitCode: 3 }, { kind: 'D', exitCode: undefined }]);
	});

	it('joins wrapped lines, and keeps the space before the cursor', async () => {
		const { screen } = await screenOf(`${'x'.repeat(45)}\r\nnext\r\n$ `);
		assert.equal(screen.textFrom(top), `${'x'.repeat(45)}\nnext\n$ `);
		assert.equal(screen.cursorLine(), '$ ');
	});

	it('knows a prompt again after wrapped lines above it have been joined by a wider window', async () => {
		const { screen } = await screenOf(`${'y'.repeat(25)}\r\n`.repeat(2), '$ ');
		assert.equal(screen.cursorLine(), '$ ');
		screen.resize(100, 3);
		assert.equal(screen.cursorLine(), '$ ');
	});

	it('leaves the echo out, also where it was broken at the width', async () => {
		const { screen } = await screenOf('$ echo a-long-comm\r\nand\r\nits output\r\n');
		assert.equal(screen.textFrom(top, 'echo a-long-command'), 'its output');
	});

	it('shows what a full-screen program shows', async () => {
		const { screen } = await screenOf('before\r\n\x1b[?1049h\x1b[Hwithin');
		assert.equal(screen.textFrom(screen.here()), 'within');
	});

	it('leaves out counts that would hold it up for minutes, and does what fits the screen', async () => {
		const endless = ['L', 'M', 'S', 'T', 'I', 'Z', 'b'].map((final) => `\x1b[2147483647${final}`);
		const { screen } = await screenOf(`a\r\nb\x1b[2b${endless.join('')}\r\x1b[1Lnew`);
		assert.equal(screen.textFrom(top), 'a\nnew\nbbb');
	});

	it('keeps no more marks on a letter than a script has, however they are cut', async () => {
		const pile = '\u0301'.repeat(5_000);
		const { screen } = await screenOf(`e\u0301${pile}`, Buffer.from('\u0301').subarray(0, 1), `${pile}x`);
		assert.equal(screen.textFrom(top), `e${'\u0301'.repeat(8)}x`);
		const joined = '👨\u200d👩\u200d👧 नमस्ते';
		const { screen: other } = await screenOf(...joined);
		assert.equal(other.textFrom(top), joined);
	});

	it('keeps nothing of links', async () => {
		const before = await heapAfter('');
		const link = (index: number) => `\x1b]8;;http://${index}\x07a\x1b]8;;\x07\r`;
		const after = await heapAfter(Array.from({ length: 50_000 }, (_, index) => link(index)).join(''));
		assert.ok(after - before < 10e6, `${after - before} bytes more`);
	});

	it('leaves plain text out of a flood, and ends as if it had not', async () => {
		const flood: string[] = [];
		for (let line = 0; line < 400_000; line++) flood.push(`line ${line}\r\n`);
		const text = Buffer.from(flood.join(''));
		const chunks: Buffer[] = [Buffer.from('\x1b]133;A;aid=nonce\x07')];
		for (let at = 0; at < text.length; at += 60_000) chunks.push(text.subarray(at, at + 60_000));
		chunks.push(Buffer.from('\x1b]133;D;0;aid=nonce\x07'));
		const { screen, marks } = await screenOf(...chunks);
		assert.equal(
			screen.offset,
			chunks.reduce((sum, chunk) => sum + chunk.length, 0),
		);
		assert.equal(marks.length, 2);
		const lines = screen.textFrom(top).split('\n');
		assert.equal(lines.at(-1), 'line 399999');
		assert.equal(lines[0], `line ${400_000 - lines.length}`);
		assert.ok(lines.length >= 1_000);
	});
});
