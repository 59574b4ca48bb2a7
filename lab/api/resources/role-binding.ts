import type { RoleBinding } from '../../schema/types.ts';
import { defineResource } from '../registry.ts';
import { validateBinding } from '../validation/rbac.ts';
import { bindingRules } from './rbac-bindings.ts';

export const roleBindings = defineResource<RoleBinding>({
	group: 'rbac.authorization.k8s.io',
	version: 'v1',
	kind: 'RoleBinding',
	plural: 'rolebindings',
	singular: 'rolebinding',
	namespaced: true,
	...bindingRules<RoleBinding>('rolebindings'),
	validate: (binding) => validateBinding(binding, ['Role', 'ClusterRole']),
});
