import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRecorded, type Recording, readRecording, recordingFile, writeRecording } from './recording.ts';

const recording: Recording = {
	columns: 80,
	rows: 24,
	title: 'kubectl get pods',
	digest: 'abc',
	events: [
		[0, '$ '],
		[0.5, 'line\r\n\u001b[1m“bold”\u001b[0m'],
	],
};

test('is an asciicast: a header and an event a line', () => {
	const lines = writeRecording(recording).trimEnd().split('\n');
	const { version, width, height, title } = JSON.parse(lines[0]) as Record<string, unknown>;
	assert.deepEqual([version, width, height, title], [2, 80, 24, 'kubectl get pods']);
	assert.deepEqual(JSON.parse(lines[2]), [0.5, 'o', 'line\r\n\u001b[1m“bold”\u001b[0m']);
});

test('reads what it writes, and leaves out what is no output', () => {
	assert.deepEqual(readRecording(`${writeRecording(recording)}[1,"m","a marker"]\n`), recording);
	assert.throws(() => readRecording('{"version":3}\n'), /no asciicast of version 2/);
	assert.throws(() => readRecording('<!doctype html>'));
});

test('has a name that its step is found by, and steps that are not shown have none', () => {
	assert.equal(recordingFile('create', 0), 'create-1.cast');
	const step = {
		kind: 'command',
		digest: '',
		source: { file: '', line: 1 },
		command: 'true',
		terminal: 'main',
		timeout: 1,
		exit: 0,
		hidden: false,
		optional: false,
	} as const;
	assert.equal(isRecorded(step), true);
	for (const change of [{ hidden: true }, { optional: true }, { only: 'kubeconfig' as const }])
		assert.equal(isRecorded({ ...step, ...change }), false);
});
