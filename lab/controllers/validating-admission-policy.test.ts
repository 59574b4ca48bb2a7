import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadExpressions } from '../api/expressions/environment.ts';
import type { ValidatingAdmissionPolicy } from '../schema/types.ts';
import { createTestCluster } from '../test-cluster.ts';

const resource = 'validatingadmissionpolicies.admissionregistration.k8s.io';

test('the status of a policy says which fields its kinds have not', async () => {
	await loadExpressions();
	const { client, lab, until } = createTestCluster({ nodes: 1 });
	const status = () => client.get<ValidatingAdmissionPolicy>(resource, '', 'p')?.status;
	const policy = (expression: string) => ({
		apiVersion: 'admissionregistration.k8s.io/v1',
		kind: 'ValidatingAdmissionPolicy',
		metadata: { name: 'p' },
		spec: {
			matchConstraints: {
				resourceRules: [
					{
						apiGroups: ['apps'],
						apiVersions: ['v1'],
						operations: ['CREATE'],
						resources: ['deployments'],
					},
				],
			},
			validations: [{ expression }],
		},
	});
	client.create(resource, policy('object.replicas > 1'));
	await until(() => status()?.observedGeneration === 1);
	assert.deepEqual(status()?.typeChecking, {
		expressionWarnings: [
			{
				fieldRef: 'spec.validations[0].expression',
				warning:
					"apps/v1, Kind=Deployment: compilation failed: ERROR: <input>:1:7: undefined field 'replicas'\n | object.replicas > 1\n | ......^\n",
			},
		],
	});
	const stored = client.get<ValidatingAdmissionPolicy>(resource, '', 'p') as ValidatingAdmissionPolicy;
	const { spec } = policy(
		"object.spec.replicas > 1 && object.spec.template.spec.containers.all(c, c.image.contains(':')) && object.metadata.labels['a'] == 'b'",
	);
	client.update(resource, { ...stored, spec });
	await until(() => status()?.observedGeneration === 2);
	assert.deepEqual(status()?.typeChecking, {});
	lab.stop();
});
