// The roles that a cluster has for its users
// (https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings).
import { allow, allowPaths, type Roles, read, readAndWrite, write } from './rule.ts';

/** The roles that are made of others, and the label that the others carry for it. */
export const aggregatedRoles: Readonly<Record<string, string>> = {
	admin: 'rbac.authorization.k8s.io/aggregate-to-admin',
	edit: 'rbac.authorization.k8s.io/aggregate-to-edit',
	view: 'rbac.authorization.k8s.io/aggregate-to-view',
};

/** Into which aggregated role each of these goes. */
export const aggregatedInto: Readonly<Record<string, string>> = {
	edit: 'admin',
	view: 'edit',
	'system:aggregate-to-admin': 'admin',
	'system:aggregate-to-edit': 'edit',
	'system:aggregate-to-view': 'view',
};

export const userRoles: Roles = {
	'cluster-admin': [allow('*', '*', '*'), allowPaths('*', '*')],
	'system:discovery': [
		allowPaths(
			'get',
			'/api /api/* /apis /apis/* /healthz /livez /openapi /openapi/* /readyz /version /version/',
		),
	],
	'system:public-info-viewer': [allowPaths('get', '/healthz /livez /readyz /version /version/')],
	'system:basic-user': [
		allow('create', 'authorization.k8s.io', 'selfsubjectaccessreviews selfsubjectrulesreviews'),
		allow('create', 'authentication.k8s.io', 'selfsubjectreviews'),
	],
	'system:monitoring': [
		allowPaths('get', '/healthz /healthz/* /livez /livez/* /metrics /metrics/slis /readyz /readyz/*'),
		allowPaths('get', '/flagz'),
		allowPaths('get', '/statusz'),
	],
	'system:service-account-issuer-discovery': [
		allowPaths(
			'get',
			'/.well-known/openid-configuration /.well-known/openid-configuration/ /openid/v1/jwks /openid/v1/jwks/',
		),
	],
	'system:aggregate-to-admin': [
		allow('create', 'authorization.k8s.io', 'localsubjectaccessreviews'),
		allow(readAndWrite, 'rbac.authorization.k8s.io', 'rolebindings roles'),
	],
	'system:aggregate-to-edit': [
		allow(read, 'core', 'pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy'),
		allow('impersonate', 'core', 'serviceaccounts'),
		allow(write, 'core', 'pods pods/attach pods/exec pods/portforward pods/proxy'),
		allow('create', 'core', 'pods/eviction'),
		allow(
			write,
			'core',
			'configmaps events persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets serviceaccounts services services/proxy',
		),
		allow('create', 'core', 'serviceaccounts/token'),
		allow(
			write,
			'apps',
			'daemonsets deployments deployments/rollback deployments/scale replicasets replicasets/scale statefulsets statefulsets/scale',
		),
		allow(write, 'autoscaling', 'horizontalpodautoscalers'),
		allow(write, 'batch', 'cronjobs jobs'),
		allow(
			write,
			'extensions',
			'daemonsets deployments deployments/rollback deployments/scale ingresses networkpolicies replicasets replicasets/scale replicationcontrollers/scale',
		),
		allow(write, 'policy', 'poddisruptionbudgets'),
		allow(write, 'networking.k8s.io', 'ingresses networkpolicies'),
		allow(readAndWrite, 'coordination.k8s.io', 'leases'),
		allow(write, 'resource.k8s.io', 'resourceclaims resourceclaimtemplates'),
	],
	'system:aggregate-to-view': [
		allow(
			read,
			'core',
			'configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status',
		),
		allow(
			read,
			'core',
			'bindings events limitranges namespaces/status pods/log pods/status replicationcontrollers/status resourcequotas resourcequotas/status',
		),
		allow(read, 'core', 'namespaces'),
		allow(read, 'discovery.k8s.io', 'endpointslices'),
		allow(
			read,
			'apps',
			'controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status replicasets replicasets/scale replicasets/status statefulsets statefulsets/scale statefulsets/status',
		),
		allow(read, 'autoscaling', 'horizontalpodautoscalers horizontalpodautoscalers/status'),
		allow(read, 'batch', 'cronjobs cronjobs/status jobs jobs/status'),
		allow(
			read,
			'extensions',
			'daemonsets daemonsets/status deployments deployments/scale deployments/status ingresses ingresses/status networkpolicies replicasets replicasets/scale replicasets/status replicationcontrollers/scale',
		),
		allow(read, 'policy', 'poddisruptionbudgets poddisruptionbudgets/status'),
		allow(read, 'networking.k8s.io', 'ingresses ingresses/status networkpolicies'),
		allow(read, 'resource.k8s.io', 'resourceclaims resourceclaims/status resourceclaimtemplates'),
	],
};
