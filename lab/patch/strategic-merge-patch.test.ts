import assert from 'node:assert/strict';
import { test } from 'node:test';
import { structType } from '../schema/facts.ts';
import { applyStrategicMergePatch, goFormat, StrategicMergeError } from './strategic-merge-patch.ts';

const podSpec = structType('io.k8s.api.core.v1.PodSpec');
const metadata = structType('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta');
const merge = (object: object, patch: object, type = podSpec) =>
	applyStrategicMergePatch(object as Record<string, unknown>, patch as Record<string, unknown>, type);

test('lists of objects merge by their key, the patch first', () => {
	const object = {
		containers: [
			{ name: 'a', image: 'a:1' },
			{ name: 'b', image: 'b:1' },
		],
	};
	assert.deepEqual(merge(object, { containers: [{ name: 'b', image: 'b:2' }, { name: 'c' }] }), {
		containers: [{ name: 'a', image: 'a:1' }, { name: 'b', image: 'b:2' }, { name: 'c' }],
	});
	assert.deepEqual(merge(object, { containers: [{ name: 'c' }] }).containers, [
		{ name: 'c' },
		...object.containers,
	]);
});

test('$setElementOrder puts elements in its order', () => {
	const object = { containers: [{ name: 'a' }, { name: 'b' }] };
	const patch = {
		'$setElementOrder/containers': [{ name: 'b' }, { name: 'c' }, { name: 'a' }],
		containers: [{ name: 'c' }],
	};
	assert.deepEqual(merge(object, patch).containers, [{ name: 'b' }, { name: 'c' }, { name: 'a' }]);
});

test('$patch deletes an element, replaces a list or an object', () => {
	const object = {
		containers: [{ name: 'a' }, { name: 'b' }],
		securityContext: { runAsUser: 1, fsGroup: 2 },
	};
	assert.deepEqual(merge(object, { containers: [{ $patch: 'delete', name: 'a' }] }).containers, [
		{ name: 'b' },
	]);
	assert.deepEqual(merge(object, { containers: [{ name: 'z' }, { $patch: 'replace' }] }).containers, [
		{ name: 'z' },
	]);
	assert.deepEqual(merge(object, { securityContext: { $patch: 'replace', runAsUser: 3 } }).securityContext, {
		runAsUser: 3,
	});
});

test('$retainKeys drops what it does not name', () => {
	const object = { volumes: [{ name: 'www', emptyDir: {} }] };
	const patch = {
		volumes: [
			{
				$retainKeys: ['name', 'persistentVolumeClaim'],
				name: 'www',
				persistentVolumeClaim: { claimName: 'c' },
			},
		],
	};
	assert.deepEqual(merge(object, patch).volumes, [
		{ name: 'www', persistentVolumeClaim: { claimName: 'c' } },
	]);
	assert.throws(() => merge({}, { $retainKeys: [], nodeName: 'x' }), StrategicMergeError);
});

test('$deleteFromPrimitiveList removes from a set, and a set has no element twice', () => {
	const object = { finalizers: ['a/x', 'b/x'] };
	const patch = { '$deleteFromPrimitiveList/finalizers': ['a/x'], finalizers: ['c/x', 'b/x'] };
	assert.deepEqual(merge(object, patch, metadata).finalizers, ['c/x', 'b/x']);
});

test('lists without a merge strategy are replaced, null removes, maps merge', () => {
	const object = { tolerations: [{ key: 'a' }], nodeName: 'n', nodeSelector: { a: '1', b: '2' } };
	assert.deepEqual(
		merge(object, { tolerations: [{ key: 'b' }], nodeName: null, nodeSelector: { a: null, c: '3' } }),
		{ tolerations: [{ key: 'b' }], nodeSelector: { b: '2', c: '3' } },
	);
});

test('an element without its merge key is refused as the server words it', () => {
	assert.throws(
		() => merge({}, { containers: [{ image: 'x' }] }),
		(error) =>
			error instanceof StrategicMergeError &&
			error.message === 'map: map[image:x] does not contain declared merge key: name',
	);
});

test('values print as Go prints them', () => {
	assert.equal(goFormat({ spec: { b: [1, 'x'], a: null } }), 'map[spec:map[a:<nil> b:[1 x]]]');
});
