import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestCluster, logOf } from '../test-cluster.ts';

const folder = '/var/run/secrets/kubernetes.io/serviceaccount';
const curl = (path: string, options = '') =>
	`curl -s --cacert ${folder}/ca.crt ${options} https://kubernetes.default.svc${path}`;

async function outputOf(script: string, grant?: (cluster: ReturnType<typeof createTestCluster>) => void) {
	const cluster = createTestCluster({ nodes: 1 });
	grant?.(cluster);
	cluster.createPod('client', {
		restartPolicy: 'Never',
		containers: [{ name: 'main', image: 'curlimages/curl:8.10.1', command: ['sh', '-c', script] }],
	});
	await cluster.until(() => ['Succeeded', 'Failed'].includes(cluster.pod('client')?.status?.phase ?? ''));
	const log = await logOf(cluster, 'client');
	cluster.lab.stop();
	return log;
}

const token = `-H "Authorization: Bearer $(cat ${folder}/token)"`;

test('a pod speaks to the API by its token, as its service account', async () => {
	const status = JSON.parse(await outputOf(curl('/api/v1/namespaces/default/pods', token)));
	assert.equal(
		status.message,
		'pods is forbidden: User "system:serviceaccount:default:default" cannot list resource "pods" in API group "" in the namespace "default"',
	);
});

test('what its account is granted, a pod may do', async () => {
	const log = await outputOf(curl('/api/v1/namespaces/default/pods', token), ({ client }) => {
		client.create('rolebindings.rbac.authorization.k8s.io', {
			apiVersion: 'rbac.authorization.k8s.io/v1',
			kind: 'RoleBinding',
			metadata: { name: 'view', namespace: 'default' },
			roleRef: { kind: 'ClusterRole', name: 'view' },
			subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'default' }],
		} as never);
	});
	const list = JSON.parse(log);
	assert.equal(list.kind, 'PodList');
	assert.equal(list.items[0].metadata.name, 'client');
});

test('without a token a pod is anonymous, with a wrong one it is nobody', async () => {
	const log = await outputOf(
		`${curl('/version')}; ${curl('/api')}; ${curl('/version', '-H "Authorization: Bearer x"')}`,
	);
	assert.match(log, /"gitVersion":"v1\.36/);
	assert.match(log, /User \\"system:anonymous\\" cannot get path \\"\/api\\"/);
	assert.match(log, /"message":"Unauthorized","reason":"Unauthorized","code":401/);
});
