// Nobody grants what they may not do themselves
// (https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping).
import { type ApiError, forbidden } from '../../api/errors.ts';
import type { RequestContext } from '../../api/registry.ts';
import type { ClusterRole, PolicyRule, RoleRef } from '../../schema/types.ts';
import { privilegedGroup } from '../user.ts';
import { rbacGroup } from './authorizer.ts';
import { compactRules, describeRule, missingRules, quotedList } from './rules.ts';

export interface Granted {
	/** Of the role or binding. */
	plural: string;
	namespace: string;
	name: string;
}

/** Why the user may not hand these rules on; undefined where they hold them all. */
function refusal(
	{ access, user }: RequestContext,
	{ plural, namespace, name }: Granted,
	rules: readonly PolicyRule[],
): ApiError | undefined {
	const owned = access.authorizer.rulesFor(user, namespace);
	const missing = missingRules(owned.rules, rules);
	if (missing.length === 0) return undefined;
	const told = [...new Set(compactRules(missing).map(describeRule))].sort();
	const errors = owned.errors.length > 0 ? `; resolution errors: [${owned.errors.join(', ')}]` : '';
	return forbidden(
		{ group: rbacGroup, plural },
		name,
		`user ${JSON.stringify(user.username)} (groups=${quotedList(user.groups)}) is attempting to grant RBAC permissions not currently held:\n${told.join('\n')}${errors}`,
	);
}

const may = (
	{ access, user }: RequestContext,
	verb: string,
	plural: string,
	namespace: string,
	name: string,
) =>
	access.authorizer.authorize(user, {
		verb,
		group: rbacGroup,
		resource: plural,
		subresource: '',
		namespace,
		name,
	}).allowed;

const isPrivileged = ({ user }: RequestContext) => user.groups.includes(privilegedGroup);

/** A role's rules must be held by who writes them, or that one must have the verb `escalate`. Throws Forbidden. */
export function checkRole(
	context: RequestContext,
	granted: Granted,
	{ rules = [], aggregationRule }: Pick<ClusterRole, 'rules' | 'aggregationRule'>,
): void {
	const { plural, namespace, name } = granted;
	if (isPrivileged(context) || may(context, 'escalate', plural, namespace, name)) return;
	const refused = refusal(context, granted, rules ?? []);
	if (refused) throw refused;
	// What is aggregated later could be anything.
	const everything = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }];
	if (aggregationRule && refusal(context, { ...granted, namespace: '' }, everything))
		throw forbidden(
			{ group: rbacGroup, plural },
			name,
			'must have cluster-admin privileges to use the aggregationRule',
		);
}

/** A role's rules must be held by who binds it, or that one must have the verb `bind`. Throws Forbidden and NotFound. */
export function checkBinding(context: RequestContext, granted: Granted, roleRef: RoleRef): void {
	if (isPrivileged(context)) return;
	const plural = roleRef.kind === 'ClusterRole' ? 'clusterroles' : 'roles';
	if (may(context, 'bind', plural, granted.namespace, roleRef.name)) return;
	const rules = context.access.authorizer.rulesOf(roleRef, granted.namespace);
	const refused = refusal(context, granted, rules);
	if (refused) throw refused;
}
