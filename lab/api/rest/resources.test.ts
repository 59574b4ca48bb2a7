import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConfigMap, KubernetesObject, Pod, StatefulSet } from '../../schema/types.ts';
import {
	configMapDraft,
	type Listed,
	podDraft,
	type StatusAnswer,
	serverUnderTest,
	statefulSetDraft,
} from '../server-under-test.ts';

const maps = '/api/v1/namespaces/default/configmaps';
const sets = '/apis/apps/v1/namespaces/default/statefulsets';

test('an object is created, read, replaced and deleted', async () => {
	const server = serverUnderTest();
	const created = await server.send<ConfigMap>('POST', maps, { body: configMapDraft('a', { x: '1' }) });
	assert.equal(created.status, 201);
	assert.match(created.body.metadata.uid, /^[0-9a-f-]{36}$/);
	const read = await server.send<ConfigMap>('GET', `${maps}/a`);
	assert.deepEqual(read.body, created.body);
	const replaced = await server.send<ConfigMap>('PUT', `${maps}/a`, {
		body: { ...read.body, data: { x: '2' } },
	});
	assert.equal(replaced.body.data?.x, '2');
	assert.notEqual(replaced.body.metadata.resourceVersion, read.body.metadata.resourceVersion);
	const stale = await server.send<StatusAnswer>('PUT', `${maps}/a`, { body: read.body });
	assert.equal(stale.status, 409);
	assert.equal(
		stale.body.message,
		'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
	);
	const deleted = await server.send<StatusAnswer>('DELETE', `${maps}/a`);
	assert.equal(deleted.body.status, 'Success');
	assert.deepEqual(deleted.body.details, { name: 'a', kind: 'configmaps', uid: created.body.metadata.uid });
	assert.equal((await server.send<StatusAnswer>('GET', `${maps}/a`)).status, 404);
});

test('refusals have the words, reasons and details of kube-apiserver', async () => {
	const server = serverUnderTest();
	await server.send('POST', maps, { body: configMapDraft('a') });
	const cases: [string, string, unknown, number, string, string][] = [
		['GET', `${sets}/nope`, undefined, 404, 'NotFound', 'statefulsets.apps "nope" not found'],
		['POST', maps, configMapDraft('a'), 409, 'AlreadyExists', 'configmaps "a" already exists'],
		[
			'GET',
			'/api/v1/nothings',
			undefined,
			404,
			'NotFound',
			'the server could not find the requested resource',
		],
		[
			'PUT',
			maps,
			configMapDraft('a'),
			405,
			'MethodNotAllowed',
			'the server does not allow this method on the requested resource',
		],
		[
			'POST',
			'/api/v1/namespaces/no/configmaps',
			{ metadata: { name: 'a' } },
			404,
			'NotFound',
			'namespaces "no" not found',
		],
		[
			'POST',
			maps,
			{ metadata: { name: 'b', namespace: 'other' } },
			400,
			'BadRequest',
			'the namespace of the provided object does not match the namespace sent on the request',
		],
		[
			'POST',
			maps,
			'{"metadata"',
			400,
			'BadRequest',
			'ConfigMap in version "v1" cannot be handled as a ConfigMap: unexpected end of JSON input',
		],
		[
			'POST',
			maps,
			{ apiVersion: 'v2' },
			400,
			'BadRequest',
			'the API version in the data (v2) does not match the expected API version (v1)',
		],
		['PUT', `${maps}/b`, configMapDraft('a'), 404, 'NotFound', 'configmaps "b" not found'],
		[
			'PUT',
			`${maps}/a`,
			configMapDraft('b'),
			400,
			'BadRequest',
			'the name of the object (b) does not match the name on the URL (a)',
		],
		[
			'DELETE',
			'/api/v1/namespaces/default',
			undefined,
			403,
			'Forbidden',
			'namespaces "default" is forbidden: this namespace may not be deleted',
		],
	];
	for (const [method, target, body, code, reason, message] of cases) {
		const { status, body: answer } = await server.send<StatusAnswer>(method, target, { body });
		assert.deepEqual(
			[status, answer.code, answer.reason, answer.message],
			[code, code, reason, message],
			`${method} ${target}`,
		);
	}
});

test('all faults of an object come at once, as causes', async () => {
	const server = serverUnderTest();
	const body = statefulSetDraft('Bad_Name', { replicas: -1 });
	const { status, body: answer } = await server.send<StatusAnswer>('POST', sets, { body });
	assert.equal(status, 422);
	assert.deepEqual(
		answer.details?.causes?.map(({ reason, field }) => [reason, field]),
		[
			['FieldValueInvalid', 'metadata.name'],
			['FieldValueInvalid', 'spec.replicas'],
		],
	);
	assert.match(
		answer.message,
		/^StatefulSet\.apps "Bad_Name" is invalid: \[metadata\.name: Invalid value: "Bad_Name": /,
	);
});

test('unknown and repeated fields are refused, warned of or let pass, as the client asks', async () => {
	const server = serverUnderTest();
	const body = '{"metadata":{"name":"a","nam":1},"data":{"x":"1","x":"2"}}';
	const strict = await server.send<StatusAnswer>('POST', `${maps}?fieldValidation=Strict`, { body });
	assert.equal(
		strict.body.message,
		'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: duplicate field "data.x", unknown field "metadata.nam"',
	);
	const warned = await server.send<ConfigMap>('POST', maps, { body });
	assert.equal(warned.status, 201);
	assert.equal(
		warned.headers.warning,
		'299 - "duplicate field \\"data.x\\"", 299 - "unknown field \\"metadata.nam\\""',
	);
	const ignored = await server.send('PUT', `${maps}/a?fieldValidation=Ignore`, { body });
	assert.equal(ignored.headers.warning, undefined);
	const wrong = await server.send<StatusAnswer>('POST', `${maps}?fieldValidation=Maybe`, { body });
	assert.equal(wrong.status, 422);
});

test('a dry run answers as the real one would, and stores nothing', async () => {
	const server = serverUnderTest();
	const created = await server.send<ConfigMap>('POST', `${maps}?dryRun=All`, { body: configMapDraft('a') });
	assert.equal(created.status, 201);
	assert.equal((await server.send('GET', `${maps}/a`)).status, 404);
	await server.send('POST', maps, { body: configMapDraft('a', { x: '1' }) });
	const patched = await server.send<ConfigMap>('PATCH', `${maps}/a?dryRun=All`, {
		body: { data: { x: '2' } },
		headers: { 'content-type': 'application/merge-patch+json' },
	});
	assert.equal(patched.body.data?.x, '2');
	await server.send('DELETE', `${maps}/a?dryRun=All`);
	assert.equal((await server.send<ConfigMap>('GET', `${maps}/a`)).body.data?.x, '1');
});

test('a generated name has the prefix and five letters', async () => {
	const server = serverUnderTest();
	const { body } = await server.send<ConfigMap>('POST', maps, {
		body: { metadata: { generateName: 'map-' } },
	});
	assert.match(body.metadata.name, /^map-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
});

test('bodies may be YAML', async () => {
	const server = serverUnderTest();
	const headers = { 'content-type': 'application/yaml' };
	const created = await server.send<ConfigMap>('POST', maps, {
		body: 'metadata: {name: a}\ndata: {x: y}\n',
		headers,
	});
	assert.equal(created.body.data?.x, 'y');
	const broken = await server.send<StatusAnswer>('POST', maps, { body: 'a: [', headers });
	assert.equal(broken.status, 400);
	const unknown = await server.send<StatusAnswer>('POST', maps, {
		body: 'x',
		headers: { 'content-type': 'text/plain' },
	});
	assert.equal(unknown.status, 415);
});

test('generation counts changes of the spec, and status is left to its subresource', async () => {
	const server = serverUnderTest();
	const { body: set } = await server.send<StatefulSet>('POST', sets, { body: statefulSetDraft('web') });
	assert.equal(set.metadata.generation, 1);
	const changed = { ...set, spec: { ...set.spec, replicas: 3 }, status: { ...set.status, readyReplicas: 9 } };
	const { body: scaled } = await server.send<StatefulSet>('PUT', `${sets}/web`, { body: changed });
	assert.equal(scaled.metadata.generation, 2);
	assert.equal(scaled.status?.readyReplicas, undefined);
	const reported = {
		...scaled,
		spec: { ...scaled.spec, replicas: 7 },
		status: { replicas: 2, readyReplicas: 2 },
	};
	const { body: told } = await server.send<StatefulSet>('PUT', `${sets}/web/status`, { body: reported });
	assert.equal(told.metadata.generation, 2);
	assert.equal(told.spec.replicas, 3);
	assert.equal(told.status?.readyReplicas, 2);
	const same = await server.send<StatefulSet>('PUT', `${sets}/web`, { body: told });
	assert.equal(
		same.body.metadata.resourceVersion,
		told.metadata.resourceVersion,
		'nothing changed, nothing written',
	);
});

test('finalizers hold an object until the last is gone', async () => {
	const server = serverUnderTest();
	const draft = { ...configMapDraft('a'), metadata: { name: 'a', finalizers: ['lab.example/hold'] } };
	await server.send('POST', maps, { body: draft });
	const marked = await server.send<ConfigMap>('DELETE', `${maps}/a`);
	assert.equal(marked.body.metadata.deletionTimestamp, '2026-01-01T00:00:00Z');
	const added = await server.send<StatusAnswer>('PUT', `${maps}/a`, {
		body: {
			...marked.body,
			metadata: { ...marked.body.metadata, finalizers: ['lab.example/hold', 'lab.example/more'] },
		},
	});
	assert.match(added.body.message, /no new finalizers can be added if the object is being deleted/);
	await server.send('PATCH', `${maps}/a`, {
		body: { metadata: { finalizers: null } },
		headers: { 'content-type': 'application/merge-patch+json' },
	});
	assert.equal((await server.send('GET', `${maps}/a`)).status, 404);
});

test('the propagation policy becomes a finalizer, and preconditions are checked', async () => {
	const server = serverUnderTest();
	await server.send('POST', sets, { body: statefulSetDraft('web') });
	const wrong = await server.send<StatusAnswer>('DELETE', `${sets}/web`, {
		body: { preconditions: { uid: 'other' } },
	});
	assert.equal(wrong.status, 409);
	assert.match(wrong.body.message, /Precondition failed: UID in precondition: other, UID in object meta: /);
	const marked = await server.send<StatefulSet>('DELETE', `${sets}/web`, {
		body: { propagationPolicy: 'Foreground' },
	});
	assert.deepEqual(marked.body.metadata.finalizers, ['foregroundDeletion']);
});

test('a pod on a node is given its grace period, and then goes', async () => {
	const server = serverUnderTest();
	const pods = '/api/v1/namespaces/default/pods';
	await server.send('POST', pods, {
		body: podDraft('a', { nodeName: 'node1', terminationGracePeriodSeconds: 7 }),
	});
	const marked = await server.send<Pod>('DELETE', `${pods}/a`);
	assert.equal(marked.body.metadata.deletionGracePeriodSeconds, 7);
	assert.equal(marked.body.metadata.deletionTimestamp, '2026-01-01T00:00:07Z');
	await server.send('DELETE', `${pods}/a`, { body: { gracePeriodSeconds: 0 } });
	assert.equal((await server.send('GET', `${pods}/a`)).status, 404);
	await server.send('POST', pods, { body: podDraft('b') });
	await server.send('DELETE', `${pods}/b`);
	assert.equal((await server.send('GET', `${pods}/b`)).status, 404, 'one without a node goes at once');
});

test('a collection is deleted by selector, within one namespace', async () => {
	const server = serverUnderTest();
	for (const name of ['a', 'b', 'c']) await server.send('POST', maps, { body: configMapDraft(name) });
	await server.send('DELETE', `${maps}?fieldSelector=metadata.name!=b`);
	const { body } = await server.send<Listed>('GET', maps);
	assert.deepEqual(
		body.items.map((object) => object.metadata.name),
		['b'],
	);
	assert.equal((await server.send('DELETE', '/api/v1/configmaps')).status, 405);
});

test('a list is of the kind’s List, and its items do not repeat their kind', async () => {
	const server = serverUnderTest();
	await server.send('POST', maps, { body: configMapDraft('a') });
	const { body } = await server.send<Listed>('GET', '/api/v1/configmaps');
	assert.equal(body.kind, 'ConfigMapList');
	assert.equal((body.items[0] as Partial<KubernetesObject>).kind, undefined);
});

test('nothing that a client sends is answered with a fault of the server', async () => {
	const server = serverUnderTest();
	await server.send('POST', sets, { body: statefulSetDraft('web') });
	const bodies = [
		'',
		'null',
		'[]',
		'1',
		'"x"',
		'{"metadata":null}',
		'{"metadata":{"name":5}}',
		'{"spec":null}',
		'{',
		'{"spec":{"template":null,"selector":{"matchLabels":null}}}',
	];
	const types = [
		'application/json',
		'application/yaml',
		'application/vnd.kubernetes.protobuf',
		'application/json-patch+json',
		'application/merge-patch+json',
		'application/strategic-merge-patch+json',
	];
	for (const plural of ['pods', 'services', 'configmaps', 'secrets', 'events', 'endpoints'])
		for (const body of bodies)
			for (const type of types) {
				const { status } = await server.send('POST', `/api/v1/namespaces/default/${plural}`, {
					body,
					headers: { 'content-type': type },
				});
				assert(status < 500, `POST ${plural} ${type} ${body}: ${status}`);
			}
	for (const method of ['PUT', 'PATCH', 'DELETE', 'POST'])
		for (const body of bodies)
			for (const type of types)
				for (const path of ['web', 'web/status', 'web/scale', '']) {
					const { status, body: answer } = await server.send<StatusAnswer>(
						method,
						`${sets}/${path}?dryRun=All`,
						{ body, headers: { 'content-type': type } },
					);
					assert(status < 500, `${method} ${path} ${type} ${body}: ${status} ${answer.message}`);
				}
	for (const target of [
		'/api/v1/%zz',
		'/apis/',
		'/api/v1/namespaces/default/pods?limit=x',
		'/api/v1/pods?continue=%%%',
		'/api/v1/pods?resourceVersion=x',
	])
		assert((await server.send('GET', target)).status < 500, target);
});

test('delete options that are none are told', async () => {
	const server = serverUnderTest();
	const map = '/api/v1/namespaces/default/configmaps/a';
	for (const [body, message] of [
		[
			{ propagationPolicy: 'Nope' },
			'propagationPolicy: Unsupported value: "Nope": supported values: "Foreground", "Background", "Orphan", "nil"',
		],
		[
			{ propagationPolicy: 'Orphan', orphanDependents: true },
			'propagationPolicy: Invalid value: "Orphan": orphanDependents and deletionPropagation cannot be both set',
		],
	] as const) {
		const answer = await server.send<StatusAnswer>('DELETE', map, { body });
		assert.equal(answer.body.message, `DeleteOptions.meta.k8s.io "" is invalid: ${message}`);
	}
});

test('a collection’s deletion takes its options from the query as well, and may be rehearsed', async () => {
	const server = serverUnderTest();
	const path = '/api/v1/namespaces/default/configmaps';
	for (const name of ['a', 'b', 'c'])
		await server.send('POST', path, { body: { metadata: { name, labels: { name } } } });
	const names = async () =>
		(await server.send<{ items: KubernetesObject[] }>('GET', path)).body.items.map(
			({ metadata }) => metadata.name,
		);
	const both = await server.send<StatusAnswer>(
		'DELETE',
		`${path}?dryRun=Some&propagationPolicy=Later&orphanDependents=1`,
	);
	assert.equal(
		both.body.message,
		'DeleteOptions.meta.k8s.io "" is invalid: [propagationPolicy: Invalid value: "Later": orphanDependents and deletionPropagation cannot be both set, propagationPolicy: Unsupported value: "Later": supported values: "Foreground", "Background", "Orphan", "nil", dryRun: Unsupported value: ["Some"]: supported values: "All"]',
	);
	const seconds = await server.send<StatusAnswer>('DELETE', `${path}?gracePeriodSeconds=soon`);
	assert.equal(seconds.body.message, 'strconv.ParseInt: parsing "soon": invalid syntax');
	const rehearsed = await server.send<{ items: unknown[] }>('DELETE', `${path}?dryRun=All`);
	assert.equal(rehearsed.body.items.length, 3);
	const other = await server.send<StatusAnswer>('DELETE', path, { body: { preconditions: { uid: 'x' } } });
	assert.match(other.body.message, /Precondition failed: UID in precondition: x, UID in object meta: /);
	assert.deepEqual(await names(), ['a', 'b', 'c']);
	await server.send('DELETE', `${path}?fieldSelector=metadata.name!%3Da&labelSelector=name!%3Db`);
	assert.deepEqual(await names(), ['a', 'b']);
	await server.send('DELETE', `${path}?limit=1`);
	assert.deepEqual(await names(), ['b']);
});
