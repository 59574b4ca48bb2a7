// Every step that is shown has a recording of this very step: what plays where there is no lab.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordingProblems } from '../../server/course/recorder.ts';
import { contentFolder, readManifest } from '../../src/content-folder.ts';

test('no recording is missing, older than its step, or of none', async () => {
	const { chapters } = await readManifest();
	const problems = recordingProblems(contentFolder, chapters);
	assert.ok(problems.length === 0, problems.join('\n'));
});
