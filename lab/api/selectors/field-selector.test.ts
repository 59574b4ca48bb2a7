import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configMaps } from '../resources/config-map.ts';
import { jobs } from '../resources/job.ts';
import { nodes } from '../resources/node.ts';
import { persistentVolumes } from '../resources/persistent-volume.ts';
import { pods } from '../resources/pod.ts';
import { FieldSelectorError, parseFieldSelector } from './field-selector.ts';

test('fields are compared by =, == and !=, with commas escaped, in order of their text', () => {
	assert.deepEqual(
		parseFieldSelector('status.phase!=Running,,metadata.name=a\\,b\\=c,spec.nodeName==', pods),
		[
			{ field: 'metadata.name', equal: true, value: 'a,b=c' },
			{ field: 'spec.nodeName', equal: true, value: '' },
			{ field: 'status.phase', equal: false, value: 'Running' },
		],
	);
	assert.equal(parseFieldSelector('spec.host=n1,status.podIPs!=1', pods).length, 2);
	assert.equal(parseFieldSelector('metadata.namespace!=a', persistentVolumes).length, 1);
});

test('a field that cannot be selected by, and what is no selector, are refused', () => {
	const known = 'is not a known field selector: only "metadata.name", "metadata.namespace"';
	for (const [text, resource, message] of [
		['spec.nope=1', pods, 'field label not supported: spec.nope'],
		['toString=1', pods, 'field label not supported: toString'],
		['=1', pods, 'field label not supported: '],
		['metadata.namespace=a', nodes, 'field label not supported: metadata.namespace'],
		['data.a=1', configMaps, `"data.a" ${known}`],
		['status.phase=1', jobs, 'field label "status.phase" not supported for batchv1.Job'],
		['a', pods, "invalid selector: 'a'; can't understand 'a'"],
		['a in (b)', pods, "invalid selector: 'a in (b)'; can't understand 'a in (b)'"],
		['spec.nope=1,a!b', pods, "invalid selector: 'spec.nope=1,a!b'; can't understand 'a!b'"],
		['metadata.name=a=b', pods, 'invalid field selector: unescaped character in value: 61'],
		['metadata.name=a\\x', pods, 'invalid field selector: invalid escape sequence: \\x'],
		['metadata.name=a\\', pods, 'invalid field selector: invalid escape sequence: \\'],
	] as const)
		assert.throws(
			() => parseFieldSelector(text, resource),
			(error) => error instanceof FieldSelectorError && error.message === message,
			text,
		);
});
