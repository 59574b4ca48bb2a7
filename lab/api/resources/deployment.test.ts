import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Deployment, Scale } from '../../schema/types.ts';
import { type StatusAnswer, serverUnderTest } from '../server-under-test.ts';

const path = '/apis/apps/v1/namespaces/default/deployments';
const template = (spec: object = {}, labels: object = { app: 'web' }) => ({
	metadata: { labels },
	spec: { containers: [{ name: 'c', image: 'nginx' }], ...spec },
});
const draft = (spec: object = {}) => ({
	apiVersion: 'apps/v1',
	kind: 'Deployment',
	metadata: { name: 'web' },
	spec: { selector: { matchLabels: { app: 'web' } }, template: template(), ...spec },
});
const merge = { 'content-type': 'application/merge-patch+json' };

async function refusal(spec: object): Promise<string> {
	const { body, status } = await serverUnderTest().send<StatusAnswer>('POST', path, { body: draft(spec) });
	assert.equal(status, 422);
	return body.message.replace('Deployment.apps "web" is invalid: ', '');
}

test('what is left out is filled in', async () => {
	const { body } = await serverUnderTest().send<Deployment>('POST', path, { body: draft() });
	const { template: made, selector: _, ...spec } = body.spec;
	assert.deepEqual(spec, {
		progressDeadlineSeconds: 600,
		replicas: 1,
		revisionHistoryLimit: 10,
		strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
	});
	// What only pods have is not in a template.
	assert.equal(made.spec!.enableServiceLinks, undefined);
	assert.deepEqual(body.status, {});
});

test('a Deployment that cannot be is told why, in the order of its fields', async () => {
	for (const [spec, message] of [
		[
			{ selector: { matchLabels: { app: 'other' } } },
			'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
		],
		[{ selector: {} }, 'spec.selector: Invalid value: {}: empty selector is invalid for deployment'],
		[
			{ strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } } },
			"spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
		],
		[
			{ strategy: { type: 'Odd' } },
			'spec.strategy: Unsupported value: {"Type":"Odd","RollingUpdate":null}: supported values: "Recreate", "RollingUpdate"',
		],
		[
			{ strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } },
			'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0',
		],
		[
			{ strategy: { rollingUpdate: { maxUnavailable: '101%' } } },
			'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "101%": must not be greater than 100%',
		],
		[
			{ template: template({ restartPolicy: 'Never' }) },
			'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
		],
		[
			{ replicas: -1, minReadySeconds: 5, progressDeadlineSeconds: 5 },
			'[spec.replicas: Invalid value: -1: must be greater than or equal to 0, spec.progressDeadlineSeconds: Invalid value: 5: must be greater than minReadySeconds]',
		],
	] as const)
		assert.equal(await refusal(spec), message);
});

test('the selector stays; what changes spec or annotations is a new generation', async () => {
	const server = serverUnderTest();
	await server.send('POST', path, { body: draft() });
	const patch = (body: object) =>
		server.send<Deployment & StatusAnswer>('PATCH', `${path}/web`, { body, headers: merge });
	const selector = { matchLabels: { app: 'web', tier: 'front' } };
	const { body: refused } = await patch({
		spec: { selector, template: { metadata: { labels: { tier: 'front' } } } },
	});
	assert.match(refused.message, /spec\.selector: Invalid value: \{"matchLabels":.*\}: field is immutable$/);
	const generations: (number | undefined)[] = [];
	for (const change of [
		{ metadata: { labels: { a: 'b' } } },
		{ metadata: { annotations: { a: 'b' } } },
		{ spec: { replicas: 2 } },
		{ spec: { replicas: 2 } },
	])
		generations.push((await patch(change)).body.metadata.generation);
	assert.deepEqual(generations, [1, 2, 3, 3]);
});

test('it scales by its subresource, which tells the selector', async () => {
	const server = serverUnderTest();
	const selector = { matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'api'] }] };
	await server.send('POST', path, { body: draft({ selector }) });
	const { body } = await server.send<Scale>('PATCH', `${path}/web/scale`, {
		body: { spec: { replicas: 3 } },
		headers: merge,
	});
	assert.equal(body.spec!.replicas, 3);
	assert.equal(body.status!.selector, 'app in (api,web)');
});

test('its table counts replicas and names containers, images and the selector', async () => {
	const server = serverUnderTest();
	await server.send('POST', path, { body: draft({ replicas: 3 }) });
	const status = { replicas: 3, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 1 };
	await server.send('PATCH', `${path}/web/status`, { body: { status }, headers: merge });
	interface Table {
		columnDefinitions: { name: string }[];
		rows: { cells: unknown[] }[];
	}
	const { body } = await server.send<Table>('GET', path, {
		headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
	});
	assert.deepEqual(
		body.columnDefinitions.map(({ name }) => name),
		['Name', 'Ready', 'Up-to-date', 'Available', 'Age', 'Containers', 'Images', 'Selector'],
	);
	assert.deepEqual(body.rows[0].cells, ['web', '2/3', 2, 1, '0s', 'c', 'nginx', 'app=web']);
});

test('a status that does not add up is refused', async () => {
	const server = serverUnderTest();
	await server.send('POST', path, { body: draft() });
	const { body } = await server.send<StatusAnswer>('PATCH', `${path}/web/status`, {
		body: { status: { replicas: 1, readyReplicas: 2, availableReplicas: -1 } },
		headers: merge,
	});
	assert.equal(
		body.message,
		'Deployment.apps "web" is invalid: [status.availableReplicas: Invalid value: -1: must be greater than or equal to 0, status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas]',
	);
});
