// A volume whose labels name a zone or region is used only by nodes there.
import { boundVolumes } from '../volumes.ts';
import { type Filter, unresolvable } from './filter.ts';

const topologyLabels = [
	'topology.kubernetes.io/zone',
	'topology.kubernetes.io/region',
	'failure-domain.beta.kubernetes.io/zone',
	'failure-domain.beta.kubernetes.io/region',
];

/** Several zones of one volume stand in one label, as no label's value may hold a comma. */
const separator = '__';

export const volumeZone: Filter = (pod, { node }, { objects }) => {
	const labels = node.metadata.labels ?? {};
	// A cluster whose nodes name no zone is all one zone.
	if (!pod.spec.volumes?.length || !topologyLabels.some((label) => label in labels)) return undefined;
	const elsewhere = boundVolumes(objects, pod).some((volume) =>
		topologyLabels.some((label) => {
			const zones = volume?.metadata.labels?.[label];
			return zones !== undefined && !zones.split(separator).includes(labels[label] ?? '');
		}),
	);
	return elsewhere ? unresolvable('node(s) had no available volume zone') : undefined;
};
