import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digest, exerciseDigest, stepDigest } from './digest.ts';
import type { CommandStep, FileStep } from './manifest.ts';

const command: CommandStep = {
	kind: 'command',
	digest: '',
	source: { file: 'a', line: 1 },
	command: 'ls',
	terminal: 'main',
	timeout: 60,
	exit: 0,
	hidden: false,
	optional: false,
};

test('a digest is 16 characters of base64url, of the value whatever the order of its fields', async () => {
	assert.match(await digest({ a: 1, b: [2] }), /^[\w-]{16}$/);
	assert.equal(await digest({ a: 1, b: [2] }), await digest({ b: [2], a: 1 }));
	assert.notEqual(await digest({ a: 1 }), await digest({ a: 2 }));
});

test('it is SHA-256 of the canonical JSON', async () => {
	const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode('{"a":1}')));
	assert.equal(await digest({ a: 1 }), Buffer.from(bytes).toString('base64url').slice(0, 16));
});

test("a step's digest changes with its text and attributes, not with its place", async () => {
	const original = await stepDigest(command);
	assert.equal(await stepDigest({ ...command, source: { file: 'b', line: 9 }, digest: 'x' }), original);
	assert.notEqual(await stepDigest({ ...command, command: 'ls -l' }), original);
	assert.notEqual(await stepDigest({ ...command, expect: { text: 'a' } }), original);
});

test("a file step's digest does not depend on its solution", async () => {
	const source = { file: 'a', line: 1 };
	const file: FileStep = { kind: 'file', digest: '', source, file: 'a', content: '???', language: 'yaml' };
	assert.equal(await stepDigest({ ...file, solution: 'a: 1' }), await stepDigest(file));
});

test("an exercise's digest changes with its steps, and with what is done before it", async () => {
	const steps = [{ ...command, digest: 'one' }];
	const original = await exerciseDigest('before', steps);
	assert.notEqual(await exerciseDigest('otherwise', steps), original);
	assert.notEqual(await exerciseDigest('before', [{ ...command, digest: 'two' }]), original);
	assert.equal(await exerciseDigest('before', steps), original);
});
