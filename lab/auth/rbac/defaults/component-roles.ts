// The roles of a cluster's parts, and of what is commonly added to it
// (https://kubernetes.io/docs/reference/access-authn-authz/rbac/#core-component-roles).
import { allow, type Roles, read, recordEvents } from './rule.ts';

const reviewTokens = allow('create', 'authentication.k8s.io', 'tokenreviews');
const reviewAccess = allow('create', 'authorization.k8s.io', 'subjectaccessreviews');
const requests = 'certificatesigningrequests';

const approve = (signer: string) => [
	allow('approve', 'certificates.k8s.io', 'signers', `kubernetes.io/${signer}`),
];

const leaderElection = (name: string) => [
	allow('create', 'coordination.k8s.io', 'leases'),
	allow('get update', 'coordination.k8s.io', 'leases', name),
];

export const componentRoles: Roles = {
	'system:auth-delegator': [reviewTokens, reviewAccess],
	'system:certificates.k8s.io:certificatesigningrequests:nodeclient': [
		allow('create', 'certificates.k8s.io', `${requests}/nodeclient`),
	],
	'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient': [
		allow('create', 'certificates.k8s.io', `${requests}/selfnodeclient`),
	],
	'system:certificates.k8s.io:kube-apiserver-client-approver': approve('kube-apiserver-client'),
	'system:certificates.k8s.io:kube-apiserver-client-kubelet-approver': approve(
		'kube-apiserver-client-kubelet',
	),
	'system:certificates.k8s.io:kubelet-serving-approver': approve('kubelet-serving'),
	'system:certificates.k8s.io:legacy-unknown-approver': approve('legacy-unknown'),
	'system:heapster': [
		allow(read, 'core', 'events namespaces nodes pods'),
		allow(read, 'extensions', 'deployments'),
	],
	'system:kube-aggregator': [
		allow(read, 'core', 'endpoints services'),
		allow(read, 'discovery.k8s.io', 'endpointslices'),
	],
	'system:kube-controller-manager': [
		recordEvents,
		...leaderElection('kube-controller-manager'),
		allow('create', 'core', 'secrets serviceaccounts'),
		allow('delete', 'core', 'secrets'),
		allow('get', 'core', 'configmaps namespaces secrets serviceaccounts'),
		allow('update', 'core', 'secrets serviceaccounts'),
		reviewTokens,
		reviewAccess,
		allow('list watch', '*', '*'),
		allow('create', 'core', 'serviceaccounts/token'),
	],
	'system:kube-dns': [allow('list watch', 'core', 'endpoints services')],
	'system:kube-scheduler': [
		recordEvents,
		...leaderElection('kube-scheduler'),
		allow(read, 'core', 'nodes'),
		allow('delete get list watch', 'core', 'pods'),
		allow('create', 'core', 'bindings pods/binding'),
		allow('patch update', 'core', 'pods/status'),
		allow(read, 'core', 'replicationcontrollers services'),
		allow(read, 'apps extensions', 'replicasets'),
		allow(read, 'apps', 'statefulsets'),
		allow(read, 'policy', 'poddisruptionbudgets'),
		allow(read, 'core', 'persistentvolumeclaims persistentvolumes'),
		reviewTokens,
		reviewAccess,
		allow(read, 'storage.k8s.io', 'csinodes'),
		allow(read, 'storage.k8s.io', 'volumeattachments'),
		allow(read, 'core', 'namespaces'),
		allow(read, 'storage.k8s.io', 'csidrivers'),
		allow(read, 'storage.k8s.io', 'csistoragecapacities'),
		allow(read, 'resource.k8s.io', 'deviceclasses'),
		allow('get list patch update watch', 'resource.k8s.io', 'resourceclaims'),
		allow('get list patch update watch', 'resource.k8s.io', 'resourceclaims/status'),
		allow('get list patch update watch', 'core', 'pods/finalizers'),
		allow(read, 'resource.k8s.io', 'resourceslices'),
		allow('patch update', 'resource.k8s.io', 'resourceclaims/binding'),
	],
	'system:kubelet-api-admin': [
		allow(read, 'core', 'nodes'),
		allow('proxy', 'core', 'nodes'),
		allow('*', 'core', 'nodes/log nodes/metrics nodes/proxy nodes/stats'),
		allow('*', 'core', 'nodes/configz nodes/healthz nodes/pods'),
	],
	'system:node': [
		reviewTokens,
		allow('create', 'authorization.k8s.io', 'localsubjectaccessreviews subjectaccessreviews'),
		allow(read, 'core', 'services'),
		allow('create get list watch', 'core', 'nodes'),
		allow('patch update', 'core', 'nodes/status'),
		allow('patch update', 'core', 'nodes'),
		allow('create patch update', 'core', 'events'),
		allow(read, 'core', 'pods'),
		allow('create delete', 'core', 'pods'),
		allow('patch update', 'core', 'pods/status'),
		allow('create', 'core', 'pods/eviction'),
		allow(read, 'core', 'configmaps secrets'),
		allow('get', 'core', 'persistentvolumeclaims persistentvolumes'),
		allow('get', 'core', 'endpoints'),
		allow('create get list watch', 'certificates.k8s.io', requests),
		allow('create delete get patch update', 'coordination.k8s.io', 'leases'),
		allow('get', 'storage.k8s.io', 'volumeattachments'),
		allow('create', 'core', 'serviceaccounts/token'),
		allow('get patch update', 'core', 'persistentvolumeclaims/status'),
		allow(read, 'storage.k8s.io', 'csidrivers'),
		allow('create delete get patch update', 'storage.k8s.io', 'csinodes'),
		allow(read, 'node.k8s.io', 'runtimeclasses'),
		allow('get', 'resource.k8s.io', 'resourceclaims'),
		allow('deletecollection', 'resource.k8s.io', 'resourceslices'),
		allow('get', 'core', 'serviceaccounts'),
	],
	'system:node-bootstrapper': [allow('create get list watch', 'certificates.k8s.io', requests)],
	'system:node-problem-detector': [
		allow('get', 'core', 'nodes'),
		allow('patch', 'core', 'nodes/status'),
		recordEvents,
	],
	'system:node-proxier': [
		allow('list watch', 'core', 'endpoints services'),
		allow(read, 'core', 'nodes'),
		recordEvents,
		allow('list watch', 'networking.k8s.io', 'servicecidrs'),
		allow('list watch', 'discovery.k8s.io', 'endpointslices'),
	],
	'system:persistent-volume-provisioner': [
		allow('create delete get list watch', 'core', 'persistentvolumes'),
		allow('get list update watch', 'core', 'persistentvolumeclaims'),
		allow(read, 'storage.k8s.io', 'storageclasses'),
		allow('watch', 'core', 'events'),
		recordEvents,
	],
	'system:volume-scheduler': [
		allow('get list patch update watch', 'core', 'persistentvolumes'),
		allow(read, 'storage.k8s.io', 'storageclasses'),
		allow('get list patch update watch', 'core', 'persistentvolumeclaims'),
	],
};
