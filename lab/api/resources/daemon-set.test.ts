import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DaemonSet } from '../../schema/types.ts';
import { type StatusAnswer, serverUnderTest } from '../server-under-test.ts';

const path = '/apis/apps/v1/namespaces/default/daemonsets';
const draft = (spec: object = {}) => ({
	apiVersion: 'apps/v1',
	kind: 'DaemonSet',
	metadata: { name: 'agent' },
	spec: {
		selector: { matchLabels: { app: 'agent' } },
		template: {
			metadata: { labels: { app: 'agent' } },
			spec: { containers: [{ name: 'c', image: 'nginx' }] },
		},
		...spec,
	},
});
const generation = ({ metadata }: DaemonSet) =>
	metadata.annotations?.['deprecated.daemonset.template.generation'];

test('what is left out is filled in, and templates are counted', async () => {
	const server = serverUnderTest();
	const { body } = await server.send<DaemonSet>('POST', path, { body: draft() });
	assert.deepEqual(body.spec.updateStrategy, {
		type: 'RollingUpdate',
		rollingUpdate: { maxSurge: 0, maxUnavailable: 1 },
	});
	assert.equal(body.spec.revisionHistoryLimit, 10);
	assert.equal(generation(body), '1');
	const patch = async (change: object) =>
		(
			await server.send<DaemonSet>('PATCH', `${path}/agent`, {
				body: change,
				headers: { 'content-type': 'application/merge-patch+json' },
			})
		).body;
	assert.equal(generation(await patch({ spec: { minReadySeconds: 3 } })), '1');
	assert.equal(
		generation(await patch({ spec: { template: { metadata: { annotations: { a: 'b' } } } } })),
		'2',
	);
});

test('a DaemonSet that cannot be is told why', async () => {
	const rolling = (rollingUpdate: object) => ({ updateStrategy: { rollingUpdate } });
	for (const [spec, message] of [
		[
			rolling({ maxSurge: 1, maxUnavailable: 1 }),
			'spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero',
		],
		[
			rolling({ maxSurge: 0, maxUnavailable: 0 }),
			'spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0',
		],
		[
			{ updateStrategy: { type: 'Recreate' } },
			'spec.updateStrategy: Unsupported value: {"type":"Recreate"}: supported values: "RollingUpdate", "OnDelete"',
		],
		[
			{ selector: { matchLabels: { app: 'other' } }, minReadySeconds: -1 },
			'[spec.template.metadata.labels: Invalid value: {"app":"agent"}: `selector` does not match template `labels`, spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0]',
		],
	] as const) {
		const { body } = await serverUnderTest().send<StatusAnswer>('POST', path, { body: draft(spec) });
		assert.equal(body.message, `DaemonSet.apps "agent" is invalid: ${message}`);
	}
});
