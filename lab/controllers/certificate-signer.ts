// Signs approved requests for client certificates of the API server
// (https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#kubernetes-signers).
import { type CertificateSigner, parseCertificateRequest } from '../auth/certificate-request.ts';
import { formatTime } from '../schema/time.ts';
import type { CertificateSigningRequest } from '../schema/types.ts';
import type { StartController } from './controller.ts';
import { createWorkQueue } from './work-queue.ts';

const resource = 'certificatesigningrequests.certificates.k8s.io';
const signerName = 'kubernetes.io/kube-apiserver-client';
/** kube-controller-manager's --cluster-signing-duration. */
const longestSeconds = 365 * 24 * 60 * 60;
const allowedUsages = ['digital signature', 'key encipherment', 'client auth'];

/** Why a request is not one that this signer signs; undefined where it is. */
function refusalOf({ spec: { usages = [] } }: CertificateSigningRequest): string | undefined {
	if (usages.some((usage) => !allowedUsages.includes(usage)))
		return `invalid usage for client certificate: ${usages.join(', ')}`;
	return usages.includes('client auth') ? undefined : 'usages must include "client auth"';
}

export const startCertificateSigner =
	(sign: CertificateSigner): StartController =>
	({ client, clock }) => {
		const queue = createWorkQueue({
			name: 'certificate-signer',
			clock,
			reconcile(name) {
				const request = client.get<CertificateSigningRequest>(resource, '', name);
				if (request?.spec.signerName !== signerName || request.status?.certificate) return;
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
				const refusal = refusalOf(request);
				if (refusal) return fail(refusal);
				let certificate: string;
				try {
					const seconds = Math.min(spec.expirationSeconds ?? longestSeconds, longestSeconds);
					certificate = sign(parseCertificateRequest(atob(spec.request)), {
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
		return {
			drain: queue.drain,
			stop() {
				end();
				queue.stop();
			},
		};
	};
