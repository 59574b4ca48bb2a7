import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { test } from 'node:test';
import { command, file } from '../testing/course.ts';
import { fileRecording, recordingOf, type Tape } from './tape.ts';

const mark = (kind: string) => `\u001b]133;${kind};aid=0123\u0007`;
const tape = (...chunks: [at: number, text: string][]): Tape => ({
	prompt: '/ # ',
	columns: 80,
	rows: 24,
	chunks: chunks.map(([at, text]) => ({ at, bytes: new TextEncoder().encode(text) })),
});
const textOf = ({ events }: { events: [number, string][] }) => events.map(([, text]) => text).join('');

test('keeps the output between the marks, behind a prompt with the command', () => {
	const recording = recordingOf(
		command('echo a\necho b'),
		tape(
			[100, `^C\r\n${mark('B')}\u001b[?2004hecho a\r\n`],
			[110, `${mark('C')}a\r\n${mark('C')}b\r\n`],
			[120, `${mark('D;0')}${mark('A')}$ ${mark('B')}`],
		),
	);
	assert.equal(textOf(recording), '$ echo a\r\necho b\r\na\r\nb\r\n');
	assert.deepEqual([recording.title, recording.digest], ['echo a', 'digest of echo a\necho b']);
});

test('keeps the waits of a talk, in tenths of a second', () => {
	const chunks = tape(
		[1000, `${mark('C')}one\r\n`],
		[1030, 'two\r\n'],
		[2000, 'three\r\n'],
		[90_000, 'four\r\n'],
	);
	assert.deepEqual(recordingOf(command('slow'), chunks).events, [
		[0, '$ '],
		[0.4, 'slow\r\n'],
		[0.8, 'one\r\ntwo\r\n'],
		[1.8, 'three\r\n'],
		[3.3, 'four\r\n'],
	]);
});

test('of a nested shell, keeps what is behind the echo, and not the next prompt', () => {
	const recording = recordingOf(command('ls', { in: 'pod' }), tape([0, 'ls\r\n'], [5, 'bin  etc\r\n/ # ']));
	assert.equal(textOf(recording), '/ # ls\r\nbin  etc\r\n');
	const opening = recordingOf(
		command('sh', { opens: 'pod', wait: { text: '#' } }),
		tape([0, `${mark('C')}welcome\r\n/ # `]),
	);
	assert.equal(textOf(opening), '$ sh\r\nwelcome\r\n');
});

test('nothing of this machine is kept, wherever the output was cut', () => {
	const session = `/tmp/slidecar-123-${'0af'.repeat(11).slice(0, 32)}`;
	// One that is shorter could be a word.
	const host = hostname().length > 3 ? hostname() : 'localhost';
	const [first, second] = [session.slice(0, 20), session.slice(20)];
	const recording = recordingOf(
		command('env'),
		tape(
			[0, `${mark('C')}${first}`],
			[9, `${second}/home\r\nhttps://127.0.0.1:36123/api on ${host}.\r\n${mark('D;0')}`],
		),
	);
	assert.equal(textOf(recording), '$ env\r\n/session/home\r\nhttps://127.0.0.1:6443/api on localhost.\r\n');
});

test('a flood keeps its ends', () => {
	const lines = Array.from({ length: 20_000 }, (_, line) => `line ${line}\r\n`).join('');
	const text = textOf(recordingOf(command('flood'), tape([0, `${mark('C')}${lines}`])));
	assert.ok(text.length < 25_000);
	assert.match(text, /line 0\r\n.*\[…\]\r\n.*line 19999\r\n$/s);
});

test('a saved file is shown', () => {
	const step = { ...file('web.yaml', '???'), solution: 'kind: Pod\nname: x' };
	const size = { columns: 80, rows: 24 };
	assert.equal(textOf(fileRecording(step, size)), '$ cat web.yaml\r\nkind: Pod\r\nname: x\r\n');
});
