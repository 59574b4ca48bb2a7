// echo, printf and test: the executables and each shell's builtin, byte for byte and in the words of each.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ashProgram, bashProgram, dashProgram } from '../shell/main.ts';
import { startContainer } from '../test-container.ts';
import { od } from './dump.ts';
import { echo } from './echo.ts';
import { printf } from './printf.ts';
import { bracket } from './test.ts';
import { programOf } from './tool.ts';

const { run } = startContainer({
	dash: dashProgram,
	ash: ashProgram,
	bash: bashProgram,
	od: programOf(od, 'gnu'),
	echo: programOf(echo, 'gnu'),
	printf: programOf(printf, 'gnu'),
	'[': programOf(bracket, 'gnu'),
});

const shells = ['dash', 'ash', 'bash'];

for (const shell of shells)
	test(`${shell}: bytes of printf and of $( … ) stay the bytes that they are`, async () => {
		const bytes = async (script: string) =>
			(await run([shell, '-c', `${script} | od -An -tx1`])).stdout.trim();
		assert.equal(await bytes(String.raw`printf '\377\303\251'`), 'ff c3 a9');
		assert.equal(await bytes(String.raw`x=$(printf 'a\377b'); printf %s "$x"`), '61 ff 62');
		assert.equal(await bytes(String.raw`/bin/printf '%b' '\0377'`), 'ff');
		assert.equal(await bytes(String.raw`x=$(printf '\303'); printf '%s\251' "$x"`), 'c3 a9');
	});

test('each complains of a format in its own words', async () => {
	const complaint = async (shell: string, script: string) => (await run([shell, '-c', script])).stderr;
	assert.equal(await complaint('dash', 'printf %Z 1'), 'dash: 1: printf: %Z: invalid directive\n');
	assert.equal(
		await complaint('bash', 'printf %Z 1'),
		"bash: line 1: printf: `Z': invalid format character\n",
	);
	assert.equal(await complaint('ash', 'printf %d x'), "ash: invalid number 'x'\n");
	assert.equal(await complaint('dash', '/bin/printf %d x'), 'printf: ‘x’: expected a numeric value\n');
	assert.equal(await complaint('bash', '[ 1 -eq x ]'), 'bash: line 1: [: x: integer expression expected\n');
	assert.equal(await complaint('bash', '/bin/[ 1 -eq x ]'), '[: invalid integer ‘x’\n');
});

test('a width beyond all memory fails, and nothing else does', async () => {
	const { stdout, stderr } = await run(['bash', '-c', 'printf %99999999999d 1; echo $?']);
	assert.equal(stdout, '1\n');
	assert.match(stderr, /printf: Cannot allocate memory/);
});

test('C rounds a tie to even, and nothing that only looks like one', async () => {
	const { stdout } = await run([
		'bash',
		'-c',
		'printf "%.0f %.1f %.2f %.1f %.0f\n" 2.5 0.25 0.125 0.45 1e22',
	]);
	assert.equal(stdout, '2 0.2 0.12 0.5 10000000000000000000000\n');
});
