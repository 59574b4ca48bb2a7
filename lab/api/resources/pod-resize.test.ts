import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod } from '../../schema/types.ts';
import { podDraft, type StatusAnswer, serverUnderTest } from '../server-under-test.ts';

const pods = '/api/v1/namespaces/default/pods';

async function withPod() {
	const server = serverUnderTest();
	const resources = { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '200m', memory: '64Mi' } };
	const containers = [{ name: 'c', image: 'nginx:1.27', resources }];
	await server.send('POST', pods, { body: podDraft('a', { containers }) });
	const patch = (path: string, container: object) =>
		server.send<Pod & StatusAnswer>('PATCH', `${pods}/${path}`, {
			body: { spec: { containers: [{ name: 'c', ...container }] } },
			headers: { 'content-type': 'application/strategic-merge-patch+json' },
		});
	return { server, patch };
}

test('a resize changes what the containers may use, and raises the generation', async () => {
	const { server, patch } = await withPod();
	const { status, body } = await patch('a/resize', { resources: { limits: { cpu: '300m' } } });
	assert.equal(status, 200);
	assert.deepEqual(body.spec.containers[0].resources?.limits, { cpu: '300m', memory: '64Mi' });
	assert.equal(body.metadata.generation, 2);
	assert.equal(body.status?.qosClass, 'Burstable');
	const read = await server.send<Pod>('GET', `${pods}/a/resize`);
	assert.deepEqual(read.body.spec, body.spec);
	const refused = await patch('a', { resources: { limits: { cpu: '400m' } } });
	assert.match(refused.body.message, /pod updates may not change fields other than/);
});

test('what a resize may not change is refused', async () => {
	const { server, patch } = await withPod();
	const message = async (container: object) => (await patch('a/resize', container)).body.message;
	assert.equal(
		await message({ resources: { requests: { cpu: '200m' } } }),
		'Pod "a" is invalid: spec: Invalid value: "Burstable": Pod QOS Class may not change as a result of resizing',
	);
	assert.equal(
		await message({ resources: { limits: { cpu: null } } }),
		'Pod "a" is invalid: spec.containers[0].resources.limits: Forbidden: resource limits cannot be removed',
	);
	const fixed = 'Pod "a" is invalid: spec: Forbidden: only cpu and memory resources are mutable';
	assert.equal(await message({ resources: { limits: { 'ephemeral-storage': '1Gi' } } }), fixed);
	assert.equal(
		await message({ resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'NotRequired' }] }),
		fixed,
	);
	assert.match(
		await message({ resources: { requests: { cpu: '500m' } } }),
		/spec\.containers\[0\]\.resources\.requests: Invalid value: "500m": must be less than or equal to cpu limit of 200m/,
	);
	const { body: pod } = await server.send<Pod>('GET', `${pods}/a`);
	assert.equal(pod.metadata.generation, 1);
	const renamed = { ...pod, spec: { ...pod.spec, containers: [{ ...pod.spec.containers[0], name: 'b' }] } };
	const { body } = await server.send<StatusAnswer>('PUT', `${pods}/a/resize`, { body: renamed });
	assert.match(
		body.message,
		/spec\.containers\[0\]\.name: Forbidden: containers may not be renamed or reordered/,
	);
});

test('a resize is bounded by the namespace as a new pod is', async () => {
	const { server, patch } = await withPod();
	await server.send('POST', '/api/v1/namespaces/default/limitranges', {
		body: { metadata: { name: 'l' }, spec: { limits: [{ type: 'Container', max: { cpu: '250m' } }] } },
	});
	const { body } = await patch('a/resize', { resources: { limits: { cpu: '300m' } } });
	assert.match(body.message, /maximum cpu usage per Container is 250m, but limit is 300m/);
});

test('sidecars are resized as containers are, other init containers are not, and memory may shrink', async () => {
	const server = serverUnderTest();
	const resources = { requests: { cpu: '100m', memory: '16Mi' }, limits: { memory: '64Mi' } };
	const image = 'nginx:1.27';
	await server.send('POST', pods, {
		body: podDraft('a', {
			containers: [{ name: 'c', image, resources }],
			initContainers: [
				{ name: 'init', image, resources },
				{ name: 'side', image, resources, restartPolicy: 'Always' },
			],
		}),
	});
	const resize = async (spec: object) =>
		(
			await server.send<Pod & StatusAnswer>('PATCH', `${pods}/a/resize`, {
				body: { spec },
				headers: { 'content-type': 'application/strategic-merge-patch+json' },
			})
		).body;
	const changed = { resources: { requests: { cpu: '200m' }, limits: { memory: '32Mi' } } };
	const { spec } = await resize({
		initContainers: [{ name: 'side', ...changed }],
		containers: [{ name: 'c', ...changed }],
	});
	assert.deepEqual(
		[...(spec.initContainers ?? []), ...spec.containers].map((each) => each.resources?.limits?.memory),
		['64Mi', '32Mi', '32Mi'],
	);
	assert.equal(
		(await resize({ initContainers: [{ name: 'init', ...changed }] })).message,
		'Pod "a" is invalid: spec: Forbidden: resources for non-sidecar init containers are immutable',
	);
	assert.equal(
		(
			await resize({
				initContainers: [{ name: 'side', resources: { limits: { 'ephemeral-storage': '1' } } }],
			})
		).message,
		'Pod "a" is invalid: spec: Forbidden: only cpu and memory resources for sidecar containers are mutable',
	);
	assert.equal(
		(await resize({ initContainers: [{ name: 'side', resources: { requests: { cpu: null } } }] })).message,
		'Pod "a" is invalid: spec.initContainers[1].resources.requests: Forbidden: resource requests cannot be removed',
	);
});
