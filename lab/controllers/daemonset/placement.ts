// Where a DaemonSet's pods belong (kubernetes.io/docs/concepts/workloads/controllers/daemonset/#how-daemon-pods-are-scheduled).

import { matchesNodeAffinity } from '../../scheduler/node-selector.ts';
import { toleratesTaint } from '../../scheduler/tolerations.ts';
import type { DaemonSet, Node, Pod, PodSpec, Toleration } from '../../schema/types.ts';

/** What daemon pods put up with besides what their template says: they run where others cannot. */
function tolerationsOf({ hostNetwork, tolerations = [] }: PodSpec): Toleration[] {
	const added: [key: string, effect: string][] = [
		['node.kubernetes.io/not-ready', 'NoExecute'],
		['node.kubernetes.io/unreachable', 'NoExecute'],
		['node.kubernetes.io/disk-pressure', 'NoSchedule'],
		['node.kubernetes.io/memory-pressure', 'NoSchedule'],
		['node.kubernetes.io/pid-pressure', 'NoSchedule'],
		['node.kubernetes.io/unschedulable', 'NoSchedule'],
		...(hostNetwork
			? ([['node.kubernetes.io/network-unavailable', 'NoSchedule']] as [string, string][])
			: []),
	];
	const missing = added.filter(
		([key, effect]) =>
			!tolerations.some((own) => own.key === key && own.effect === effect && own.operator === 'Exists'),
	);
	return [...tolerations, ...missing.map(([key, effect]) => ({ key, operator: 'Exists', effect }))];
}

/** The template's spec for one node: the scheduler may bind the pod there only. */
export function specForNode(set: DaemonSet, node: string): PodSpec {
	const spec = structuredClone(set.spec.template.spec ?? { containers: [] });
	const { nodeAffinity } = spec.affinity ?? {};
	const matchFields = [{ key: 'metadata.name', operator: 'In', values: [node] }];
	const required = nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
	const terms = required?.nodeSelectorTerms ?? [];
	return {
		...spec,
		tolerations: tolerationsOf(spec),
		affinity: {
			...spec.affinity,
			nodeAffinity: {
				...nodeAffinity,
				requiredDuringSchedulingIgnoredDuringExecution: {
					nodeSelectorTerms:
						terms.length > 0 ? terms.map((term) => ({ ...term, matchFields })) : [{ matchFields }],
				},
			},
		},
	};
}

/** The node that a daemon pod is on, or meant for. */
export function nodeOf({ spec }: Pod): string | undefined {
	if (spec.nodeName) return spec.nodeName;
	const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
	for (const { matchFields = [] } of required?.nodeSelectorTerms ?? [])
		for (const { key, operator, values = [] } of matchFields)
			if (key === 'metadata.name' && operator === 'In' && values.length === 1) return values[0];
	return undefined;
}

export interface Placement {
	/** A pod is to be made there. */
	shouldRun: boolean;
	/** A pod that is there may stay. */
	mayStay: boolean;
}

/** Whether a node is one for the set's pods. A taint that came later drives away only if it is NoExecute. */
export function placementOn(set: DaemonSet, node: Node): Placement {
	const spec = set.spec.template.spec ?? { containers: [] };
	const pod = { spec: { ...spec, tolerations: tolerationsOf(spec) } } as Pod;
	const named = !spec.nodeName || spec.nodeName === node.metadata.name;
	if (!named || !matchesNodeAffinity(pod, node)) return { shouldRun: false, mayStay: false };
	const untolerated = (node.spec.taints ?? []).filter(
		(taint) => taint.effect !== 'PreferNoSchedule' && !toleratesTaint(pod, taint),
	);
	return {
		shouldRun: untolerated.length === 0,
		mayStay: !untolerated.some(({ effect }) => effect === 'NoExecute'),
	};
}
