// What RBAC's rules allow, and what they say (https://kubernetes.io/docs/reference/access-authn-authz/rbac/).
import type { PolicyRule } from '../../schema/types.ts';
import type { Attributes } from '../access.ts';

const has = (list: readonly string[] | undefined, value: string) =>
	list !== undefined && (list.includes('*') || list.includes(value));

const resourceMatches = (rule: PolicyRule, resource: string, subresource: string) => {
	if (has(rule.resources, subresource ? `${resource}/${subresource}` : resource)) return true;
	return subresource !== '' && (rule.resources?.includes(`*/${subresource}`) ?? false);
};

/** `/healthz/*` covers all below it. */
const pathMatches = (pattern: string, path: string) =>
	pattern === '*' ||
	pattern === path ||
	(pattern.endsWith('*') && path.startsWith(pattern.replace(/\*+$/, '')));

export function ruleAllows(rule: PolicyRule, attributes: Attributes): boolean {
	if (!has(rule.verbs, attributes.verb)) return false;
	const { path, group = '', resource = '', subresource = '', name = '' } = attributes;
	if (path !== undefined) return rule.nonResourceURLs?.some((pattern) => pathMatches(pattern, path)) ?? false;
	return (
		has(rule.apiGroups, group) &&
		resourceMatches(rule, resource, subresource) &&
		(!rule.resourceNames?.length || rule.resourceNames.includes(name))
	);
}

/** A rule taken apart into the smallest ones that together say the same. */
function atoms(rule: PolicyRule): PolicyRule[] {
	const { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
	const names = resourceNames.length > 0 ? resourceNames : [undefined];
	return [
		...apiGroups.flatMap((group) =>
			resources.flatMap((resource) =>
				verbs.flatMap((verb) =>
					names.map((name) => ({
						apiGroups: [group],
						resources: [resource],
						...(name !== undefined && { resourceNames: [name] }),
						verbs: [verb],
					})),
				),
			),
		),
		...nonResourceURLs.flatMap((url) => verbs.map((verb) => ({ nonResourceURLs: [url], verbs: [verb] }))),
	];
}

function covers(owned: PolicyRule, atom: PolicyRule): boolean {
	if (!has(owned.verbs, atom.verbs[0])) return false;
	if (atom.nonResourceURLs)
		return owned.nonResourceURLs?.some((pattern) => pathMatches(pattern, atom.nonResourceURLs![0])) ?? false;
	const [resource, subresource = ''] = atom.resources![0].split('/');
	const names = owned.resourceNames ?? [];
	return (
		has(owned.apiGroups, atom.apiGroups![0]) &&
		resourceMatches(owned, resource, subresource) &&
		(names.length === 0 || (atom.resourceNames?.every((name) => names.includes(name)) ?? false))
	);
}

/** What of `wanted` the rules `owned` do not cover, in its smallest parts. */
export function missingRules(owned: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] {
	return wanted.flatMap(atoms).filter((atom) => !owned.some((rule) => covers(rule, atom)));
}

/** Rules of one resource, and of nothing but it, that differ in their verbs only become one. */
export function compactRules(rules: readonly PolicyRule[]): PolicyRule[] {
	const others: PolicyRule[] = [];
	const simple = new Map<string, PolicyRule>();
	for (const rule of rules) {
		const { apiGroups, resources, resourceNames, nonResourceURLs, verbs } = rule;
		if (resourceNames?.length || nonResourceURLs?.length) {
			others.push(rule);
			continue;
		}
		const key = `${resources?.[0]}.${apiGroups?.[0]}`;
		const known = simple.get(key);
		if (known) known.verbs.push(...verbs);
		else simple.set(key, { ...rule, verbs: [...verbs] });
	}
	return [...others, ...simple.values()];
}

/** A list of strings as Go's %q writes it. */
export const quotedList = (values: readonly string[]) =>
	`[${values.map((value) => JSON.stringify(value)).join(' ')}]`;

/** A rule in one line: `{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}`. */
export function describeRule(rule: PolicyRule): string {
	const parts = [
		['APIGroups', rule.apiGroups],
		['Resources', rule.resources],
		['NonResourceURLs', rule.nonResourceURLs],
		['ResourceNames', rule.resourceNames],
		['Verbs', rule.verbs],
	] as const;
	const told = parts.flatMap(([name, values]) => (values?.length ? [`${name}:${quotedList(values)}`] : []));
	return `{${told.join(', ')}}`;
}
