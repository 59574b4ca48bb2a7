import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type KeptCluster, openStateFolder, StateError } from './state-folder.ts';

const cluster = (text: string): KeptCluster => ({
	port: 6443,
	authority: { certificate: 'certificate', key: 'key' },
	lab: {
		nodes: 2,
		apiServer: {
			tokenKey: Uint8Array.of(1, 2, 255),
			store: {
				revision: 7,
				objects: {
					configmaps: [
						{
							apiVersion: 'v1',
							kind: 'ConfigMap',
							metadata: {
								namespace: 'default',
								name: 'a',
								uid: 'u',
								resourceVersion: '7',
								creationTimestamp: '',
							},
							// What disks are written with means nothing here.
							...{ data: { base64: text } },
						},
					],
				},
			},
		},
		disks: {
			disk: {
				sizeBytes: 100,
				block: Uint8Array.of(0, 10, 13),
				root: {
					kind: 'directory',
					mode: 0o755,
					uid: 1,
					gid: 2,
					modifiedAt: 3,
					entries: [
						[
							'base64',
							{
								kind: 'file',
								mode: 0,
								uid: 0,
								gid: 0,
								modifiedAt: 0,
								file: 1,
								content: Uint8Array.of(0, 255),
							},
						],
					],
				},
			},
		},
	},
});

async function folder(t: TestContext): Promise<string> {
	const path = await mkdtemp(join(tmpdir(), 'state-'));
	t.after(() => rm(path, { recursive: true, force: true }));
	return join(path, 'cluster', 'here');
}

/** Writes one, and lets go of the folder. */
async function written(path: string, text = 'one'): Promise<string> {
	const state = await openStateFolder(path);
	await state.write(cluster(text));
	await state.close();
	return state.file;
}

test('a cluster comes back as it was, and only its owner can read it', async (t) => {
	const path = await folder(t);
	const first = await openStateFolder(path);
	assert.equal(await first.read(), undefined);
	await first.write(cluster('one'));
	await first.write(cluster('two'));
	await first.close();
	assert.deepEqual(await readdir(path), ['cluster.json']);
	assert.equal((await stat(first.file)).mode & 0o777, 0o600);
	assert.equal((await stat(path)).mode & 0o777, 0o700);
	const second = await openStateFolder(path);
	assert.deepEqual(await second.read(), cluster('two'));
	await second.close();
});

test('what has not changed is not written again', async (t) => {
	const state = await openStateFolder(await folder(t));
	await state.write(cluster('one'));
	const { ino } = await stat(state.file);
	await state.write(cluster('one'));
	assert.equal((await stat(state.file)).ino, ino);
	await state.write(cluster('two'));
	assert.notEqual((await stat(state.file)).ino, ino);
});

test('a damaged file is refused with the reason, and left as it is', async (t) => {
	const path = await folder(t);
	const file = await written(path);
	const whole = await readFile(file, 'utf8');
	const damages: Record<string, [string, RegExp]> = {
		'cut off': [whole.slice(0, -20), /damaged: it was changed or cut off/],
		'a letter is another': [whole.replace('"one"', '"two"'), /damaged: it was changed or cut off/],
		empty: ['', /damaged: its first line/],
		'something else': ['apiVersion: v1\n', /damaged: its first line/],
		newer: [whole.replace('"format":1', '"format":2'), /written by a newer Slidecar/],
	};
	for (const [name, [text, message]] of Object.entries(damages)) {
		await writeFile(file, text);
		const state = await openStateFolder(path);
		await assert.rejects(
			state.read(),
			(error) => error instanceof StateError && message.test(error.message),
			name,
		);
		await state.close();
		assert.equal(await readFile(file, 'utf8'), text, name);
	}
});

test('a write that fails or is cut off leaves the cluster before it', async (t) => {
	const path = await folder(t);
	const file = await written(path);
	// As a power cut leaves it: half of the next one, beside the one before.
	await writeFile(`${file}.new`, '{"format":1');
	const state = await openStateFolder(path);
	assert.deepEqual(await state.read(), cluster('one'));
	await rm(`${file}.new`);
	await mkdir(`${file}.new`);
	await assert.rejects(state.write(cluster('two')), /the cluster cannot be kept: EISDIR/);
	assert.deepEqual(await state.read(), cluster('one'));
	await rm(`${file}.new`, { recursive: true });
	await state.write(cluster('two'));
	assert.deepEqual(await state.read(), cluster('two'));
});

test('a folder is one process’s, until that has ended', async (t) => {
	const path = await folder(t);
	const state = await openStateFolder(path);
	await assert.rejects(openStateFolder(path), new RegExp(`process ${process.pid} uses this folder`));
	await state.close();
	// Whoever was killed has left its lock: no process has this number.
	await writeFile(join(path, 'lock'), '999999999\n');
	await (await openStateFolder(path)).close();
	// Nor does it say anything that a process before this one had the same number.
	await writeFile(join(path, 'lock'), `${process.pid}\n`);
	await (await openStateFolder(path)).close();
	await writeFile(join(path, 'lock'), '');
	await (await openStateFolder(path)).close();
});

test('what is no folder is said to be none', async (t) => {
	const path = await folder(t);
	await mkdir(join(path, '..'));
	await writeFile(path, 'a file');
	await assert.rejects(openStateFolder(path), /--state .*: the folder cannot be used: EEXIST/);
});
