// Certificate signing requests (PKCS #10, RFC 2986), read as far as signing one needs.
import { decodeBase64 } from '../base64.ts';

export interface AlternativeName {
	kind: 'email' | 'dns' | 'uri' | 'ip' | 'other';
	/** DER (GeneralName). */
	bytes: Uint8Array;
}

export interface CertificateRequest {
	commonName: string;
	organisations: readonly string[];
	/** Under which names it asks to be known beside its subject (RFC 5280, 4.2.1.6). */
	alternativeNames: readonly AlternativeName[];
	/** The key to certify, DER (SubjectPublicKeyInfo). */
	publicKey: Uint8Array;
	/** What has been signed with that key, and how. */
	signed: Uint8Array;
	/** Dotted object identifier. */
	signatureAlgorithm: string;
	signature: Uint8Array;
}

/** What a lab's authority does for a request that may be signed: gives a certificate, PEM. Throws where it cannot. */
export type CertificateSigner = (
	request: CertificateRequest,
	options: { seconds: number; usages: readonly string[] },
) => string;

/** Says what is wrong with a request, as the server does. */
export class CertificateRequestError extends Error {}

interface Value {
	tag: number;
	/** The whole value, tag and length included. */
	bytes: Uint8Array;
	content: Uint8Array;
}

const damaged = () => new CertificateRequestError('asn1: structure error: the request is damaged');

/** The values that stand one after the other (ITU-T X.690, definite lengths). */
function valuesIn(data: Uint8Array): Value[] {
	const values: Value[] = [];
	for (let at = 0; at < data.length; ) {
		const start = at;
		const tag = data[at++];
		let length = data[at++] ?? -1;
		if (length > 0x80) {
			let bytes = length & 0x7f;
			if (bytes > 4) throw damaged();
			for (length = 0; bytes > 0; bytes--) length = length * 256 + (data[at++] ?? 0);
		}
		if (length < 0 || at + length > data.length) throw damaged();
		values.push({ tag, bytes: data.subarray(start, at + length), content: data.subarray(at, at + length) });
		at += length;
	}
	return values;
}

function sequence(
	{ tag, content }: Value | undefined = { tag: 0, bytes: new Uint8Array(), content: new Uint8Array() },
) {
	if (tag !== 0x30) throw damaged();
	return valuesIn(content);
}

function objectIdentifier({ content }: Value): string {
	const arcs = [Math.min(Math.floor(content[0] / 40), 2)];
	arcs.push(content[0] - arcs[0] * 40);
	let arc = 0;
	for (const byte of content.subarray(1)) {
		arc = arc * 128 + (byte & 0x7f);
		if (byte < 0x80) {
			arcs.push(arc);
			arc = 0;
		}
	}
	return arcs.join('.');
}

const commonName = '2.5.4.3';
const organisation = '2.5.4.10';

function subjectOf(name: Value): Pick<CertificateRequest, 'commonName' | 'organisations'> {
	const decoder = new TextDecoder();
	const attributes = sequence(name)
		.flatMap((set) => valuesIn(set.content))
		.map((attribute) => {
			const [type, value] = sequence(attribute);
			if (!type || !value) throw damaged();
			return { type: objectIdentifier(type), text: decoder.decode(value.content) };
		});
	return {
		commonName: attributes.findLast(({ type }) => type === commonName)?.text ?? '',
		organisations: attributes.filter(({ type }) => type === organisation).map(({ text }) => text),
	};
}

const extensionRequest = '1.2.840.113549.1.9.14';
const subjectAlternativeName = '2.5.29.17';
const nameKinds: Readonly<Record<number, AlternativeName['kind']>> = {
	129: 'email',
	130: 'dns',
	134: 'uri',
	135: 'ip',
};

/** From the attributes of a request: of the extensions that it asks for, the alternative names. */
function alternativeNamesOf(attributes: Value | undefined): AlternativeName[] {
	const extensions = valuesIn(attributes?.content ?? new Uint8Array()).flatMap((attribute) => {
		const [type, values] = sequence(attribute);
		if (!type || !values) throw damaged();
		return objectIdentifier(type) === extensionRequest ? valuesIn(values.content).flatMap(sequence) : [];
	});
	return extensions.flatMap((extension) => {
		const parts = sequence(extension);
		if (parts.length < 2) throw damaged();
		if (objectIdentifier(parts[0]) !== subjectAlternativeName) return [];
		const [names] = valuesIn(parts[parts.length - 1].content);
		return sequence(names).map(({ tag, bytes }) => ({ kind: nameKinds[tag] ?? 'other', bytes }));
	});
}

/** A request from its PEM text. Throws CertificateRequestError. */
export function parseCertificateRequest(pem: string): CertificateRequest {
	const [, body] =
		/-----BEGIN CERTIFICATE REQUEST-----\s+([A-Za-z0-9+/=\s]+?)\s*-----END CERTIFICATE REQUEST-----/.exec(
			pem,
		) ?? [];
	if (!body) throw new CertificateRequestError('PEM block type must be CERTIFICATE REQUEST');
	let der: Uint8Array;
	try {
		der = decodeBase64(body.replace(/\s/g, ''));
	} catch {
		throw damaged();
	}
	const [information, algorithm, signature] = sequence(valuesIn(der)[0]);
	const [, subject, publicKey, attributes] = sequence(information);
	const [identifier] = sequence(algorithm);
	if (!subject || !publicKey || !identifier || signature?.tag !== 0x03) throw damaged();
	return {
		...subjectOf(subject),
		alternativeNames: alternativeNamesOf(attributes),
		publicKey: publicKey.bytes,
		signed: information.bytes,
		signatureAlgorithm: objectIdentifier(identifier),
		// Before the bits stands how many of the last byte do not count: none.
		signature: signature.content.subarray(1),
	};
}
