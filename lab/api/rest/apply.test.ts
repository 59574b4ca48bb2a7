import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ManagedFieldsEntry, StatefulSet } from '../../schema/types.ts';
import { type StatusAnswer, serverUnderTest, statefulSetDraft } from '../server-under-test.ts';

const sets = '/apis/apps/v1/namespaces/default/statefulsets';
const merge = { 'content-type': 'application/merge-patch+json' };
const headers = { 'content-type': 'application/apply-patch+yaml' };
type Server = ReturnType<typeof serverUnderTest>;

const apply = <T = StatefulSet>(
	server: Server,
	manager: string,
	body: object | string,
	query = '',
	name = 'web',
) => server.send<T>('PATCH', `${sets}/${name}?fieldManager=${manager}${query}`, { body, headers });

const configuration = (spec: object, metadata: object = {}) => ({
	apiVersion: 'apps/v1',
	kind: 'StatefulSet',
	metadata: { name: 'web', namespace: 'default', ...metadata },
	spec,
});

const entry = (set: StatefulSet, manager: string): ManagedFieldsEntry => {
	const found = set.metadata.managedFields?.find((each) => each.manager === manager);
	assert.ok(found, `${manager} manages nothing of ${JSON.stringify(set.metadata.managedFields)}`);
	return found;
};

test('an ordinary write owns what it sets, defaults included, and not what the server adds', async () => {
	const server = serverUnderTest();
	const { body } = await server.send<StatefulSet>('POST', sets, {
		body: statefulSetDraft('web', { updateStrategy: { type: 'OnDelete' } }),
		headers: { 'user-agent': 'kubectl/v1.36.2 (linux/amd64)' },
	});
	assert.deepEqual(entry(body, 'kubectl'), {
		manager: 'kubectl',
		operation: 'Update',
		apiVersion: 'apps/v1',
		time: body.metadata.creationTimestamp,
		fieldsType: 'FieldsV1',
		fieldsV1: {
			'f:spec': {
				'f:persistentVolumeClaimRetentionPolicy': {
					'.': {},
					'f:whenDeleted': {},
					'f:whenScaled': {},
				},
				'f:podManagementPolicy': {},
				'f:replicas': {},
				'f:revisionHistoryLimit': {},
				'f:selector': {},
				'f:serviceName': {},
				'f:template': {
					'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } },
					'f:spec': {
						'f:containers': {
							'k:{"name":"c"}': {
								'.': {},
								'f:image': {},
								'f:imagePullPolicy': {},
								'f:name': {},
								'f:resources': {},
								'f:terminationMessagePath': {},
								'f:terminationMessagePolicy': {},
							},
						},
						'f:dnsPolicy': {},
						'f:restartPolicy': {},
						'f:schedulerName': {},
						'f:securityContext': {},
						'f:terminationGracePeriodSeconds': {},
					},
				},
				'f:updateStrategy': { 'f:type': {} },
			},
		},
	});
});

test('an update takes what it changes, also through a subresource; one that changes nothing takes nothing', async () => {
	const server = serverUnderTest();
	await server.send('POST', `${sets}?fieldManager=one`, { body: statefulSetDraft('web') });
	const { body } = await server.send<StatefulSet>('PATCH', `${sets}/web?fieldManager=two`, {
		body: { spec: { replicas: 3 } },
		headers: merge,
	});
	assert.deepEqual(entry(body, 'two').fieldsV1, { 'f:spec': { 'f:replicas': {} } });
	assert.ok(!('f:replicas' in (entry(body, 'one').fieldsV1 as never)['f:spec']));
	const again = await server.send<StatefulSet>('PATCH', `${sets}/web?fieldManager=three`, {
		body: { spec: { replicas: 3 } },
		headers: merge,
	});
	assert.equal(again.body.metadata.resourceVersion, body.metadata.resourceVersion);
	await server.send('PATCH', `${sets}/web/scale?fieldManager=four`, {
		body: { spec: { replicas: 4 } },
		headers: merge,
	});
	const scaled = (await server.send<StatefulSet>('GET', `${sets}/web`)).body;
	assert.equal(entry(scaled, 'four').subresource, 'scale');
	assert.equal(scaled.metadata.managedFields?.length, 2);
});

test('apply creates, and a later one removes what it no longer has', async () => {
	const server = serverUnderTest();
	const { status, body } = await apply(
		server,
		'me',
		configuration(
			{ ...statefulSetDraft('web').spec, replicas: 2, minReadySeconds: 5 },
			{ labels: { a: 'b' } },
		),
	);
	assert.equal(status, 201);
	const { operation, fieldsV1 } = entry(body, 'me');
	assert.equal(operation, 'Apply');
	assert.ok(!('f:podManagementPolicy' in (fieldsV1 as never)['f:spec']), 'a default is nobody’s');
	const next = await apply(server, 'me', configuration(statefulSetDraft('web').spec));
	assert.equal(next.status, 200);
	assert.equal(next.body.spec.replicas, 1);
	assert.equal(next.body.spec.minReadySeconds, undefined);
	assert.equal(next.body.metadata.labels, undefined);
	const same = await apply(server, 'me', configuration(statefulSetDraft('web').spec));
	assert.equal(same.body.metadata.resourceVersion, next.body.metadata.resourceVersion);
});

test('what another manager owns conflicts, unless it is the same or forced', async () => {
	const server = serverUnderTest();
	await server.send('POST', `${sets}?fieldManager=kubectl-client-side-apply`, {
		body: statefulSetDraft('web'),
	});
	const { status, body } = await apply<StatusAnswer>(server, 'me', configuration({ replicas: 5 }));
	assert.equal(status, 409);
	assert.equal(
		body.message,
		'Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using apps/v1: .spec.replicas',
	);
	assert.deepEqual(body.details?.causes, [
		{
			reason: 'FieldManagerConflict',
			message: 'conflict with "kubectl-client-side-apply" using apps/v1',
			field: '.spec.replicas',
		},
	]);
	const two = await apply<StatusAnswer>(
		server,
		'me',
		configuration({
			replicas: 5,
			template: { spec: { containers: [{ name: 'c', image: 'other' }] } },
		}),
	);
	assert.equal(
		two.body.message,
		'Apply failed with 2 conflicts: conflicts with "kubectl-client-side-apply" using apps/v1:\n- .spec.replicas\n- .spec.template.spec.containers[name="c"].image',
	);
	const shared = await apply(server, 'me', configuration({ replicas: 1 }));
	assert.equal(shared.status, 200);
	const forced = await apply(server, 'me', configuration({ replicas: 5 }), '&force=true');
	assert.equal(forced.body.spec.replicas, 5);
	assert.ok(!('f:replicas' in (entry(forced.body, 'kubectl-client-side-apply').fieldsV1 as never)['f:spec']));
});

test('two who apply share a field until one takes it out; lists merge by their keys', async () => {
	const server = serverUnderTest();
	const port = (containerPort: number) => ({
		...statefulSetDraft('web').spec,
		template: {
			metadata: { labels: { app: 'web' } },
			spec: { containers: [{ name: 'c', image: 'nginx', ports: [{ containerPort }] }] },
		},
	});
	await apply(server, 'one', configuration(port(80)));
	const both = await apply(server, 'two', configuration(port(81)));
	assert.deepEqual(
		both.body.spec.template.spec?.containers[0].ports?.map((each) => each.containerPort),
		[80, 81],
	);
	const without = await apply(server, 'two', configuration(statefulSetDraft('web').spec));
	assert.deepEqual(
		without.body.spec.template.spec?.containers[0].ports?.map((each) => each.containerPort),
		[80],
	);
	assert.equal(without.body.spec.template.spec?.containers[0].image, 'nginx');
});

test('kubectl goes from client-side to server-side apply without a conflict', async () => {
	const server = serverUnderTest();
	const draft = statefulSetDraft('web', { replicas: 2 });
	const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(draft) };
	await server.send('POST', `${sets}?fieldManager=kubectl-client-side-apply`, {
		body: { ...draft, metadata: { ...draft.metadata, annotations } },
	});
	const migrated = await apply(server, 'kubectl', { ...draft, spec: { ...draft.spec, replicas: 3 } });
	assert.equal(migrated.status, 200, JSON.stringify(migrated.body));
	assert.equal(migrated.body.spec.replicas, 3);
	const annotation = Object.values(migrated.body.metadata.annotations ?? {})[0];
	assert.equal(JSON.parse(annotation).spec.replicas, 3);
});

test('a dry run shows the outcome and stores nothing', async () => {
	const server = serverUnderTest();
	const { status } = await apply(server, 'me', configuration(statefulSetDraft('web').spec), '&dryRun=All');
	assert.equal(status, 201);
	assert.equal((await server.send('GET', `${sets}/web`)).status, 404);
});

test('managedFields can be replaced, and taken off altogether', async () => {
	const server = serverUnderTest();
	await server.send('POST', `${sets}?fieldManager=one`, { body: statefulSetDraft('web') });
	const patch = (value: unknown) =>
		server.send<StatefulSet>('PATCH', `${sets}/web?fieldManager=x`, {
			body: [{ op: 'replace', path: '/metadata/managedFields', value }],
			headers: { 'content-type': 'application/json-patch+json' },
		});
	const replaced = await patch([
		{
			manager: 'kubectl',
			operation: 'Apply',
			apiVersion: 'apps/v1',
			fieldsType: 'FieldsV1',
			fieldsV1: { 'f:spec': { 'f:replicas': {} } },
		},
	]);
	assert.deepEqual(
		replaced.body.metadata.managedFields?.map(({ manager, operation }) => [manager, operation]),
		[['kubectl', 'Apply']],
	);
	assert.equal((await patch([{}])).body.metadata.managedFields, undefined);
});

test('what cannot be applied is told in the server’s words', async () => {
	const server = serverUnderTest();
	const refused = async (body: object | string, query: string, message: string) =>
		assert.equal(
			(await server.send<StatusAnswer>('PATCH', `${sets}/web${query}`, { body, headers })).body.message,
			message,
		);
	await refused(
		{},
		'',
		'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
	);
	await refused(
		configuration({ nope: 1 }),
		'?fieldManager=a',
		'failed to create typed patch object (default/web; apps/v1, Kind=StatefulSet): .spec.nope: field not declared in schema',
	);
	await refused(
		configuration({}, { managedFields: [{ manager: 'x' }] }),
		'?fieldManager=a',
		'metadata.managedFields must be nil',
	);
	const forced = await server.send<StatusAnswer>('PATCH', `${sets}/web?force=true`, {
		body: {},
		headers: merge,
	});
	assert.equal(
		forced.body.message,
		'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
	);
});
