import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CustomResourceDefinition, KubernetesObject } from '../../schema/types.ts';
import { type Listed, type StatusAnswer, serverUnderTest } from '../server-under-test.ts';

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const crons = '/apis/stable.example.com/v1/namespaces/default/crontabs';
const name = 'crontabs.stable.example.com';

interface CronTab extends KubernetesObject {
	spec: Record<string, unknown>;
	status?: Record<string, unknown>;
}

const schema = {
	type: 'object',
	required: ['spec'],
	properties: {
		spec: {
			type: 'object',
			required: ['cronSpec'],
			properties: {
				cronSpec: { type: 'string', pattern: '^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$' },
				image: { type: 'string', default: 'cron:1' },
				replicas: { type: 'integer', minimum: 1, maximum: 10, default: 1 },
				mode: { type: 'string', enum: ['fast', 'slow'] },
				port: { 'x-kubernetes-int-or-string': true },
				free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
				note: { type: 'string', nullable: true },
				steps: {
					type: 'array',
					'x-kubernetes-list-type': 'map',
					'x-kubernetes-list-map-keys': ['name'],
					items: {
						type: 'object',
						required: ['name'],
						properties: { name: { type: 'string' }, run: { type: 'string' } },
					},
				},
			},
		},
		status: {
			type: 'object',
			properties: { replicas: { type: 'integer' }, labelSelector: { type: 'string' } },
		},
	},
};

const definition = (more: object = {}, version: object = {}) => ({
	apiVersion: 'apiextensions.k8s.io/v1',
	kind: 'CustomResourceDefinition',
	metadata: { name },
	spec: {
		group: 'stable.example.com',
		scope: 'Namespaced',
		names: { plural: 'crontabs', kind: 'CronTab', shortNames: ['ct'], categories: ['all'] },
		versions: [
			{
				name: 'v1',
				served: true,
				storage: true,
				schema: { openAPIV3Schema: schema },
				subresources: {
					status: {},
					scale: {
						specReplicasPath: '.spec.replicas',
						statusReplicasPath: '.status.replicas',
						labelSelectorPath: '.status.labelSelector',
					},
				},
				additionalPrinterColumns: [
					{ name: 'Spec', type: 'string', jsonPath: '.spec.cronSpec' },
					{ name: 'Replicas', type: 'integer', jsonPath: '.spec.replicas' },
					{ name: 'First', type: 'string', jsonPath: '.spec.steps[?(@.name=="a")].run' },
					{ name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
				],
				...version,
			},
		],
		...more,
	},
});

const cron = (cronName: string, spec: object = {}) => ({
	apiVersion: 'stable.example.com/v1',
	kind: 'CronTab',
	metadata: { name: cronName, namespace: 'default' },
	spec: { cronSpec: '* * * * */5', ...spec },
});

async function defined() {
	const server = serverUnderTest();
	const { status } = await server.send('POST', definitions, { body: definition() });
	assert.equal(status, 201);
	return server;
}

test('a definition is accepted and established, and its kind served at once', async () => {
	const server = await defined();
	const { body } = await server.send<CustomResourceDefinition>('GET', `${definitions}/${name}`);
	assert.deepEqual(
		body.status?.conditions?.map(({ type, status, reason }) => [type, status, reason]),
		[
			['NamesAccepted', 'True', 'NoConflicts'],
			['Established', 'True', 'InitialNamesAccepted'],
		],
	);
	assert.deepEqual(body.status?.storedVersions, ['v1']);
	assert.equal(body.spec.names.listKind, 'CronTabList');
	const list = await server.send<{ resources: { name: string; shortNames?: string[] }[] }>(
		'GET',
		'/apis/stable.example.com/v1',
	);
	assert.deepEqual(
		list.body.resources.map((each) => each.name),
		['crontabs', 'crontabs/scale', 'crontabs/status'],
	);
	const openApi = await server.send<{ components: { schemas: Record<string, object> } }>(
		'GET',
		'/openapi/v3/apis/stable.example.com/v1',
	);
	assert.ok(openApi.body.components.schemas['com.example.stable.v1.CronTab']);
});

test('objects get defaults, lose what the schema does not have, and keep what it preserves', async () => {
	const server = await defined();
	const { body, headers } = await server.send<CronTab>('POST', crons, {
		body: cron('a', { nope: 1, free: { any: { thing: [1] } }, note: null, port: 'http' }),
	});
	assert.deepEqual(body.spec, {
		cronSpec: '* * * * */5',
		free: { any: { thing: [1] } },
		note: null,
		port: 'http',
		image: 'cron:1',
		replicas: 1,
	});
	assert.equal(body.metadata.generation, 1);
	assert.equal(headers.warning, '299 - "unknown field \\"spec.nope\\""');
	const strict = await server.send<StatusAnswer>('POST', `${crons}?fieldValidation=Strict`, {
		body: cron('b', { nope: 1 }),
	});
	assert.equal(
		strict.body.message,
		'CronTab in version "v1" cannot be handled as a CronTab: strict decoding error: unknown field "spec.nope"',
	);
});

test('what does not fit the schema is told field by field', async () => {
	const server = await defined();
	const { status, body } = await server.send<StatusAnswer>('POST', crons, {
		body: cron('a', { cronSpec: '* * * *', replicas: 15, mode: 'other', port: true, steps: [{}] }),
	});
	assert.equal(status, 422);
	assert.equal(
		body.message,
		'CronTab.stable.example.com "a" is invalid: [' +
			[
				'spec.cronSpec: Invalid value: "* * * *": spec.cronSpec in body should match \'^(\\d+|\\*)(/\\d+)?(\\s+(\\d+|\\*)(/\\d+)?){4}$\'',
				'spec.replicas: Invalid value: 15: spec.replicas in body should be less than or equal to 10',
				'spec.mode: Unsupported value: "other": supported values: "fast", "slow"',
				'spec.port: Invalid value: "boolean": spec.port in body must be of type integer,string: "boolean"',
				'spec.steps[0].name: Required value',
			].join(', ') +
			']',
	);
});

test('a table has the definition’s columns', async () => {
	const server = await defined();
	await server.send('POST', crons, { body: cron('a', { steps: [{ name: 'a', run: 'x' }] }) });
	await server.send('POST', crons, { body: cron('b') });
	const { body } = await server.send<{
		columnDefinitions: { name: string; type: string }[];
		rows: { cells: unknown[] }[];
	}>('GET', crons, { headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' } });
	assert.deepEqual(
		body.columnDefinitions.map((each) => each.name),
		['Name', 'Spec', 'Replicas', 'First', 'Age'],
	);
	assert.deepEqual(
		body.rows.map(({ cells }) => cells),
		[
			['a', '* * * * */5', 1, 'x', '0s'],
			['b', '* * * * */5', 1, null, '0s'],
		],
	);
});

test('status and scale are subresources; the generation counts the rest', async () => {
	const server = await defined();
	const created = await server.send<CronTab>('POST', crons, {
		body: { ...cron('a'), status: { replicas: 9 } },
	});
	assert.equal(created.body.status, undefined);
	const scale = await server.send<{ spec: { replicas: number } }>('PATCH', `${crons}/a/scale`, {
		body: { spec: { replicas: 3 } },
		headers: { 'content-type': 'application/merge-patch+json' },
	});
	assert.equal(scale.body.spec.replicas, 3);
	const status = await server.send<CronTab>('PATCH', `${crons}/a/status`, {
		body: { status: { replicas: 2, nope: 1 }, spec: { replicas: 7 } },
		headers: { 'content-type': 'application/merge-patch+json' },
	});
	assert.deepEqual(status.body.status, { replicas: 2 });
	assert.equal(status.body.spec.replicas, 3);
	assert.equal(status.body.metadata.generation, 2);
});

test('server-side apply merges lists by the schema’s keys; a strategic merge is refused', async () => {
	const server = await defined();
	const apply = (manager: string, steps: object[]) =>
		server.send<CronTab>('PATCH', `${crons}/a?fieldManager=${manager}`, {
			body: cron('a', { steps }),
			headers: { 'content-type': 'application/apply-patch+yaml' },
		});
	assert.equal((await apply('one', [{ name: 'x', run: '1' }])).status, 201);
	const both = await apply('two', [{ name: 'y' }]);
	assert.deepEqual(both.body.spec.steps, [{ name: 'x', run: '1' }, { name: 'y' }]);
	const conflict = await server.send<StatusAnswer>('PATCH', `${crons}/a?fieldManager=two`, {
		body: cron('a', { steps: [{ name: 'x', run: '2' }] }),
		headers: { 'content-type': 'application/apply-patch+yaml' },
	});
	assert.equal(
		conflict.body.message,
		'Apply failed with 1 conflict: conflict with "one": .spec.steps[name="x"].run',
	);
	const strategic = await server.send('PATCH', `${crons}/a`, {
		body: {},
		headers: { 'content-type': 'application/strategic-merge-patch+json' },
	});
	assert.equal(strategic.status, 415);
});

test('a deleted definition takes its objects along, and waits for those that are held', async () => {
	const server = await defined();
	await server.send('POST', crons, { body: cron('free') });
	const held = cron('held');
	await server.send('POST', crons, {
		body: { ...held, metadata: { ...held.metadata, finalizers: ['example.com/hold'] } },
	});
	await server.send('DELETE', `${definitions}/${name}`);
	const terminating = await server.send<CustomResourceDefinition>('GET', `${definitions}/${name}`);
	assert.deepEqual(terminating.body.metadata.finalizers, ['customresourcecleanup.apiextensions.k8s.io']);
	const left = await server.send<Listed>('GET', crons);
	assert.deepEqual(
		left.body.items.map(({ metadata }) => metadata.name),
		['held'],
	);
	assert.equal((await server.send('POST', crons, { body: cron('new') })).status, 405);
	await server.send('PATCH', `${crons}/held`, {
		body: { metadata: { finalizers: null } },
		headers: { 'content-type': 'application/merge-patch+json' },
	});
	await server.clock.advance(1);
	assert.equal((await server.send('GET', `${definitions}/${name}`)).status, 404);
	assert.equal((await server.send('GET', crons)).status, 404);
	assert.equal((await server.send('GET', '/apis/stable.example.com/v1')).status, 404);
});

test('each version shows the same objects', async () => {
	const server = serverUnderTest();
	const [version] = definition().spec.versions;
	await server.send('POST', definitions, {
		body: definition({ versions: [{ ...version, name: 'v1beta1', storage: false }, version] }),
	});
	await server.send('POST', crons.replace('/v1/', '/v1beta1/'), {
		body: { ...cron('a'), apiVersion: 'stable.example.com/v1beta1' },
	});
	assert.equal((await server.send<CronTab>('GET', `${crons}/a`)).body.apiVersion, 'stable.example.com/v1');
	const { body } = await server.send<{ preferredVersion: { version: string } }>(
		'GET',
		'/apis/stable.example.com',
	);
	assert.equal(body.preferredVersion.version, 'v1');
});

test('a definition that is none is told all its faults; taken names are not accepted', async () => {
	const server = await defined();
	const { body } = await server.send<StatusAnswer>('POST', definitions, {
		body: {
			...definition(
				{ group: 'x' },
				{ schema: { openAPIV3Schema: { type: 'object', properties: { a: {} } } } },
			),
		},
	});
	assert.equal(
		body.message,
		'CustomResourceDefinition.apiextensions.k8s.io "crontabs.stable.example.com" is invalid: [metadata.name: Invalid value: "crontabs.stable.example.com": must be spec.names.plural+"."+spec.group, spec.group: Invalid value: "x": should be a domain with at least one dot, spec.versions[0].schema.openAPIV3Schema.properties[a].type: Required value: must not be empty for specified object fields]',
	);
	const other = definition({ names: { plural: 'others', singular: 'other', kind: 'CronTab' } });
	await server.send('POST', definitions, {
		body: { ...other, metadata: { name: 'others.stable.example.com' } },
	});
	const stored = await server.send<CustomResourceDefinition>(
		'GET',
		`${definitions}/others.stable.example.com`,
	);
	assert.deepEqual(
		stored.body.status?.conditions?.map(({ type, status, reason, message }) => [
			type,
			status,
			reason,
			message,
		]),
		[
			['NamesAccepted', 'False', 'KindConflict', '"CronTab" is already in use'],
			['Established', 'False', 'NotAccepted', 'not all names are accepted'],
		],
	);
});
