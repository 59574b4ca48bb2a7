// What a kubelet may ask of its two signers: a certificate to call the API server with, and one to serve with
// (https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#kubernetes-signers).
import type { AlternativeName, CertificateRequest } from '../auth/certificate-request.ts';

export const kubeletClientSigner = 'kubernetes.io/kube-apiserver-client-kubelet';
export const kubeletServingSigner = 'kubernetes.io/kubelet-serving';

/** The usages are these, or these without key encipherment, which only RSA keys have. */
function usageRefusal(usages: readonly string[], purpose: string): string | undefined {
	const required = ['digital signature', 'key encipherment', purpose].sort();
	const given = new Set(usages);
	const without = required.filter((usage) => usage !== 'key encipherment');
	const same = (wanted: readonly string[]) =>
		wanted.length === given.size && wanted.every((usage) => given.has(usage));
	return same(required) || same(without) ? undefined : `usages did not match [${required.join(' ')}]`;
}

const named = ({ alternativeNames }: CertificateRequest, ...kinds: AlternativeName['kind'][]) =>
	alternativeNames.some(({ kind }) => kinds.includes(kind));

const organisationRefusal = ({ organisations }: CertificateRequest) =>
	organisations.length === 1 && organisations[0] === 'system:nodes'
		? undefined
		: 'subject organization is not system:nodes';

const commonNameRefusal = ({ commonName }: CertificateRequest) =>
	commonName.startsWith('system:node:') ? undefined : 'subject common name does not begin with system:node:';

/** Why a request is not one for a kubelet's client certificate; undefined where it is. */
export function kubeletClientRefusal(
	request: CertificateRequest,
	usages: readonly string[],
): string | undefined {
	return (
		organisationRefusal(request) ??
		(named(request, 'dns') ? 'DNS subjectAltNames are not allowed' : undefined) ??
		(named(request, 'email') ? 'Email subjectAltNames are not allowed' : undefined) ??
		(named(request, 'ip') ? 'IP subjectAltNames are not allowed' : undefined) ??
		(named(request, 'uri') ? 'URI subjectAltNames are not allowed' : undefined) ??
		commonNameRefusal(request) ??
		usageRefusal(usages, 'client auth')
	);
}

/** Why a request is not one for a kubelet's serving certificate; undefined where it is. */
export function kubeletServingRefusal(
	request: CertificateRequest,
	usages: readonly string[],
): string | undefined {
	return (
		organisationRefusal(request) ??
		(named(request, 'dns', 'ip') ? undefined : 'DNS or IP subjectAltName is required') ??
		(named(request, 'email') ? 'Email subjectAltNames are not allowed' : undefined) ??
		(named(request, 'uri') ? 'URI subjectAltNames are not allowed' : undefined) ??
		usageRefusal(usages, 'server auth') ??
		commonNameRefusal(request)
	);
}
