// go-demo-3 and its database: three mongods cannot share one volume; with a volume each they become a replica set,
// by hand or by sidecars, and outlive an update and the loss of their primary.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createLabHost } from '../../lab/node/host.ts';
import type { ContainerStatus, Pod } from '../../lab/schema/types.ts';
import { logOf } from '../../lab/test-cluster.ts';
import { createStoryCluster, manifest, type StoryCluster } from './cluster.ts';
import { execute } from './execute.ts';
import { tell } from './terminal.ts';

const host = createLabHost();
after(() => host.close());

const members = ['db-0', 'db-1', 'db-2'];
const initiate = `rs.initiate({ _id: "rs0", members: [
  { _id: 0, host: "db-0.db:27017" }, { _id: 1, host: "db-1.db:27017" }, { _id: 2, host: "db-2.db:27017" }
] })`;
const lockRefused =
	/Unable to lock the lock file: \/data\/db\/mongod\.lock \(Resource temporarily unavailable\)\. Another mongod instance is already running on the \/data\/db directory/;

const podsOf = ({ client }: StoryCluster, app: string) =>
	client.list<Pod>('pods', 'default').filter(({ metadata }) => metadata.labels?.app === app);
const container = (pod: Pod | undefined): ContainerStatus | undefined => pod?.status?.containerStatuses?.[0];

/** What mongosh in a member says. */
async function mongosh(cluster: StoryCluster, pod: string, expression: string): Promise<string> {
	const { stdout, stderr } = await execute(
		cluster,
		pod,
		['mongosh', '--quiet', '--eval', expression],
		undefined,
		'db',
	);
	return (stdout + stderr).trimEnd();
}

const states = (cluster: StoryCluster, pod = 'db-0') =>
	mongosh(cluster, pod, 'rs.status().members.map((m) => m.stateStr).sort().join(" ")');

/** Moves time on until the set has a primary and two secondaries. */
async function untilComplete(cluster: StoryCluster, pod = 'db-0'): Promise<void> {
	for (let seconds = 0; (await states(cluster, pod)) !== 'PRIMARY SECONDARY SECONDARY'; seconds++) {
		assert(seconds < 120, await mongosh(cluster, pod, 'rs.status()'));
		await cluster.clock.advance(1000);
	}
}

const primaryOf = async (cluster: StoryCluster, pod: string) =>
	/db-\d/.exec(await mongosh(cluster, pod, 'rs.hello().primary'))?.[0] ?? '';

test('of three mongods on one volume one runs, the others end with 100 and are started again', async () => {
	const cluster = createStoryCluster(1);
	await cluster.create(manifest('go-demo-3-deployment.yaml'));
	const restarted = (pod: Pod) => (container(pod)?.restartCount ?? 0) > 1;
	await cluster.until(() => podsOf(cluster, 'db').filter(restarted).length === 2, 300_000);
	const [locked, ...others] = podsOf(cluster, 'db').filter((pod) => !restarted(pod));
	assert.deepEqual(others, []);
	assert.equal(container(locked)?.ready, true);
	for (const { metadata } of podsOf(cluster, 'db').filter(restarted)) {
		assert.match(await logOf(cluster, metadata.name, { previous: true }), lockRefused);
		assert.equal(container(cluster.pod(metadata.name))?.lastState?.terminated?.exitCode, 100);
	}
	assert.equal(cluster.client.list('persistentvolumes').length, 1);
	// The API needs a primary, and one standalone is enough of that.
	await cluster.until(() => podsOf(cluster, 'api').every((pod) => container(pod)?.ready), 300_000);
	await cluster.clock.advance(5000);
	const person = '/api/v1/namespaces/default/services/api:8080/proxy/demo/person';
	assert.equal((await cluster.request('PUT', `${person}?name=Ada`)).text, 'Everything is OK');
	assert.equal((await cluster.request('GET', person)).text, 'Ada');
	cluster.lab.stop();
});

test('a replica set made by hand lets the API in, is updated from the last, and elects anew', async () => {
	const cluster = createStoryCluster();
	const { clock, until, isReady, client } = cluster;
	await cluster.create(manifest('go-demo-3-statefulset.yaml'));
	await until(() => cluster.podNames().includes('db-1'));
	assert.equal(isReady('db-0'), true, 'the second pod comes when the first is ready');
	await until(() => members.every(isReady));
	assert.equal(client.list('persistentvolumes').length, 3);
	const [api] = podsOf(cluster, 'api');
	await until(() => (container(cluster.pod(api.metadata.name))?.restartCount ?? 0) > 0);
	assert.match(
		await logOf(cluster, api.metadata.name, { previous: true }),
		/^panic: no reachable servers\n\ngoroutine 1 \[running\]:/,
	);
	assert.match(await mongosh(cluster, 'db-0', 'rs.status()'), /NotYetInitialized/);
	// Until DNS has forgotten that there was no db-2.
	await clock.advance(30_000);
	assert.equal(await mongosh(cluster, 'db-0', initiate), '{ ok: 1 }');
	await untilComplete(cluster);
	await until(() => podsOf(cluster, 'api').every((pod) => container(pod)?.ready), 600_000);
	await clock.advance(5000);
	const [used, idle] = podsOf(cluster, 'api').map(({ metadata }) => metadata.name);
	const personAt = (name: string) => `/api/v1/namespaces/default/pods/${name}:8080/proxy/demo/person`;
	assert.equal((await cluster.request('PUT', `${personAt(used)}?name=Ada`)).text, 'Everything is OK');

	const updated: string[] = [];
	cluster.updateSet('db', (set) => {
		set.spec.template.spec!.containers[0].image = 'mongo:5.0.31';
	});
	const isUpdated = (name: string) =>
		cluster.pod(name)?.spec.containers[0].image === 'mongo:5.0.31' && isReady(name);
	await until(() => {
		for (const name of members) if (isUpdated(name) && !updated.includes(name)) updated.push(name);
		return updated.length === 3;
	}, 600_000);
	assert.deepEqual(updated, ['db-2', 'db-1', 'db-0']);
	await untilComplete(cluster);

	const primary = await primaryOf(cluster, 'db-0');
	const uid = cluster.pod(primary)?.metadata.uid;
	await cluster.request('DELETE', `/api/v1/namespaces/default/pods/${primary}?gracePeriodSeconds=0`);
	const other = members.find((name) => name !== primary)!;
	for (let seconds = 0; (await primaryOf(cluster, other)) === primary; seconds++) {
		assert(seconds < 60, 'no other primary');
		await clock.advance(1000);
	}
	await until(() => cluster.pod(primary)?.metadata.uid !== uid && isReady(primary), 300_000);
	await untilComplete(cluster);
	assert.equal((await cluster.request('GET', personAt(idle))).text, 'Ada');
	assert.equal(
		(await cluster.request('GET', personAt(used))).text,
		'EOF',
		'it keeps the connection it has used',
	);
	cluster.lab.stop();
});

test('sidecars may not list pods until they are allowed to, and then build the set', async () => {
	const cluster = createStoryCluster();
	await cluster.create(manifest('mongo-sidecar.yaml'));
	await cluster.until(() => members.every(cluster.isReady), 300_000);
	await cluster.clock.advance(10_000);
	assert.match(
		await logOf(cluster, 'db-0', { container: 'db-sidecar' }),
		/Error in workloop: [\s\S]*pods is forbidden: User "system:serviceaccount:default:default" cannot list resource "pods" in API group "" in the namespace "default"[\s\S]*code: 403/,
	);
	assert.match(await mongosh(cluster, 'db-0', 'rs.status()'), /NotYetInitialized/);
	await cluster.create(manifest('mongo-sidecar-access.yaml'));
	await cluster.clock.advance(60_000);
	await untilComplete(cluster);
	assert.equal(
		await mongosh(cluster, 'db-1', 'rs.conf().members.map((m) => m.host).sort()[0]'),
		'db-0.db.default.svc.cluster.local:27017',
	);
	const scale = (replicas: number) =>
		cluster.request(
			'PUT',
			'/apis/apps/v1/namespaces/default/statefulsets/db/scale',
			JSON.stringify({
				apiVersion: 'autoscaling/v1',
				kind: 'Scale',
				metadata: { name: 'db', namespace: 'default' },
				spec: { replicas },
			}),
		);
	await scale(4);
	await cluster.until(() => cluster.isReady('db-3'), 300_000);
	await cluster.clock.advance(30_000);
	assert.equal(await states(cluster), 'PRIMARY SECONDARY SECONDARY SECONDARY');
	await scale(3);
	await cluster.until(() => cluster.pod('db-3') === undefined, 60_000);
	const count = () => mongosh(cluster, 'db-0', 'rs.conf().members.length');
	await cluster.clock.advance(15_000);
	assert.equal(await count(), '4', 'a member that was heard of half a minute ago may come back');
	await cluster.clock.advance(20_000);
	assert.equal(await count(), '3');
	cluster.lab.stop();
});

test('the same with a real kubectl', { timeout: 240_000 }, async (t) => {
	const until = (command: string, wanted: string) =>
		`for i in $(seq 300); do ${command} 2> errors | grep -q '${wanted}' && break; sleep 0.2; done; ${command}`;
	const shell = (expression: string) => `kubectl exec db-0 -c db -- mongosh --quiet --eval '${expression}'`;
	const files = {
		'deployment.yaml': manifest('go-demo-3-deployment.yaml'),
		'statefulset.yaml': manifest('go-demo-3-statefulset.yaml'),
		'sidecar.yaml': manifest('mongo-sidecar.yaml'),
		'access.yaml': manifest('mongo-sidecar-access.yaml'),
	};
	const stateList = 'rs.status().members.map((m) => m.stateStr).sort().join(" ")';
	await tell(
		t,
		host,
		files,
		[
			{ run: 'kubectl apply -f deployment.yaml', expect: /deployment\.apps\/db created/ },
			{
				run: until('kubectl get pods -l app=db --no-headers', 'CrashLoopBackOff'),
				expect: /1\/1 +Running[\s\S]*|CrashLoopBackOff/,
			},
			{
				run: 'for pod in $(kubectl get pods -l app=db -o name); do kubectl logs $pod; done',
				expect: lockRefused,
			},
			{ run: 'kubectl get pv --no-headers | wc -l', expect: '1\n' },
			{ run: 'kubectl delete -f deployment.yaml', expect: /deployment\.apps "db" deleted/ },
			{ run: 'kubectl apply -f statefulset.yaml', expect: /statefulset\.apps\/db created/ },
			{ run: 'kubectl rollout status sts db', expect: /complete: 3 new pods/ },
			{ run: shell(initiate.replaceAll('\n', ' ')), expect: '{ ok: 1 }\n' },
			{
				run: until(shell(stateList), 'PRIMARY SECONDARY SECONDARY'),
				expect: 'PRIMARY SECONDARY SECONDARY\n',
			},
			{ run: 'kubectl rollout status deployment api --timeout=120s', expect: /successfully rolled out/ },
			{ run: 'kubectl set image sts db db=mongo:5.0.31', expect: 'statefulset.apps/db image updated\n' },
			{ run: 'kubectl rollout status sts db', expect: /complete/ },
			{ run: shell('db.version()'), expect: '5.0.31\n' },
			{ run: 'kubectl delete -f statefulset.yaml', expect: /deleted/ },
			{ run: 'kubectl delete pvc --all', expect: /deleted/ },
			{ run: 'kubectl apply -f sidecar.yaml', expect: /created/ },
			{
				run: until('kubectl logs db-0 -c db-sidecar', 'forbidden'),
				expect: /pods is forbidden: User "system:serviceaccount:default:default" cannot list resource "pods"/,
			},
			{
				run: 'kubectl apply -f access.yaml',
				expect: /rolebinding\.rbac\.authorization\.k8s\.io\/db created/,
			},
			{
				run: until(shell(stateList), 'PRIMARY SECONDARY SECONDARY'),
				expect: 'PRIMARY SECONDARY SECONDARY\n',
			},
		],
		{ nodes: 1 },
	);
});
