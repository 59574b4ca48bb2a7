import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { readOptions, UsageError } from './options.ts';

test('all chapters on the embedded lab at the real pace, unless told', () => {
	const options = readOptions([]);
	assert.ok(options !== 'help');
	assert.deepEqual(
		[options.chapters, options.lab, options.pace, options.report],
		[[], 'embedded', 'real', undefined],
	);
});

test('chapters and flags in any order; files become absolute', () => {
	const options = readOptions(['web', '--lab', 'kubeconfig', 'dns', '--kubeconfig=k', '--report', 'r.json']);
	assert.ok(options !== 'help');
	assert.deepEqual(options.chapters, ['web', 'dns']);
	assert.equal(options.kubeconfig, resolve('k'));
	assert.equal(options.report, resolve('r.json'));
});

test('mistakes are named', () => {
	const fails = (message: RegExp, ...args: string[]) =>
		assert.throws(
			() => readOptions(args),
			(error: Error) => error instanceof UsageError && message.test(error.message),
		);
	fails(/--lab is embedded, kubeconfig, none; not 'minikube'/, '--lab', 'minikube');
	fails(/--pace is real, fast; not 'slow'/, '--pace', 'slow');
	fails(/--context goes with --lab kubeconfig/, '--context', 'x');
	fails(/--recrod/, '--recrod');
});
