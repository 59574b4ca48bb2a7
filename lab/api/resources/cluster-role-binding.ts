import type { ClusterRoleBinding } from '../../schema/types.ts';
import { defineResource } from '../registry.ts';
import { validateBinding } from '../validation/rbac.ts';
import { bindingRules } from './rbac-bindings.ts';

export const clusterRoleBindings = defineResource<ClusterRoleBinding>({
	group: 'rbac.authorization.k8s.io',
	version: 'v1',
	kind: 'ClusterRoleBinding',
	plural: 'clusterrolebindings',
	singular: 'clusterrolebinding',
	namespaced: false,
	...bindingRules<ClusterRoleBinding>('clusterrolebindings'),
	validate: (binding) => validateBinding(binding, ['ClusterRole']),
});
