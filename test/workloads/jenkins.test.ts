// Jenkins as a StatefulSet of one: it starts slowly, is reached through its Ingress, and finds its home again.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createLabHost } from '../../lab/node/host.ts';
import type { Ingress, Pod } from '../../lab/schema/types.ts';
import { createStoryCluster, manifest } from './cluster.ts';
import { tell } from './terminal.ts';

const host = createLabHost();
after(() => host.close());

const namespace = '/api/v1/namespaces/jenkins';

test('it is unlocked through its ingress, and its home outlives its pod', async () => {
	const cluster = createStoryCluster();
	const { client, clock, until } = cluster;
	const pod = () => client.get<Pod>('pods', 'jenkins', 'jenkins-0');
	const ready = () => pod()?.status?.containerStatuses?.[0]?.ready === true;
	await cluster.create(manifest('jenkins.yaml'));
	await until(() => pod()?.status?.phase === 'Running');
	const runningAt = clock.now();
	assert.equal(ready(), false);
	await until(ready, 120_000);
	const seconds = (clock.now() - runningAt) / 1000;
	assert(seconds > 20 && seconds < 60, `ready after ${seconds} s`);

	const log = async () => (await cluster.request('GET', `${namespace}/pods/jenkins-0/log`)).text;
	assert.match(await log(), /Max\. Heap Size: 1\.00G[\s\S]*Jenkins is fully up and running\n$/);
	const passwordIn = (text: string) => /proceed to installation:\n\n([0-9a-f]{32})\n/.exec(text)?.[1];
	const password = passwordIn(await log());
	assert(password);
	// Until the endpoint is known to the proxy.
	await clock.advance(5_000);
	assert.match(
		(await cluster.request('GET', `${namespace}/services/jenkins:http/proxy/jenkins/login`)).text,
		/Unlock Jenkins/,
	);
	const ingress = client.get<Ingress>('ingresses.networking.k8s.io', 'jenkins', 'jenkins');
	assert(
		ingress?.status?.loadBalancer?.ingress?.[0].ip ?? ingress?.status?.loadBalancer?.ingress?.[0].hostname,
	);

	const uid = pod()?.metadata.uid;
	await cluster.request('DELETE', `${namespace}/pods/jenkins-0`);
	await until(() => pod()?.metadata.uid !== uid && ready(), 120_000);
	assert.equal(passwordIn(await log()), password);

	await cluster.request('DELETE', namespace);
	await until(() => client.get('namespaces', '', 'jenkins') === undefined, 120_000);
	await until(() => client.list('persistentvolumes').length === 0);
	cluster.lab.stop();
});

test('the same with a real kubectl', { timeout: 180_000 }, async (t) => {
	const address = `ADDRESS=$(kubectl -n jenkins get ing jenkins -o jsonpath='{.status.loadBalancer.ingress[0].ip}{.status.loadBalancer.ingress[0].hostname}')`;
	const password = 'kubectl -n jenkins exec jenkins-0 -- cat /var/jenkins_home/secrets/initialAdminPassword';
	await tell(t, host, { 'jenkins.yaml': manifest('jenkins.yaml') }, [
		{
			run: 'kubectl apply -f jenkins.yaml',
			expect:
				'namespace/jenkins created\nservice/jenkins created\ningress.networking.k8s.io/jenkins created\nstatefulset.apps/jenkins created\n',
		},
		{
			run: 'kubectl -n jenkins rollout status sts jenkins',
			expect: /Waiting for 1 pods to be ready\.\.\.\n[\s\S]*complete: 1 new pods/,
		},
		{ run: 'kubectl -n jenkins get pvc', expect: /jenkins-home-jenkins-0 +Bound +pvc-\S+ +2Gi +RWO/ },
		{ run: 'kubectl get pv', expect: /2Gi +RWO +Delete +Bound +jenkins\/jenkins-home-jenkins-0/ },
		{ run: `${address}; echo "<$ADDRESS>"`, expect: /^<\S+>\n$/ },
		{
			run: `${address}; kubectl -n jenkins exec jenkins-0 -- curl -s "http://$ADDRESS/jenkins/login"`,
			expect: /<h1>Unlock Jenkins<\/h1>/,
		},
		{ run: `${password} > before`, expect: '' },
		{ run: 'kubectl -n jenkins delete pod jenkins-0', expect: /deleted/ },
		{ run: 'kubectl -n jenkins rollout status sts jenkins', expect: /complete: 1 new pods/ },
		{ run: `${password} | diff before - && echo the same`, expect: 'the same\n' },
		{ run: 'kubectl delete ns jenkins', expect: /namespace "jenkins" deleted/ },
		{
			run: 'until [ -z "$(kubectl get pv -o name)" ]; do sleep 0.1; done',
			expect: /^(No resources found\n)*$/,
		},
	]);
});
