// Requests for client certificates, from their admission to the certificate.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ApiError } from '../api/errors.ts';
import { parseCertificateRequest } from '../auth/certificate-request.ts';
import { createVirtualClock } from '../clock.ts';
import { createLab } from '../index.ts';
import type { CertificateSigningRequest } from '../schema/types.ts';

/** CN=jane, O=dev. */
const jane = `-----BEGIN CERTIFICATE REQUEST-----
MIHXMH8CAQAwHTEMMAoGA1UECgwDZGV2MQ0wCwYDVQQDDARqYW5lMFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAE3gVgH4f9CF5mkZUB7zLdUU0iXmKT1YHMapGYLDj2
wPUjKKrnJlqG7nwH2Y7VJajPHzwJkR4VnC2V+sFqLU6fhqAAMAoGCCqGSM49BAMC
A0gAMEUCICzxzKv0NwXD2S110uJQJt9a0861Vaez1lZNqnn786gjAiEAu2nY+aWE
DmIDJSKJzdR7GzOSqTD0QKXHfI90LFvvaWg=
-----END CERTIFICATE REQUEST-----
`;

/** CN=eve, O=system:masters. */
const master = `-----BEGIN CERTIFICATE REQUEST-----
MIHiMIGJAgEAMCcxFzAVBgNVBAoMDnN5c3RlbTptYXN0ZXJzMQwwCgYDVQQDDANl
dmUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATwSpK7l5bIAAqad2wG3JXp/arQ
lW09HSJ7CUl1fvvu1G+o5fzSli7TLmxYqmhRkPBZPgpjr2v26gU1THwrxY+5oAAw
CgYIKoZIzj0EAwIDSAAwRQIgOZSiKz8GY+8UBTR4S4P3i+qlafrEK0vI/3kXfgea
X2ACIQDBu5FFLKXwHNfgBLucQckBZwqz69NshpBr+qS92gt5ig==
-----END CERTIFICATE REQUEST-----
`;

const resource = 'certificatesigningrequests.certificates.k8s.io';

function setUp(sign = () => 'a certificate') {
	const clock = createVirtualClock();
	const lab = createLab({ nodes: 1, clock, seed: 1, signCertificate: sign });
	const { client } = lab;
	const create = (
		request: string,
		usages = ['client auth'],
		signerName = 'kubernetes.io/kube-apiserver-client',
	) =>
		client.create<CertificateSigningRequest>(resource, {
			apiVersion: 'certificates.k8s.io/v1',
			kind: 'CertificateSigningRequest',
			metadata: { name: 'jane' },
			spec: { request: btoa(request), usages, signerName },
		});
	const request = () => client.get<CertificateSigningRequest>(resource, '', 'jane')!;
	const decide = (type: 'Approved' | 'Denied') => {
		const conditions = [{ type, status: 'True' }];
		client.update<CertificateSigningRequest>(`${resource}/approval`, {
			...request(),
			status: { conditions },
		});
	};
	const types = () => request().status?.conditions?.map((condition) => condition.type) ?? [];
	return { lab, clock, create, decide, request, types };
}

test('a request names its subject and carries its key', () => {
	const { commonName, organisations, publicKey } = parseCertificateRequest(jane);
	assert.deepEqual([commonName, organisations, publicKey.length], ['jane', ['dev'], 91]);
	for (const wrong of ['', 'hello', jane.replace('MI', 'MJ'), jane.replace(/\n.{64}\n/, '\n')])
		assert.throws(() => parseCertificateRequest(wrong));
});

test('an approved request is signed, and one that waits is not', async () => {
	const { lab, clock, create, decide, request } = setUp();
	create(jane);
	await clock.advance(1000);
	assert.equal(request().status?.certificate, undefined);
	decide('Approved');
	await clock.advanceUntil(() => request().status?.certificate !== undefined);
	assert.equal(atob(request().status?.certificate ?? ''), 'a certificate');
	lab.stop();
});

test('a denied request is never signed', async () => {
	const { lab, clock, create, decide, request } = setUp();
	create(jane);
	decide('Denied');
	await clock.advance(1000);
	assert.equal(request().status?.certificate, undefined);
	lab.stop();
});

test('what cannot be signed fails, and says why', async () => {
	const { lab, clock, create, decide, request, types } = setUp();
	create(jane, ['server auth']);
	decide('Approved');
	await clock.advanceUntil(() => types().includes('Failed'));
	assert.match(request().status?.conditions?.[1].message ?? '', /^invalid usage for client certificate/);
	lab.stop();
});

test('nobody gets a certificate that may do everything', () => {
	const { lab, create } = setUp();
	assert.throws(
		() => create(master),
		(error: ApiError) =>
			error.message ===
			'certificatesigningrequests.certificates.k8s.io "jane" is forbidden: use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed',
	);
	lab.stop();
});

test('a request is validated in full', () => {
	const { lab, create } = setUp();
	assert.throws(
		() => create('hello', ['sleep'], 'mine'),
		(error: ApiError) => {
			const fields = error.details?.causes?.map(({ field }) => field);
			assert.deepEqual(fields, ['spec.request', 'spec.signerName', 'spec.usages[0]']);
			return true;
		},
	);
	lab.stop();
});
