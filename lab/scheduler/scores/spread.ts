// Prefers the node with the fewest pods of the same controller, and of its soft spread constraints.
import { controllerOf } from '../../controllers/owner-references.ts';
import { podsByDomain } from '../filters/pod-topology-spread.ts';
import type { Score } from './score.ts';

export const spread: Score = (pod, { node, pods }, cluster) => {
	const owner = controllerOf(pod)?.uid;
	let near = owner ? pods.filter((other) => controllerOf(other)?.uid === owner).length : 0;
	for (const constraint of pod.spec.topologySpreadConstraints ?? []) {
		if (constraint.whenUnsatisfiable !== 'ScheduleAnyway') continue;
		const domain = node.metadata.labels?.[constraint.topologyKey];
		near += domain === undefined ? 0 : (podsByDomain(pod, constraint, cluster).get(domain) ?? 0);
	}
	return 100 / (1 + near);
};
