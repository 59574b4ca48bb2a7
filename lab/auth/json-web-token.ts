// JSON Web Tokens signed with ES256 (RFC 7519, RFC 7515, RFC 7518 section 3.4). In the process and synchronous,
// since a kubelet writes tokens while it sets a pod's volumes up, and WebCrypto would make that wait.

import { p256 } from '@noble/curves/nist.js';
import { decodeBase64, encodeBase64 } from '../base64.ts';
import type { Random } from '../random.ts';

export type Claims = Record<string, unknown>;

export interface TokenSigner {
	sign(claims: Claims): string;
	/** The claims of a token that this signer has signed; undefined for any other text. */
	verify(token: string): Claims | undefined;
	/** The public half, as a JSON Web Key (RFC 7517). */
	readonly publicKey: Readonly<Record<string, string>>;
	/** 32 bytes. */
	readonly secretKey: Uint8Array;
}

const encoder = new TextEncoder();

const base64Url = (bytes: Uint8Array) =>
	encodeBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

/** Undefined for what is not base64url. */
function decodeBase64Url(text: string): Uint8Array | undefined {
	if (!/^[\w-]*$/.test(text) || text.length % 4 === 1) return undefined;
	return decodeBase64(text.replaceAll('-', '+').replaceAll('_', '/'));
}

const encodeJson = (value: unknown) => base64Url(encoder.encode(JSON.stringify(value)));

function parseClaims(part: string): Claims | undefined {
	const bytes = decodeBase64Url(part);
	if (!bytes) return undefined;
	try {
		const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
		return typeof value === 'object' && value !== null ? (value as Claims) : undefined;
	} catch {
		return undefined;
	}
}

/** A signer with the key given, or one of its own, made from the lab's randomness when it is first needed. */
export function createTokenSigner(random: Random, given?: Uint8Array): TokenSigner {
	let keys: { secret: Uint8Array; publicBytes: Uint8Array; id: string; header: string } | undefined;
	const key = () => {
		if (keys) return keys;
		const seed = () => Uint8Array.from({ length: p256.lengths.seed ?? 48 }, () => Math.floor(random() * 256));
		const secret = given ?? p256.utils.randomSecretKey(seed());
		const publicBytes = p256.getPublicKey(secret, false);
		const id = base64Url(publicBytes.subarray(1, 33));
		keys = { secret, publicBytes, id, header: encodeJson({ alg: 'ES256', kid: id }) };
		return keys;
	};
	return {
		sign(claims) {
			const { secret, header } = key();
			const content = `${header}.${encodeJson(claims)}`;
			return `${content}.${base64Url(p256.sign(encoder.encode(content), secret))}`;
		},
		verify(token) {
			const { publicBytes, header } = key();
			const [first, second, third, ...more] = token.split('.');
			const signature = third === undefined ? undefined : decodeBase64Url(third);
			if (first !== header || signature?.length !== 64 || more.length > 0) return undefined;
			const signed = encoder.encode(`${first}.${second}`);
			return p256.verify(signature, signed, publicBytes) ? parseClaims(second) : undefined;
		},
		get secretKey() {
			return key().secret;
		},
		get publicKey() {
			const { publicBytes, id } = key();
			return {
				use: 'sig',
				kty: 'EC',
				kid: id,
				crv: 'P-256',
				alg: 'ES256',
				x: base64Url(publicBytes.subarray(1, 33)),
				y: base64Url(publicBytes.subarray(33)),
			};
		},
	};
}
