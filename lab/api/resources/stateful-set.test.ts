import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StatefulSet } from '../../schema/types.ts';
import { type StatusAnswer, serverUnderTest, statefulSetDraft } from '../server-under-test.ts';

const sets = '/apis/apps/v1/namespaces/default/statefulsets';
const template = (spec: object, labels: object = { app: 'web' }) => ({
	metadata: { labels },
	spec: { containers: [{ name: 'c', image: 'nginx' }], ...spec },
});

async function refusal(spec: object): Promise<string> {
	const { body } = await serverUnderTest().send<StatusAnswer>('POST', sets, {
		body: statefulSetDraft('web', spec),
	});
	return body.message.replace('StatefulSet.apps "web" is invalid: ', '');
}

test('what is left out is filled in', async () => {
	const { body } = await serverUnderTest().send<StatefulSet>('POST', sets, { body: statefulSetDraft('web') });
	const { template: _, selector: __, ...spec } = body.spec;
	assert.deepEqual(spec, {
		persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
		podManagementPolicy: 'OrderedReady',
		replicas: 1,
		revisionHistoryLimit: 10,
		serviceName: 'web',
		updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, partition: 0 } },
	});
	assert.equal(body.spec.template.spec?.dnsPolicy, 'ClusterFirst');
	assert.deepEqual(body.status, { replicas: 0, availableReplicas: 0 });
});

test('a set that cannot be is told why', async () => {
	for (const [spec, message] of [
		[
			{ template: template({ restartPolicy: 'OnFailure' }) },
			'spec.template.spec.restartPolicy: Unsupported value: "OnFailure": supported values: "Always"',
		],
		[
			{ template: template({}, { app: 'other' }) },
			'spec.template.metadata.labels: Invalid value: {"app":"other"}: `selector` does not match template `labels`',
		],
		[{ selector: {} }, 'spec.selector: Invalid value: {}: empty selector is invalid for statefulset'],
		[
			{ podManagementPolicy: 'Odd' },
			"spec.podManagementPolicy: Invalid value: \"Odd\": must be 'OrderedReady' or 'Parallel'",
		],
		[
			{ updateStrategy: { type: 'OnDelete', rollingUpdate: { partition: 1 } } },
			'spec.updateStrategy.rollingUpdate: Invalid value: {"partition":1}: only allowed for updateStrategy \'RollingUpdate\'',
		],
		[
			{ updateStrategy: { rollingUpdate: { partition: -1 } } },
			'spec.updateStrategy.rollingUpdate.partition: Invalid value: -1: must be greater than or equal to 0',
		],
		[
			{ updateStrategy: { rollingUpdate: { maxUnavailable: 0 } } },
			'spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: 0: cannot be 0',
		],
		[
			{ updateStrategy: { rollingUpdate: { maxUnavailable: '120%' } } },
			'spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: "120%": must not be greater than 100%',
		],
		[
			{ updateStrategy: { rollingUpdate: { maxUnavailable: 'all' } } },
			"[spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: \"all\": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%'), spec.updateStrategy.rollingUpdate.maxUnavailable: Invalid value: \"all\": cannot be 0]",
		],
		[
			{ ordinals: { start: -2 }, replicas: -1 },
			'[spec.replicas: Invalid value: -1: must be greater than or equal to 0, spec.ordinals.start: Invalid value: -2: must be greater than or equal to 0]',
		],
		[
			{ template: template({ activeDeadlineSeconds: 5 }) },
			'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in StatefulSet is not Supported',
		],
	] as const)
		assert.equal(await refusal(spec), message);
});

test('mounts may name the claims of the set’s templates', async () => {
	const containers = [{ name: 'c', image: 'nginx', volumeMounts: [{ name: 'data', mountPath: '/data' }] }];
	const claim = {
		metadata: { name: 'data' },
		spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
	};
	const spec = { template: template({ containers }), volumeClaimTemplates: [claim] };
	const { status, body } = await serverUnderTest().send<StatefulSet>('POST', sets, {
		body: statefulSetDraft('web', spec),
	});
	assert.equal(status, 201);
	assert.equal(body.spec.volumeClaimTemplates?.[0].kind, 'PersistentVolumeClaim');
});
