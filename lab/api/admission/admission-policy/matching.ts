// Which requests an admission policy, or its binding, is about (k8s.io/apiserver/pkg/admission/plugin/policy/matching).
import type { MatchResources, NamedRuleWithOperations, Namespace } from '../../../schema/types.ts';
import { selectorMatches } from '../../selectors/label-selector.ts';
import type { AdmissionRequest } from '../plugin.ts';

/** `namespace` is the object's own, undefined where it lies in none. */
export function matchesRequest(
	criteria: MatchResources | undefined,
	request: AdmissionRequest,
	namespace: Namespace | undefined,
): boolean {
	if (!criteria) return true;
	const { namespaceSelector, objectSelector, resourceRules = [], excludeResourceRules = [] } = criteria;
	const { resource, object, old } = request;
	const surrounding = resource.key === 'namespaces' ? object : namespace;
	if (
		surrounding &&
		namespaceSelector &&
		!selectorMatches(namespaceSelector, surrounding.metadata.labels ?? {})
	)
		return false;
	if (
		objectSelector &&
		![object, old].some((each) => each && selectorMatches(objectSelector, each.metadata.labels ?? {}))
	)
		return false;
	if (excludeResourceRules.some((rule) => ruleMatches(rule, request))) return false;
	return resourceRules.length === 0 || resourceRules.some((rule) => ruleMatches(rule, request));
}

function ruleMatches(rule: NamedRuleWithOperations, request: AdmissionRequest): boolean {
	const { operation, resource, scope, object } = request;
	const has = (list: readonly string[] | undefined, value: string) =>
		list?.some((each) => each === '*' || each === value) ?? false;
	const { scope: reach = '*', resourceNames = [] } = rule;
	return (
		has(rule.operations, operation.toUpperCase()) &&
		has(rule.apiGroups, resource.group) &&
		has(rule.apiVersions, resource.version) &&
		(rule.resources ?? []).some((each) => {
			const [plural, subresource = ''] = each.split('/');
			return has([plural], resource.plural) && has([subresource], scope);
		}) &&
		(reach === '*' || (reach === 'Namespaced') === resource.namespaced) &&
		(resourceNames.length === 0 || resourceNames.includes(object.metadata.name))
	);
}
