// Bodies in protobuf as the server takes them: what is whole is stored, what is not is refused with words.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { structType } from '../../schema/facts.ts';
import { encodeProtobuf } from '../../schema/protobuf-encode.ts';
import type { ConfigMap } from '../../schema/types.ts';
import { type StatusAnswer, serverUnderTest } from '../server-under-test.ts';

const headers = { 'content-type': 'application/vnd.kubernetes.protobuf', accept: 'application/json' };
const path = '/api/v1/namespaces/default/configmaps';
const configMap = (name: string) =>
	encodeProtobuf(
		{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { key: 'value' } },
		structType('io.k8s.api.core.v1.ConfigMap'),
	);
const deleteOptions = (options: object) =>
	encodeProtobuf(
		{ apiVersion: 'v1', kind: 'DeleteOptions', ...options },
		structType('io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions'),
	);

test('an object is created, and deleted with options', async () => {
	const server = serverUnderTest();
	const { status, body } = await server.send<ConfigMap>('POST', path, { headers, body: configMap('one') });
	assert.deepEqual([status, body.data], [201, { key: 'value' }]);
	const wrong = deleteOptions({ preconditions: { uid: 'another' } });
	assert.equal((await server.send('DELETE', `${path}/one`, { headers, body: wrong })).status, 409);
	const right = deleteOptions({ preconditions: { uid: body.metadata.uid } });
	assert.equal((await server.send('DELETE', `${path}/one`, { headers, body: right })).status, 200);
});

test('what is cut off, of another kind or none at all is refused', async () => {
	const server = serverUnderTest();
	const refusal = async (body: Uint8Array, method = 'POST', target = path) => {
		const answer = await server.send<StatusAnswer>(method, target, { headers, body });
		return [answer.status, answer.body.message];
	};
	const whole = configMap('one');
	assert.deepEqual(await refusal(whole.subarray(0, whole.length - 10)), [
		400,
		'ConfigMap in version "v1" cannot be handled as a ConfigMap: unexpected EOF',
	]);
	assert.equal((await refusal(new TextEncoder().encode('{"kind":"ConfigMap"}')))[0], 400);
	const secret = encodeProtobuf(
		{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'one' } },
		structType('io.k8s.api.core.v1.Secret'),
	);
	assert.equal((await refusal(secret))[0], 400);
	const options = deleteOptions({ gracePeriodSeconds: 5 });
	assert.deepEqual(await refusal(options.subarray(0, options.length - 5), 'DELETE', `${path}/one`), [
		400,
		'unexpected EOF',
	]);
	const patch = await server.send('PATCH', `${path}/one`, { headers, body: whole });
	assert.equal(patch.status, 415);
});
