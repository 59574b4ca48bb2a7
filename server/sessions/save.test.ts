import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { OutsideError, saveFile } from './save.ts';

describe('saveFile', () => {
	const root = mkdtempSync(join(tmpdir(), 'slidecar-test-'));
	const folder = join(root, 'work');
	mkdirSync(folder);
	writeFileSync(join(root, 'secret'), 'kept');
	after(() => rmSync(root, { recursive: true, force: true }));

	it('writes a file, its folders, and again', async () => {
		await saveFile(folder, 'a/b/web.yaml', 'one, and longer');
		await saveFile(folder, './a/b/web.yaml', 'two');
		assert.equal(readFileSync(join(folder, 'a/b/web.yaml'), 'utf8'), 'two');
	});

	it('stays inside the folder, whatever the path says', async () => {
		for (const path of ['../secret', '/etc/passwd', 'a/../../secret', '..', '.', '', 'a\0b'])
			await assert.rejects(saveFile(folder, path, 'x'), OutsideError, path);
	});

	it('stays inside the folder, whatever links a learner has made', async () => {
		symlinkSync('../secret', join(folder, 'file-link'));
		symlinkSync('..', join(folder, 'folder-link'));
		symlinkSync('nowhere', join(folder, 'dangling'));
		for (const path of ['file-link', 'folder-link/secret', 'folder-link/new/file', 'dangling'])
			await assert.rejects(saveFile(folder, path, 'x'), /Remove|ENOENT/, path);
		assert.equal(readFileSync(join(root, 'secret'), 'utf8'), 'kept');
	});

	it('follows a link that stays inside', async () => {
		mkdirSync(join(folder, 'real'));
		symlinkSync('real', join(folder, 'alias'));
		await saveFile(folder, 'alias/web.yaml', 'here');
		assert.equal(readFileSync(join(folder, 'real/web.yaml'), 'utf8'), 'here');
	});

	it('writes over plain files only', async () => {
		await assert.rejects(saveFile(folder, 'a', 'x'), /EISDIR|not a plain file/);
	});
});
