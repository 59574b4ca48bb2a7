import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestPods } from '../../images/test-pods.ts';
import { compileRegex } from './regex.ts';

const found = (pattern: string, text: string, extended = false) =>
	compileRegex(pattern, { extended }).find(text)?.groups[0];

test('a back-reference stands for what its group has matched', () => {
	// As GNU grep -o prints it.
	assert.equal(found('\\(.\\)\\1', 'hello'), 'll');
	assert.equal(found('\\(...\\)\\1', 'xabcabcx'), 'abcabc');
	assert.equal(found('(a|b)x\\1', 'axbx bxb', true), 'bxb');
	assert.equal(found('^(.*),\\1$', 'one,one', true), 'one,one');
	assert.equal(found('^(.*),\\1$', 'one,two', true), undefined);
	assert.equal(found('([a-c]+)-\\1{2}', 'ab-abab', true), 'ab-abab');
	assert.equal(found('([[:alpha:]]+) +\\1\\b', 'the the end', true), 'the the');
	assert.equal(found('([^]x]*)\\]\\1', 'ab]ab', true), 'ab]ab');
	assert.equal(found('(a*)*\\1b', 'aab', true), 'aab');
	assert.equal(compileRegex('\\(A\\)\\1', { ignoreCase: true }).find('xaA')?.start, 1);
	assert.throws(() => compileRegex('\\(a\\)\\2'), /Invalid back reference/);
	assert.throws(() => compileRegex('a\\1'), /Invalid back reference/);
});

test('sed and grep have them, and give up a search that takes too much', async () => {
	const pod = await createTestPods().start('tools', 'debian:12', { command: ['sleep', '1000000'] });
	const run = (script: string) => pod.run(['sh', '-c', script]);
	assert.equal((await run("echo 'aXXb cc' | sed -E 's/(.)\\1/<\\1>/g'")).stdout, 'a<X>b <c>\n');
	assert.equal((await run("printf 'abba\\nabcd\\n' | grep '^\\(.\\)\\(.\\)\\2\\1$'")).stdout, 'abba\n');
	const evil = `head -c 60 /dev/zero | tr '\\0' a | grep -E '^(a|aa)*(a*)*\\1c'`;
	const { code, stderr } = await run(evil);
	assert.equal(code, 2);
	assert.equal(stderr, 'grep: memory exhausted\n');
});
