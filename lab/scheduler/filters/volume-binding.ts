// A pod goes only where its volumes can be used, and where those that it still waits for can be had.
import { isReachable } from '../../controllers/persistent-volume/match.ts';
import { boundVolumes, chooseVolumes } from '../volumes.ts';
import { type Filter, unresolvable } from './filter.ts';

export const volumeBinding: Filter = (pod, { node }, { objects }) => {
	if (!pod.spec.volumes?.length) return undefined;
	for (const volume of boundVolumes(objects, pod)) {
		if (!volume)
			return unresolvable('node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)');
		if (!isReachable(volume, node))
			return unresolvable("node(s) didn't match PersistentVolume's node affinity");
	}
	return chooseVolumes(objects, pod, node)
		? undefined
		: unresolvable("node(s) didn't find available persistent volumes to bind");
};
