// A second user of a cluster, by kubectl: a certificate that is asked for and approved, a kubeconfig of their
// own, and what they may do before and after it is granted.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createLabHost } from '../../lab/node/host.ts';
import { createCertificateRequest } from '../../lab/node/test-certificate-request.ts';
import { KubectlError, kubectlVersion } from '../../server/kubectl/kubectl.ts';
import { createWorkspace } from './workspace.ts';

const host = createLabHost();
after(() => host.close());

interface Step {
	run: string;
	/** All that is printed, unless it is a pattern. */
	expect: string | RegExp;
	fails?: boolean;
}

const refused = (what: string) => `Error from server (Forbidden): ${what}\n`;
const pods = (user: string, verb: string) =>
	`pods is forbidden: User "${user}" cannot ${verb} resource "pods" in API group "" in the namespace "default"`;

/** `jane` is the second user's kubeconfig. */
const steps: readonly Step[] = [
	{ run: 'kubectl apply -f jane.yaml', expect: /jane created/ },
	{
		run: 'kubectl get csr jane --no-headers',
		expect: /kube-apiserver-client +kubernetes-admin +24h +Pending/,
	},
	{ run: 'kubectl certificate approve jane', expect: /jane approved/ },
	{ run: 'kubectl wait csr/jane --for=jsonpath={.status.certificate}', expect: /condition met/ },
	{ run: "kubectl get csr jane -o jsonpath='{.status.certificate}' | base64 -d > jane.crt", expect: '' },
	{ run: 'cp $KUBECONFIG jane', expect: '' },
	{
		run: 'kubectl --kubeconfig jane config set-credentials jane --client-certificate=jane.crt --client-key=jane.key --embed-certs',
		expect: 'User "jane" set.\n',
	},
	{ run: 'kubectl --kubeconfig jane config set-context --current --user=jane', expect: /modified/ },
	{
		run: 'kubectl --kubeconfig jane auth whoami',
		expect: /Username +jane\nGroups +\[dev system:authenticated\]/,
	},
	{ run: 'kubectl --kubeconfig jane get pods', expect: refused(pods('jane', 'list')), fails: true },
	{ run: 'kubectl --kubeconfig jane auth can-i list pods', expect: 'no\n', fails: true },
	{ run: 'kubectl create role reader --verb=get,list,watch --resource=pods', expect: /reader created/ },
	{ run: 'kubectl create rolebinding dev-reads --role=reader --group=dev', expect: /dev-reads created/ },
	{ run: 'kubectl --kubeconfig jane get pods', expect: 'No resources found in default namespace.\n' },
	{ run: 'kubectl --kubeconfig jane auth can-i --list', expect: /pods +\[\] +\[\] +\[get list watch\]/ },
	{
		run: 'kubectl --kubeconfig jane get pods -A',
		expect: refused(
			'pods is forbidden: User "jane" cannot list resource "pods" in API group "" at the cluster scope',
		),
		fails: true,
	},
	{
		run: 'kubectl --kubeconfig jane run web --image=nginx:1.27',
		expect: refused(pods('jane', 'create')),
		fails: true,
	},
	{ run: 'kubectl run web --image=nginx:1.27', expect: 'pod/web created\n' },
	{ run: 'kubectl wait pod/web --for=condition=Ready', expect: /condition met/ },
	{
		run: 'kubectl --kubeconfig jane exec web -- true',
		expect:
			/pods "web" is forbidden: User "jane" cannot (get|create) resource "pods\/exec" in API group "" in the namespace "default"/,
		fails: true,
	},
	{ run: 'kubectl create rolebinding jane-edits --clusterrole=edit --user=jane', expect: /created/ },
	{ run: 'kubectl --kubeconfig jane exec web -- echo in', expect: 'in\n' },
	{
		run: 'kubectl --kubeconfig jane create role more --verb=get --resource=nodes',
		expect: /roles.rbac.authorization.k8s.io is forbidden: User "jane" cannot create resource "roles"/,
		fails: true,
	},
	{ run: 'kubectl get pods --as joe', expect: refused(pods('joe', 'list')), fails: true },
	{ run: 'kubectl get pods --as joe --as-group dev -o name', expect: 'pod/web\n' },
	{
		run: 'kubectl --kubeconfig jane get pods --as joe',
		expect: refused(
			'users "joe" is forbidden: User "jane" cannot impersonate resource "users" in API group "" at the cluster scope',
		),
		fails: true,
	},
	{ run: 'kubectl create serviceaccount bot', expect: /created/ },
	{
		run: 'kubectl create rolebinding bot --clusterrole=view --serviceaccount=default:bot',
		expect: /created/,
	},
	{
		run: 'kubectl --kubeconfig jane config set-credentials bot --token=$(kubectl create token bot)',
		expect: 'User "bot" set.\n',
	},
	{ run: 'kubectl --kubeconfig jane --user bot get pods -o name', expect: 'pod/web\n' },
	{
		run: 'kubectl --kubeconfig jane --user bot get secrets',
		expect: /User "system:serviceaccount:default:bot" cannot list resource "secrets"/,
		fails: true,
	},
	{ run: 'kubectl delete serviceaccount bot', expect: /deleted/ },
	{
		run: 'kubectl --kubeconfig jane --user bot get pods',
		expect: 'error: You must be logged in to the server (Unauthorized)\n',
		fails: true,
	},
];

for (const version of ['1.30', '1.36'])
	test(`a second user, by kubectl ${version}`, { timeout: 120_000 }, async (t) => {
		let kubectl: string;
		try {
			kubectl = await kubectlVersion(version);
		} catch (error) {
			if (!(error instanceof KubectlError)) throw error;
			return t.skip(`kubectl ${version} cannot be had: ${error.message}`);
		}
		const lab = await host.create({ nodes: 1, pace: 'fast' });
		t.after(() => lab.remove());
		const workspace = await createWorkspace(kubectl, lab.kubeconfig);
		t.after(() => workspace.remove());
		const { request, key } = createCertificateRequest('jane', ['dev']);
		await workspace.write('jane.key', key);
		const csr = {
			apiVersion: 'certificates.k8s.io/v1',
			kind: 'CertificateSigningRequest',
			metadata: { name: 'jane' },
			spec: {
				request: Buffer.from(request).toString('base64'),
				signerName: 'kubernetes.io/kube-apiserver-client',
				expirationSeconds: 86_400,
				usages: ['client auth'],
			},
		};
		await workspace.write('jane.yaml', JSON.stringify(csr));
		for (const { run, expect, fails = false } of steps)
			await t.test(run, async () => {
				const { exit, stdout, stderr } = await workspace.run(run);
				const printed = stdout + stderr;
				assert.equal(exit !== 0, fails, printed);
				if (typeof expect === 'string') assert.equal(printed, expect);
				else assert.match(printed, expect);
			});
	});
