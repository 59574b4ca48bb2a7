// Where a new disk is: in the zone of the node that its pod runs on, or where its class allows.
import type { Node, StorageClass, TopologySelectorTerm, VolumeNodeAffinity } from '../schema/types.ts';

const zoneLabel = 'topology.kubernetes.io/zone';

/** Whether a class lets its volumes be where the node is. */
export function allowsNode({ allowedTopologies = [] }: StorageClass, node: Node): boolean {
	return allowedTopologies.length === 0 || allowedTopologies.some((term) => termMatches(term, node));
}

const termMatches = ({ matchLabelExpressions = [] }: TopologySelectorTerm, { metadata }: Node): boolean =>
	matchLabelExpressions.every(({ key, values }) => values.includes(metadata.labels?.[key] ?? ''));

/** The nodes that can attach the disk, undefined for all: disks stay in their zone, where nodes have zones. */
export function topologyFor(
	{ allowedTopologies }: StorageClass,
	node: Node | undefined,
): VolumeNodeAffinity | undefined {
	const zone = node?.metadata.labels?.[zoneLabel];
	if (zone) return required([{ matchExpressions: [{ key: zoneLabel, operator: 'In', values: [zone] }] }]);
	if (!allowedTopologies?.length) return undefined;
	return required(
		allowedTopologies.map(({ matchLabelExpressions = [] }) => ({
			matchExpressions: matchLabelExpressions.map(({ key, values }) => ({ key, operator: 'In', values })),
		})),
	);
}

const required = (nodeSelectorTerms: NonNullable<VolumeNodeAffinity['required']>['nodeSelectorTerms']) => ({
	required: { nodeSelectorTerms },
});
