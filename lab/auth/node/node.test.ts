// What a kubelet may, by --as=system:node:node1 --as-group=system:nodes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type StatusAnswer, serverUnderTest } from '../../api/server-under-test.ts';
import type { SelfSubjectRulesReview } from '../../schema/types.ts';

const headers = { 'impersonate-user': 'system:node:node1', 'impersonate-group': 'system:nodes' };
const core = '/api/v1/namespaces/default';

/** Two nodes, each with a pod that has a claim, a secret and a configuration of its own. */
async function withNodes() {
	const server = serverUnderTest();
	const make = async (path: string, body: object) => {
		const answer = await server.send<StatusAnswer>('POST', path, { body });
		assert.equal(answer.status, 201, answer.body.message);
	};
	await make('/api/v1/namespaces', { metadata: { name: 'kube-node-lease' } });
	for (const node of ['node1', 'node2']) {
		await make('/api/v1/nodes', { metadata: { name: node } });
		await make(`${core}/secrets`, { metadata: { name: `secret-${node}` } });
		await make(`${core}/configmaps`, { metadata: { name: `config-${node}` } });
		await make('/api/v1/persistentvolumes', {
			metadata: { name: `volume-${node}` },
			spec: {
				capacity: { storage: '1Gi' },
				accessModes: ['ReadWriteOnce'],
				hostPath: { path: '/data' },
			},
		});
		await make(`${core}/persistentvolumeclaims`, {
			metadata: { name: `claim-${node}` },
			spec: {
				accessModes: ['ReadWriteOnce'],
				resources: { requests: { storage: '1Gi' } },
				volumeName: `volume-${node}`,
			},
		});
		await make(`${core}/pods`, {
			metadata: { name: `pod-${node}` },
			spec: {
				nodeName: node,
				containers: [
					{ name: 'one', image: 'nginx', envFrom: [{ configMapRef: { name: `config-${node}` } }] },
				],
				volumes: [
					{ name: 'secret', secret: { secretName: `secret-${node}` } },
					{ name: 'claim', persistentVolumeClaim: { claimName: `claim-${node}` } },
				],
			},
		});
	}
	const ask = async (method: string, path: string, body?: object) => {
		const type: Record<string, string> =
			method === 'PATCH' ? { 'content-type': 'application/merge-patch+json' } : {};
		const answer = await server.send<StatusAnswer>(method, path, { body, headers: { ...headers, ...type } });
		return answer.status < 300 ? '' : (answer.body.message ?? '');
	};
	return { ...server, ask };
}

const unrelated = "no relationship found between node 'node1' and this object";
const refused = (
	verb: string,
	resource: string,
	name: string,
	why: string,
	place = 'in the namespace "default"',
) =>
	`${resource} ${name && `"${name}" `}is forbidden: User "system:node:node1" cannot ${verb} resource "${resource}" in API group "" ${place}: ${why}`;

test('a kubelet reads what the pods of its node refer to, and nothing else', async () => {
	const { ask } = await withNodes();
	for (const [kind, name] of [
		['secrets', 'secret'],
		['configmaps', 'config'],
		['persistentvolumeclaims', 'claim'],
		['pods', 'pod'],
	]) {
		assert.equal(await ask('GET', `${core}/${kind}/${name}-node1`), '');
		assert.equal(
			await ask('GET', `${core}/${kind}/${name}-node2`),
			refused('get', kind, `${name}-node2`, unrelated),
		);
	}
	assert.equal(await ask('GET', '/api/v1/persistentvolumes/volume-node1'), '');
	assert.equal(
		await ask('GET', '/api/v1/persistentvolumes/volume-node2'),
		refused('get', 'persistentvolumes', 'volume-node2', unrelated, 'at the cluster scope'),
	);
	assert.equal(await ask('GET', `${core}/secrets`), refused('list', 'secrets', '', 'No Object name found'));
	assert.equal(await ask('GET', `${core}/services`), '');
});

test('a kubelet lists its own pods and reads its own node', async () => {
	const { ask } = await withNodes();
	assert.equal(await ask('GET', '/api/v1/pods?fieldSelector=spec.nodeName%3Dnode1'), '');
	assert.equal(
		await ask('GET', '/api/v1/pods'),
		refused(
			'list',
			'pods',
			'',
			'can only list/watch pods with spec.nodeName field selector',
			'at the cluster scope',
		),
	);
	assert.equal(await ask('GET', '/api/v1/nodes/node1'), '');
	assert.equal(
		await ask('GET', '/api/v1/nodes/node2'),
		refused(
			'get',
			'nodes',
			'node2',
			"node 'node1' cannot read 'node2', only its own Node object",
			'at the cluster scope',
		),
	);
	assert.equal(
		await ask('GET', '/api/v1/nodes'),
		refused(
			'list',
			'nodes',
			'',
			"node 'node1' cannot read all nodes, only its own Node object",
			'at the cluster scope',
		),
	);
});

test('a kubelet writes its own node but for its taints and certain labels, and no other', async () => {
	const { ask } = await withNodes();
	const label = (name: string, key: string) =>
		ask('PATCH', `/api/v1/nodes/${name}`, { metadata: { labels: { [key]: 'x' } } });
	assert.equal(await label('node1', 'example.com/disk'), '');
	assert.equal(await label('node1', 'topology.kubernetes.io/zone'), '');
	assert.equal(
		await label('node1', 'node-restriction.kubernetes.io/team'),
		'nodes "node1" is forbidden: is not allowed to modify labels: node-restriction.kubernetes.io/team',
	);
	assert.equal(
		await label('node1', 'node-role.kubernetes.io/control-plane'),
		'nodes "node1" is forbidden: is not allowed to modify labels: node-role.kubernetes.io/control-plane',
	);
	assert.equal(
		await label('node2', 'example.com/disk'),
		'nodes "node2" is forbidden: node "node1" is not allowed to modify node "node2"',
	);
	assert.equal(
		await ask('PATCH', '/api/v1/nodes/node1', {
			spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] },
		}),
		'nodes "node1" is forbidden: node "node1" is not allowed to modify taints',
	);
	assert.match(await ask('DELETE', '/api/v1/nodes/node1'), /cannot delete resource "nodes"/);
});

test('a kubelet deletes and evicts pods of its node, and creates none but mirrors', async () => {
	const { ask } = await withNodes();
	assert.equal(
		await ask('DELETE', `${core}/pods/pod-node2`),
		'pods "pod-node2" is forbidden: node "node1" can only delete pods with spec.nodeName set to itself',
	);
	assert.equal(
		await ask('POST', `${core}/pods/pod-node2/eviction`, { metadata: { name: 'pod-node2' } }),
		'pods "pod-node2" is forbidden: node node1 can only evict pods with spec.nodeName set to itself',
	);
	assert.equal(
		await ask('PATCH', `${core}/pods/pod-node2/status`, { status: { message: 'x' } }),
		'pods "pod-node2" is forbidden: node "node1" can only update pod status for pods with spec.nodeName set to itself',
	);
	assert.equal(
		await ask('POST', `${core}/pods`, {
			metadata: { name: 'mine' },
			spec: { containers: [{ name: 'one', image: 'nginx' }] },
		}),
		'pods "mine" is forbidden: pod does not have "kubernetes.io/config.mirror" annotation, node "node1" can only create mirror pods',
	);
	assert.equal(await ask('DELETE', `${core}/pods/pod-node1`), '');
});

test('a kubelet has its own lease', async () => {
	const { ask } = await withNodes();
	const leases = '/apis/coordination.k8s.io/v1/namespaces';
	const lease = (name: string) => ({ metadata: { name }, spec: { holderIdentity: name } });
	assert.equal(await ask('POST', `${leases}/kube-node-lease/leases`, lease('node1')), '');
	assert.equal(
		await ask('POST', `${leases}/kube-node-lease/leases`, lease('node2')),
		'leases.coordination.k8s.io "node2" is forbidden: can only access node lease with the same name as the requesting node',
	);
	assert.match(
		await ask('GET', `${leases}/default/leases/node1`),
		/: can only access leases in the "kube-node-lease" system namespace$/,
	);
});

test('what a kubelet may do in all cannot be told', async () => {
	const { send } = await withNodes();
	const group = 'rbac.authorization.k8s.io';
	const reviews = {
		apiGroups: ['authorization.k8s.io'],
		resources: ['selfsubjectrulesreviews'],
		verbs: ['create'],
	};
	await send('POST', `/apis/${group}/v1/clusterroles`, {
		body: { metadata: { name: 'asker' }, rules: [reviews] },
	});
	await send('POST', `/apis/${group}/v1/clusterrolebindings`, {
		body: {
			metadata: { name: 'asker' },
			roleRef: { apiGroup: group, kind: 'ClusterRole', name: 'asker' },
			subjects: [{ kind: 'Group', name: 'system:authenticated' }],
		},
	});
	const { body } = await send<SelfSubjectRulesReview>(
		'POST',
		'/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
		{ body: { spec: { namespace: 'default' } }, headers },
	);
	assert.equal(body.status?.incomplete, true);
	assert.equal(body.status?.evaluationError, 'node authorizer does not support user rule resolution');
});
