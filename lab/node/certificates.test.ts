import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { parseCertificateRequest } from '../auth/certificate-request.ts';
import { createAuthority, serverNames } from './certificates.ts';
import { createCertificateRequest } from './test-certificate-request.ts';

const now = Date.UTC(2026, 5, 1);
const authority = createAuthority(now);

test('the authority signs itself and may sign others', () => {
	const root = new X509Certificate(authority.certificate);
	assert.equal(root.subject, 'CN=kubernetes');
	assert.equal(root.ca, true);
	assert.ok(root.verify(root.publicKey));
	assert.equal(new Date(root.validTo).getUTCFullYear(), 2036);
});

test('a server certificate holds for each of its names and for no other', () => {
	const server = new X509Certificate(authority.issueServer(serverNames).certificate);
	const root = new X509Certificate(authority.certificate);
	assert.ok(server.checkIssued(root) && server.verify(root.publicKey));
	assert.equal(server.checkHost('kubernetes.default.svc'), 'kubernetes.default.svc');
	assert.equal(server.checkIP('127.0.0.1'), '127.0.0.1');
	assert.equal(server.checkHost('example.com'), undefined);
	assert.equal(server.ca, false);
	assert.deepEqual(server.keyUsage, ['1.3.6.1.5.5.7.3.1']);
});

test('a client certificate names the user and the groups', () => {
	const client = new X509Certificate(authority.issueClient('jane', ['dev', 'ops']).certificate);
	assert.equal(client.subject, 'O=dev\nO=ops\nCN=jane');
	assert.deepEqual(client.keyUsage, ['1.3.6.1.5.5.7.3.2']);
});

test('keys and serial numbers are fresh for each certificate', () => {
	const [first, second] = [authority.issueClient('a', []), authority.issueClient('a', [])];
	assert.notEqual(first.key, second.key);
	assert.notEqual(
		new X509Certificate(first.certificate).serialNumber,
		new X509Certificate(second.certificate).serialNumber,
	);
});

test('the certificate of one authority is not one of another', () => {
	const other = new X509Certificate(createAuthority(now).certificate);
	assert.equal(
		new X509Certificate(authority.issueClient('a', []).certificate).verify(other.publicKey),
		false,
	);
});

test('times after 2049 are written in the form that RFC 5280 asks for', () => {
	const late = new X509Certificate(createAuthority(Date.UTC(2060, 0, 1)).certificate);
	assert.equal(new Date(late.validTo).getUTCFullYear(), 2069);
});

test('a request gets a certificate of its names, for its key and the time that is asked for', () => {
	const { request, key } = createCertificateRequest('jane', ['dev', 'ops']);
	const hour = 3600;
	const issued = new X509Certificate(
		authority.signRequest(parseCertificateRequest(request), { seconds: hour, usages: ['client auth'] }, now),
	);
	assert.equal(issued.subject, 'O=dev\nO=ops\nCN=jane');
	assert.ok(issued.checkPrivateKey(createPrivateKey(key)));
	assert.ok(issued.verify(new X509Certificate(authority.certificate).publicKey));
	assert.equal(Date.parse(issued.validTo), now + hour * 1000);
	assert.equal(issued.ca, false);
});

test('a request that is not signed with its own key gets none', () => {
	const [mine, other] = ['a', 'b'].map((name) =>
		parseCertificateRequest(createCertificateRequest(name).request),
	);
	const stolen = { ...mine, publicKey: other.publicKey };
	assert.throws(
		() => authority.signRequest(stolen, { seconds: 3600, usages: [] }, now),
		/it is not of the key that it is for/,
	);
});

test('a kubelet gets a certificate to serve with, for the names that it asks for', () => {
	const name = 'system:node:node1';
	const { request } = createCertificateRequest(name, ['system:nodes'], ['node1', '10.0.0.7']);
	const usages = ['digital signature', 'server auth'];
	const options = { seconds: 3600, usages };
	const issued = new X509Certificate(authority.signRequest(parseCertificateRequest(request), options, now));
	assert.equal(issued.subject, `O=system:nodes\nCN=${name}`);
	assert.equal(issued.checkHost('node1'), 'node1');
	assert.equal(issued.checkIP('10.0.0.7'), '10.0.0.7');
	assert.deepEqual(issued.keyUsage, ['1.3.6.1.5.5.7.3.1']);
});
