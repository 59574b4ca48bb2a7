// Says in the status of each admission policy what its expressions get wrong about the kinds that it is about
// (kube-controller-manager's validatingadmissionpolicy-status-controller).
import { expressionWarnings } from '../api/admission/admission-policy/type-checking.ts';
import { expressionsAreLoaded, loadExpressions } from '../api/expressions/environment.ts';
import type { Resource } from '../api/registry.ts';
import { inBackground } from '../report-fault.ts';
import type { ValidatingAdmissionPolicy } from '../schema/types.ts';
import { queueController, type StartController } from './controller.ts';
import { createWorkQueue } from './work-queue.ts';

const resource = 'validatingadmissionpolicies.admissionregistration.k8s.io';

/** `kinds`: what the server serves. */
export const startValidatingAdmissionPolicyController =
	(kinds: { readonly all: readonly Resource[] }): StartController =>
	({ client, clock }) => {
		const queue = createWorkQueue({
			name: 'validating-admission-policy',
			clock,
			reconcile(name) {
				const policy = client.get<ValidatingAdmissionPolicy>(resource, '', name);
				const { generation } = policy?.metadata ?? {};
				if (!policy || policy.status?.observedGeneration === generation) return;
				if (!expressionsAreLoaded()) {
					const loaded = clock.outside(loadExpressions()).then(() => queue.add(name));
					return inBackground(`admission policy ${name}`, loaded);
				}
				const warnings = expressionWarnings(policy, kinds.all);
				client.updateStatus<ValidatingAdmissionPolicy>(resource, {
					...policy,
					status: {
						...policy.status,
						observedGeneration: generation,
						typeChecking: warnings.length > 0 ? { expressionWarnings: warnings } : {},
					},
				});
			},
		});
		const end = client.watch<ValidatingAdmissionPolicy>(resource, ({ type, object }) => {
			if (type !== 'DELETED') queue.add(object.metadata.name);
		});
		return queueController(queue, [end]);
	};
