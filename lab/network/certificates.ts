// Certificates as the simulated network shows them: what a client checks of one, without keys and signatures.
// Who signed it is told by the authority's own certificate, which the client must have among those it trusts.

export interface Certificate {
	/** Common names. */
	subject: string;
	issuer: string;
	/** The host names and addresses that it is for; `*.` stands for one label. */
	names: readonly string[];
	/** The certificate of the authority that signed it, in PEM. */
	authority: string;
	/** Milliseconds since 1970. */
	notBefore: number;
	notAfter: number;
}

/** Why a certificate is not taken. */
export type CertificateFault = 'unknown issuer' | 'not yet valid' | 'expired' | 'other name';

const pemBlock = /-----BEGIN CERTIFICATE-----([\s\S]*?)-----END CERTIFICATE-----/g;

/** The certificates of a PEM file, each as its base64 without white space. */
export function certificatesIn(pem: string): string[] {
	return [...pem.matchAll(pemBlock)].map(([, body]) => body.replace(/\s+/g, ''));
}

function isFor(pattern: string, name: string): boolean {
	if (!pattern.startsWith('*.')) return pattern === name;
	const dot = name.indexOf('.');
	return dot > 0 && name.slice(dot) === pattern.slice(1);
}

/** In the order in which OpenSSL finds it; undefined where the certificate holds. `trusted` is PEM. */
export function faultOf(
	certificate: Certificate,
	{ name, trusted, now }: { name: string; trusted: string; now: number },
): CertificateFault | undefined {
	const [authority] = certificatesIn(certificate.authority);
	if (!certificatesIn(trusted).includes(authority)) return 'unknown issuer';
	if (now < certificate.notBefore) return 'not yet valid';
	if (now > certificate.notAfter) return 'expired';
	const wanted = name.replace(/\.$/, '').toLowerCase();
	return certificate.names.some((pattern) => isFor(pattern, wanted)) ? undefined : 'other name';
}

/** The PEM of an authority that only the lab's own programs know: a name in the place of a key. */
export function simulatedAuthority(name: string): string {
	const lines = btoa(`simulated authority: ${name}`).match(/.{1,64}/g) ?? [];
	return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** Who signs for the hosts outside: what an image's bundle of public authorities holds. */
export const publicAuthority = simulatedAuthority('public');

/** How long the lab's servers' certificates last, before and after they are shown. */
const day = 86_400_000;
const year = 365 * day;

/** A server's certificate by that authority, valid for a year, a day of which is over. */
export function issue(
	authority: { name: string; certificate: string },
	subject: string,
	names: readonly string[],
	now: number,
): Certificate {
	return {
		subject,
		issuer: authority.name,
		names,
		authority: authority.certificate,
		notBefore: now - day,
		notAfter: now - day + year,
	};
}
