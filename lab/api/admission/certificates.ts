// CertificateApproval, CertificateSigning and CertificateSubjectRestriction: who may approve and sign for a
// signer, and whom no certificate is made out to.
import { parseCertificateRequest } from '../../auth/certificate-request.ts';
import { privilegedGroup } from '../../auth/user.ts';
import type { CertificateSigningRequest } from '../../schema/types.ts';
import { deepEqual } from '../deep-equal.ts';
import { forbidden } from '../errors.ts';
import type { AdmissionPlugin, AdmissionRequest } from './plugin.ts';

const group = 'certificates.k8s.io';
const clientSigner = 'kubernetes.io/kube-apiserver-client';

/** For a signer itself, or for all of its domain (`example.com/*`). Throws Forbidden. */
function checkSigner(
	{ resource, object, context }: AdmissionRequest,
	verb: string,
	signerName: string,
): void {
	const { authorizer } = context.access;
	const [domain] = signerName.split('/');
	const may = [signerName, `${domain}/*`].some(
		(name) => authorizer.authorize(context.user, { verb, group, resource: 'signers', name }).allowed,
	);
	if (!may)
		throw forbidden(
			resource,
			object.metadata.name,
			`user not permitted to ${verb} requests with signerName ${JSON.stringify(signerName)}`,
		);
}

export const certificates: AdmissionPlugin = {
	resources: ['certificatesigningrequests.certificates.k8s.io'],
	validate(request) {
		const { resource, scope, operation, old } = request;
		const { spec, status, metadata } = request.object as CertificateSigningRequest;
		const before = (old as CertificateSigningRequest | undefined)?.status;
		if (scope === 'approval' && !deepEqual(status?.conditions, before?.conditions))
			checkSigner(request, 'approve', spec.signerName);
		if (scope === 'status' && !deepEqual(status, before)) checkSigner(request, 'sign', spec.signerName);
		if (operation !== 'create' || spec.signerName !== clientSigner) return;
		if (parseCertificateRequest(atob(spec.request)).organisations.includes(privilegedGroup))
			throw forbidden(
				resource,
				metadata.name,
				`use of ${clientSigner} signer with ${privilegedGroup} group is not allowed`,
			);
	},
};
