import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../random.ts';
import { createTokenSigner } from './json-web-token.ts';

const decode = (text: string) => atob(text.replaceAll('-', '+').replaceAll('_', '/'));
const bytes = (text: string) => Uint8Array.from(decode(text), (character) => character.charCodeAt(0));

test('WebCrypto takes a signature for right by the published key', async () => {
	const signer = createTokenSigner(createRandom(1));
	const token = signer.sign({ sub: 'a', aud: ['ü'] });
	const [header, claims, signature] = token.split('.');
	assert.equal(JSON.parse(decode(header)).alg, 'ES256');
	const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
	const key = await crypto.subtle.importKey('jwk', signer.publicKey, algorithm, false, ['verify']);
	const signed = new TextEncoder().encode(`${header}.${claims}`);
	assert.ok(await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, bytes(signature), signed));
});

test('verifies its own tokens, and no others', () => {
	const signer = createTokenSigner(createRandom(1));
	const token = signer.sign({ sub: 'a' });
	assert.deepEqual(signer.verify(token), { sub: 'a' });
	const [header, , signature] = token.split('.');
	const forged = btoa(JSON.stringify({ sub: 'b' })).replaceAll('=', '');
	const other = createTokenSigner(createRandom(2)).sign({ sub: 'a' });
	for (const wrong of [
		`${header}.${forged}.${signature}`,
		other,
		'x',
		'a.b.c',
		`${token}.x`,
		`${token}!`,
		'',
	])
		assert.equal(signer.verify(wrong), undefined);
});
