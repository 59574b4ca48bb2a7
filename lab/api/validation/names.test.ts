import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
	asPrefix,
	configMapKey,
	dnsLabel,
	dnsSubdomain,
	labelValue,
	portName,
	qualifiedName,
} from './names.ts';

test('names that are right have no faults', () => {
	for (const [rule, names] of [
		[dnsLabel, ['a', 'a-1', '1-a', 'a'.repeat(63)]],
		[dnsSubdomain, ['a.b-c.d', 'kube-root-ca.crt']],
		[labelValue, ['', 'A_b.c-1']],
		[qualifiedName, ['app', 'example.com/Name', 'kubernetes.io/metadata.name']],
		[portName, ['http', 'web-1']],
		[configMapKey, ['index.html', '_a', '...a'.slice(2)]],
	] as const)
		for (const name of names) assert.deepEqual(rule(name), [], name);
});

test('a wrong name is told with the rule, an example and the expression', () => {
	assert.deepEqual(dnsLabel('Bad_Name'), [
		"a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
	]);
	assert.deepEqual(qualifiedName('bad key'), [
		"name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
	]);
});

test('length, dots and slashes have faults of their own', () => {
	assert.deepEqual(dnsLabel('a'.repeat(64)), ['must be no more than 63 characters']);
	assert.deepEqual(configMapKey('..'), ["must not be '..'"]);
	assert.equal(qualifiedName('a/b/c').length, 1);
	assert.deepEqual(qualifiedName('/x'), ['prefix part must be non-empty']);
	assert.deepEqual(portName('1'), ['must contain at least one letter (a-z)']);
});

test('the dash at the end of a prefix stands for what follows', () => {
	assert.deepEqual(dnsLabel(asPrefix('web-')), []);
	assert.notDeepEqual(dnsLabel(asPrefix('-')), []);
});
