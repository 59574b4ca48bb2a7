import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PodSpec } from '../../schema/types.ts';
import { setPodDefaults } from '../defaults/pod-spec.ts';
import { fieldErrorBody } from '../field-errors.ts';
import { validatePodSpec } from './pod-spec.ts';

/** The faults of a right spec with some parts replaced. */
function faults(more: Partial<PodSpec>): string[] {
	const spec: PodSpec = structuredClone({ containers: [{ name: 'c', image: 'x' }], ...more });
	setPodDefaults(spec);
	return validatePodSpec(spec, 's').map((error) => `${error.field.slice(2)}: ${fieldErrorBody(error)}`);
}
const container = { name: 'c', image: 'x' };

test('a short spec is right', () => assert.deepEqual(faults({}), []));

test('tolerations', () => {
	for (const [toleration, expected] of [
		[{ operator: 'Exists' }, []],
		[{ key: 'a', value: 'b', effect: 'NoSchedule' }, []],
		[
			{ key: 'a', operator: 'Exists', value: 'b' },
			['tolerations[0].operator: Invalid value: "b": value must be empty when `operator` is \'Exists\''],
		],
		[
			{ key: 'a', operator: 'Like' },
			['tolerations[0].operator: Unsupported value: "Like": supported values: "Equal", "Exists"'],
		],
		[
			{ key: 'a', effect: 'NoSchedule', tolerationSeconds: 5 },
			[
				'tolerations[0].effect: Invalid value: "NoSchedule": effect must be \'NoExecute\' when `tolerationSeconds` is set',
			],
		],
	] as const)
		assert.deepEqual(faults({ tolerations: [toleration] }), expected);
});

test('volumes and their mounts', () => {
	const mount = (more: object) => [{ ...container, volumeMounts: [{ name: 'v', mountPath: '/x', ...more }] }];
	const volumes = [{ name: 'v', emptyDir: {} }];
	for (const [spec, expected] of [
		[{ volumes, containers: mount({}) }, []],
		[{ volumes: [...volumes, ...volumes] }, ['volumes[1].name: Duplicate value: "v"']],
		[{ volumes: [{ name: 'V', emptyDir: {} }] }, 1],
		[{ volumes: [{ name: 'v', configMap: {} }] }, ['volumes[0].configMap.name: Required value']],
		[
			{ volumes: [{ name: 'v', secret: { secretName: 's', defaultMode: 0o1000 } }] },
			[
				'volumes[0].secret.defaultMode: Invalid value: 512: must be a number between 0 and 0777 (octal), both inclusive',
			],
		],
		[
			{ volumes: [{ name: 'v', hostPath: { path: '/a/../b' } }] },
			['volumes[0].hostPath.path: Invalid value: "/a/../b": must not contain \'..\''],
		],
		[
			{ volumes, containers: mount({ subPath: '/a' }) },
			['containers[0].volumeMounts.subPath: Invalid value: "/a": must be a relative path'],
		],
		[
			{ volumes, containers: mount({ subPath: '../a' }) },
			['containers[0].volumeMounts.subPath: Invalid value: "../a": must not contain \'..\''],
		],
	] as [Partial<PodSpec>, string[] | number][]) {
		const found = faults(spec);
		if (typeof expected === 'number') assert.equal(found.length, expected);
		else assert.deepEqual(found, expected);
	}
});

test('ports, variables and resources', () => {
	for (const [more, expected] of [
		[{ ports: [{ containerPort: 0 }] }, ['ports[0].containerPort: Required value']],
		[
			{ ports: [{ containerPort: 80, name: 'Web' }] },
			[
				'ports[0].name: Invalid value: "Web": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
			],
		],
		[
			{ ports: [{ containerPort: 80, protocol: 'ICMP' }] },
			['ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"'],
		],
		[{ env: [{ name: '' }] }, ['env[0].name: Required value']],
		[
			{ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.nope' } } }] },
			[
				'env[0].valueFrom.fieldRef.fieldPath: Invalid value: "spec.nope": error converting fieldPath: field label not supported: spec.nope',
			],
		],
		[{ env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } }] }, []],
		[{ envFrom: [{}] }, ['envFrom: Invalid value: "": must specify one of: `configMapRef` or `secretRef`']],
		[
			{ resources: { requests: { disk: '1' } } },
			[
				'resources.requests[disk]: Invalid value: "disk": must be a standard resource type or fully qualified',
				'resources.requests[disk]: Invalid value: "disk": must be a standard resource for containers',
			],
		],
		[
			{ resources: { limits: { cpu: '-1' } } },
			[
				'resources.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0',
				'resources.requests[cpu]: Invalid value: "-1": must be greater than or equal to 0',
			],
		],
	] as const)
		assert.deepEqual(
			faults({ containers: [{ ...container, ...structuredClone(more) } as PodSpec['containers'][number]] }),
			expected.map((fault) => `containers[0].${fault}`),
		);
});

test('probes, hooks and init containers', () => {
	const exec = { command: ['x'] };
	for (const [spec, expected] of [
		[
			{ containers: [{ ...container, lifecycle: { preStop: { exec, sleep: { seconds: 1 } } } }] },
			['containers[0].lifecycle.preStop.sleep: Forbidden: may not specify more than 1 handler type'],
		],
		[{ containers: [{ ...container, readinessProbe: { httpGet: { port: 'no name!' } } }] }, 1],
		[
			{ containers: [{ ...container, readinessProbe: { exec, terminationGracePeriodSeconds: 1 } }] },
			[
				'containers[0].readinessProbe.terminationGracePeriodSeconds: Invalid value: 1: must not be set for readinessProbes',
			],
		],
		[{ initContainers: [container] }, ['initContainers[0].name: Duplicate value: "c"']],
		[
			{ initContainers: [{ ...container, name: 'i', readinessProbe: { exec } }] },
			[
				'initContainers[0].readinessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
			],
		],
		[
			{ initContainers: [{ ...container, name: 'i', restartPolicy: 'Always', readinessProbe: { exec } }] },
			[],
		],
	] as [Partial<PodSpec>, string[] | number][]) {
		const found = faults(spec);
		if (typeof expected === 'number') assert.equal(found.length, expected, found.join());
		else assert.deepEqual(found, expected);
	}
});

test('affinity and spreading', () => {
	const term = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'x' } } };
	const spread = { maxSkew: 0, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' };
	for (const [spec, expected] of [
		[{ affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } }, []],
		[
			{
				affinity: {
					podAffinity: {
						preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 0, podAffinityTerm: term }],
					},
				},
			},
			[
				'affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 0: must be in the range 1-100',
			],
		],
		[
			{
				affinity: {
					nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } },
				},
			},
			[
				'affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: Required value: must have at least one node selector term',
			],
		],
		[
			{ topologySpreadConstraints: [spread] },
			['topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero'],
		],
	] as [Partial<PodSpec>, string[]][])
		assert.deepEqual(faults(spec), expected);
});

test('volumes of a set’s claims may be mounted', () => {
	const spec: PodSpec = { containers: [{ ...container, volumeMounts: [{ name: 'data', mountPath: '/d' }] }] };
	setPodDefaults(spec);
	assert.deepEqual(validatePodSpec(spec, 's', { claims: ['data'] }), []);
	assert.equal(validatePodSpec(spec, 's').length, 1);
});
