// X.509 certificates (RFC 5280) as `openssl x509` reads them: DER, as far as its fields are shown.

interface Value {
	tag: number;
	content: Uint8Array;
}

export interface ReadCertificate {
	version: number;
	/** Most significant byte first. */
	serial: Uint8Array;
	signatureAlgorithm: string;
	/** As `CN = web, O = shop`. */
	issuer: string;
	subject: string;
	/** Milliseconds since 1970. */
	notBefore: number;
	notAfter: number;
	/** The algorithm of the key, and its length in bits. */
	key: { algorithm: string; bits: number };
	extensions: { name: string; critical: boolean; text: string }[];
	der: Uint8Array;
}

const attributeNames: Readonly<Record<string, string>> = {
	'2.5.4.3': 'CN',
	'2.5.4.6': 'C',
	'2.5.4.7': 'L',
	'2.5.4.8': 'ST',
	'2.5.4.10': 'O',
	'2.5.4.11': 'OU',
	'1.2.840.113549.1.9.1': 'emailAddress',
};
const algorithms: Readonly<Record<string, string>> = {
	'1.2.840.10045.2.1': 'id-ecPublicKey',
	'1.2.840.10045.4.3.2': 'ecdsa-with-SHA256',
	'1.2.840.10045.4.3.3': 'ecdsa-with-SHA384',
	'1.2.840.113549.1.1.1': 'rsaEncryption',
	'1.2.840.113549.1.1.11': 'sha256WithRSAEncryption',
	'1.2.840.113549.1.1.12': 'sha384WithRSAEncryption',
	'1.2.840.113549.1.1.13': 'sha512WithRSAEncryption',
	'1.3.101.112': 'ED25519',
};
const extensionNames: Readonly<Record<string, string>> = {
	'2.5.29.14': 'X509v3 Subject Key Identifier',
	'2.5.29.15': 'X509v3 Key Usage',
	'2.5.29.17': 'X509v3 Subject Alternative Name',
	'2.5.29.19': 'X509v3 Basic Constraints',
	'2.5.29.35': 'X509v3 Authority Key Identifier',
	'2.5.29.37': 'X509v3 Extended Key Usage',
};
const keyUsages = [
	'Digital Signature',
	'Non Repudiation',
	'Key Encipherment',
	'Data Encipherment',
	'Key Agreement',
	'Certificate Sign',
	'CRL Sign',
	'Encipher Only',
	'Decipher Only',
];
const extendedUsages: Readonly<Record<string, string>> = {
	'1.3.6.1.5.5.7.3.1': 'TLS Web Server Authentication',
	'1.3.6.1.5.5.7.3.2': 'TLS Web Client Authentication',
	'1.3.6.1.5.5.7.3.3': 'Code Signing',
};
/** Bits of the curves by their identifier. */
const curves: Readonly<Record<string, number>> = {
	'1.2.840.10045.3.1.7': 256,
	'1.3.132.0.34': 384,
	'1.3.132.0.35': 521,
};

const decoder = new TextDecoder();

/** The values that stand one after the other; throws RangeError where a length leads beyond the end. */
function valuesIn(data: Uint8Array): Value[] {
	const values: Value[] = [];
	for (let at = 0; at < data.length; ) {
		const tag = data[at++];
		let length = data[at++];
		if (length > 0x80) {
			let bytes = length & 0x7f;
			for (length = 0; bytes > 0; bytes--) length = length * 256 + data[at++];
		}
		if (!(at + length <= data.length)) throw new RangeError('the value is cut off');
		values.push({ tag, content: data.subarray(at, at + length) });
		at += length;
	}
	return values;
}

function identifier(content: Uint8Array): string {
	const arcs: number[] = [];
	let arc = 0;
	for (const byte of content) {
		arc = arc * 128 + (byte & 0x7f);
		if (byte & 0x80) continue;
		arcs.push(arc);
		arc = 0;
	}
	const [first = 0, ...rest] = arcs;
	const top = Math.min(2, Math.floor(first / 40));
	return [top, first - 40 * top, ...rest].join('.');
}

const algorithmOf = (content: Uint8Array) => {
	const dotted = identifier(valuesIn(content)[0].content);
	return algorithms[dotted] ?? dotted;
};

function distinguishedName(content: Uint8Array): string {
	return valuesIn(content)
		.flatMap((set) => valuesIn(set.content))
		.map((attribute) => {
			const [type, value] = valuesIn(attribute.content);
			const dotted = identifier(type.content);
			return `${attributeNames[dotted] ?? dotted} = ${decoder.decode(value.content)}`;
		})
		.join(', ');
}

/** UTCTime or GeneralizedTime. */
function time({ tag, content }: Value): number {
	const digits = decoder.decode(content).replace('Z', '');
	const year = tag === 0x17 ? `${Number(digits.slice(0, 2)) < 50 ? '20' : '19'}${digits}` : digits;
	const [, years, month, day, hour, minute, second] =
		/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(year) ?? [];
	return Date.UTC(
		Number(years),
		Number(month) - 1,
		Number(day),
		Number(hour),
		Number(minute),
		Number(second),
	);
}

export const hexadecimal = (bytes: Uint8Array, separator = '') =>
	Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(separator);

function publicKey(content: Uint8Array): ReadCertificate['key'] {
	const [algorithm, bits] = valuesIn(content);
	const parts = valuesIn(algorithm.content);
	const name = algorithmOf(algorithm.content);
	if (name === 'id-ecPublicKey') return { algorithm: name, bits: curves[identifier(parts[1].content)] ?? 0 };
	if (name !== 'rsaEncryption') return { algorithm: name, bits: 8 * (bits.content.length - 1) };
	const [modulus] = valuesIn(valuesIn(bits.content.subarray(1))[0].content);
	return { algorithm: name, bits: 8 * (modulus.content.length - (modulus.content[0] === 0 ? 1 : 0)) };
}

const colons = (bytes: Uint8Array) => hexadecimal(bytes, ':').toUpperCase();

function alternativeName({ tag, content }: Value): string {
	if (tag === 0x82) return `DNS:${decoder.decode(content)}`;
	if (tag === 0x81) return `email:${decoder.decode(content)}`;
	if (tag === 0x86) return `URI:${decoder.decode(content)}`;
	if (tag !== 0x87) return 'othername: <unsupported>';
	return `IP Address:${content.length === 4 ? content.join('.') : colons(content)}`;
}

function extensionText(dotted: string, content: Uint8Array): string {
	const [value] = valuesIn(content);
	switch (dotted) {
		case '2.5.29.14':
			return colons(value.content);
		case '2.5.29.15':
			return keyUsages
				.filter((_, bit) => ((value.content[1 + (bit >> 3)] ?? 0) >> (7 - (bit & 7))) & 1)
				.join(', ');
		case '2.5.29.17':
			return valuesIn(value.content).map(alternativeName).join(', ');
		case '2.5.29.19': {
			const [authority, length] = valuesIn(value.content);
			const isAuthority = authority?.tag === 1 && authority.content[0] !== 0;
			return `CA:${isAuthority ? 'TRUE' : 'FALSE'}${length ? `, pathlen:${length.content[0]}` : ''}`;
		}
		case '2.5.29.35':
			return valuesIn(value.content)
				.map((part) => colons(part.content))
				.join(', ');
		case '2.5.29.37':
			return valuesIn(value.content)
				.map((usage) => identifier(usage.content))
				.map((usage) => extendedUsages[usage] ?? usage)
				.join(', ');
		default:
			return colons(content);
	}
}

/** Reads one certificate; undefined where the bytes are none. */
export function readCertificate(der: Uint8Array): ReadCertificate | undefined {
	try {
		const [body, algorithm] = valuesIn(valuesIn(der)[0].content);
		const fields = valuesIn(body.content);
		const version = fields[0].tag === 0xa0 ? 1 + valuesIn(fields.shift()!.content)[0].content[0] : 1;
		const [serial, , issuer, validity, subject, key, ...optional] = fields;
		const [notBefore, notAfter] = valuesIn(validity.content).map(time);
		const list = optional.find(({ tag }) => tag === 0xa3);
		const extensions = (list ? valuesIn(valuesIn(list.content)[0].content) : []).map(({ content }) => {
			const parts = valuesIn(content);
			const dotted = identifier(parts[0].content);
			return {
				name: extensionNames[dotted] ?? dotted,
				critical: parts.length === 3,
				text: extensionText(dotted, parts.at(-1)!.content),
			};
		});
		return {
			version,
			serial: serial.content[0] === 0 ? serial.content.subarray(1) : serial.content,
			signatureAlgorithm: algorithmOf(algorithm.content),
			issuer: distinguishedName(issuer.content),
			subject: distinguishedName(subject.content),
			notBefore,
			notAfter,
			key: publicKey(key.content),
			extensions,
			der,
		};
	} catch (error) {
		// Anything may be given as a certificate; what leads beyond its end is none.
		if (error instanceof RangeError || error instanceof TypeError) return undefined;
		throw error;
	}
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** As `Nov 21 04:26:24 2026 GMT`. */
export function certificateTime(at: number): string {
	const date = new Date(at);
	const clock = date.toISOString().slice(11, 19);
	return `${months[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)} ${clock} ${date.getUTCFullYear()} GMT`;
}

/** What `-text` prints, but for the bytes of the key and of the signature. */
export function certificateText(certificate: ReadCertificate): string {
	const { version, serial, signatureAlgorithm, issuer, subject, key, extensions } = certificate;
	const lines = [
		'Certificate:',
		'    Data:',
		`        Version: ${version} (0x${(version - 1).toString(16)})`,
		'        Serial Number:',
		`            ${hexadecimal(serial, ':')}`,
		`        Signature Algorithm: ${signatureAlgorithm}`,
		`        Issuer: ${issuer}`,
		'        Validity',
		`            Not Before: ${certificateTime(certificate.notBefore)}`,
		`            Not After : ${certificateTime(certificate.notAfter)}`,
		`        Subject: ${subject}`,
		'        Subject Public Key Info:',
		`            Public Key Algorithm: ${key.algorithm}`,
		`                Public-Key: (${key.bits} bit)`,
		...(extensions.length > 0 ? ['        X509v3 extensions:'] : []),
		...extensions.flatMap(({ name, critical, text }) => [
			`            ${name}: ${critical ? 'critical' : ''}`,
			`                ${text}`,
		]),
		`    Signature Algorithm: ${signatureAlgorithm}`,
	];
	return `${lines.join('\n')}\n`;
}
