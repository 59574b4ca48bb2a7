import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LimitRange, LimitRangeItem, Pod } from '../../schema/types.ts';
import { podDraft, type StatusAnswer, serverUnderTest } from '../server-under-test.ts';

const core = '/api/v1/namespaces/default';

async function withLimits(...limits: LimitRangeItem[]) {
	const server = serverUnderTest();
	const body = { metadata: { name: 'limits' }, spec: { limits } };
	const range = await server.send<LimitRange>('POST', `${core}/limitranges`, { body });
	return { ...server, range };
}

const pod = (resources: object, more: object = {}) =>
	podDraft('a', { containers: [{ name: 'c', image: 'nginx', resources }], ...more });

test('containers get the defaults, and the pod says so', async () => {
	const { send, range } = await withLimits({
		type: 'Container',
		default: { cpu: '500m' },
		max: { memory: '1Gi' },
		min: { cpu: '100m' },
	});
	const [item] = range.body.spec?.limits ?? [];
	assert.deepEqual(item.default, { cpu: '500m', memory: '1Gi' });
	assert.deepEqual(item.defaultRequest, { cpu: '500m', memory: '1Gi' });
	const { body } = await send<Pod>('POST', `${core}/pods`, { body: pod({ requests: { cpu: '200m' } }) });
	assert.deepEqual(body.spec.containers[0].resources, {
		limits: { cpu: '500m', memory: '1Gi' },
		requests: { cpu: '200m', memory: '1Gi' },
	});
	assert.equal(
		body.metadata.annotations?.['kubernetes.io/limit-ranger'],
		'LimitRanger plugin set: memory request for container c; cpu, memory limit for container c',
	);
});

test('what is out of bounds is refused, all of it at once', async () => {
	const { send } = await withLimits(
		{ type: 'Container', min: { cpu: '100m' }, max: { cpu: '1' }, maxLimitRequestRatio: { cpu: '2' } },
		{ type: 'Pod', max: { memory: '1Gi' } },
	);
	const resources = { requests: { cpu: '50m', memory: '1Gi' }, limits: { cpu: '2', memory: '2Gi' } };
	const { status, body } = await send<StatusAnswer>('POST', `${core}/pods`, { body: pod(resources) });
	assert.equal(status, 403);
	assert.equal(
		body.message,
		'pods "a" is forbidden: [minimum cpu usage per Container is 100m, but request is 50m, maximum cpu usage per Container is 1, but limit is 2, cpu max limit to request ratio per Container is 2, but provided ratio is 40.000000, maximum memory usage per Pod is 1Gi, but limit is 2Gi]',
	);
	const silent = await send<StatusAnswer>('POST', `${core}/pods`, {
		body: pod({ requests: { cpu: '1' }, limits: { cpu: '1' } }),
	});
	assert.equal(
		silent.body.message,
		'pods "a" is forbidden: maximum memory usage per Pod is 1Gi.  No limit is specified',
	);
});

test('claims are bounded by what they ask for', async () => {
	const { send } = await withLimits({
		type: 'PersistentVolumeClaim',
		min: { storage: '1Gi' },
		max: { storage: '5Gi' },
	});
	const claim = async (storage: string) => {
		const body = {
			metadata: { name: 'c' },
			spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
		};
		return (await send<StatusAnswer>('POST', `${core}/persistentvolumeclaims`, { body })).body.message;
	};
	assert.match(
		await claim('10Gi'),
		/maximum storage usage per PersistentVolumeClaim is 5Gi, but request is 10Gi$/,
	);
	assert.match(
		await claim('1Mi'),
		/minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 1Mi$/,
	);
	assert.equal(await claim('2Gi'), undefined);
});

test('a range that contradicts itself is refused', async () => {
	const { range } = await withLimits({ type: 'Container', min: { cpu: '2' }, max: { cpu: '1' } });
	assert.equal(range.status, 422);
	assert.match(
		(range.body as unknown as StatusAnswer).message,
		/spec\.limits\[0\]\.min\[cpu\]: Invalid value: "2": min value 2 is greater than max value 1/,
	);
});
