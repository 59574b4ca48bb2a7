// Which pods a term of pod affinity means (kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node).
import { selectorMatches } from '../api/selectors/label-selector.ts';
import type { LabelSelector, Pod, PodAffinityTerm } from '../schema/types.ts';
import type { ClusterView } from './cluster-view.ts';

/** The selector with matchLabelKeys and mismatchLabelKeys filled in from the pod that carries the term. */
export function selectorFor(
	pod: Pod,
	selector: LabelSelector | undefined,
	matchLabelKeys: readonly string[] = [],
	mismatchLabelKeys: readonly string[] = [],
): LabelSelector | undefined {
	if (!selector) return selector;
	const labels = pod.metadata.labels ?? {};
	const requirements = (keys: readonly string[], operator: string) =>
		keys.filter((key) => key in labels).map((key) => ({ key, operator, values: [labels[key]] }));
	const added = [...requirements(matchLabelKeys, 'In'), ...requirements(mismatchLabelKeys, 'NotIn')];
	if (added.length === 0) return selector;
	return { ...selector, matchExpressions: [...(selector.matchExpressions ?? []), ...added] };
}

/** Whether `other` is one of the pods that `pod` names by the term. */
export function termMatches(pod: Pod, term: PodAffinityTerm, other: Pod, cluster: ClusterView): boolean {
	const { namespaces = [], namespaceSelector } = term;
	const own = namespaces.length === 0 && !namespaceSelector;
	const { namespace } = other.metadata;
	const inScope = own
		? namespace === pod.metadata.namespace
		: namespaces.includes(namespace) ||
			(namespaceSelector !== undefined &&
				selectorMatches(namespaceSelector, cluster.namespaceLabels(namespace)));
	const selector = selectorFor(pod, term.labelSelector, term.matchLabelKeys, term.mismatchLabelKeys);
	return inScope && selectorMatches(selector, other.metadata.labels);
}
