// The roles and bindings that kube-apiserver makes when it starts (its hook rbac/bootstrap-roles).
import { type Random, randomUuid } from '../../../random.ts';
import { decode } from '../../../schema/decode.ts';
import { structOfKind } from '../../../schema/facts.ts';
import type {
	ClusterRole,
	ClusterRoleBinding,
	Draft,
	KubernetesObject,
	PolicyRule,
	Role,
	RoleBinding,
	Subject,
} from '../../../schema/types.ts';
import { freezeDeeply } from '../../../store/freeze.ts';
import type { Store } from '../../../store/store.ts';
import { everyoneAuthenticated, everyoneUnauthenticated, privilegedGroup } from '../../user.ts';
import { rbacGroup } from '../authorizer.ts';
import { componentRoles } from './component-roles.ts';
import { controllerRoles } from './controller-roles.ts';
import { kubeadmPolicy } from './kubeadm.ts';
import { allow, recordEvents } from './rule.ts';
import { account, group, user } from './subject.ts';
import { aggregatedInto, aggregatedRoles, userRoles } from './user-roles.ts';

const apiVersion = `${rbacGroup}/v1`;
const annotations = { 'rbac.authorization.kubernetes.io/autoupdate': 'true' };
const labels = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };

const role = (name: string, rules: readonly PolicyRule[], more: object = {}): Draft<ClusterRole> => {
	const target = aggregatedInto[name];
	return {
		apiVersion,
		kind: 'ClusterRole',
		metadata: {
			name,
			annotations,
			labels: { ...labels, ...(target && { [aggregatedRoles[target]]: 'true' }) },
		},
		rules: [...rules],
		...more,
	};
};

/** What an aggregated role is made of, as the controller for it would find it. */
const partsOf = (target: string): PolicyRule[] =>
	Object.keys(aggregatedInto)
		.filter((name) => aggregatedInto[name] === target)
		.sort()
		.flatMap((name) => (name in aggregatedRoles ? partsOf(name) : [...userRoles[name]]));

const aggregatedRole = ([name, label]: [string, string]) =>
	role(name, partsOf(name), {
		aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [label]: 'true' } }] },
	});

const binding = (name: string, subjects: Subject[], roleName = name): Draft<ClusterRoleBinding> => ({
	apiVersion,
	kind: 'ClusterRoleBinding',
	metadata: { name, annotations, labels },
	roleRef: { apiGroup: rbacGroup, kind: 'ClusterRole', name: roleName },
	...(subjects.length > 0 && { subjects }),
});

const clusterRoles = (): Draft<ClusterRole>[] => [
	...Object.entries(aggregatedRoles).map(aggregatedRole),
	...Object.entries({ ...userRoles, ...componentRoles }).map(([name, rules]) => role(name, rules)),
	...Object.entries(controllerRoles).map(([name, rules]) => role(`system:controller:${name}`, rules)),
];

const clusterRoleBindings = (): Draft<ClusterRoleBinding>[] => [
	binding('cluster-admin', [group(privilegedGroup)]),
	binding('system:basic-user', [group(everyoneAuthenticated)]),
	binding('system:discovery', [group(everyoneAuthenticated)]),
	binding('system:public-info-viewer', [group(everyoneAuthenticated), group(everyoneUnauthenticated)]),
	binding('system:monitoring', [group('system:monitoring')]),
	binding('system:service-account-issuer-discovery', [group('system:serviceaccounts')]),
	binding('system:kube-controller-manager', [user('system:kube-controller-manager')]),
	binding('system:kube-dns', [account('kube-dns')]),
	binding('system:kube-scheduler', [user('system:kube-scheduler')]),
	binding('system:volume-scheduler', [user('system:kube-scheduler')]),
	binding('system:node', []),
	binding('system:node-proxier', [user('system:kube-proxy')]),
	...Object.keys(controllerRoles).map((name) => binding(`system:controller:${name}`, [account(name)])),
];

const namespaced = (name: string, namespace: string) => ({ name, namespace, annotations, labels });

const roleIn = (namespace: string, name: string, rules: PolicyRule[]): Draft<Role> => ({
	apiVersion,
	kind: 'Role',
	metadata: namespaced(name, namespace),
	rules,
});

const bindingIn = (
	namespace: string,
	name: string,
	roleName: string,
	subjects: Subject[],
): Draft<RoleBinding> => ({
	apiVersion,
	kind: 'RoleBinding',
	metadata: namespaced(name, namespace),
	roleRef: { apiGroup: rbacGroup, kind: 'Role', name: roleName },
	subjects,
});

const leaderLocking = [
	allow('create get list update watch', 'coordination.k8s.io', 'leases'),
	allow('create get list update watch', 'coordination.k8s.io', 'leasecandidates'),
];

const roles = (): Draft<Role>[] => [
	roleIn('kube-public', 'system:controller:bootstrap-signer', [
		allow('get list watch', 'core', 'configmaps'),
		allow('update', 'core', 'configmaps', 'cluster-info'),
		recordEvents,
	]),
	roleIn('kube-system', 'extension-apiserver-authentication-reader', [
		allow('get list watch', 'core', 'configmaps', 'extension-apiserver-authentication'),
	]),
	...['kube-controller-manager', 'kube-scheduler'].map((component) =>
		roleIn('kube-system', `system::leader-locking-${component}`, leaderLocking),
	),
	roleIn('kube-system', 'system:controller:bootstrap-signer', [allow('get list watch', 'core', 'secrets')]),
	roleIn('kube-system', 'system:controller:cloud-provider', [
		allow('create get list watch', 'core', 'configmaps'),
	]),
	roleIn('kube-system', 'system:controller:token-cleaner', [
		allow('delete get list watch', 'core', 'secrets'),
		recordEvents,
	]),
];

const roleBindings = (): Draft<RoleBinding>[] => [
	bindingIn('kube-public', 'system:controller:bootstrap-signer', 'system:controller:bootstrap-signer', [
		account('bootstrap-signer'),
	]),
	bindingIn(
		'kube-system',
		'system::extension-apiserver-authentication-reader',
		'extension-apiserver-authentication-reader',
		[user('system:kube-controller-manager'), user('system:kube-scheduler')],
	),
	...['kube-controller-manager', 'kube-scheduler'].map((component) =>
		bindingIn('kube-system', `system::leader-locking-${component}`, `system::leader-locking-${component}`, [
			user(`system:${component}`),
			account(component),
			...(component === 'kube-controller-manager' ? [account('leader-election-controller')] : []),
		]),
	),
	...['bootstrap-signer', 'cloud-provider', 'token-cleaner'].map((name) =>
		bindingIn('kube-system', `system:controller:${name}`, `system:controller:${name}`, [account(name)]),
	),
];

interface Default {
	resource: string;
	object: KubernetesObject;
}

let defaults: readonly Default[] | undefined;

/** Made once for all labs, and frozen, so that they share all but the metadata. */
function defaultObjects(): readonly Default[] {
	if (defaults) return defaults;
	const stored = (plural: string, drafts: readonly Draft<KubernetesObject>[]) =>
		drafts.map((draft) => {
			const struct = structOfKind(rbacGroup, 'v1', draft.kind);
			if (!struct) throw new Error(`Kubernetes has no kind ${draft.kind} in ${apiVersion}`);
			const object = decode(draft, struct).object as unknown as KubernetesObject;
			return { resource: `${plural}.${rbacGroup}`, object: freezeDeeply(object) };
		});
	defaults = [
		...stored('clusterroles', [...clusterRoles(), ...kubeadmPolicy.clusterRoles]),
		...stored('clusterrolebindings', [...clusterRoleBindings(), ...kubeadmPolicy.clusterRoleBindings]),
		...stored('roles', [...roles(), ...kubeadmPolicy.roles]),
		...stored('rolebindings', [...roleBindings(), ...kubeadmPolicy.roleBindings]),
	];
	return defaults;
}

/** Stores the default policy. `now` is the time of creation, RFC 3339. */
export function storeDefaultPolicy(store: Store, random: Random, now: string): void {
	for (const { resource, object } of defaultObjects())
		store.put(resource, {
			...object,
			metadata: { ...object.metadata, uid: randomUuid(random), creationTimestamp: now },
		});
}
