// Node selectors and node affinity (kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node).
import { matchesLabels } from '../controllers/label-selector.ts';
import type { Node, NodeSelectorRequirement, NodeSelectorTerm, Pod } from '../schema/types.ts';

function meets(value: string | undefined, { operator, values = [] }: NodeSelectorRequirement): boolean {
	switch (operator) {
		case 'In':
			return value !== undefined && values.includes(value);
		case 'NotIn':
			return value === undefined || !values.includes(value);
		case 'Exists':
			return value !== undefined;
		case 'DoesNotExist':
			return value === undefined;
		case 'Gt':
			return value !== undefined && Number.parseInt(value, 10) > Number.parseInt(values[0], 10);
		case 'Lt':
			return value !== undefined && Number.parseInt(value, 10) < Number.parseInt(values[0], 10);
		default:
			return false;
	}
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
