import { checkBinding } from '../../auth/rbac/escalation.ts';
import type { RoleBinding } from '../../schema/types.ts';
import { deepEqual } from '../deep-equal.ts';
import { defineResource } from '../registry.ts';
import { pathSegment } from '../validation/path-segment.ts';
import { setBindingDefaults, validateBinding, validateRoleRefUpdate } from '../validation/rbac.ts';
import { bindingColumns } from './rbac-columns.ts';

const granted = ({ metadata: { name, namespace = '' } }: RoleBinding) => ({
	plural: 'rolebindings',
	namespace,
	name,
});

export const roleBindings = defineResource<RoleBinding>({
	group: 'rbac.authorization.k8s.io',
	version: 'v1',
	kind: 'RoleBinding',
	plural: 'rolebindings',
	singular: 'rolebinding',
	namespaced: true,
	nameRule: pathSegment,
	setDefaults: setBindingDefaults,
	admit: (binding, context) => checkBinding(context, granted(binding), binding.roleRef),
	prepareForUpdate(binding, old, context) {
		if (!deepEqual(binding.roleRef, old.roleRef) || !deepEqual(binding.subjects, old.subjects))
			checkBinding(context, granted(binding), binding.roleRef);
	},
	validate: (binding) => validateBinding(binding, ['Role', 'ClusterRole']),
	validateUpdate: (binding, old) => validateRoleRefUpdate(binding.roleRef, old.roleRef),
	columns: bindingColumns,
});
