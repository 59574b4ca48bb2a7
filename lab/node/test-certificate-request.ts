// A certificate signing request (PKCS #10, RFC 2986) as openssl makes one, for tests.
import { generateKeyPairSync, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';
import * as der from './der.ts';

const commonName = '2.5.4.3';
const organisation = '2.5.4.10';
const ecdsaWithSha256 = '1.2.840.10045.4.3.2';

/** The attribute that asks for alternative names (RFC 2985, 5.4.2). */
function extensionsFor(names: readonly string[]): Buffer {
	const general = names.map((name) =>
		isIPv4(name)
			? der.tagged(7, false, Buffer.from(name.split('.').map(Number)))
			: der.tagged(2, false, Buffer.from(name)),
	);
	const extension = der.sequence(
		der.objectIdentifier('2.5.29.17'),
		der.octetString(der.sequence(...general)),
	);
	return der.sequence(der.objectIdentifier('1.2.840.113549.1.9.14'), der.set(der.sequence(extension)));
}

/** The request and the private key that it is signed with, both PEM. */
export function createCertificateRequest(
	name: string,
	groups: readonly string[] = [],
	alternativeNames: readonly string[] = [],
) {
	const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	const attribute = (type: string, text: string) =>
		der.set(der.sequence(der.objectIdentifier(type), der.utf8String(text)));
	const information = der.sequence(
		der.integer(Buffer.of(0)),
		der.sequence(...groups.map((group) => attribute(organisation, group)), attribute(commonName, name)),
		publicKey.export({ type: 'spki', format: 'der' }),
		der.tagged(0, true, ...(alternativeNames.length > 0 ? [extensionsFor(alternativeNames)] : [])),
	);
	const signature = sign('sha256', information, privateKey);
	const request = der.sequence(
		information,
		der.sequence(der.objectIdentifier(ecdsaWithSha256)),
		der.bitString(signature),
	);
	const body = request.toString('base64').replace(/(.{64})(?!$)/g, '$1\n');
	return {
		request: `-----BEGIN CERTIFICATE REQUEST-----\n${body}\n-----END CERTIFICATE REQUEST-----\n`,
		key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
	};
}
