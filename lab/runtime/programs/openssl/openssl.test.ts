import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestPods } from '../../../images/test-pods.ts';

/** As a real openssl makes one: `req -x509 -subj /CN=web/O=shop -addext subjectAltName=… -addext keyUsage=…`. */
const certificate = `-----BEGIN CERTIFICATE-----
MIIBwjCCAWmgAwIBAgIUd1wnSxZE+YBi1RUZSDTpFGBAzL8wCgYIKoZIzj0EAwIw
HTEMMAoGA1UEAwwDd2ViMQ0wCwYDVQQKDARzaG9wMB4XDTI2MTEyMTA0NTY0OFoX
DTM2MTExODA0NTY0OFowHTEMMAoGA1UEAwwDd2ViMQ0wCwYDVQQKDARzaG9wMFkw
EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAELE41YzUfGhB30s3o4FHVIyCICqj2WteY
GV2XZi9B/JeAyMaT6CsXbD6/i6npJsHy6NE01Ti64qsXAyQl6eE816OBhjCBgzAd
BgNVHQ4EFgQUwAnNJ6Klpu2iJlpUEqIp0v0dmlAwHwYDVR0jBBgwFoAUwAnNJ6Kl
pu2iJlpUEqIp0v0dmlAwDwYDVR0TAQH/BAUwAwEB/zAgBgNVHREEGTAXgg93ZWIu
ZGVmYXVsdC5zdmOHBAoAAAEwDgYDVR0PAQH/BAQDAgeAMAoGCCqGSM49BAMCA0cA
MEQCICH9cMwbif98vVAJh+mO0R88qoAEro206Wm76CwpRAkOAiB+Rn0dzq1dSOF6
A14mzaV7Xq8Qan5Yy9HH0FuhKVW23Q==
-----END CERTIFICATE-----
`;

async function nginx() {
	const pods = createTestPods();
	const pod = await pods.start('web', 'nginx:1.27');
	const openssl = (options: string, input?: string) => pod.run(['openssl', ...options.split(' ')], input);
	return { pods, pod, openssl };
}

test('x509 tells what a certificate says, in the words of OpenSSL 3.0', async () => {
	const { pod, openssl } = await nginx();
	const { code, stdout } = await openssl(
		'x509 -noout -subject -issuer -dates -serial -fingerprint',
		certificate,
	);
	assert.equal(code, 0);
	assert.equal(
		stdout,
		`subject=CN = web, O = shop
issuer=CN = web, O = shop
notBefore=Nov 21 04:56:48 2026 GMT
notAfter=Nov 18 04:56:48 2036 GMT
serial=775C274B1644F98062D515194834E9146040CCBF
SHA1 Fingerprint=21:07:72:66:4C:DA:8A:A4:6D:BB:2D:E6:17:1C:82:2A:20:70:24:84
`,
	);
	const extensions = 'x509 -noout -ext subjectAltName,keyUsage';
	assert.equal(
		(await openssl(extensions, certificate)).stdout,
		`X509v3 Subject Alternative Name: 
    DNS:web.default.svc, IP Address:10.0.0.1
X509v3 Key Usage: critical
    Digital Signature
`,
	);
	const { stdout: text } = await openssl('x509 -noout -text', certificate);
	for (const line of [
		'        Version: 3 (0x2)',
		'        Signature Algorithm: ecdsa-with-SHA256',
		'            Not After : Nov 18 04:56:48 2036 GMT',
		'            Public Key Algorithm: id-ecPublicKey',
		'                Public-Key: (256 bit)',
		'            X509v3 Basic Constraints: critical',
		'                CA:TRUE',
	])
		assert(text.split('\n').includes(line), line);
	assert.equal((await openssl('x509', certificate)).stdout, certificate);
	assert.deepEqual(await openssl('x509 -noout -subject', 'nothing'), {
		code: 1,
		stdout: '',
		stderr: 'Could not read certificate from <stdin>\nUnable to load certificate\n',
	});
	assert.equal(
		(await openssl('x509 -noout -checkend 0', certificate)).stdout,
		'Certificate will not expire\n',
	);
	const damaged = certificate.replace('MIIBwj', 'MIIBzj');
	assert.equal((await openssl('x509 -noout -subject', damaged)).code, 1);
	assert.equal(pod.container.state, 'running');
});

test('digests, random bytes and base64', async () => {
	const { openssl } = await nginx();
	const digest = '98ea6e4f216f2fb4b69fff9b3a44842c38686ca685f3f55dc48c5d3fb1107be4';
	assert.equal((await openssl('dgst -sha256', 'hi\n')).stdout, `SHA2-256(stdin)= ${digest}\n`);
	assert.equal((await openssl('md5', 'hi\n')).stdout, 'MD5(stdin)= 764efa883dda1e11db47671c4a3bbd9e\n');
	assert.match((await openssl('rand -hex 16')).stdout, /^[0-9a-f]{32}\n$/);
	const { stdout } = await openssl('rand -base64 90');
	assert.match(stdout, /^[A-Za-z0-9+/]{64}\n[A-Za-z0-9+/]{56}\n$/);
	assert.equal((await openssl('base64', 'a'.repeat(50))).stdout.indexOf('\n'), 64);
	assert.equal((await openssl('base64 -d', 'aGkK\n')).stdout, 'hi\n');
	assert.equal((await openssl('enc -base64 -A', 'hi')).stdout, 'aGk=');
	assert.equal(
		(await openssl('rand -foo')).stderr,
		'rand: Unknown option: -foo\nrand: Use -help for summary.\n',
	);
	assert.match((await openssl('genrsa 2048')).stderr, /^genrsa: .*CertificateSigningRequest/);
	assert.equal((await openssl('nosuch')).stderr, 'Invalid command \'nosuch\'; type "help" for a list.\n');
});

test('s_client shows who answers, and whether that holds', async () => {
	const { pods, openssl } = await nginx();
	await pods.clock.advance(5000);
	const github = await openssl('s_client -connect github.com:443', '');
	assert.equal(github.code, 0);
	assert.match(github.stdout, /^CONNECTED\(00000003\)\n---\nCertificate chain\n 0 s:CN = github\.com\n/);
	assert.match(github.stdout, /Verify return code: 0 \(ok\)/);
	const untrusted = await openssl('s_client -connect github.com:443 -CAfile /etc/passwd', '');
	assert.match(untrusted.stderr, /verify error:num=21:unable to verify the first certificate/);
	assert.match(untrusted.stdout, /Verify return code: 21 /);
	const plain = await openssl('s_client -connect localhost:80', '');
	assert.equal(plain.code, 1);
	assert.match(plain.stderr, /wrong version number\n---\nno peer certificate available/);
	const refused = await openssl('s_client -connect localhost:81', '');
	assert.match(refused.stderr, /Connection refused.*\nconnect:errno=111\n$/);
});
