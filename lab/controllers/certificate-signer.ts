// Signs approved requests for Kubernetes' own signers: client certificates of the API server, and kubelets'
// (https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#kubernetes-signers).
import {
	type CertificateRequest,
	type CertificateSigner,
	parseCertificateRequest,
} from '../auth/certificate-request.ts';
import { formatTime } from '../schema/time.ts';
import type { CertificateSigningRequest } from '../schema/types.ts';
import { queueController, type StartController } from './controller.ts';
import {
	kubeletClientRefusal,
	kubeletClientSigner,
	kubeletServingRefusal,
	kubeletServingSigner,
} from './kubelet-certificates.ts';
import { createWorkQueue } from './work-queue.ts';

const resource = 'certificatesigningrequests.certificates.k8s.io';
/** kube-controller-manager's --cluster-signing-duration. */
const longestSeconds = 365 * 24 * 60 * 60;
const allowedUsages = ['digital signature', 'key encipherment', 'client auth'];

function clientRefusal(_: CertificateRequest, usages: readonly string[]): string | undefined {
	const wrong = usages.find((usage) => !allowedUsages.includes(usage));
	if (wrong !== undefined) return `invalid usage for client certificate: ${wrong}`;
	return usages.includes('client auth')
		? undefined
		: 'missing required usage for client certificate: client auth';
}

/** By signer: why a request is not one that it signs; undefined where it is. */
const refusals: Readonly<Record<string, typeof clientRefusal>> = {
	'kubernetes.io/kube-apiserver-client': clientRefusal,
	[kubeletClientSigner]: kubeletClientRefusal,
	[kubeletServingSigner]: kubeletServingRefusal,
};

export const startCertificateSigner =
	(sign: CertificateSigner): StartController =>
	({ client, clock }) => {
		const queue = createWorkQueue({
			name: 'certificate-signer',
			clock,
			reconcile(name) {
				const request = client.get<CertificateSigningRequest>(resource, '', name);
				const refusalOf = refusals[request?.spec.signerName ?? ''];
				if (!request || !refusalOf || request.status?.certificate) return;
				const { spec, status = {} } = request;
				const types = (status.conditions ?? []).map(({ type }) => type);
				if (!types.includes('Approved') || types.includes('Denied') || types.includes('Failed')) return;
				const fail = (message: string) => {
					const now = formatTime(clock.now());
					const condition = {
						type: 'Failed',
						status: 'True',
						reason: 'SignerValidationFailure',
						message,
						lastUpdateTime: now,
						lastTransitionTime: now,
					};
					const conditions = [...(status.conditions ?? []), condition];
					client.updateStatus<CertificateSigningRequest>(resource, {
						...request,
						status: { ...status, conditions },
					});
				};
				let certificate: string;
				try {
					const asked = parseCertificateRequest(atob(spec.request));
					const refusal = refusalOf(asked, spec.usages ?? []);
					if (refusal) return fail(refusal);
					const seconds = Math.min(spec.expirationSeconds ?? longestSeconds, longestSeconds);
					certificate = sign(asked, {
						seconds,
						usages: spec.usages ?? [],
					});
				} catch (error) {
					return fail((error as Error).message);
				}
				client.updateStatus<CertificateSigningRequest>(resource, {
					...request,
					status: { ...status, certificate: btoa(certificate) },
				});
			},
		});
		const end = client.watch<CertificateSigningRequest>(resource, ({ type, object }) => {
			if (type !== 'DELETED') queue.add(object.metadata.name);
		});
		return queueController(queue, [end]);
	};
