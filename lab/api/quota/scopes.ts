// Which pods a quota with scopes is for (https://kubernetes.io/docs/concepts/policy/resource-quotas/#quota-scopes).

import type {
	KubernetesObject,
	PersistentVolumeClaim,
	Pod,
	ResourceQuotaSpec,
	ScopedResourceSelectorRequirement,
} from '../../schema/types.ts';
import { qualityOfService } from '../resources/pod-quality.ts';
import { meetsExpression } from '../selectors/label-selector.ts';

function requirementsOf({
	scopes = [],
	scopeSelector,
}: ResourceQuotaSpec): ScopedResourceSelectorRequirement[] {
	return [
		...scopes.map((scopeName) => ({ scopeName, operator: 'Exists' })),
		...(scopeSelector?.matchExpressions ?? []),
	];
}

/** Whether a term of the pod's affinities looks into other namespaces. */
function crossesNamespaces({ spec }: Pod): boolean {
	const { podAffinity, podAntiAffinity } = spec.affinity ?? {};
	return [podAffinity, podAntiAffinity].some((affinity) =>
		[
			...(affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
			...(affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(
				(term) => term.podAffinityTerm,
			),
		].some((term) => (term.namespaces?.length ?? 0) > 0 || term.namespaceSelector !== undefined),
	);
}

function podMatches(pod: Pod, requirement: ScopedResourceSelectorRequirement): boolean {
	const terminating = (pod.spec.activeDeadlineSeconds ?? -1) >= 0;
	switch (requirement.scopeName) {
		case 'Terminating':
			return terminating;
		case 'NotTerminating':
			return !terminating;
		case 'BestEffort':
			return qualityOfService(pod.spec) === 'BestEffort';
		case 'NotBestEffort':
			return qualityOfService(pod.spec) !== 'BestEffort';
		case 'PriorityClass':
			return meetsExpression(pod.spec.priorityClassName || undefined, requirement);
		case 'CrossNamespacePodAffinity':
			return crossesNamespaces(pod);
		default:
			return false;
	}
}

/** `key`: the object's resource. */
export function quotaMatches(spec: ResourceQuotaSpec, key: string, object: KubernetesObject): boolean {
	return requirementsOf(spec).every((requirement) => {
		if (key === 'pods') return podMatches(object as Pod, requirement);
		if (key !== 'persistentvolumeclaims' || requirement.scopeName !== 'VolumeAttributesClass') return false;
		return meetsExpression(
			(object as PersistentVolumeClaim).spec?.volumeAttributesClassName || undefined,
			requirement,
		);
	});
}
