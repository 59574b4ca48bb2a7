import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldErrorBody } from '../field-errors.ts';
import { validateResizePolicy, validateResourceClaims, validateResources } from './container-resources.ts';

const shown = (errors: ReturnType<typeof validateResources>) =>
	errors.map((error) => `${error.field}: ${fieldErrorBody(error)}`);

test('devices and huge pages are given as they are asked for', () => {
	assert.deepEqual(
		shown(
			validateResources(
				{ limits: { 'a.b/c': '2', 'hugepages-2Mi': '2Mi' }, requests: { 'a.b/c': '1', 'a.b/d': '500m' } },
				new Set(),
				'r',
			),
		),
		[
			'r.requests: Invalid value: "1": must be equal to a.b/c limit of 2',
			'r.requests[a.b/d]: Invalid value: "500m": must be an integer',
			'r.limits: Required value: Limit must be set for non overcommitable resources',
			'r: Forbidden: HugePages require cpu or memory',
		],
	);
});

test('claims are the pod’s, and name one thing', () => {
	assert.deepEqual(
		shown(validateResources({ claims: [{ name: 'x' }, { name: 'x' }] }, new Set(['y']), 'r')),
		[
			'r.claims[0]: Not found: "x": must be one of the names in pod.spec.resourceClaims: y',
			'r.claims[1]: Duplicate value: "x"',
			'r.claims[1]: Not found: "x": must be one of the names in pod.spec.resourceClaims: y',
		],
	);
	assert.deepEqual(
		shown(validateResourceClaims([{ name: 'a' }, { name: 'a', resourceClaimName: 'A' }], 'r')).length,
		3,
	);
});

test('a resize policy is for processor and memory, once each', () => {
	const policy = (resourceName: string, restartPolicy: string) => ({ resourceName, restartPolicy });
	assert.deepEqual(
		shown(
			validateResizePolicy(
				[policy('cpu', 'RestartContainer'), policy('cpu', 'Maybe'), policy('disk', 'NotRequired')],
				'Never',
				'r',
			),
		),
		[
			"r: Invalid value: \"RestartContainer\": must be 'NotRequired' when `restartPolicy` is 'Never'",
			'r[1]: Duplicate value: "cpu"',
			'r: Unsupported value: "Maybe": supported values: "NotRequired", "RestartContainer"',
			"r: Invalid value: \"Maybe\": must be 'NotRequired' when `restartPolicy` is 'Never'",
			'r: Unsupported value: "disk": supported values: "cpu", "memory"',
		],
	);
});
