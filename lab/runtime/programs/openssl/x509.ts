// `openssl x509`: what a certificate says.

import { decodeBase64, encodeBase64 } from '../../../base64.ts';
import { certificatesIn } from '../../../network/certificates.ts';
import { decode } from '../../byte-text.ts';
import { SystemError } from '../../process.ts';
import { createSha1, createSha256 } from '../digests.ts';
import { type Call, ToolFailure } from '../tool.ts';
import {
	certificateText,
	certificateTime,
	hexadecimal,
	type ReadCertificate,
	readCertificate,
} from './certificate.ts';

const failure = (...lines: string[]) => new ToolFailure(lines.join('\n'), 1, true);

/** The first certificate of a file in PEM, standard input where none is named. Throws ToolFailure. */
export async function firstCertificate(call: Call, path = '-'): Promise<ReadCertificate> {
	const shown = path === '-' ? '<stdin>' : path;
	let text: string;
	try {
		text = decode(await call.readAll(path));
	} catch (error) {
		if (!(error instanceof SystemError)) throw error;
		throw failure(
			`Could not open file or uri for loading certificate from ${shown}: ${error.message}`,
			'Unable to load certificate',
		);
	}
	const [body] = certificatesIn(text);
	const certificate = body === undefined ? undefined : readCertificate(decodeBase64(body));
	if (certificate) return certificate;
	throw failure(`Could not read certificate from ${shown}`, 'Unable to load certificate');
}

function fingerprint(der: Uint8Array, kind: string): string {
	const digest = kind === 'sha256' ? createSha256() : createSha1();
	digest.update(der);
	const pairs = digest.digest().toUpperCase().match(/../g) ?? [];
	return `${kind} Fingerprint=${pairs.join(':')}\n`;
}

/** What each option prints, in the order in which they are given. */
const printers: Readonly<Record<string, (certificate: ReadCertificate) => string>> = {
	'-subject': ({ subject }) => `subject=${subject}\n`,
	'-issuer': ({ issuer }) => `issuer=${issuer}\n`,
	'-startdate': ({ notBefore }) => `notBefore=${certificateTime(notBefore)}\n`,
	'-enddate': ({ notAfter }) => `notAfter=${certificateTime(notAfter)}\n`,
	'-dates': ({ notBefore, notAfter }) =>
		`notBefore=${certificateTime(notBefore)}\nnotAfter=${certificateTime(notAfter)}\n`,
	'-serial': ({ serial }) => `serial=${hexadecimal(serial).toUpperCase()}\n`,
	'-text': certificateText,
};
/** Extensions by the names that -ext takes. */
const extensionNames: Readonly<Record<string, string>> = {
	subjectAltName: 'X509v3 Subject Alternative Name',
	basicConstraints: 'X509v3 Basic Constraints',
	keyUsage: 'X509v3 Key Usage',
	extendedKeyUsage: 'X509v3 Extended Key Usage',
};

/** The certificate of -in, as PEM again unless -noout. */
export async function x509(call: Call, args: readonly string[]): Promise<number> {
	let path: string | undefined;
	let printed = true;
	let hash = 'SHA1';
	let seconds: number | undefined;
	const asked: ((certificate: ReadCertificate) => string)[] = [];
	for (let at = 0; at < args.length; at++) {
		const arg = args[at];
		if (arg === '-in') path = args[++at];
		else if (arg === '-noout') printed = false;
		else if (arg === '-inform' || arg === '-outform' || arg === '-nameopt') at++;
		else if (arg === '-sha256' || arg === '-sha1') hash = arg === '-sha256' ? 'sha256' : 'sha1';
		else if (arg === '-fingerprint') asked.push(({ der }) => fingerprint(der, hash));
		else if (arg === '-checkend') seconds = Number(args[++at]);
		else if (arg === '-ext') {
			const names = (args[++at] ?? '').split(',').map((name) => extensionNames[name] ?? name);
			asked.push(({ extensions }) => {
				const found = extensions.filter(({ name }) => names.includes(name));
				if (found.length === 0) return 'No extensions matching in certificate\n';
				return found
					.map(({ name, critical, text }) => `${name}: ${critical ? 'critical' : ''}\n    ${text}\n`)
					.join('');
			});
		} else if (Object.hasOwn(printers, arg)) asked.push(printers[arg]);
		else throw failure(`x509: Unknown option: ${arg}`, 'x509: Use -help for summary.');
	}
	const certificate = await firstCertificate(call, path);
	for (const print of asked) await call.print(print(certificate));
	if (printed) {
		const lines = encodeBase64(certificate.der).match(/.{1,64}/g) ?? [];
		await call.print(`-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`);
	}
	if (seconds === undefined) return 0;
	const expires = certificate.notAfter < call.process.clock.now() + seconds * 1000;
	await call.print(`Certificate will ${expires ? '' : 'not '}expire\n`);
	return expires ? 1 : 0;
}
