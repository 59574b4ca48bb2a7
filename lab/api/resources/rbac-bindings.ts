// What RoleBindings and ClusterRoleBindings have in common.
import { checkBinding } from '../../auth/rbac/escalation.ts';
import type { ClusterRoleBinding, RoleBinding } from '../../schema/types.ts';
import { deepEqual } from '../deep-equal.ts';
import type { ResourceDefinition } from '../registry.ts';
import { pathSegment } from '../validation/path-segment.ts';
import { setBindingDefaults, validateRoleRefUpdate } from '../validation/rbac.ts';
import { bindingColumns } from './rbac-columns.ts';

type Binding = RoleBinding | ClusterRoleBinding;

/** `plural` names the kind's resource. */
export function bindingRules<T extends Binding>(plural: string) {
	const granted = ({ metadata: { name, namespace = '' } }: T) => ({ plural, namespace, name });
	return {
		nameRule: pathSegment,
		setDefaults: setBindingDefaults,
		admit: (binding, context) => checkBinding(context, granted(binding), binding.roleRef),
		prepareForUpdate(binding, old, context) {
			if (!deepEqual(binding.roleRef, old.roleRef) || !deepEqual(binding.subjects, old.subjects))
				checkBinding(context, granted(binding), binding.roleRef);
		},
		validateUpdate: (binding, old) => validateRoleRefUpdate(binding.roleRef, old.roleRef),
		columns: bindingColumns,
	} satisfies Partial<ResourceDefinition<T>>;
}
