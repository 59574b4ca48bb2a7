import assert from 'node:assert/strict';
import { test } from 'node:test';
import { structType, types } from '../facts.ts';
import { describe, loadDescriptions } from './descriptions.ts';

const taught = [
	'core.v1.Pod',
	'core.v1.Service',
	'core.v1.ConfigMap',
	'core.v1.Secret',
	'core.v1.PersistentVolumeClaim',
	'core.v1.PersistentVolume',
	'core.v1.ServiceAccount',
	'apps.v1.StatefulSet',
	'apps.v1.Deployment',
	'apps.v1.ReplicaSet',
	'batch.v1.Job',
	'networking.v1.Ingress',
	'storage.v1.StorageClass',
	'rbac.v1.Role',
	'rbac.v1.RoleBinding',
];

test('every description is of a type and a field that there is', async () => {
	for (const [name, fields] of Object.entries(await loadDescriptions())) {
		if (name === '*') continue;
		const full = [`io.k8s.api.${name}`, `io.k8s.apimachinery.pkg.apis.${name}`].find((each) => types[each]);
		assert.ok(full, name);
		for (const field of Object.keys(fields))
			if (field) assert.ok(structType(full).fields.has(field), `${name}.${field}`);
	}
});

test('the kinds that the course teaches are described field by field, with their spec and status', async () => {
	const descriptions = await loadDescriptions();
	const undescribed = (type: string) =>
		[...structType(type).fields.keys()].filter((field) => !describe(descriptions, type, field));
	for (const kind of taught) {
		const parts = [kind, `${kind}Spec`, `${kind}Status`].map((name) => `io.k8s.api.${name}`);
		for (const part of parts.filter((name) => types[name])) assert.deepEqual(undescribed(part), [], part);
	}
	for (const part of [
		'Container',
		'Probe',
		'Volume',
		'VolumeMount',
		'Affinity',
		'Toleration',
		'EphemeralContainer',
	])
		assert.deepEqual(undescribed(`io.k8s.api.core.v1.${part}`), [], part);
	assert.deepEqual(undescribed('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'), []);
});
