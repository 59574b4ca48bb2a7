// The embedded lab says what a real cluster said.

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { createLabHost } from '../../lab/node/host.ts';
import { kubectlVersion } from '../../server/kubectl/kubectl.ts';
import { normalise, type Recording, replay } from './transcript.ts';
import { createWorkspace } from './workspace.ts';

const folder = new URL('recordings/', import.meta.url);

test('what no two clusters share is made equal, and nothing else', () => {
	const one = normalise('NAME      READY   AGE\nweb-7c5ddbdf54-x2k9p   1/1   5m3s\nIP: 10.1.2.3  node1\n', [
		'node1',
	]);
	const other = normalise('NAME   READY AGE\nweb-6d4cf56db6-zzzzz   1/1   12s\nIP: 10.200.0.9  a-b.c\n', [
		'a-b.c',
	]);
	assert.equal(one, other);
	assert.equal(one, 'NAME READY AGE\nweb-HASH-SUFFIX 1/1 AGE\nIP: ADDRESS NODE');
	assert.notEqual(normalise('web-0   1/1', []), normalise('web-1   1/1', []));
	assert.notEqual(normalise('web-0   1/1', []), normalise('web-0   0/1', []));
	assert.notEqual(normalise('exit code 3', []), normalise('exit code 4', []));
	assert.equal(normalise('b\na\n', [], true), normalise('a\nb\n', [], true));
	assert.notEqual(normalise('b\na\n', []), normalise('a\nb\n', []));
});

for (const file of await readdir(folder)) {
	test(`replays ${file}`, { timeout: 300_000 }, async (t) => {
		const recording = JSON.parse(await readFile(new URL(file, folder), 'utf8')) as Recording;
		const host = createLabHost();
		t.after(() => host.close());
		const lab = await host.create({ nodes: recording.nodes.length, pace: 'real' });
		const workspace = await createWorkspace(await kubectlVersion('1.36'), lab.kubeconfig);
		t.after(() => workspace.remove());
		for await (const { title, recorded, came } of replay(recording, workspace))
			await t.test(title, () => assert.deepEqual(came, recorded));
	});
}
