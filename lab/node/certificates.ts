// The certificates of one lab: an authority of its own, with P-256 keys that are never used again. A client of
// another lab has a certificate of another authority, so TLS itself refuses it.
//
// Written out by hand (X.509 v3, RFC 5280): the libraries for it cost more memory than the rest of the front.

import {
	createHash,
	createPrivateKey,
	createPublicKey,
	generateKeyPairSync,
	type KeyObject,
	randomBytes,
	sign,
	verify,
} from 'node:crypto';
import { isIPv4 } from 'node:net';
import type { CertificateRequest } from '../auth/certificate-request.ts';
import * as der from './der.ts';

/** A certificate and its private key, both PEM. */
export interface KeyPair {
	certificate: string;
	key: string;
}

export interface Authority {
	/** The authority's own certificate, PEM: what a kubeconfig carries as `certificate-authority-data`. */
	readonly certificate: string;
	/** Its private key, PEM: with the certificate it makes the same authority again. */
	readonly key: string;
	/** A server's, for these DNS names and IPv4 addresses. */
	issueServer(names: readonly string[]): KeyPair;
	/**
	 * A client's: Kubernetes reads the user from the common name and the groups from the organisations
	 * (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#x509-client-certificates).
	 */
	issueClient(username: string, groups: readonly string[]): KeyPair;
	/**
	 * A certificate, PEM, for the key and the names of a request, from `now` (milliseconds since 1970) on, for as
	 * many seconds and for what it asks. Throws where the request is not signed with that key.
	 */
	signRequest(
		request: CertificateRequest,
		options: { seconds: number; usages: readonly string[] },
		now: number,
	): string;
}

/** By which names clients inside and outside the cluster call the API server, as kubeadm writes them. */
export const serverNames = [
	'localhost',
	'kubernetes',
	'kubernetes.default',
	'kubernetes.default.svc',
	'kubernetes.default.svc.cluster.local',
	'127.0.0.1',
	'10.96.0.1',
];

const oid = {
	commonName: '2.5.4.3',
	organisation: '2.5.4.10',
	subjectKeyIdentifier: '2.5.29.14',
	keyUsage: '2.5.29.15',
	subjectAlternativeName: '2.5.29.17',
	basicConstraints: '2.5.29.19',
	authorityKeyIdentifier: '2.5.29.35',
	extendedKeyUsage: '2.5.29.37',
	serverAuthentication: '1.3.6.1.5.5.7.3.1',
	clientAuthentication: '1.3.6.1.5.5.7.3.2',
	ecdsaWithSha256: '1.2.840.10045.4.3.2',
};

const signatureAlgorithm = der.sequence(der.objectIdentifier(oid.ecdsaWithSha256));
/** In seconds. */
const year = 365 * 24 * 60 * 60;

/** The digests of the signature algorithms that requests may use; undefined stands for none. */
const digests: Readonly<Record<string, string | undefined>> = {
	'1.2.840.10045.4.3.2': 'sha256',
	'1.2.840.10045.4.3.3': 'sha384',
	'1.2.840.10045.4.3.4': 'sha512',
	'1.2.840.113549.1.1.11': 'sha256',
	'1.2.840.113549.1.1.12': 'sha384',
	'1.2.840.113549.1.1.13': 'sha512',
	'1.3.101.112': undefined,
};

/** The bits of a key usage, the first one highest (RFC 5280, 4.2.1.3). */
const keyUsages: Readonly<Record<string, number>> = {
	'digital signature': 0x80,
	'key encipherment': 0x20,
};

const purposeOf: Readonly<Record<string, string>> = {
	'server auth': oid.serverAuthentication,
	'client auth': oid.clientAuthentication,
};

type Name = { commonName: string; organisations?: readonly string[] };

function distinguishedName({ commonName, organisations = [] }: Name): Buffer {
	const attribute = (type: string, text: string) =>
		der.set(der.sequence(der.objectIdentifier(type), der.utf8String(text)));
	return der.sequence(
		...organisations.map((organisation) => attribute(oid.organisation, organisation)),
		attribute(oid.commonName, commonName),
	);
}

function extension(type: string, content: Buffer, critical = false): Buffer {
	const criticality = critical ? [der.boolean(true)] : [];
	return der.sequence(der.objectIdentifier(type), ...criticality, der.octetString(content));
}

/** UTCTime up to 2049, GeneralizedTime after (RFC 5280, 4.1.2.5). */
function time(at: number): Buffer {
	return new Date(at).getUTCFullYear() < 2050 ? der.utcTime(at) : der.generalizedTime(at);
}

const publicBytes = (key: KeyObject) => key.export({ type: 'spki', format: 'der' });
const keyIdentifier = (key: KeyObject) => createHash('sha1').update(publicBytes(key)).digest();
const pem = (bytes: Buffer) =>
	`-----BEGIN CERTIFICATE-----\n${bytes
		.toString('base64')
		.replace(/(.{64})(?!$)/g, '$1\n')}\n-----END CERTIFICATE-----\n`;

interface Draft {
	subject: Name;
	publicKey: KeyObject;
	issuer: Name;
	issuerKeys: { publicKey: KeyObject; privateKey: KeyObject };
	/** How long it is valid, in seconds. */
	seconds: number;
	now: number;
	extensions: Buffer[];
}

function certificate({ subject, publicKey, issuer, issuerKeys, seconds, now, extensions }: Draft): string {
	const serial = randomBytes(16);
	serial[0] = (serial[0] & 0x7f) | 0x40; // positive, and of one length
	const body = der.sequence(
		der.tagged(0, true, der.integer(Buffer.of(2))), // version 3
		der.integer(serial),
		signatureAlgorithm,
		distinguishedName(issuer),
		// A few minutes back, for clients whose clock lags.
		der.sequence(time(now - 5 * 60 * 1000), time(now + seconds * 1000)),
		distinguishedName(subject),
		publicBytes(publicKey),
		der.tagged(
			3,
			true,
			der.sequence(
				...extensions,
				extension(oid.subjectKeyIdentifier, der.octetString(keyIdentifier(publicKey))),
				extension(
					oid.authorityKeyIdentifier,
					der.sequence(der.tagged(0, false, keyIdentifier(issuerKeys.publicKey))),
				),
			),
		),
	);
	const signature = sign('sha256', body, { key: issuerKeys.privateKey, dsaEncoding: 'der' });
	return pem(der.sequence(body, signatureAlgorithm, der.bitString(signature)));
}

const newKeys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });

function alternativeName(name: string): Buffer {
	if (isIPv4(name)) return der.tagged(7, false, Buffer.from(name.split('.').map(Number)));
	return der.tagged(2, false, Buffer.from(name, 'ascii'));
}

/**
 * A certificate authority, named `kubernetes` as kubeadm's: a new one, or an earlier one again. `now` is in
 * milliseconds since 1970.
 */
export function createAuthority(now: number, earlier?: KeyPair): Authority {
	const issuer: Name = { commonName: 'kubernetes' };
	const issuerKeys = earlier
		? { privateKey: createPrivateKey(earlier.key), publicKey: createPublicKey(earlier.key) }
		: newKeys();
	// Digital signature is bit 0, certificate signing bit 5 (RFC 5280, 4.2.1.3).
	const usage = (bits: number, unused: number) =>
		extension(oid.keyUsage, der.bitString(Buffer.of(bits), unused), true);
	const issue = (subject: Name, purpose: string, more: Buffer[] = []): KeyPair => {
		const keys = newKeys();
		return {
			certificate: certificate({
				subject,
				publicKey: keys.publicKey,
				issuer,
				issuerKeys,
				seconds: year,
				now,
				extensions: [
					usage(0b1000_0000, 7),
					extension(oid.extendedKeyUsage, der.sequence(der.objectIdentifier(purpose))),
					extension(oid.basicConstraints, der.sequence(), true),
					...more,
				],
			}),
			key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
		};
	};
	/** For what a certificate may be used, and under which names. */
	const requestedExtensions = (
		usages: readonly string[],
		names: CertificateRequest['alternativeNames'],
	): Buffer[] => {
		const bits = usages.reduce((sum, each) => sum | (keyUsages[each] ?? 0), 0);
		const purposes = usages.flatMap((each) => purposeOf[each] ?? []);
		return [
			...(bits ? [usage(bits, 31 - Math.clz32(bits & -bits))] : []),
			...(purposes.length > 0
				? [extension(oid.extendedKeyUsage, der.sequence(...purposes.map(der.objectIdentifier)))]
				: []),
			extension(oid.basicConstraints, der.sequence(), true),
			...(names.length > 0
				? [extension(oid.subjectAlternativeName, der.sequence(...names.map(({ bytes }) => bytes)))]
				: []),
		];
	};
	const own = () =>
		certificate({
			subject: issuer,
			publicKey: issuerKeys.publicKey,
			issuer,
			issuerKeys,
			seconds: 10 * year,
			now,
			extensions: [
				usage(0b1000_0100, 2),
				extension(oid.basicConstraints, der.sequence(der.boolean(true)), true),
			],
		});
	return {
		certificate: earlier?.certificate ?? own(),
		get key() {
			return issuerKeys.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
		},
		issueServer: (names) =>
			issue({ commonName: 'kube-apiserver' }, oid.serverAuthentication, [
				extension(oid.subjectAlternativeName, der.sequence(...names.map(alternativeName))),
			]),
		issueClient: (username, groups) =>
			issue({ commonName: username, organisations: groups }, oid.clientAuthentication),
		signRequest(request, { seconds, usages }, at) {
			const { commonName, organisations, signatureAlgorithm } = request;
			const publicKey = createPublicKey({ key: Buffer.from(request.publicKey), format: 'der', type: 'spki' });
			if (!(signatureAlgorithm in digests))
				throw new Error(`unsupported signature algorithm ${signatureAlgorithm} of the certificate request`);
			if (!verify(digests[signatureAlgorithm], request.signed, publicKey, request.signature))
				throw new Error(
					'unable to verify certificate request signature: it is not of the key that it is for',
				);
			return certificate({
				subject: { commonName, organisations },
				publicKey,
				issuer,
				issuerKeys,
				seconds,
				now: at,
				extensions: requestedExtensions(usages, request.alternativeNames),
			});
		},
	};
}
