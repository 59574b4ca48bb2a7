import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod, ServiceAccount } from '../../schema/types.ts';
import { podDraft, type StatusAnswer, serverUnderTest } from '../server-under-test.ts';

const pods = '/api/v1/namespaces/default/pods';

async function created(more: object = {}): Promise<Pod> {
	const { status, body } = await serverUnderTest().send<Pod>('POST', pods, { body: podDraft('a', more) });
	assert.equal(status, 201, JSON.stringify(body));
	return body;
}

async function faults(more: object): Promise<string[]> {
	const { body } = await serverUnderTest().send<StatusAnswer>('POST', pods, { body: podDraft('a', more) });
	return (body.details?.causes ?? []).map(({ field, message }) => `${field}: ${message}`);
}

test('a short pod is filled in as a real server does', async () => {
	const { spec, status, metadata } = await created();
	const volume = spec.volumes?.[0].name ?? '';
	assert.match(volume, /^kube-api-access-[a-z0-9]{5}$/);
	assert.deepEqual(spec.containers, [
		{
			name: 'c',
			image: 'nginx:1.27',
			imagePullPolicy: 'IfNotPresent',
			resources: {},
			terminationMessagePath: '/dev/termination-log',
			terminationMessagePolicy: 'File',
			volumeMounts: [
				{ name: volume, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
			],
		},
	]);
	const { containers: _, volumes: __, tolerations, ...rest } = spec;
	assert.deepEqual(rest, {
		dnsPolicy: 'ClusterFirst',
		enableServiceLinks: true,
		preemptionPolicy: 'PreemptLowerPriority',
		priority: 0,
		restartPolicy: 'Always',
		schedulerName: 'default-scheduler',
		securityContext: {},
		serviceAccount: 'default',
		serviceAccountName: 'default',
		terminationGracePeriodSeconds: 30,
	});
	assert.deepEqual(
		tolerations?.map(({ key, tolerationSeconds }) => [key, tolerationSeconds]),
		[
			['node.kubernetes.io/not-ready', 300],
			['node.kubernetes.io/unreachable', 300],
		],
	);
	assert.deepEqual(status, { phase: 'Pending', qosClass: 'BestEffort' });
	assert.equal(metadata.generation, 1);
});

test('the pull policy follows from the tag', async () => {
	for (const [image, policy] of [
		['nginx', 'Always'],
		['nginx:latest', 'Always'],
		['registry:5000/nginx', 'Always'],
		['registry:5000/nginx:1', 'IfNotPresent'],
		['nginx@sha256:abc', 'IfNotPresent'],
	]) {
		const pod = await created({ containers: [{ name: 'c', image }] });
		assert.equal(pod.spec.containers[0].imagePullPolicy, policy, image);
	}
});

test('quality of service follows from requests and limits', async () => {
	for (const [resources, quality] of [
		[{}, 'BestEffort'],
		[{ requests: { cpu: '100m' } }, 'Burstable'],
		[{ limits: { cpu: '1', memory: '1Gi' } }, 'Guaranteed'],
		[{ limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1000m', memory: '1024Mi' } }, 'Guaranteed'],
	] as const) {
		const pod = await created({ containers: [{ name: 'c', image: 'x', resources }] });
		assert.equal(pod.status?.qosClass, quality);
	}
});

test('limits are requests where none are given, in canonical form', async () => {
	const resources = { limits: { cpu: '0.5', memory: '1024Mi' } };
	const pod = await created({ containers: [{ name: 'c', image: 'x', resources }] });
	assert.deepEqual(pod.spec.containers[0].resources?.requests, { cpu: '500m', memory: '1Gi' });
});

test('an account that does not want a token mounted gets none', async () => {
	const server = serverUnderTest();
	const account = server.client.get<ServiceAccount>('serviceaccounts', 'default', 'default')!;
	server.client.update<ServiceAccount>('serviceaccounts', {
		...account,
		automountServiceAccountToken: false,
	});
	const { body } = await server.send<Pod>('POST', pods, { body: podDraft('a') });
	assert.equal(body.spec.volumes, undefined);
	const missing = await server.send<StatusAnswer>('POST', pods, {
		body: podDraft('b', { serviceAccountName: 'x' }),
	});
	assert.equal(
		missing.body.message,
		'pods "b" is forbidden: error looking up service account default/x: serviceaccount "x" not found',
	);
});

test('priority comes from the class, which must be there', async () => {
	assert.equal((await created({ priorityClassName: 'system-node-critical' })).spec.priority, 2_000_001_000);
	const { body } = await serverUnderTest().send<StatusAnswer>('POST', pods, {
		body: podDraft('a', { priorityClassName: 'high' }),
	});
	assert.equal(body.message, 'pods "a" is forbidden: no PriorityClass with name high was found');
});

test('faults of a spec have their path and their words', async () => {
	const c = { name: 'c', image: 'x' };
	for (const [more, expected] of [
		[{ containers: [] }, ['spec.containers: Required value']],
		[{ containers: [c, c] }, ['spec.containers[1].name: Duplicate value: "c"']],
		[
			{ containers: [{ ...c, image: ' x' }] },
			['spec.containers[0].image: Invalid value: " x": must not have leading or trailing whitespace'],
		],
		[
			{ restartPolicy: 'Sometimes' },
			[
				'spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"',
			],
		],
		[
			{ volumes: [{ name: 'v', emptyDir: {}, hostPath: { path: '/x' } }] },
			['spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type'],
		],
		[
			{ containers: [{ ...c, volumeMounts: [{ name: 'v', mountPath: '/x' }] }] },
			['spec.containers[0].volumeMounts[0].name: Not found: "v"'],
		],
		[
			{ containers: [{ ...c, env: [{ name: 'A', valueFrom: {} }] }] },
			[
				'spec.containers[0].env[0].valueFrom: Invalid value: "": must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`',
			],
		],
		[
			{ containers: [{ ...c, readinessProbe: {} }] },
			['spec.containers[0].readinessProbe: Required value: must specify a handler type'],
		],
		[
			{ containers: [{ ...c, livenessProbe: { exec: { command: ['x'] }, successThreshold: 2 } }] },
			['spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1'],
		],
		[
			{ containers: [{ ...c, resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } }] },
			[
				'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
			],
		],
		[
			{
				affinity: {
					podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: '' }] },
				},
			},
			[
				'spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Required value: can not be empty',
				'spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Invalid value: "": name part must be non-empty',
				`spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Invalid value: "": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
			],
		],
		[
			{ dnsPolicy: 'None' },
			['spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None'],
		],
	] as const)
		assert.deepEqual(await faults(more), expected);
});

test('of a pod’s spec little may change', async () => {
	const server = serverUnderTest();
	await server.send('POST', pods, { body: podDraft('a') });
	const patch = (spec: object) =>
		server.send<Pod & StatusAnswer>('PATCH', `${pods}/a`, {
			body: { spec },
			headers: { 'content-type': 'application/strategic-merge-patch+json' },
		});
	const image = await patch({ containers: [{ name: 'c', image: 'nginx:1.28' }] });
	assert.equal(image.body.spec.containers[0].image, 'nginx:1.28');
	assert.equal(image.body.metadata.generation, 2);
	assert.match(
		(await patch({ nodeName: 'node1' })).body.message,
		/spec: Forbidden: pod updates may not change fields other than `spec\.containers\[\*\]\.image`/,
	);
	assert.match(
		(await patch({ containers: [{ name: 'd', image: 'x' }] })).body.message,
		/pod updates may not add or remove containers/,
	);
});
