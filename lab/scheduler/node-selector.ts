// Node selectors and node affinity (kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node).
import { matchesLabels, meetsExpression } from '../api/selectors/label-selector.ts';
import type { Node, NodeSelectorRequirement, NodeSelectorTerm, Pod } from '../schema/types.ts';

function meets(value: string | undefined, requirement: NodeSelectorRequirement): boolean {
	const { operator, values = [] } = requirement;
	if (operator !== 'Gt' && operator !== 'Lt') return meetsExpression(value, requirement);
	if (value === undefined) return false;
	const [own, bound] = [Number.parseInt(value, 10), Number.parseInt(values[0], 10)];
	return operator === 'Gt' ? own > bound : own < bound;
}

/** Whether a node satisfies a term; an empty term matches no node. */
export function matchesTerm(
	node: Node,
	{ matchExpressions = [], matchFields = [] }: NodeSelectorTerm,
): boolean {
	if (matchExpressions.length + matchFields.length === 0) return false;
	return (
		matchExpressions.every((requirement) => meets(node.metadata.labels?.[requirement.key], requirement)) &&
		matchFields.every((requirement) =>
			meets(requirement.key === 'metadata.name' ? node.metadata.name : undefined, requirement),
		)
	);
}

/** Whether the node is one of those that the pod requires by nodeSelector and node affinity. */
export function matchesNodeAffinity(pod: Pod, node: Node): boolean {
	const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
	return (
		matchesLabels(pod.spec.nodeSelector ?? {}, node.metadata.labels) &&
		(!required || required.nodeSelectorTerms.some((term) => matchesTerm(node, term)))
	);
}
