// What `kubeadm init` adds to the default policy: for its administrators, for nodes that join by a bootstrap
// token, and for its add-ons CoreDNS and kube-proxy
// (https://kubernetes.io/docs/reference/setup-tools/kubeadm/implementation-details/).
import type {
	ClusterRole,
	ClusterRoleBinding,
	Draft,
	PolicyRule,
	Role,
	RoleBinding,
	Subject,
} from '../../../schema/types.ts';
import { rbacGroup } from '../authorizer.ts';
import { allow } from './rule.ts';
import { account, group, user } from './subject.ts';

const apiVersion = `${rbacGroup}/v1`;
/** Who a joining node is, before it has a certificate. */
const bootstrappers = group('system:bootstrappers:kubeadm:default-node-token');
const nodes = group('system:nodes');
const signingRequests = 'system:certificates.k8s.io:certificatesigningrequests';

const clusterRole = (name: string, rules: PolicyRule[]): Draft<ClusterRole> => ({
	apiVersion,
	kind: 'ClusterRole',
	metadata: { name },
	rules,
});

const clusterRoleBinding = (name: string, role: string, subject: Subject): Draft<ClusterRoleBinding> => ({
	apiVersion,
	kind: 'ClusterRoleBinding',
	metadata: { name },
	roleRef: { apiGroup: rbacGroup, kind: 'ClusterRole', name: role },
	subjects: [subject],
});

/** Roles that read one ConfigMap each, and who is bound to the role of the same name. */
const readers: readonly { namespace: string; name: string; configMap: string; subjects: Subject[] }[] = [
	{
		namespace: 'kube-public',
		name: 'kubeadm:bootstrap-signer-clusterinfo',
		configMap: 'cluster-info',
		subjects: [user('system:anonymous')],
	},
	{
		namespace: 'kube-system',
		name: 'kube-proxy',
		configMap: 'kube-proxy',
		subjects: [bootstrappers],
	},
	{
		namespace: 'kube-system',
		name: 'kubeadm:kubelet-config',
		configMap: 'kubelet-config',
		subjects: [nodes, bootstrappers],
	},
	{
		namespace: 'kube-system',
		name: 'kubeadm:nodes-kubeadm-config',
		configMap: 'kubeadm-config',
		subjects: [bootstrappers, nodes],
	},
];

export const kubeadmPolicy: {
	clusterRoles: readonly Draft<ClusterRole>[];
	clusterRoleBindings: readonly Draft<ClusterRoleBinding>[];
	roles: readonly Draft<Role>[];
	roleBindings: readonly Draft<RoleBinding>[];
} = {
	clusterRoles: [
		clusterRole('kubeadm:get-nodes', [allow('get', 'core', 'nodes')]),
		clusterRole('system:coredns', [
			allow('list watch', 'core', 'endpoints services pods namespaces'),
			allow('list watch', 'discovery.k8s.io', 'endpointslices'),
		]),
	],
	clusterRoleBindings: [
		clusterRoleBinding('kubeadm:cluster-admins', 'cluster-admin', group('kubeadm:cluster-admins')),
		clusterRoleBinding('kubeadm:get-nodes', 'kubeadm:get-nodes', bootstrappers),
		clusterRoleBinding('kubeadm:kubelet-bootstrap', 'system:node-bootstrapper', bootstrappers),
		clusterRoleBinding('kubeadm:node-autoapprove-bootstrap', `${signingRequests}:nodeclient`, bootstrappers),
		clusterRoleBinding(
			'kubeadm:node-autoapprove-certificate-rotation',
			`${signingRequests}:selfnodeclient`,
			nodes,
		),
		clusterRoleBinding('kubeadm:node-proxier', 'system:node-proxier', account('kube-proxy')),
		clusterRoleBinding('system:coredns', 'system:coredns', account('coredns')),
	],
	roles: readers.map(({ namespace, name, configMap }) => ({
		apiVersion,
		kind: 'Role',
		metadata: { name, namespace },
		rules: [allow('get', 'core', 'configmaps', configMap)],
	})),
	roleBindings: readers.map(({ namespace, name, subjects }) => ({
		apiVersion,
		kind: 'RoleBinding',
		metadata: { name, namespace },
		roleRef: { apiGroup: rbacGroup, kind: 'Role', name },
		subjects,
	})),
};
