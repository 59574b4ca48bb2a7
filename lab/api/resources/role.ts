import { checkRole } from '../../auth/rbac/escalation.ts';
import type { Role } from '../../schema/types.ts';
import { deepEqual } from '../deep-equal.ts';
import { defineResource } from '../registry.ts';
import { pathSegment } from '../validation/path-segment.ts';
import { validateRules } from '../validation/rbac.ts';
import { createdAtColumn, nameColumn } from './columns.ts';

const granted = ({ metadata: { name, namespace = '' } }: Role) => ({ plural: 'roles', namespace, name });

export const roles = defineResource<Role>({
	group: 'rbac.authorization.k8s.io',
	version: 'v1',
	kind: 'Role',
	plural: 'roles',
	singular: 'role',
	namespaced: true,
	nameRule: pathSegment,
	admit: (role, context) => checkRole(context, granted(role), role),
	prepareForUpdate(role, old, context) {
		if (!deepEqual(role.rules, old.rules)) checkRole(context, granted(role), role);
	},
	validate: (role) => validateRules(role.rules, true),
	columns: [nameColumn, createdAtColumn],
});
