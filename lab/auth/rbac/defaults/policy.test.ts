// The default policy, as a new cluster answers for it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
	ClusterRole,
	ClusterRoleBinding,
	Role,
	RoleBinding,
	SubjectAccessReview,
} from '../../../schema/types.ts';
import { createTestCluster } from '../../../test-cluster.ts';

const { client } = createTestCluster({ nodes: 0 });
const clusterRoles = client.list<ClusterRole>('clusterroles.rbac.authorization.k8s.io');
const clusterRoleBindings = client.list<ClusterRoleBinding>('clusterrolebindings.rbac.authorization.k8s.io');
const roles = client.list<Role>('roles.rbac.authorization.k8s.io');
const roleBindings = client.list<RoleBinding>('rolebindings.rbac.authorization.k8s.io');

/** Whether somebody may do something, as `kubectl auth can-i --as` asks. */
function can(user: string, verb: string, resource: string): boolean {
	const [plural, ...group] = resource.split('.');
	const [name, subresource] = plural.split('/');
	const review = client.create<SubjectAccessReview>('subjectaccessreviews.authorization.k8s.io', {
		apiVersion: 'authorization.k8s.io/v1',
		kind: 'SubjectAccessReview',
		metadata: {},
		spec: { user, resourceAttributes: { verb, group: group.join('.'), resource: name, subresource } },
	});
	return review.status?.allowed ?? false;
}

test('every binding names a role that is there', () => {
	const names = new Set([
		...clusterRoles.map(({ metadata }) => `ClusterRole ${metadata.name}`),
		...roles.map(({ metadata }) => `Role ${metadata.namespace}/${metadata.name}`),
	]);
	const wanted = [
		...clusterRoleBindings.map(({ roleRef }) => `ClusterRole ${roleRef.name}`),
		...roleBindings.map(({ metadata, roleRef }) => `Role ${metadata.namespace}/${roleRef.name}`),
	];
	assert.ok(wanted.length > 60);
	assert.deepEqual(
		wanted.filter((name) => !names.has(name)),
		[],
	);
});

test('what the API server makes is told from what kubeadm makes', () => {
	const own = clusterRoles.filter(
		({ metadata }) => metadata.labels?.['kubernetes.io/bootstrapping'] === 'rbac-defaults',
	);
	const others = clusterRoles.filter((role) => !own.includes(role)).map(({ metadata }) => metadata.name);
	assert.deepEqual(others, ['kubeadm:get-nodes', 'system:coredns']);
	for (const { metadata } of own)
		assert.equal(metadata.annotations?.['rbac.authorization.kubernetes.io/autoupdate'], 'true');
});

test('each controller is bound to its role', () => {
	const controllers = clusterRoles
		.map(({ metadata }) => metadata.name)
		.filter((name) => name.startsWith('system:controller:'));
	assert.ok(controllers.includes('system:controller:resource-claim-controller'));
	assert.ok(controllers.includes('system:controller:volumeattributesclass-protection-controller'));
	for (const name of controllers) {
		const binding = clusterRoleBindings.find(({ metadata }) => metadata.name === name);
		const account = { kind: 'ServiceAccount', name: name.split(':')[2], namespace: 'kube-system' };
		assert.deepEqual(binding?.subjects, [account]);
	}
});

test('admin has what edit has, and edit what view has', () => {
	const rules = (name: string) =>
		new Set(
			clusterRoles.find(({ metadata }) => metadata.name === name)?.rules?.map((rule) => JSON.stringify(rule)),
		);
	for (const [wider, narrower] of [
		['admin', 'edit'],
		['edit', 'view'],
		['admin', 'system:aggregate-to-admin'],
		['edit', 'system:aggregate-to-edit'],
		['view', 'system:aggregate-to-view'],
	]) {
		const more = rules(wider);
		assert.ok(rules(narrower).size > 0);
		for (const rule of rules(narrower)) assert.ok(more.has(rule), `${wider} lacks ${rule} of ${narrower}`);
	}
	assert.ok(![...rules('view')].some((rule) => rule.includes('"secrets"')), 'view must not read secrets');
});

test('controllers and components may do what they do, and no more', () => {
	const controller = (name: string) => `system:serviceaccount:kube-system:${name}`;
	const allowed: [string, string, string][] = [
		[controller('statefulset-controller'), 'delete', 'persistentvolumeclaims'],
		[controller('endpointslice-controller'), 'watch', 'endpointslices.discovery.k8s.io'],
		[controller('job-controller'), 'patch', 'jobs.batch'],
		[controller('disruption-controller'), 'patch', 'pods/status'],
		[controller('coredns'), 'watch', 'endpointslices.discovery.k8s.io'],
		['system:kube-scheduler', 'patch', 'resourceclaims/status.resource.k8s.io'],
		['system:kube-proxy', 'watch', 'servicecidrs.networking.k8s.io'],
	];
	for (const [who, verb, what] of allowed) assert.equal(can(who, verb, what), true, `${who} ${verb} ${what}`);
	const refused: [string, string, string][] = [
		[controller('job-controller'), 'create', 'secrets'],
		[controller('expand-controller'), 'get', 'secrets'],
		[controller('coredns'), 'get', 'configmaps'],
		['system:kube-proxy', 'delete', 'nodes'],
	];
	for (const [who, verb, what] of refused)
		assert.equal(can(who, verb, what), false, `${who} ${verb} ${what}`);
});
