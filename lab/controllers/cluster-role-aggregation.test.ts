import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClusterRole, PolicyRule } from '../schema/types.ts';
import { createTestCluster } from '../test-cluster.ts';

const resource = 'clusterroles.rbac.authorization.k8s.io';
const rule = (plural: string): PolicyRule => ({ apiGroups: [''], resources: [plural], verbs: ['get'] });

function setUp() {
	const { client, lab, until } = createTestCluster({ nodes: 1 });
	const create = (name: string, labels: Record<string, string>, more: object) =>
		client.create<ClusterRole>(resource, {
			apiVersion: 'rbac.authorization.k8s.io/v1',
			kind: 'ClusterRole',
			metadata: { name, labels },
			...more,
		});
	const rules = (name: string) =>
		(client.get<ClusterRole>(resource, '', name)?.rules ?? []).flatMap(({ resources = [] }) => resources);
	return { client, lab, until, create, rules };
}

test('an aggregated role follows the roles that it selects', async () => {
	const { client, lab, until, create, rules } = setUp();
	create(
		'monitoring',
		{},
		{ aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to: 'monitoring' } }] } },
	);
	create('pods', { to: 'monitoring' }, { rules: [rule('pods')] });
	create('nodes', { to: 'monitoring' }, { rules: [rule('nodes'), rule('pods')] });
	await until(() => rules('monitoring').length === 2);
	assert.deepEqual(rules('monitoring'), ['nodes', 'pods']);
	client.delete(resource, '', 'nodes');
	await until(() => rules('monitoring').length === 1);
	assert.deepEqual(rules('monitoring'), ['pods']);
	lab.stop();
});

test('what is made for view goes into edit and admin as well', async () => {
	const { lab, until, create, rules } = setUp();
	create(
		'crontabs',
		{ 'rbac.authorization.k8s.io/aggregate-to-view': 'true' },
		{ rules: [rule('crontabs')] },
	);
	await until(() => rules('admin').includes('crontabs'));
	assert.ok(rules('view').includes('crontabs') && rules('edit').includes('crontabs'));
	lab.stop();
});

test('the default roles are aggregated as the controller would do it', async () => {
	const { client, lab, until, create, rules } = setUp();
	const before = client.get<ClusterRole>(resource, '', 'admin')?.metadata.resourceVersion;
	create('part', { to: 'x' }, { rules: [rule('pods')] });
	create('whole', {}, { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to: 'x' } }] } });
	await until(() => rules('whole').length > 0);
	assert.equal(client.get<ClusterRole>(resource, '', 'admin')?.metadata.resourceVersion, before);
	lab.stop();
});
