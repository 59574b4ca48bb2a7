// The same commands by the oldest, the newest and the own kubectl, and words that must come of them.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createLabHost } from '../../lab/node/host.ts';
import { KubectlError, kubectlPath, kubectlVersion } from '../../server/kubectl/kubectl.ts';
import { createWorkspace } from './workspace.ts';

interface Step {
	run: string;
	/** What standard output must contain; standard error where the command fails. */
	expect?: RegExp;
	exit?: number;
}

const statefulSet = `apiVersion: v1
kind: Service
metadata: {name: web, labels: {app: web}}
spec: {clusterIP: None, selector: {app: web}, ports: [{port: 80, name: http}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web}
spec:
  serviceName: web
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - {name: nginx, image: 'nginx:1.27', ports: [{containerPort: 80}]}
`;

const steps: Step[] = [
	{ run: 'kubectl version', expect: /Server Version: v1\.36/ },
	{ run: 'kubectl api-resources', expect: /^statefulsets +sts +apps\/v1 +true +StatefulSet$/m },
	{ run: 'kubectl wait node --all --for=condition=Ready --timeout=30s', expect: /node\/node2 condition met/ },
	{ run: 'kubectl get nodes', expect: /^node1 +Ready +\S+ +\S+ +v1\.36/m },
	{ run: 'kubectl get nodes -o wide', expect: /CONTAINER-RUNTIME/ },
	{ run: 'kubectl get --raw /version', expect: /"gitVersion": ?"v1\.36/ },
	{ run: 'kubectl explain statefulset.spec.serviceName', expect: /serviceName/ },
	{ run: 'kubectl create namespace blue', expect: /^namespace\/blue created$/m },
	{
		run: 'kubectl create configmap colour -n blue --from-literal=name=blue',
		expect: /configmap\/colour created/,
	},
	{ run: "kubectl get configmap colour -n blue -o jsonpath='{.data.name}'", expect: /^blue$/ },
	{
		run: 'kubectl apply -f web.yaml --dry-run=server',
		expect: /statefulset\.apps\/web created \(server dry run\)/,
	},
	{ run: 'kubectl get statefulset web', exit: 1, expect: /statefulsets\.apps "web" not found/ },
	{ run: 'kubectl apply -f web.yaml', expect: /service\/web created\nstatefulset\.apps\/web created/ },
	{ run: 'kubectl rollout status statefulset web --timeout=60s', expect: /2 pods at revision|complete/ },
	{ run: 'kubectl get pods -l app=web', expect: /^web-0 +1\/1 +Running +0 .*\nweb-1 +1\/1 +Running/m },
	{ run: 'kubectl get statefulset web -o wide', expect: /^web +2\/2 +\S+ +nginx +nginx:1\.27$/m },
	{
		run: 'kubectl apply -f web.yaml',
		expect: /service\/web unchanged\nstatefulset\.apps\/web (unchanged|configured)/,
	},
	{ run: 'kubectl diff -f web.yaml' },
	{ run: 'kubectl describe pod web-0', expect: /Events:.*Started/s },
	{ run: 'kubectl events --for pod/web-0', expect: /Scheduled/ },
	{ run: 'kubectl exec web-0 -- hostname', expect: /^web-0$/m },
	{ run: "kubectl exec web-0 -- sh -c 'echo one; echo two >&2; exit 7'", exit: 7, expect: /exit code 7/ },
	{ run: 'echo typed | kubectl exec -i web-1 -- cat', expect: /^typed$/m },
	{ run: 'kubectl exec web-0 -- sh -c "echo hello > /usr/share/nginx/html/index.html"' },
	{
		run: 'kubectl run asker --rm -i --restart=Never --image=busybox:1.29 -- wget -q -O - web-0.web.default.svc.cluster.local',
		expect: /hello/,
	},
	{ run: 'kubectl logs web-0', expect: /GET \/ HTTP/ },
	{ run: 'kubectl label pod web-0 colour=red', expect: /pod\/web-0 labeled/ },
	{ run: 'kubectl get pods -l colour=red -o name', expect: /^pod\/web-0$/m },
	{ run: 'kubectl annotate statefulset web note=hello', expect: /annotated/ },
	{
		run: 'kubectl patch service web -p \'{"metadata":{"labels":{"tier":"front"}}}\'',
		expect: /service\/web patched/,
	},
	{
		run: 'kubectl patch service web --type=json -p \'[{"op":"remove","path":"/metadata/labels/tier"}]\'',
		expect: /patched/,
	},
	{ run: 'kubectl scale statefulset web --replicas=1', expect: /statefulset\.apps\/web scaled/ },
	{ run: 'kubectl wait --for=delete pod/web-1 --timeout=30s' },
	{ run: 'kubectl get pods -o name', expect: /^pod\/web-0\n$/ },
	{ run: 'kubectl set image statefulset web nginx=nginx:1.25', expect: /image updated/ },
	{ run: 'kubectl rollout status statefulset web --timeout=60s' },
	{ run: "kubectl get pod web-0 -o jsonpath='{.spec.containers[0].image}'", expect: /^nginx:1\.25$/ },
	{ run: 'kubectl rollout history statefulset web', expect: /REVISION.*\n2 /s },
	{ run: 'kubectl cordon node2', expect: /node\/node2 cordoned/ },
	{ run: 'kubectl get node node2', expect: /Ready,SchedulingDisabled/ },
	{ run: 'kubectl uncordon node2', expect: /node\/node2 uncordoned/ },
	{ run: 'kubectl get pods --watch --request-timeout=2s', expect: /web-0/ },
	{ run: 'kubectl apply -f unknown.yaml', exit: 1, expect: /unknown field "spec\.colour"/ },
	{ run: 'kubectl get pods -A --field-selector=status.phase=Running', expect: /default +web-0/ },
	{ run: 'kubectl get endpointslices -l kubernetes.io/service-name=web', expect: /web-\w+ +IPv4 +80/ },
	{ run: 'kubectl delete -f web.yaml', expect: /service "web" deleted.*\nstatefulset\.apps "web" deleted/ },
	{ run: 'kubectl wait --for=delete pod/web-0 --timeout=30s' },
	{ run: 'kubectl delete namespace blue', expect: /namespace "blue" deleted/ },
	{ run: 'kubectl get configmaps -n blue', expect: /^$/ },
];

const files = {
	'web.yaml': statefulSet,
	'unknown.yaml':
		'apiVersion: v1\nkind: Service\nmetadata: {name: bad}\nspec: {colour: red, ports: [{port: 80}]}\n',
};

const host = createLabHost();
after(() => host.close());

const versions: [name: string, path: () => Promise<string>][] = [
	['1.30', () => kubectlVersion('1.30')],
	['on PATH, or fetched', () => kubectlPath()],
	['1.36', () => kubectlVersion('1.36')],
];

for (const [name, path] of versions) {
	test(`kubectl ${name}`, { timeout: 300_000 }, async (t) => {
		let kubectl: string;
		try {
			kubectl = await path();
		} catch (error) {
			if (!(error instanceof KubectlError)) throw error;
			return t.skip(error.message);
		}
		const lab = await host.create({ nodes: 2, pace: 'fast' });
		t.after(() => lab.remove());
		const workspace = await createWorkspace(kubectl, lab.kubeconfig);
		t.after(() => workspace.remove());
		for (const [file, text] of Object.entries(files)) await workspace.write(file, text);
		for (const { run, expect, exit = 0 } of steps) {
			await t.test(run, async () => {
				const result = await workspace.run(run);
				assert.equal(result.exit, exit, `${result.stdout}${result.stderr}`);
				if (expect) assert.match(exit === 0 ? result.stdout : result.stderr, expect);
			});
		}
	});
}
