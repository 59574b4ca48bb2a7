// Approves the client certificates of kubelets for who may have them: a node that joins, and a node that renews its
// own (kube-controller-manager's csrapproving). Nothing else is approved by itself, serving certificates neither
// (https://kubernetes.io/docs/reference/access-authn-authz/kubelet-tls-bootstrapping/#approval).
import { type CertificateRequest, parseCertificateRequest } from '../auth/certificate-request.ts';
import { formatTime } from '../schema/time.ts';
import type { CertificateSigningRequest, SubjectAccessReview } from '../schema/types.ts';
import { queueController, type StartController } from './controller.ts';
import { kubeletClientRefusal, kubeletClientSigner } from './kubelet-certificates.ts';
import { createWorkQueue } from './work-queue.ts';

const resource = 'certificatesigningrequests.certificates.k8s.io';

const approvals: readonly {
	subresource: string;
	recognizes(asker: string | undefined, request: CertificateRequest): boolean;
	message: string;
}[] = [
	{
		subresource: 'selfnodeclient',
		recognizes: (asker, { commonName }) => asker === commonName,
		message: 'Auto approving self kubelet client certificate after SubjectAccessReview.',
	},
	{
		subresource: 'nodeclient',
		recognizes: () => true,
		message: 'Auto approving kubelet client certificate after SubjectAccessReview.',
	},
];

export const startCertificateApprover: StartController = ({ client, clock }) => {
	const isAllowed = ({ spec }: CertificateSigningRequest, subresource: string): boolean => {
		const { username, uid, groups, extra } = spec;
		const review = client.create<SubjectAccessReview>('subjectaccessreviews.authorization.k8s.io', {
			apiVersion: 'authorization.k8s.io/v1',
			kind: 'SubjectAccessReview',
			metadata: {},
			spec: {
				user: username,
				uid,
				groups,
				extra,
				resourceAttributes: {
					group: 'certificates.k8s.io',
					resource: 'certificatesigningrequests',
					verb: 'create',
					subresource,
				},
			},
		});
		return review.status?.allowed ?? false;
	};
	const queue = createWorkQueue({
		name: 'certificate-approver',
		clock,
		reconcile(name) {
			const object = client.get<CertificateSigningRequest>(resource, '', name);
			if (object?.spec.signerName !== kubeletClientSigner || object.status?.certificate) return;
			const conditions = object.status?.conditions ?? [];
			if (conditions.some(({ type }) => type === 'Approved' || type === 'Denied')) return;
			const request = parseCertificateRequest(atob(object.spec.request));
			if (kubeletClientRefusal(request, object.spec.usages ?? [])) return;
			const approval = approvals.find(
				({ recognizes, subresource }) =>
					recognizes(object.spec.username, request) && isAllowed(object, subresource),
			);
			if (!approval) return;
			const now = formatTime(clock.now());
			const approved = {
				type: 'Approved',
				status: 'True',
				reason: 'AutoApproved',
				message: approval.message,
				lastUpdateTime: now,
				lastTransitionTime: now,
			};
			client.update<CertificateSigningRequest>(`${resource}/approval`, {
				...object,
				status: { ...object.status, conditions: [...conditions, approved] },
			});
		},
	});
	const end = client.watch<CertificateSigningRequest>(resource, ({ type, object }) => {
		if (type !== 'DELETED') queue.add(object.metadata.name);
	});
	return queueController(queue, [end]);
};
