// Role based access control: what roles and bindings allow a user. There is no deny: what no rule allows is
// refused (https://kubernetes.io/docs/reference/access-authn-authz/rbac/).
import type { Client } from '../../api/client.ts';
import { notFound } from '../../api/errors.ts';
import type { UserInfo } from '../../api/http.ts';
import type {
	ClusterRole,
	ClusterRoleBinding,
	PolicyRule,
	Role,
	RoleBinding,
	Subject,
} from '../../schema/types.ts';
import type { Attributes, Authorizer, Decision } from '../access.ts';
import { privilegedGroup, serviceAccountUsername } from '../user.ts';
import { ruleAllows } from './rules.ts';

export const rbacGroup = 'rbac.authorization.k8s.io';

type Binding = RoleBinding | ClusterRoleBinding;
/** A binding with the first of its subjects that a user or group goes by, and its place in the list. */
interface Grant {
	binding: Binding;
	subject: Subject;
	order: number;
}
type GrantIndex = ReadonlyMap<string, readonly Grant[]>;

/** Users and groups by names that cannot be taken for each other. */
const userKey = (name: string) => `user ${name}`;
const groupKey = (name: string) => `group ${name}`;

function keyOf(subject: Subject, namespace: string): string | undefined {
	switch (subject.kind) {
		case 'User':
			return userKey(subject.name);
		case 'Group':
			return groupKey(subject.name);
		case 'ServiceAccount': {
			const home = subject.namespace || namespace;
			return home ? userKey(serviceAccountUsername(home, subject.name)) : undefined;
		}
		default:
			return undefined;
	}
}

function indexed(bindings: readonly Binding[], namespace: string): GrantIndex {
	const index = new Map<string, Grant[]>();
	for (const [order, binding] of bindings.entries()) {
		const keys = new Set<string>();
		for (const subject of binding.subjects ?? []) {
			const key = keyOf(subject, namespace);
			if (key === undefined || keys.has(key)) continue;
			keys.add(key);
			const known = index.get(key);
			if (known) known.push({ binding, subject, order });
			else index.set(key, [{ binding, subject, order }]);
		}
	}
	return index;
}

const everything: PolicyRule[] = [
	{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
	{ verbs: ['*'], nonResourceURLs: ['*'] },
];

const described = ({ kind, namespace, name }: Subject, home: string) => {
	const shown = kind === 'ServiceAccount' ? `${name}/${namespace || home}` : name;
	return `${kind} ${JSON.stringify(shown)}`;
};

function describeGrant({ binding, subject }: Grant): string {
	const { name, namespace } = binding.metadata;
	const [kind, shown] = namespace ? ['RoleBinding', `${name}/${namespace}`] : ['ClusterRoleBinding', name];
	const { roleRef } = binding;
	return `${kind} ${JSON.stringify(shown)} of ${roleRef.kind} ${JSON.stringify(roleRef.name)} to ${described(subject, namespace ?? '')}`;
}

/**
 * Decides by the stored roles and bindings. The store gives the same list until something in it changes, so
 * an index of one holds as long as the list does, and a decision costs a few look-ups.
 */
export function createRbacAuthorizer(objects: Pick<Client, 'get' | 'list'>): Authorizer {
	const indexes = new WeakMap<readonly Binding[], GrantIndex>();
	const indexOf = (resource: string, namespace: string): GrantIndex => {
		const bindings = objects.list<Binding>(`${resource}.${rbacGroup}`, namespace);
		let index = indexes.get(bindings);
		if (!index) {
			index = indexed(bindings, namespace);
			indexes.set(bindings, index);
		}
		return index;
	};

	const grantsIn = (index: GrantIndex, user: UserInfo): readonly Grant[] => {
		const found = [userKey(user.username), ...user.groups.map(groupKey)].flatMap(
			(key) => index.get(key) ?? [],
		);
		if (found.length < 2) return found;
		const byBinding = new Map(found.map((grant) => [grant.binding, grant]));
		return [...byBinding.values()].sort((a, b) => a.order - b.order);
	};

	const grantsFor = (user: UserInfo, namespace: string): readonly Grant[] => {
		const grants = grantsIn(indexOf('clusterrolebindings', ''), user);
		return namespace ? [...grants, ...grantsIn(indexOf('rolebindings', namespace), user)] : grants;
	};

	const rulesOf = (role: { kind: string; name: string }, namespace: string): readonly PolicyRule[] => {
		const clusterWide = role.kind === 'ClusterRole';
		const found = clusterWide
			? objects.get<ClusterRole>(`clusterroles.${rbacGroup}`, '', role.name)
			: objects.get<Role>(`roles.${rbacGroup}`, namespace, role.name);
		// The server's listers name the resource in the singular here.
		if (!found) throw notFound({ group: rbacGroup, plural: clusterWide ? 'clusterrole' : 'role' }, role.name);
		return found.rules ?? [];
	};

	/** Each rule that speaks for the user, until `visit` gives true. */
	const visitRules = (
		user: UserInfo,
		namespace: string,
		visit: (rule: PolicyRule, grant: Grant) => boolean,
	): string[] => {
		const errors: string[] = [];
		for (const grant of grantsFor(user, namespace)) {
			let rules: readonly PolicyRule[];
			try {
				rules = rulesOf(grant.binding.roleRef, grant.binding.metadata.namespace ?? '');
			} catch (error) {
				errors.push((error as Error).message);
				continue;
			}
			if (rules.some((rule) => visit(rule, grant))) break;
		}
		return errors;
	};

	return {
		rulesOf,
		authorize(user, attributes: Attributes): Decision {
			if (user.groups.includes(privilegedGroup)) return { allowed: true, reason: '' };
			let by: Grant | undefined;
			const errors = visitRules(user, attributes.namespace ?? '', (rule, grant) => {
				if (ruleAllows(rule, attributes)) by = grant;
				return by !== undefined;
			});
			if (by) {
				const grant = by;
				return {
					allowed: true,
					// Only reviews ask for it.
					get reason() {
						return `RBAC: allowed by ${describeGrant(grant)}`;
					},
				};
			}
			return { allowed: false, reason: errors.length > 0 ? `RBAC: ${aggregated(errors)}` : '' };
		},
		rulesFor(user, namespace) {
			const rules: PolicyRule[] = user.groups.includes(privilegedGroup) ? [...everything] : [];
			const errors = visitRules(user, namespace, (rule) => {
				rules.push(rule);
				return false;
			});
			return { rules, errors };
		},
	};
}

/** Several errors as the server writes them in one. */
export const aggregated = (errors: readonly string[]) =>
	errors.length === 1 ? errors[0] : `[${[...new Set(errors)].join(', ')}]`;
