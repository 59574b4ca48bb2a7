// Which requests an admission policy is about, and its parameters (pkg/apis/admissionregistration/validation).
import type { MatchResources, NamedRuleWithOperations, ParamKind, ParamRef } from '../../schema/types.ts';
import {
	duplicate,
	type FieldError,
	forbiddenField,
	invalidValue,
	notSupported,
	required,
} from '../field-errors.ts';
import { validateLabelSelector } from './metadata.ts';
import { dns1035Label, dnsSubdomain } from './names.ts';
import { pathSegment } from './path-segment.ts';

/** Fills in what was left out. */
export function setMatchDefaults(match: MatchResources | undefined): void {
	if (!match) return;
	match.matchPolicy ??= 'Equivalent';
	match.namespaceSelector ??= {};
	match.objectSelector ??= {};
	for (const rule of [...(match.resourceRules ?? []), ...(match.excludeResourceRules ?? [])])
		rule.scope ??= '*';
}

export function validateMatchResources(match: MatchResources | undefined, field: string): FieldError[] {
	if (!match) return [];
	const policies = ['Equivalent', 'Exact'];
	const errors: FieldError[] = [];
	if (match.matchPolicy && !policies.includes(match.matchPolicy))
		errors.push(notSupported(`${field}.matchPolicy`, match.matchPolicy, policies));
	errors.push(...validateLabelSelector(match.namespaceSelector, `${field}.namespaceSelector`));
	errors.push(...validateLabelSelector(match.objectSelector, `${field}.objectSelector`));
	for (const list of ['resourceRules', 'excludeResourceRules'] as const)
		(match[list] ?? []).forEach((rule, index) => {
			errors.push(...validateRule(rule, `${field}.${list}[${index}]`));
		});
	return errors;
}

const operations = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const scopes = ['*', 'Cluster', 'Namespaced'];

function validateRule(rule: NamedRuleWithOperations, field: string): FieldError[] {
	const errors: FieldError[] = [];
	const seen = new Set<string>();
	(rule.resourceNames ?? []).forEach((name, index) => {
		const at = `${field}.resourceNames[${index}]`;
		for (const fault of pathSegment(name)) errors.push(invalidValue(at, name, fault));
		if (seen.has(name)) errors.push(duplicate(at, name));
		seen.add(name);
	});
	const alone = (name: 'operations' | 'apiGroups' | 'apiVersions', others: string) => {
		const list = rule[name] ?? [];
		if (list.length === 0) errors.push(required(`${field}.${name}`));
		if (list.length > 1 && list.includes('*'))
			errors.push(
				invalidValue(`${field}.${name}`, list, `if '*' is present, must not specify other ${others}`),
			);
	};
	alone('operations', 'operations');
	(rule.operations ?? []).forEach((operation, index) => {
		if (!operations.includes(operation))
			errors.push(notSupported(`${field}.operations[${index}]`, operation, operations));
	});
	alone('apiGroups', 'API groups');
	alone('apiVersions', 'API versions');
	(rule.apiVersions ?? []).forEach((version, index) => {
		if (!version) errors.push(required(`${field}.apiVersions[${index}]`));
	});
	if (!rule.resources?.length) errors.push(required(`${field}.resources`));
	(rule.resources ?? []).forEach((resource, index) => {
		if (!resource) errors.push(required(`${field}.resources[${index}]`));
	});
	if (rule.scope && !scopes.includes(rule.scope))
		errors.push(notSupported(`${field}.scope`, rule.scope, scopes));
	return errors;
}

export function validateParamKind({ apiVersion = '', kind = '' }: ParamKind, field: string): FieldError[] {
	const errors: FieldError[] = [];
	const [first, second, ...more] = apiVersion.split('/');
	const [group, version] = second === undefined ? ['', first] : [first, second];
	if (!apiVersion) errors.push(required(`${field}.apiVersion`));
	else if (more.length > 0)
		errors.push(
			invalidValue(`${field}.apiVersion`, apiVersion, `unexpected GroupVersion string: ${apiVersion}`),
		);
	else {
		for (const fault of group ? dnsSubdomain(group) : [])
			errors.push(invalidValue(`${field}.apiVersion`, group, fault));
		const faults = version ? dns1035Label(version) : ['version must be specified'];
		if (faults.length > 0)
			errors.push(invalidValue(`${field}.apiVersion`, version || apiVersion, faults.join(',')));
	}
	const faults = kind ? dns1035Label(kind.toLowerCase()) : [];
	if (!kind) errors.push(required(`${field}.kind`));
	else if (faults.length > 0)
		errors.push(
			invalidValue(
				`${field}.kind`,
				kind,
				`may have mixed case, but should otherwise match: ${faults.join(',')}`,
			),
		);
	return errors;
}

export function validateParamRef(reference: ParamRef | undefined, field: string): FieldError[] {
	if (!reference) return [];
	const { name, selector, parameterNotFoundAction: action } = reference;
	const errors: FieldError[] = [];
	const exclusive = 'name and selector are mutually exclusive';
	for (const fault of name ? pathSegment(name) : []) errors.push(invalidValue(`${field}.name`, name, fault));
	if (name && selector) errors.push(forbiddenField(`${field}.name`, exclusive));
	errors.push(...validateLabelSelector(selector, `${field}.selector`));
	if (name && selector) errors.push(forbiddenField(`${field}.selector`, exclusive));
	if (!name && !selector) errors.push(required(field, 'one of name or selector must be specified'));
	if (!action) errors.push(required(`${field}.parameterNotFoundAction`));
	else if (action !== 'Deny' && action !== 'Allow')
		errors.push(notSupported(`${field}.parameterNotFoundAction`, action, ['Deny', 'Allow']));
	return errors;
}
