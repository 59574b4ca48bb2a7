// kubectl inside a pod: it may what its service account may, and says the rest in the words of the real one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStoryCluster } from './cluster.ts';
import { execute } from './execute.ts';

const access = `apiVersion: v1
kind: ServiceAccount
metadata:
  name: operator
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: operator
  namespace: default
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: edit
subjects:
  - kind: ServiceAccount
    name: operator
    namespace: default
`;

const web = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - name: nginx
          image: nginx:1.27
`;

async function withKubectl(serviceAccountName: string) {
	const cluster = createStoryCluster();
	await cluster.create(access);
	cluster.createPod('tool', {
		serviceAccountName,
		containers: [
			{ name: 'kubectl', image: 'registry.k8s.io/kubectl:v1.36.2', command: ['sleep', 'infinity'] },
		],
	});
	await cluster.until(() => cluster.isReady('tool'));
	return {
		...cluster,
		run: (line: string, input?: string) => execute(cluster, 'tool', ['sh', '-c', line], input),
	};
}

test('it gets, applies, waits, changes and deletes as its service account may', async () => {
	const { run, lab } = await withKubectl('operator');
	const does = async (line: string, expected: string | RegExp, input?: string) => {
		const { code, stdout, stderr } = await run(line, input);
		assert.equal(code, 0, `${line}\n${stdout}${stderr}`);
		if (typeof expected === 'string') assert.equal(stdout + stderr, expected, line);
		else assert.match(stdout + stderr, expected, line);
	};
	await does(
		'kubectl get pods',
		/^NAME {3}READY {3}STATUS {4}RESTARTS {3}AGE\ntool {3}1\/1 {5}Running {3}0 {10}\S+\n$/,
	);
	await does('kubectl get deploy', 'No resources found in default namespace.\n');
	await does('kubectl apply -f -', 'deployment.apps/web created\n', web);
	await does('kubectl apply -f -', 'deployment.apps/web unchanged\n', web);
	await does(
		'kubectl apply -f -',
		'deployment.apps/web configured\n',
		web.replace('replicas: 2', 'replicas: 3'),
	);
	await does(
		'kubectl rollout status deployment web',
		/^Waiting for deployment[\s\S]*deployment "web" successfully rolled out\n$/,
	);
	await does('kubectl get deployment/web -o jsonpath={.status.readyReplicas}', '3');
	await does(
		'kubectl get pods -l app=web -o jsonpath=\'{range .items[*]}{.spec.containers[0].image}{"\\n"}{end}\'',
		'nginx:1.27\n'.repeat(3),
	);
	await does(
		'kubectl get pods -l app=web -o custom-columns=NAME:.metadata.name,NODE:.spec.nodeName --no-headers',
		/^(web-\S+ {3}node\d\n){3}$/,
	);
	await does('kubectl get pods,deploy -o name', /pod\/tool\n[\s\S]*deployment\.apps\/web\n$/);
	await does('kubectl get pod tool -o yaml', /^apiVersion: v1\nkind: Pod\n/);
	await does('kubectl scale deploy/web --replicas=1', 'deployment.apps/web scaled\n');
	await does(
		'kubectl wait deploy/web --for=jsonpath={.status.replicas}=1 --timeout=60s',
		'deployment.apps/web condition met\n',
	);
	await does('kubectl logs -l app=web --tail=1', /start worker process/);
	await does('kubectl label deploy web tier=front', 'deployment.apps/web labeled\n');
	await does(
		'kubectl annotate deploy web note=x && kubectl annotate deploy web note-',
		/annotated\n.*annotated\n/,
	);
	await does(`kubectl patch deploy web -p '{"spec":{"minReadySeconds":1}}'`, 'deployment.apps/web patched\n');
	await does('kubectl rollout restart deploy web', 'deployment.apps/web restarted\n');
	await does('kubectl auth can-i delete pods', 'yes\n');
	await does('kubectl auth whoami', /Username {4}system:serviceaccount:default:operator\n/);
	await does(
		'kubectl version',
		/^Client Version: v1\.36\.2\nKustomize Version: \S+\nServer Version: v1\.36\.\d+\n$/,
	);
	await does('kubectl delete deploy web', 'deployment.apps "web" deleted from default namespace\n');
	lab.stop();
});

test('it says what it may not, cannot find and does not have', async () => {
	const { run, lab } = await withKubectl('default');
	const fails = async (line: string, expected: string | RegExp) => {
		const { code, stderr } = await run(line);
		assert.equal(code, 1, line);
		if (typeof expected === 'string') assert.equal(stderr, expected);
		else assert.match(stderr, expected);
	};
	await fails(
		'kubectl get pods',
		'Error from server (Forbidden): pods is forbidden: User "system:serviceaccount:default:default" cannot list resource "pods" in API group "" in the namespace "default"\n',
	);
	await fails('kubectl get wombats', 'error: the server doesn\'t have a resource type "wombats"\n');
	await fails('kubectl get pods --nope', "error: unknown flag: --nope\nSee 'kubectl --help' for usage.\n");
	await fails(
		'kubectl exec tool -- ls',
		/^error: the lab's kubectl does not have "exec" inside a container; it has annotate, apply/,
	);
	await fails('kubectl apply -f missing.yaml', 'error: the path "missing.yaml" does not exist\n');
	assert.deepEqual(await run('kubectl auth can-i list pods'), { code: 1, stdout: 'no\n', stderr: '' });
	lab.stop();

	const other = await withKubectl('operator');
	assert.equal(
		(await other.run('kubectl get pod nobody')).stderr,
		'Error from server (NotFound): pods "nobody" not found\n',
	);
	assert.equal(
		(await other.run('kubectl wait pod/tool --for=condition=Gone --timeout=2s')).stderr,
		'error: timed out waiting for the condition on pods/tool\n',
	);
	other.lab.stop();
});
