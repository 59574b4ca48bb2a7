// Certificates of kubelets: who gets one without being asked for, and what their signers refuse.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { UserInfo } from '../api/http.ts';
import { createVirtualClock } from '../clock.ts';
import { createLab } from '../index.ts';
import { createCertificateRequest } from '../node/test-certificate-request.ts';
import type { CertificateSigningRequest, ClusterRoleBinding } from '../schema/types.ts';

const resource = 'certificatesigningrequests.certificates.k8s.io';
const clientSigner = 'kubernetes.io/kube-apiserver-client-kubelet';
const servingSigner = 'kubernetes.io/kubelet-serving';
const clientUsages = ['digital signature', 'client auth'];
const servingUsages = ['digital signature', 'key encipherment', 'server auth'];

const joining: UserInfo = {
	username: 'system:bootstrap:abcdef',
	groups: ['system:bootstrappers', 'system:bootstrappers:kubeadm:default-node-token', 'system:authenticated'],
};
const node: UserInfo = { username: 'system:node:node7', groups: ['system:nodes', 'system:authenticated'] };

interface Asked {
	user: UserInfo;
	signerName?: string;
	usages?: string[];
	request?: string;
}

const forNode = (...alternativeNames: string[]) =>
	createCertificateRequest('system:node:node7', ['system:nodes'], alternativeNames).request;

/** A lab in which somebody asks for a certificate, a while later. */
async function asked({ user, signerName = clientSigner, usages = clientUsages, request = forNode() }: Asked) {
	const clock = createVirtualClock();
	const lab = createLab({ nodes: 0, clock, seed: 1, signCertificate: () => 'a certificate' });
	lab.client.create<ClusterRoleBinding>('clusterrolebindings.rbac.authorization.k8s.io', {
		apiVersion: 'rbac.authorization.k8s.io/v1',
		kind: 'ClusterRoleBinding',
		metadata: { name: 'nodes' },
		roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:node-bootstrapper' },
		subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:nodes' }],
	});
	const body = {
		apiVersion: 'certificates.k8s.io/v1',
		kind: 'CertificateSigningRequest',
		metadata: { name: 'csr' },
		spec: { request: btoa(request), usages, signerName },
	};
	const { status } = await lab.api.handle({
		method: 'POST',
		path: '/apis/certificates.k8s.io/v1/certificatesigningrequests',
		query: new URLSearchParams(),
		headers: {},
		body: new TextEncoder().encode(JSON.stringify(body)),
		user,
		signal: new AbortController().signal,
	});
	assert.equal(status, 201);
	const read = () => lab.client.get<CertificateSigningRequest>(resource, '', 'csr');
	await clock.advance(5000);
	return {
		read,
		conditions: () => read()?.status?.conditions?.map(({ type, reason, message }) => [type, reason, message]),
		async approve() {
			const conditions = [{ type: 'Approved', status: 'True', reason: 'KubectlApprove' }];
			lab.client.update<CertificateSigningRequest>(`${resource}/approval`, {
				...(read() as CertificateSigningRequest),
				status: { conditions },
			});
			await clock.advance(5000);
		},
		certificate: () => atob(read()?.status?.certificate ?? ''),
	};
}

test('a node that joins is approved, and its certificate signed', async () => {
	const { conditions, certificate } = await asked({ user: joining });
	assert.deepEqual(conditions(), [
		['Approved', 'AutoApproved', 'Auto approving kubelet client certificate after SubjectAccessReview.'],
	]);
	assert.equal(certificate(), 'a certificate');
});

test('a node that renews its own certificate is approved', async () => {
	const { conditions } = await asked({ user: node });
	assert.deepEqual(
		conditions()?.[0][2],
		'Auto approving self kubelet client certificate after SubjectAccessReview.',
	);
});

test('somebody else’s request for a node waits', async () => {
	const other = { ...node, username: 'system:node:node8' };
	assert.equal((await asked({ user: other })).conditions(), undefined);
});

test('what is not a kubelet’s request is not approved by itself, and fails when it is approved', async () => {
	const jane = createCertificateRequest('jane', ['dev']).request;
	for (const [more, message] of [
		[{ request: jane }, 'subject organization is not system:nodes'],
		[{ request: forNode('node7') }, 'DNS subjectAltNames are not allowed'],
		[{ request: forNode('10.0.0.1') }, 'IP subjectAltNames are not allowed'],
		[{ usages: ['client auth'] }, 'usages did not match [client auth digital signature key encipherment]'],
	] as const) {
		const { conditions, approve, certificate } = await asked({ user: joining, ...more } as Asked);
		assert.equal(conditions(), undefined);
		await approve();
		assert.deepEqual(conditions()?.[1], ['Failed', 'SignerValidationFailure', message]);
		assert.equal(certificate(), '');
	}
});

test('a serving certificate waits for a person, and needs a name to serve under', async () => {
	const serving = { user: node, signerName: servingSigner, usages: servingUsages };
	const waiting = await asked({ ...serving, request: forNode('node7', '10.0.0.7') });
	assert.equal(waiting.conditions(), undefined);
	await waiting.approve();
	assert.equal(waiting.certificate(), 'a certificate');

	const nameless = await asked(serving);
	await nameless.approve();
	assert.deepEqual(nameless.conditions()?.[1][2], 'DNS or IP subjectAltName is required');
});
