// The handshake: what a client accepts, what it refuses and why, and who speaks no TLS.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestPods } from '../images/test-pods.ts';
import { type Certificate, issue, publicAuthority, simulatedAuthority } from './certificates.ts';
import { serveHttp } from './http.ts';
import type { Connection } from './network.ts';
import { acceptTls, connectTls } from './tls.ts';

const now = Date.UTC(2026, 0, 1);
const authority = { name: 'test', certificate: simulatedAuthority('test') };
const certificate = issue(authority, 'web', ['web.example.com', '*.wild.example.com', '10.1.2.3'], now);

/** Connects to a server that shows the certificate and then answers what it reads. */
async function handshake(
	options: { name?: string; trusted?: string | undefined; at?: number },
	shown: Certificate = certificate,
): Promise<string> {
	const { network } = createTestPods();
	const [client, server] = [network.createNamespace({ node: 'a' }), network.createNamespace({ node: 'b' })];
	const listener = server.listen(443);
	const serve = async () => {
		const secured = await acceptTls(await listener.accept(), shown);
		if (!secured) return 'refused';
		await secured.write(await secured.read());
		return 'served';
	};
	const serving = serve();
	const connection = await client.connect(server.ip, 443);
	const { name = 'web.example.com', at = now } = options;
	const trusted = 'trusted' in options ? options.trusted : authority.certificate;
	try {
		await connectTls(connection, { name, trusted, now: at });
	} catch (error) {
		assert.equal(await serving, 'refused');
		return (error as Error).message;
	}
	await connection.write('hello');
	assert.equal(await serving, 'served');
	return new TextDecoder().decode(await connection.read());
}

test('a trusted certificate for the name lets bytes pass', async () => {
	assert.equal(await handshake({}), 'hello');
	assert.equal(await handshake({ name: 'a.wild.example.com' }), 'hello');
	assert.equal(await handshake({ name: '10.1.2.3' }), 'hello');
	assert.equal(await handshake({ trusted: `${publicAuthority}\n${authority.certificate}` }), 'hello');
	assert.equal(await handshake({ trusted: undefined, name: 'any', at: 0 }), 'hello');
});

test('every other one is refused, for the first reason that OpenSSL finds', async () => {
	const year = 365 * 86_400_000;
	assert.equal(await handshake({ trusted: publicAuthority }), 'unknown issuer');
	assert.equal(await handshake({ trusted: '', name: 'other' }), 'unknown issuer');
	assert.equal(await handshake({ at: now + year }), 'expired');
	assert.equal(await handshake({ at: now - year }), 'not yet valid');
	assert.equal(await handshake({ name: 'example.com' }), 'other name');
	assert.equal(await handshake({ name: 'a.b.wild.example.com' }), 'other name');
});

test('a server without TLS is noticed at its first byte, and so is one that goes', async () => {
	const { network } = createTestPods();
	const [client, server] = [network.createNamespace({ node: 'a' }), network.createNamespace({ node: 'b' })];
	const against = async (serve: (connection: Connection) => unknown) => {
		const listener = server.listen(80);
		const connection = await client.connect(server.ip, 80);
		serve(await listener.accept());
		listener.close();
		return connectTls(connection, { name: 'x', trusted: undefined, now });
	};
	await assert.rejects(
		against((connection) => serveHttp(connection, () => ({ status: 200, headers: [] }))),
		{ fault: 'wrong version number' },
	);
	await assert.rejects(
		against((connection) => connection.close()),
		{ fault: 'unexpected eof' },
	);
});
