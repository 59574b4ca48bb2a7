import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod, PodSpec } from '../../schema/types.ts';
import { setPodDefaults } from '../defaults/pod-spec.ts';
import { fieldErrorBody } from '../field-errors.ts';
import { validateEphemeralContainersUpdate } from './ephemeral-containers.ts';
import { validatePodCreation, validatePodUpdate } from './pod.ts';

function pod(more: Partial<PodSpec> = {}): Pod {
	const spec: PodSpec = structuredClone({ containers: [{ name: 'c', image: 'x' }], ...more });
	setPodDefaults(spec);
	const metadata = { name: 'p', namespace: 'default' } as Pod['metadata'];
	return { apiVersion: 'v1', kind: 'Pod', metadata, spec };
}
const shown = (errors: ReturnType<typeof validatePodUpdate>) =>
	errors.map((error) => `${error.field}: ${fieldErrorBody(error)}`);

test('what may not change is shown as the server holds it, three lines around', () => {
	const [fault, ...others] = shown(
		validatePodUpdate(pod({ containers: [{ name: 'c', image: 'y', command: ['sh'] }] }), pod()),
	);
	assert.deepEqual(others, []);
	assert.equal(
		fault,
		[
			'spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
			'@@ -5,7 +5,9 @@',
			'   {',
			'    "Name": "c",',
			'    "Image": "x",',
			'-   "Command": null,',
			'+   "Command": [',
			'+    "sh"',
			'+   ],',
			'    "Args": null,',
			'    "WorkingDir": "",',
			'    "Ports": null,',
			'',
		].join('\n'),
	);
	assert.match(
		shown(validatePodUpdate(pod({ hostNetwork: true }), pod()))[0],
		/ "SecurityContext": \{\n- {2}"HostNetwork": false,\n\+ {2}"HostNetwork": true,\n {3}"HostPID": false,/,
	);
});

test('images, tolerations and a nearer deadline may change', () => {
	const toleration = { key: 'a', operator: 'Exists' };
	const changed = pod({
		containers: [{ name: 'c', image: 'y' }],
		tolerations: [toleration],
		activeDeadlineSeconds: 5,
	});
	changed.spec.containers[0].imagePullPolicy = pod().spec.containers[0].imagePullPolicy;
	assert.deepEqual(shown(validatePodUpdate(changed, pod({ activeDeadlineSeconds: 9 }))), []);
	assert.deepEqual(
		shown(validatePodUpdate(pod({ activeDeadlineSeconds: 9 }), pod({ activeDeadlineSeconds: 5 }))),
		['spec.activeDeadlineSeconds: Invalid value: 9: must be less than or equal to previous value'],
	);
});

test('a pod that is held back may be narrowed to fewer nodes', () => {
	const gated = { schedulingGates: [{ name: 'a.b/c' }] };
	assert.deepEqual(
		shown(
			validatePodUpdate(
				pod({ ...gated, nodeSelector: { a: 'b', c: 'd' } }),
				pod({ ...gated, nodeSelector: { a: 'b' } }),
			),
		),
		[],
	);
	assert.deepEqual(
		shown(
			validatePodUpdate(pod({ ...gated, nodeSelector: {} }), pod({ ...gated, nodeSelector: { a: 'b' } })),
		),
		[
			'spec.nodeSelector: Invalid value: {}: only additions to spec.nodeSelector are allowed (no mutations or deletions)',
		],
	);
	assert.deepEqual(shown(validatePodUpdate(pod(gated), pod())).slice(0, 1), [
		"spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new scheduling gate 'a.b/c'",
	]);
	assert.match(
		shown(validatePodUpdate(pod({ nodeSelector: { a: 'b' } }), pod()))[0],
		/^spec: Forbidden: pod updates/,
	);
});

test('ephemeral containers are no part of a new pod, and stay as they are', () => {
	const container = { name: 'debug', image: 'x', ports: [{ containerPort: 80 }], targetContainerName: 'z' };
	assert.deepEqual(shown(validatePodCreation(pod({ ephemeralContainers: [container] }))), [
		'spec.ephemeralContainers[0].targetContainerName: Not found: "z"',
		'spec.ephemeralContainers[0].ports: Forbidden: cannot be set for an Ephemeral Container',
		'spec.ephemeralContainers: Forbidden: cannot be set on create',
	]);
	const [before, after] = ['x', 'y'].map((image) => pod({ ephemeralContainers: [{ name: 'd', image }] }));
	assert.match(
		shown(validateEphemeralContainersUpdate(after, before))[0],
		/^spec\.ephemeralContainers: Forbidden: existing ephemeral containers "d" may not be changed\n@@ .*\n \{\n {2}"Name": "d",\n- "Image": "x",\n\+ "Image": "y",/,
	);
});
