import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StatefulSet } from '../../schema/types.ts';
import { type StatusAnswer, serverUnderTest, statefulSetDraft } from '../server-under-test.ts';

const sets = '/apis/apps/v1/namespaces/default/statefulsets';
const types = {
	json: 'application/json-patch+json',
	merge: 'application/merge-patch+json',
	strategic: 'application/strategic-merge-patch+json',
} as const;

async function patched<T>(type: keyof typeof types, body: unknown, query = '') {
	const server = serverUnderTest();
	await server.send('POST', sets, { body: statefulSetDraft('web') });
	return server.send<T>('PATCH', `${sets}/web${query}`, { body, headers: { 'content-type': types[type] } });
}

test('each format changes what it says', async () => {
	const json = await patched<StatefulSet>('json', [{ op: 'replace', path: '/spec/replicas', value: 3 }]);
	assert.equal(json.body.spec.replicas, 3);
	const merge = await patched<StatefulSet>('merge', { spec: { replicas: 4 } });
	assert.equal(merge.body.spec.replicas, 4);
	const containers = [{ name: 'c', image: 'nginx:1.27' }];
	const strategic = await patched<StatefulSet>('strategic', { spec: { template: { spec: { containers } } } });
	assert.equal(strategic.body.spec.template.spec?.containers[0].image, 'nginx:1.27');
	assert.equal(
		strategic.body.spec.template.spec?.containers[0].terminationMessagePolicy,
		'File',
		'the rest stays',
	);
});

test('a patch that cannot be applied is refused in the server’s words', async () => {
	for (const [type, body, query, code, message] of [
		[
			'strategic',
			'"not json"',
			'',
			400,
			'json: cannot unmarshal string into Go value of type map[string]interface {}',
		],
		[
			'json',
			[{ op: 'replace', path: '/spec/nowhere/at/all', value: 1 }],
			'',
			422,
			'the server rejected our request due to an error in our request',
		],
		[
			'strategic',
			{ spec: { serviceName: 'other' } },
			'',
			422,
			`StatefulSet.apps "web" is invalid: spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden`,
		],
		[
			'strategic',
			{ spec: { nope: 1 } },
			'?fieldValidation=Strict',
			422,
			' "" is invalid: patch: Invalid value: "map[spec:map[nope:1]]": strict decoding error: unknown field "spec.nope"',
		],
		[
			'strategic',
			{ spec: { replicas: 'three' } },
			'',
			422,
			' "" is invalid: patch: Invalid value: "map[spec:map[replicas:three]]": unrecognized type: int32',
		],
		[
			'strategic',
			{ spec: { serviceName: 5 } },
			'',
			422,
			' "" is invalid: patch: Invalid value: "map[spec:map[serviceName:5]]": cannot convert int64 to string',
		],
		[
			'strategic',
			{ spec: { template: 'x' } },
			'',
			422,
			' "" is invalid: patch: Invalid value: "map[spec:map[template:x]]": cannot restore struct from: string',
		],
	] as const) {
		const answer = await patched<StatusAnswer>(type, body, query);
		assert.deepEqual([answer.status, answer.body.message], [code, message]);
	}
});

test('a resource version in the patch must be the stored one', async () => {
	const { status } = await patched<StatusAnswer>('merge', {
		metadata: { resourceVersion: '1' },
		spec: { replicas: 2 },
	});
	assert.equal(status, 409);
});

test('a format that is not known is told before the object is looked for', async () => {
	const { status, body } = await serverUnderTest().send<StatusAnswer>('PATCH', `${sets}/nope`, {
		body: {},
		headers: { 'content-type': 'application/toml' },
	});
	assert.equal(status, 415);
	assert.match(body.message, /accepted media types include: application\/json-patch\+json, /);
});
