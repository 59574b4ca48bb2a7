// Roles and bindings (k8s.io/kubernetes/pkg/apis/rbac/validation).
import type { PolicyRule, RoleRef, Subject } from '../../schema/types.ts';
import { type FieldError, invalidValue, notSupported, required } from '../field-errors.ts';
import { dnsSubdomain } from './names.ts';
import { pathSegment } from './path-segment.ts';

const group = 'rbac.authorization.k8s.io';

export function validateRules(rules: readonly PolicyRule[] = [], namespaced: boolean): FieldError[] {
	return rules.flatMap((rule, index) => validateRule(rule, namespaced, `rules[${index}]`));
}

function validateRule(rule: PolicyRule, namespaced: boolean, field: string): FieldError[] {
	const errors: FieldError[] = [];
	const { verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
	if (verbs.length === 0) errors.push(required(`${field}.verbs`, 'verbs must contain at least one value'));
	if (nonResourceURLs.length > 0) {
		const refuse = (why: string) =>
			errors.push(invalidValue(`${field}.nonResourceURLs`, nonResourceURLs, why));
		if (namespaced) refuse('namespaced rules cannot apply to non-resource URLs');
		if (apiGroups.length > 0 || resources.length > 0 || resourceNames.length > 0)
			refuse('rules cannot apply to both regular resources and non-resource URLs');
		return errors;
	}
	if (apiGroups.length === 0)
		errors.push(required(`${field}.apiGroups`, 'resource rules must supply at least one api group'));
	if (resources.length === 0)
		errors.push(required(`${field}.resources`, 'resource rules must supply at least one resource'));
	return errors;
}

/** `kinds`: what the binding may refer to. */
export function validateBinding(
	{ roleRef, subjects = [] }: { roleRef: RoleRef; subjects?: readonly Subject[] },
	kinds: readonly string[],
): FieldError[] {
	const errors: FieldError[] = [];
	if (roleRef.apiGroup !== group)
		errors.push(notSupported('roleRef.apiGroup', roleRef.apiGroup ?? '', [group]));
	if (!kinds.includes(roleRef.kind)) errors.push(notSupported('roleRef.kind', roleRef.kind ?? '', kinds));
	if (!roleRef.name) errors.push(required('roleRef.name'));
	else
		for (const fault of pathSegment(roleRef.name))
			errors.push(invalidValue('roleRef.name', roleRef.name, fault));
	const namespaced = kinds.includes('Role');
	for (const [index, subject] of subjects.entries())
		errors.push(...validateSubject(subject, namespaced, `subjects[${index}]`));
	return errors;
}

function validateSubject(subject: Subject, namespaced: boolean, field: string): FieldError[] {
	const errors: FieldError[] = [];
	const { kind = '', name = '', apiGroup = '', namespace } = subject;
	if (!name) errors.push(required(`${field}.name`));
	switch (kind) {
		case 'ServiceAccount':
			if (name)
				for (const fault of dnsSubdomain(name)) errors.push(invalidValue(`${field}.name`, name, fault));
			if (apiGroup) errors.push(notSupported(`${field}.apiGroup`, apiGroup, ['']));
			if (!namespaced && !namespace) errors.push(required(`${field}.namespace`));
			break;
		case 'User':
		case 'Group':
			if (apiGroup !== group) errors.push(notSupported(`${field}.apiGroup`, apiGroup, [group]));
			break;
		default:
			errors.push(notSupported(`${field}.kind`, kind, ['ServiceAccount', 'User', 'Group']));
	}
	return errors;
}

/** A binding is of one role for good. */
export function validateRoleRefUpdate(roleRef: RoleRef, old: RoleRef): FieldError[] {
	const { apiGroup, kind, name } = roleRef;
	if (apiGroup === old.apiGroup && kind === old.kind && name === old.name) return [];
	return [invalidValue('roleRef', { APIGroup: apiGroup, Kind: kind, Name: name }, 'cannot change roleRef')];
}

/** Fills in what kubectl leaves out: the group of the role, and of users and groups. */
export function setBindingDefaults(binding: { roleRef?: RoleRef; subjects?: Subject[] }): void {
	if (binding.roleRef) binding.roleRef.apiGroup ||= group;
	for (const subject of binding.subjects ?? [])
		if (subject.kind === 'User' || subject.kind === 'Group') subject.apiGroup ||= group;
}
