// Roles, bindings and reviews through the API, as somebody else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Listed, type StatusAnswer, serverUnderTest } from '../../api/server-under-test.ts';
import type {
	SelfSubjectAccessReview,
	SelfSubjectRulesReview,
	TokenRequest,
	TokenReview,
} from '../../schema/types.ts';

const group = '/apis/rbac.authorization.k8s.io/v1';
const as = (user: string, ...groups: string[]) => ({
	'impersonate-user': user,
	...(groups.length > 0 && { 'impersonate-group': groups.join(', ') }),
});
const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }];
const roleRef = (kind: string, name: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name });
const role = (name: string, more: object = {}) => ({ metadata: { name }, rules, ...more });
const binding = (name: string, kind: string, of: string, subject: object) => ({
	metadata: { name },
	roleRef: roleRef(kind, of),
	subjects: [subject],
});

async function withReader() {
	const server = serverUnderTest();
	const inDefault = `${group}/namespaces/default`;
	await server.send('POST', `${inDefault}/roles`, { body: role('reader') });
	const subject = { kind: 'User', name: 'jane' };
	await server.send('POST', `${inDefault}/rolebindings`, {
		body: binding('jane', 'Role', 'reader', subject),
	});
	return server;
}

test('a role holds in its namespace, for whom it is bound to', async () => {
	const server = await withReader();
	const list = (namespace: string, headers: Record<string, string>) =>
		server.send<Listed & StatusAnswer>('GET', `/api/v1/namespaces/${namespace}/pods`, { headers });
	assert.equal((await list('default', as('jane'))).status, 200);
	assert.equal((await list('other', as('jane'))).status, 403);
	const { body } = await list('default', as('joe'));
	assert.equal(
		body.message,
		'pods is forbidden: User "joe" cannot list resource "pods" in API group "" in the namespace "default"',
	);
	assert.deepEqual([body.reason, body.code, body.details], ['Forbidden', 403, { kind: 'pods' }]);
});

test('a binding ends with the next request when it is deleted', async () => {
	const server = await withReader();
	await server.send('DELETE', `${group}/namespaces/default/rolebindings/jane`);
	const { status } = await server.send('GET', '/api/v1/namespaces/default/pods', { headers: as('jane') });
	assert.equal(status, 403);
});

test('groups and service accounts are bound as users are', async () => {
	const server = serverUnderTest();
	await server.send('POST', `${group}/clusterroles`, { body: role('reader') });
	await server.send('POST', `${group}/clusterrolebindings`, {
		body: binding('ops', 'ClusterRole', 'reader', { kind: 'Group', name: 'ops' }),
	});
	await server.send('POST', `${group}/namespaces/other/rolebindings`, {
		body: binding('bob', 'ClusterRole', 'reader', {
			kind: 'ServiceAccount',
			name: 'bob',
			namespace: 'default',
		}),
	});
	const status = async (path: string, headers: Record<string, string>) =>
		(await server.send('GET', path, { headers })).status;
	assert.equal(await status('/api/v1/pods', as('joe', 'ops', 'dev')), 200);
	assert.equal(await status('/api/v1/pods', as('joe', 'dev')), 403);
	const bob = as('system:serviceaccount:default:bob');
	assert.equal(await status('/api/v1/namespaces/other/pods', bob), 200);
	assert.equal(await status('/api/v1/namespaces/default/pods', bob), 403);
});

test('a missing role is told in the refusal', async () => {
	const server = serverUnderTest();
	await server.send('POST', `${group}/clusterrolebindings`, {
		body: binding('x', 'ClusterRole', 'gone', { kind: 'User', name: 'jane' }),
	});
	const { body } = await server.send<StatusAnswer>('GET', '/api/v1/nodes', { headers: as('jane') });
	assert.equal(
		body.message,
		'nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope: RBAC: clusterrole.rbac.authorization.k8s.io "gone" not found',
	);
});

test('nobody grants what they do not hold', async () => {
	const server = await withReader();
	const inDefault = `${group}/namespaces/default`;
	const verbs = ['create', 'update', 'patch', 'get'];
	const grantor = {
		rules: [{ apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles', 'rolebindings'], verbs }],
	};
	await server.send('POST', `${inDefault}/roles`, { body: role('grantor', grantor) });
	await server.send('POST', `${inDefault}/rolebindings`, {
		body: binding('grantor', 'Role', 'grantor', { kind: 'User', name: 'jane' }),
	});
	const headers = as('jane');
	const send = (method: string, path: string, body: object) =>
		server.send<StatusAnswer>(method, `${inDefault}/${path}`, { body, headers });
	assert.equal((await send('POST', 'roles', role('same'))).status, 201);
	const more = [{ apiGroups: [''], resources: ['pods', 'secrets'], verbs: ['get', 'delete'] }];
	const message = `is forbidden: user "jane" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:
{APIGroups:[""], Resources:["pods"], Verbs:["delete"]}
{APIGroups:[""], Resources:["secrets"], Verbs:["get" "delete"]}`;
	const created = await send('POST', 'roles', role('more', { rules: more }));
	assert.equal(created.body.message, `roles.rbac.authorization.k8s.io "more" ${message}`);
	const updated = await send('PUT', 'roles/same', role('same', { rules: more }));
	assert.equal(updated.body.message, `roles.rbac.authorization.k8s.io "same" ${message}`);
	await server.send('POST', `${inDefault}/roles`, { body: role('more', { rules: more }) });
	const bound = await send('POST', 'rolebindings', binding('b', 'Role', 'more', { kind: 'User', name: 'x' }));
	assert.equal(bound.body.message, `rolebindings.rbac.authorization.k8s.io "b" ${message}`);
});

test('acting as somebody else must be granted', async () => {
	const server = await withReader();
	server.client.create('clusterroles.rbac.authorization.k8s.io', {
		apiVersion: 'rbac.authorization.k8s.io/v1',
		kind: 'ClusterRole',
		metadata: { name: 'actor' },
		rules: [{ apiGroups: [''], resources: ['users'], verbs: ['impersonate'], resourceNames: ['jane'] }],
	} as never);
	await server.send('POST', `${group}/clusterrolebindings`, {
		body: binding('actor', 'ClusterRole', 'actor', { kind: 'User', name: 'joe' }),
	});
	const get = (headers: Record<string, string>) =>
		server.send<StatusAnswer>('GET', '/api/v1/namespaces/default/pods', {
			headers,
			user: { username: 'joe', groups: [] },
		});
	assert.equal((await get(as('jane'))).status, 200);
	assert.equal(
		(await get(as('ann'))).body.message,
		'users "ann" is forbidden: User "joe" cannot impersonate resource "users" in API group "" at the cluster scope',
	);
	assert.equal(
		(await get(as('jane', 'ops'))).body.message,
		'groups "ops" is forbidden: User "joe" cannot impersonate resource "groups" in API group "" at the cluster scope',
	);
	assert.equal((await get({ 'impersonate-group': 'ops' })).status, 400);
});

test('a review answers for who asks, and for others', async () => {
	const server = await withReader();
	const review = (verb: string, headers: Record<string, string>) =>
		server.send<SelfSubjectAccessReview>('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
			body: { spec: { resourceAttributes: { verb, resource: 'pods', namespace: 'default' } } },
			headers,
		});
	server.client.create('clusterrolebindings.rbac.authorization.k8s.io', {
		apiVersion: 'rbac.authorization.k8s.io/v1',
		kind: 'ClusterRoleBinding',
		metadata: { name: 'ask' },
		roleRef: roleRef('ClusterRole', 'ask'),
		subjects: [{ kind: 'Group', name: 'system:authenticated' }],
	} as never);
	await server.send('POST', `${group}/clusterroles`, {
		body: {
			metadata: { name: 'ask' },
			rules: [{ apiGroups: ['authorization.k8s.io'], resources: ['*'], verbs: ['create'] }],
		},
	});
	assert.deepEqual((await review('list', as('jane'))).body.status, {
		allowed: true,
		reason: 'RBAC: allowed by RoleBinding "jane/default" of Role "reader" to User "jane"',
	});
	assert.deepEqual((await review('delete', as('jane'))).body.status, { allowed: false });
	const other = await server.send<SelfSubjectAccessReview>(
		'POST',
		'/apis/authorization.k8s.io/v1/subjectaccessreviews',
		{
			body: {
				spec: { user: 'jane', resourceAttributes: { verb: 'get', resource: 'pods', namespace: 'default' } },
			},
		},
	);
	assert.equal(other.body.status?.allowed, true);
	const { body } = await server.send<SelfSubjectRulesReview>(
		'POST',
		'/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
		{ body: { spec: { namespace: 'default' } }, headers: as('jane') },
	);
	assert.deepEqual(
		body.status?.resourceRules.map(({ resources, verbs }) => [resources, verbs]),
		[
			[['*'], ['create']],
			[['pods'], ['get', 'list']],
		],
	);
});

test('a requested token is reviewed as what it is', async () => {
	const server = serverUnderTest();
	const path = '/api/v1/namespaces/default/serviceaccounts/default/token';
	const short = await server.send<StatusAnswer>('POST', path, { body: { spec: { expirationSeconds: 5 } } });
	assert.match(short.body.message, /Invalid value: 5: may not specify a duration less than 10 minutes$/);
	const { body } = await server.send<TokenRequest>('POST', path, {
		body: { spec: { audiences: ['vault'] } },
	});
	const review = async (token: string, audiences?: string[]) => {
		const target = '/apis/authentication.k8s.io/v1/tokenreviews';
		return (await server.send<TokenReview>('POST', target, { body: { spec: { token, audiences } } })).body
			.status;
	};
	const known = await review(body.status?.token ?? '', ['vault']);
	assert.equal(known?.authenticated, true);
	assert.equal(known?.user?.username, 'system:serviceaccount:default:default');
	assert.deepEqual(known?.audiences, ['vault']);
	assert.match((await review(body.status?.token ?? ''))?.error ?? '', /is invalid for the target audiences/);
	assert.equal((await review('x'))?.error, 'invalid bearer token');
});

test('roles and bindings are validated in full', async () => {
	const server = serverUnderTest();
	const bad = await server.send<StatusAnswer>('POST', `${group}/namespaces/default/roles`, {
		body: { metadata: { name: 'a/b' }, rules: [{ verbs: [], nonResourceURLs: ['/x'] }, { verbs: ['get'] }] },
	});
	assert.deepEqual(
		bad.body.details?.causes?.map(({ field }) => field),
		[
			'metadata.name',
			'rules[0].verbs',
			'rules[0].nonResourceURLs',
			'rules[1].apiGroups',
			'rules[1].resources',
		],
	);
	const created = await server.send('POST', `${group}/clusterrolebindings`, {
		body: binding('b', 'ClusterRole', 'view', { kind: 'User', name: 'x' }),
	});
	assert.equal(created.status, 201);
	const moved = await server.send<StatusAnswer>('PUT', `${group}/clusterrolebindings/b`, {
		body: binding('b', 'ClusterRole', 'edit', { kind: 'User', name: 'x' }),
	});
	assert.match(moved.body.message, /roleRef: Invalid value: .*: cannot change roleRef$/);
});
