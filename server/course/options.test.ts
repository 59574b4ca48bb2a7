import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { OptionError } from '../options.ts';
import { readOptions } from './options.ts';

const read = (...parameters: string[]) => readOptions(parameters, '/project');

test('all chapters on the embedded lab at the real pace, unless told', () => {
	const { chapters, lab, pace, content, report } = read();
	assert.deepEqual([chapters, lab, pace], [[], 'embedded', 'real']);
	assert.deepEqual([content, report], ['/project/content', undefined]);
});

test('chapters and flags in any order; files become absolute', () => {
	const options = read('web', '--lab', 'kubeconfig', 'dns', '--kubeconfig=k', '--report', 'r.json');
	assert.deepEqual(options.chapters, ['web', 'dns']);
	assert.equal(options.kubeconfig, resolve('k'));
	assert.deepEqual(options.report, { json: resolve('r.json'), junit: resolve('r.xml') });
	assert.deepEqual(read('--report', 'junit.xml').report, {
		json: resolve('junit.json'),
		junit: resolve('junit.xml'),
	});
});

test('mistakes are named', () => {
	const fails = (message: RegExp, ...parameters: string[]) =>
		assert.throws(
			() => read(...parameters),
			(error: Error) => error instanceof OptionError && message.test(error.message),
		);
	fails(/--lab minikube: it is one of embedded, kubeconfig, none/, '--lab', 'minikube');
	fails(/--pace slow/, '--pace', 'slow');
	fails(/--context is for --lab kubeconfig/, '--context', 'x');
	fails(/--record is for --lab embedded/, '--record', '--lab', 'none');
	fails(/^Unknown option '--recrod'\. See --help\.$/, '--recrod');
	fails(/^Option '--lab <value>' argument missing\. See --help\.$/, '--lab');
	fails(/--report needs the name of a file/, '--report=');
});
