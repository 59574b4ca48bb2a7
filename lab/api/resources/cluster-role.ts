import { checkRole } from '../../auth/rbac/escalation.ts';
import type { ClusterRole } from '../../schema/types.ts';
import { deepEqual } from '../deep-equal.ts';
import { type FieldError, required } from '../field-errors.ts';
import { defineResource } from '../registry.ts';
import { validateLabelSelector } from '../validation/metadata.ts';
import { pathSegment } from '../validation/path-segment.ts';
import { validateRules } from '../validation/rbac.ts';
import { createdAtColumn, nameColumn } from './columns.ts';

const granted = ({ metadata: { name } }: ClusterRole) => ({ plural: 'clusterroles', namespace: '', name });

/** A role with selectors gets its rules from the cluster roles that they select. */
function validateAggregation({ aggregationRule }: ClusterRole): FieldError[] {
	if (!aggregationRule) return [];
	const { clusterRoleSelectors = [] } = aggregationRule;
	const field = 'aggregationRule.clusterRoleSelectors';
	if (clusterRoleSelectors.length === 0)
		return [required(field, 'at least one clusterRoleSelector required if aggregationRule is non-nil')];
	return clusterRoleSelectors.flatMap((selector, index) =>
		validateLabelSelector(selector, `${field}[${index}]`),
	);
}

export const clusterRoles = defineResource<ClusterRole>({
	group: 'rbac.authorization.k8s.io',
	version: 'v1',
	kind: 'ClusterRole',
	plural: 'clusterroles',
	singular: 'clusterrole',
	namespaced: false,
	nameRule: pathSegment,
	admit: (role, context) => checkRole(context, granted(role), role),
	prepareForUpdate(role, old, context) {
		if (!deepEqual(role.rules, old.rules) || !deepEqual(role.aggregationRule, old.aggregationRule))
			checkRole(context, granted(role), role);
	},
	validate: (role) => [...validateAggregation(role), ...validateRules(role.rules, false)],
	columns: [nameColumn, createdAtColumn],
});
