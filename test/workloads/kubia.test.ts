// The pets of Kubernetes in Action: why replicas that share a claim do not do, and what a StatefulSet keeps.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createLabHost } from '../../lab/node/host.ts';
import { createStoryCluster, manifest } from './cluster.ts';
import { tell, throughProxy } from './terminal.ts';

const host = createLabHost();
after(() => host.close());

const greeting = 'Fed at noon.';
const answerOf = (pod: string, data = 'No data posted yet') =>
	`You've hit ${pod}\nData stored on this pod: ${data}\n`;

test('replicas of a ReplicaSet share the claim that their template names', async () => {
	const cluster = createStoryCluster(1);
	await cluster.create(manifest('shared-claim.yaml'));
	await cluster.until(() => cluster.podNames().length === 2 && cluster.podNames().every(cluster.isReady));
	const [first, second] = cluster.podNames();
	assert.equal(cluster.client.list('persistentvolumeclaims', 'default').length, 1);
	assert.equal(cluster.client.list('persistentvolumes').length, 1);
	await cluster.proxy(`pods/${first}:8080`, '/', 'mine');
	assert.equal(await cluster.proxy(`pods/${second}:8080`), answerOf(second, 'mine'));
	cluster.lab.stop();
});

test('on several nodes, replicas that share a claim of one node do not even start', async () => {
	const cluster = createStoryCluster(2);
	const { podNames, isReady, until, clock } = cluster;
	await cluster.create(manifest('shared-claim.yaml'));
	await until(() => podNames().some(isReady));
	await clock.advance(600_000);
	const [waiting, ...others] = podNames().filter((name) => !isReady(name));
	assert.deepEqual(others, []);
	const runs = podNames().find(isReady);
	assert.match(
		cluster.events(waiting).join('\n'),
		new RegExp(
			`FailedAttachVolume Multi-Attach error for volume "pvc-\\S+" Volume is already used by pod\\(s\\) ${runs}`,
		),
	);
	cluster.lab.stop();
});

test('the pets keep name and data through deletion and scaling', async () => {
	const cluster = createStoryCluster();
	const { client, clock, proxy, pod, podNames, isReady, until } = cluster;
	await cluster.create(manifest('kubia.yaml'));
	await until(() => isReady('kubia-1'));
	assert.match(
		cluster.events('kubia').join('\n'),
		/Create Claim data-kubia-0 Pod kubia-0[\s\S]*Create Pod kubia-0 [\s\S]*Create Pod kubia-1 /,
	);

	assert.equal(await proxy('pods/kubia-0'), answerOf('kubia-0'));
	assert.equal(await proxy('pods/kubia-0', '/', greeting), 'Data stored on pod kubia-0\n');
	assert.equal(await proxy('pods/kubia-0'), answerOf('kubia-0', greeting));
	assert.equal(await proxy('pods/kubia-1'), answerOf('kubia-1'));

	const before = pod('kubia-0');
	const deletedAt = clock.now();
	await cluster.request('DELETE', '/api/v1/namespaces/default/pods/kubia-0');
	assert.deepEqual(podNames(), ['kubia-0', 'kubia-1'], 'no second kubia-0 while the first one may live');
	await until(() => pod('kubia-0')?.metadata.uid !== before?.metadata.uid && isReady('kubia-0'));
	assert(clock.now() - deletedAt >= 30_000, 'Node as PID 1 ignores SIGTERM');
	assert.equal(await proxy('pods/kubia-0'), answerOf('kubia-0', greeting));

	await proxy('pods/kubia-1', '/', 'kept');
	cluster.updateSet('kubia', (set) => {
		set.spec.replicas = 1;
	});
	await until(() => podNames().length === 1);
	assert.equal(client.list('persistentvolumeclaims', 'default').length, 2);
	cluster.updateSet('kubia', (set) => {
		set.spec.replicas = 2;
	});
	await until(() => isReady('kubia-1'));
	assert.equal(await proxy('pods/kubia-1'), answerOf('kubia-1', 'kept'));

	// Until both endpoints are known to the proxy.
	await clock.advance(5_000);
	const hit = new Set<string>();
	for (let count = 0; count < 20; count++) hit.add((await proxy('services/kubia-public')).split('\n')[0]);
	assert.deepEqual([...hit].sort(), ["You've hit kubia-0", "You've hit kubia-1"]);
	cluster.lab.stop();
});

test('a pet of a node that is lost has no second one until somebody says that it is gone', async () => {
	const cluster = createStoryCluster();
	const { pod, podNames, isReady, until, clock } = cluster;
	await cluster.create(manifest('kubia.yaml'));
	await until(() => isReady('kubia-1'));
	const node = pod('kubia-1')?.spec.nodeName ?? '';
	const uid = pod('kubia-1')?.metadata.uid;
	cluster.lab.nodes.get(node)?.crash();
	await until(() => pod('kubia-1')?.metadata.deletionTimestamp !== undefined, 600_000);
	await clock.advance(600_000);
	assert.equal(pod('kubia-1')?.metadata.uid, uid);
	await cluster.request('DELETE', '/api/v1/namespaces/default/pods/kubia-1?gracePeriodSeconds=0');
	await until(() => podNames().includes('kubia-1') && pod('kubia-1')?.metadata.uid !== uid);
	cluster.lab.stop();
});

test('updated to find their peers, each answers for all', async () => {
	const cluster = createStoryCluster();
	const { proxy, isReady, until, pod } = cluster;
	await cluster.create(manifest('kubia.yaml'));
	await until(() => isReady('kubia-1'));
	cluster.updateSet('kubia', (set) => {
		set.spec.replicas = 3;
		const [container] = set.spec.template.spec?.containers ?? [];
		container.image = 'luksa/kubia-pet-peers';
	});
	await until(
		() =>
			['kubia-0', 'kubia-1', 'kubia-2'].every(
				(name) => pod(name)?.spec.containers[0].image === 'luksa/kubia-pet-peers' && isReady(name),
			),
		600_000,
	);
	// Until the last endpoint is known to the DNS and to the proxy.
	await cluster.clock.advance(5_000);
	const stored: string[] = [];
	for (const text of ['Walk at four.', 'Brushed twice.'])
		stored.push((await proxy('services/kubia-public', '/', text)).trim());
	const answer = (await proxy('services/kubia-public')).split('\n');
	assert.equal(answer[1], 'Data stored in the cluster:');
	const peers = answer.slice(2).filter(Boolean);
	assert.deepEqual(
		peers.map((line) => line.split(':')[0]).sort(),
		[0, 1, 2].map((ordinal) => `- kubia-${ordinal}.kubia.default.svc.cluster.local`),
	);
	const last = stored[1].replace('Data stored on pod ', '');
	assert(peers.includes(`- ${last}.kubia.default.svc.cluster.local: Brushed twice.`), peers.join('\n'));
	cluster.lab.stop();
});

test('the same with a real kubectl', { timeout: 180_000 }, async (t) => {
	const pods = (name: string) => `localhost:$PORT/api/v1/namespaces/default/pods/${name}/proxy/`;
	const services = (name: string) => `localhost:$PORT/api/v1/namespaces/default/services/${name}/proxy/`;
	await tell(t, host, { 'kubia.yaml': manifest('kubia.yaml') }, [
		{
			run: 'kubectl apply -f kubia.yaml',
			expect: 'service/kubia created\nstatefulset.apps/kubia created\nservice/kubia-public created\n',
		},
		{ run: 'kubectl rollout status statefulset kubia', expect: /roll out complete: 2 new pods/ },
		{ run: 'kubectl get pvc -o name', expect: /data-kubia-0\n.*data-kubia-1\n/ },
		{ run: throughProxy(`curl -s ${pods('kubia-0')}`), expect: answerOf('kubia-0') },
		{
			run: throughProxy(`curl -s -X POST -d '${greeting}' ${pods('kubia-0')}`),
			expect: 'Data stored on pod kubia-0\n',
		},
		{ run: throughProxy(`curl -s ${pods('kubia-1')}`), expect: answerOf('kubia-1') },
		{
			run: throughProxy(
				`curl -s -o /dev/null -w '%{http_code} %{redirect_url}' ${pods('kubia-0').slice(0, -1)}`,
			),
			expect: /^301 http:\/\/localhost:\d+\/api\/v1\/namespaces\/default\/pods\/kubia-0\/proxy\/$/,
		},
		{ run: 'kubectl delete pod kubia-0', expect: /pod "kubia-0" deleted/ },
		{ run: 'kubectl rollout status statefulset kubia', expect: /complete: 2 new pods/ },
		{ run: throughProxy(`curl -s ${pods('kubia-0')}`), expect: answerOf('kubia-0', greeting) },
		{ run: 'kubectl scale statefulset kubia --replicas=0', expect: 'statefulset.apps/kubia scaled\n' },
		{
			run: 'kubectl wait --for=delete pod/kubia-0 --timeout=60s',
			expect: /^(pod\/kubia-0 condition met\n)?$/,
		},
		{ run: 'kubectl get pvc --no-headers', expect: /data-kubia-0 +Bound[\s\S]*data-kubia-1 +Bound/ },
		{ run: 'kubectl scale statefulset kubia --replicas=2', expect: 'statefulset.apps/kubia scaled\n' },
		{ run: 'kubectl rollout status statefulset kubia', expect: /complete: 2 new pods/ },
		{
			run: throughProxy(`for i in $(seq 20); do curl -s ${services('kubia-public')}; done | sort -u`),
			expect: new RegExp(
				`^Data stored on this pod: ${greeting}\nData stored on this pod: No data posted yet\nYou've hit kubia-0\nYou've hit kubia-1\n$`,
			),
		},
	]);
});
