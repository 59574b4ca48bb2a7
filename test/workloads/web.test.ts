// A web server as a StatefulSet: created in order, found by name, the same name after deletion, and updated with a
// canary before the rest.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createLabHost } from '../../lab/node/host.ts';
import type { PersistentVolumeClaim } from '../../lab/schema/types.ts';
import { createStoryCluster, manifest } from './cluster.ts';
import { tell } from './terminal.ts';

const host = createLabHost();
after(() => host.close());

test('pods come in order with claims, and keep name and page; a canary goes first', async () => {
	const cluster = createStoryCluster();
	const { client, pod, podNames, isReady, until, proxy } = cluster;
	await cluster.create(manifest('web.yaml'));
	await until(() => isReady('web-0'));
	assert.deepEqual(podNames(), ['web-0'], 'web-1 waits until web-0 is ready');
	await until(() => isReady('web-1'));
	assert.deepEqual(
		client
			.list<PersistentVolumeClaim>('persistentvolumeclaims', 'default')
			.map(({ metadata, status }) => `${metadata.name} ${status?.phase}`),
		['www-web-0 Bound', 'www-web-1 Bound'],
	);
	assert.equal(await proxy('pods/web-1'), 'web-1\n');

	const before = pod('web-0');
	await cluster.request('DELETE', '/api/v1/namespaces/default/pods/web-0');
	await until(() => pod('web-0')?.metadata.uid !== before?.metadata.uid && isReady('web-0'));
	assert.equal(await proxy('pods/web-0'), 'web-0\nweb-0\n', 'the volume is the same, and written to again');

	const patch = (body: unknown) =>
		cluster.request(
			'PATCH',
			'/apis/apps/v1/namespaces/default/statefulsets/web',
			JSON.stringify(body),
			'application/strategic-merge-patch+json',
		);
	const image = (name: string) => pod(name)?.spec.containers[0].image;
	const names = ['web-0', 'web-1', 'web-2'];
	await patch({ spec: { replicas: 3, updateStrategy: { rollingUpdate: { partition: 2 } } } });
	await until(() => isReady('web-2'));
	await patch({ spec: { template: { spec: { containers: [{ name: 'nginx', image: 'nginx:1.13.12' }] } } } });
	await until(() => image('web-2') === 'nginx:1.13.12' && isReady('web-2'));
	await cluster.clock.advance(120_000);
	assert.deepEqual(names.map(image), ['nginx:mainline', 'nginx:mainline', 'nginx:1.13.12']);

	await patch({ spec: { updateStrategy: { rollingUpdate: { partition: 0 } } } });
	await until(() => image('web-1') === 'nginx:1.13.12');
	assert.equal(image('web-0'), 'nginx:mainline', 'the last one first');
	await until(() => names.every((name) => image(name) === 'nginx:1.13.12' && isReady(name)));
	cluster.lab.stop();
});

test('the same with a real kubectl', { timeout: 180_000 }, async (t) => {
	const helper = (command: string) =>
		`kubectl run dns-test --image=alpine:3.8 --restart=Never -i --rm --quiet -- sh -c '${command}'`;
	const image = (name: string) =>
		`kubectl get po ${name} --template '{{range $i, $c := .spec.containers}}{{$c.image}}{{end}}'`;
	await tell(t, host, { 'web.yaml': manifest('web.yaml') }, [
		{ run: 'kubectl apply -f web.yaml', expect: 'service/web-svc created\nstatefulset.apps/web created\n' },
		{ run: 'kubectl rollout status sts web', expect: /complete: 2 new pods/ },
		{
			run: "kubectl get events --field-selector=involvedObject.name=web --sort-by=.metadata.creationTimestamp -o custom-columns=M:.message --no-headers | grep 'Create Pod'",
			expect: /web-0 in StatefulSet web successful\n.*web-1 in StatefulSet web successful\n/,
		},
		{
			run: helper('nslookup web-1.web-svc; wget -q -O - web-1.web-svc'),
			expect: /Name:\s+web-1\.web-svc[\s\S]*\nweb-1\n/,
		},
		{ run: 'kubectl delete pod -l app=web', expect: /web-0" deleted.*\n.*web-1" deleted/ },
		{ run: 'kubectl rollout status sts web', expect: /complete: 2 new pods/ },
		{ run: 'kubectl wait --for=condition=Ready pod/web-0 pod/web-1', expect: /condition met/ },
		{ run: helper('wget -q -O - web-0.web-svc'), expect: 'web-0\nweb-0\n' },
		{ run: 'kubectl scale sts web --replicas=3', expect: 'statefulset.apps/web scaled\n' },
		{ run: 'kubectl rollout status sts web', expect: /complete: 3 new pods/ },
		{
			run: `kubectl patch statefulset web -p '{"spec":{"updateStrategy":{"type":"RollingUpdate","rollingUpdate":{"partition":2}}}}'`,
			expect: 'statefulset.apps/web patched\n',
		},
		{
			run: `kubectl patch statefulset web --type=json -p='[{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "nginx:1.13.12"}]'`,
			expect: 'statefulset.apps/web patched\n',
		},
		{ run: 'kubectl rollout status sts web', expect: /complete: 1 new pods/ },
		{ run: image('web-2'), expect: 'nginx:1.13.12' },
		{ run: image('web-1'), expect: 'nginx:mainline' },
		{
			run: `kubectl patch statefulset web -p '{"spec":{"updateStrategy":{"rollingUpdate":{"partition":0}}}}'`,
			expect: 'statefulset.apps/web patched\n',
		},
		{ run: 'kubectl rollout status sts web', expect: /complete: 3 new pods/ },
		{ run: image('web-0'), expect: 'nginx:1.13.12' },
	]);
});
