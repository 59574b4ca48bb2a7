import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DecodeError, decode } from './decode.ts';

const core = (kind: string) => `io.k8s.api.core.v1.${kind}`;
const refusal = (value: unknown, type: string) => {
	try {
		decode(value, type);
	} catch (error) {
		assert(error instanceof DecodeError);
		return error.message;
	}
	return 'decoded';
};

test('a value of the wrong type is told with its Go struct, path and type', () => {
	for (const [value, type, message] of [
		[
			{ spec: { ports: [{ port: 'eighty' }] } },
			'Service',
			'json: cannot unmarshal string into Go struct field ServicePort.spec.ports.port of type int32',
		],
		[
			{ metadata: { labels: { a: 1 } } },
			'Pod',
			'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string',
		],
		[
			{ spec: { containers: {} } },
			'Pod',
			'json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container',
		],
		[{ spec: [] }, 'Pod', 'json: cannot unmarshal array into Go struct field Pod.spec of type v1.PodSpec'],
		[
			{ spec: { containers: [{ name: 'c', ports: [{ containerPort: 1.5 }] }] } },
			'Pod',
			'json: cannot unmarshal number 1.5 into Go struct field ContainerPort.spec.containers.ports.containerPort of type int32',
		],
		[
			{ spec: { restartPolicy: true } },
			'Pod',
			'json: cannot unmarshal bool into Go struct field PodSpec.spec.restartPolicy of type v1.RestartPolicy',
		],
		['text', 'Pod', 'json: cannot unmarshal string into Go value of type v1.Pod'],
	] as const)
		assert.equal(refusal(value, core(type)), message);
});

test('a quantity that is none is told without its place', () => {
	const pod = { spec: { containers: [{ resources: { limits: { cpu: 'lots' } } }] } };
	assert.equal(
		refusal(pod, core('Pod')),
		"quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
	);
});

test('unknown fields are found with their indices, in document order', () => {
	const { unknown } = decode(
		{ spec: { serviceNam: 1, containers: [{ name: 'a' }, { imag: 'x' }] }, sepc: {} },
		core('Pod'),
	);
	assert.deepEqual(unknown, [
		'unknown field "spec.serviceNam"',
		'unknown field "spec.containers[1].imag"',
		'unknown field "sepc"',
	]);
});

test('what Go leaves out when empty is left out, and pointers and required fields stay', () => {
	const { object } = decode(
		{
			spec: {
				hostNetwork: false,
				terminationGracePeriodSeconds: 0,
				nodeName: '',
				volumes: [],
				containers: [{ name: 'c', stdin: false, securityContext: {}, env: [{ name: 'A', value: '' }] }],
			},
		},
		core('Pod'),
	);
	assert.deepEqual(object.spec, {
		terminationGracePeriodSeconds: 0,
		containers: [{ name: 'c', securityContext: {}, env: [{ name: 'A' }], resources: {} }],
	});
});

test('zeros that a status always shows are filled in, others are not', () => {
	const { object } = decode({ status: { readyReplicas: 0 } }, 'io.k8s.api.apps.v1.StatefulSet');
	assert.deepEqual(object.status, { replicas: 0, availableReplicas: 0 });
});

test('times are written in UTC, micro times to the microsecond', () => {
	const { object } = decode(
		{ firstTimestamp: '2026-01-01T02:00:00+02:00', eventTime: '2026-01-01T00:00:00.123456789Z' },
		core('Event'),
	);
	assert.equal(object.firstTimestamp, '2026-01-01T00:00:00Z');
	assert.equal(object.eventTime, '2026-01-01T00:00:00.123456Z');
	assert.equal(object.lastTimestamp, null, 'a zero time that Go does not omit is null');
});

test('a key named __proto__ is data like any other', () => {
	const { object } = decode(JSON.parse('{"data":{"__proto__":"x"}}'), core('ConfigMap'));
	assert.deepEqual(Object.keys(object.data as object), ['__proto__']);
	assert.equal(({} as Record<string, unknown>).x, undefined);
});
