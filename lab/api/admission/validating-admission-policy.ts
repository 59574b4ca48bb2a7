// ValidatingAdmissionPolicy: what a cluster's own policies allow
// (https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/). There is no audit log here
// for what a policy would have put down in one.
import type {
	Namespace,
	ValidatingAdmissionPolicy,
	ValidatingAdmissionPolicyBinding,
} from '../../schema/types.ts';
import { ApiError, forbidden } from '../errors.ts';
import { expressionsAreLoaded } from '../expressions/environment.ts';
import { type Denial, denialsOf } from './admission-policy/evaluation.ts';
import { matchesRequest } from './admission-policy/matching.ts';
import { parametersOf } from './admission-policy/parameters.ts';
import { valuesOf } from './admission-policy/variables.ts';
import { type AdmissionPlugin, type AdmissionRequest, refusedName } from './plugin.ts';

export const policiesKey = 'validatingadmissionpolicies.admissionregistration.k8s.io';
const bindingsKey = 'validatingadmissionpolicybindings.admissionregistration.k8s.io';

/** What no policy may be about, lest it locks everybody out. */
const excluded = /^(?:validating|mutating)admissionpolic(?:ies|ybindings)\.admissionregistration\.k8s\.io$/;

const codes: Readonly<Record<string, number>> = { Forbidden: 403, RequestEntityTooLarge: 413 };

function check(request: AdmissionRequest): void {
	const { resource, object, context } = request;
	const policies = context.objects.list<ValidatingAdmissionPolicy>(policiesKey, '');
	if (policies.length === 0 || excluded.test(resource.key)) return;
	const bindings = context.objects.list<ValidatingAdmissionPolicyBinding>(bindingsKey, '');
	const namespace = resource.namespaced
		? context.objects.get<Namespace>('namespaces', '', object.metadata.namespace ?? '')
		: undefined;
	for (const policy of policies) {
		if (!matchesRequest(policy.spec.matchConstraints, request, namespace)) continue;
		if (!expressionsAreLoaded())
			throw forbidden(resource, refusedName(object.metadata), 'not yet ready to handle request');
		for (const binding of bindings)
			if (
				binding.spec.policyName === policy.metadata.name &&
				matchesRequest(binding.spec.matchResources, request, namespace)
			)
				enforce(policy, binding, request, namespace);
	}
}

function enforce(
	policy: ValidatingAdmissionPolicy,
	binding: ValidatingAdmissionPolicyBinding,
	request: AdmissionRequest,
	namespace: Namespace | undefined,
): void {
	const names = [policy.metadata.name, binding.metadata.name].map((name) => `'${name}'`);
	let denials: Denial[];
	try {
		denials = parametersOf(policy, binding, request).flatMap((parameters) =>
			denialsOf(policy, valuesOf(request, namespace, parameters)),
		);
	} catch (error) {
		if (policy.spec.failurePolicy === 'Ignore') return;
		throw refusalOf(names, request, { message: `failed to configure binding: ${(error as Error).message}` });
	}
	const { validationActions } = binding.spec;
	for (const denial of denials) {
		if (validationActions.includes('Deny')) throw refusalOf(names, request, denial);
		if (validationActions.includes('Warn'))
			request.context.warn(
				`Validation failed for ValidatingAdmissionPolicy ${names[0]} with binding ${names[1]}: ${denial.message}`,
			);
	}
}

function refusalOf(
	[policy, binding]: readonly string[],
	{ resource, object }: AdmissionRequest,
	{ message, reason = 'Invalid' }: Denial,
): ApiError {
	const text = `ValidatingAdmissionPolicy ${policy} with binding ${binding} denied request: ${message}`;
	const refusal = forbidden(resource, refusedName(object.metadata) || 'Unknown', text);
	const details = { ...refusal.details, causes: [{ message: text }] };
	return new ApiError(codes[reason] ?? 422, reason, refusal.message, details);
}

export const validatingAdmissionPolicy: AdmissionPlugin = {
	resources: 'all',
	validate: check,
	validateDelete: check,
	validateConnect: check,
};
