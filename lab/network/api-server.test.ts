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
	assert.match(log, /"gitVersion": "v1\.36/);
	assert.match(log, /User \\"system:anonymous\\" cannot get path \\"\/api\\"/);
	assert.match(log, /"message": "Unauthorized",\n\s+"reason": "Unauthorized",\n\s+"code": 401/);
});

test('its certificate is checked: by the authority, by the name, and not at all where that is asked', async () => {
	const ask = (options: string, url: string) =>
		`curl -sS ${options} ${url} 2>&1 | head -n 1; echo "$(curl -s -o /dev/null ${options} ${url}; echo $?)"`;
	const log = await outputOf(
		[
			ask('', 'https://kubernetes.default.svc/version'),
			ask('-k', '-o /dev/null https://kubernetes.default.svc/version'),
			ask(`--cacert ${folder}/ca.crt`, '-o /dev/null https://10.96.0.1/version'),
			ask(`--cacert ${folder}/ca.crt --resolve api.test:443:10.96.0.1`, 'https://api.test/version'),
			ask(`--cacert ${folder}/nope`, 'https://kubernetes.default.svc/version'),
			ask('', 'http://kubernetes.default.svc:443/version'),
			'curl -s -o /dev/null -w "%{http_code}\\n" http://kubernetes.default.svc:443/version',
			'wget -qO- https://kubernetes.default.svc/version 2>&1 | tail -n 1',
			'wget -qO- --no-check-certificate https://kubernetes.default.svc/version | grep -o v1.36',
		].join('\n'),
	);
	assert.deepEqual(
		log
			.trim()
			.split('\n')
			.map((line) => line.trim()),
		[
			'curl: (60) SSL certificate problem: unable to get local issuer certificate',
			'60',
			'0',
			'0',
			"curl: (60) SSL: no alternative certificate subject name matches target host name 'api.test'",
			'60',
			`curl: (77) error adding trust anchors from file: ${folder}/nope`,
			'77',
			'Client sent an HTTP request to an HTTPS server.',
			'0',
			'400',
			'wget: error getting response: Connection reset by peer',
			'v1.36',
		],
	);
});
