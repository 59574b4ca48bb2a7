// Gives a ClusterRole with an aggregationRule the rules of the roles that it selects
// (https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles).
import { deepEqual } from '../api/deep-equal.ts';
import { selectorMatches } from '../api/selectors/label-selector.ts';
import type { ClusterRole, PolicyRule } from '../schema/types.ts';
import { queueController, type StartController } from './controller.ts';
import { createWorkQueue } from './work-queue.ts';

const resource = 'clusterroles.rbac.authorization.k8s.io';

export const startClusterRoleAggregationController: StartController = ({ client, clock }) => {
	const rulesOf = ({ metadata: { name }, aggregationRule }: ClusterRole): PolicyRule[] => {
		const rules: PolicyRule[] = [];
		for (const selector of aggregationRule?.clusterRoleSelectors ?? [])
			for (const role of client.list<ClusterRole>(resource)) {
				if (role.metadata.name === name || !selectorMatches(selector, role.metadata.labels ?? {})) continue;
				for (const rule of role.rules ?? [])
					if (!rules.some((known) => deepEqual(known, rule))) rules.push(rule);
			}
		return rules;
	};

	const queue = createWorkQueue({
		name: 'clusterrole-aggregation',
		clock,
		reconcile(name) {
			const role = client.get<ClusterRole>(resource, '', name);
			if (!role?.aggregationRule || role.metadata.deletionTimestamp) return;
			const rules = rulesOf(role);
			if (!deepEqual(rules, role.rules ?? [])) client.update<ClusterRole>(resource, { ...role, rules });
		},
	});

	// Any role may go into any other, and a change of one that does not matter changes nothing.
	const end = client.watch<ClusterRole>(resource, () => {
		for (const { metadata, aggregationRule } of client.list<ClusterRole>(resource))
			if (aggregationRule) queue.add(metadata.name);
	});
	return queueController(queue, [end]);
};
