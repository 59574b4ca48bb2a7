// A claim that one pod alone may use keeps every other pod waiting, wherever that would go.
import { usesClaim } from '../../controllers/persistent-volume/storage.ts';
import { claimsOf } from '../volumes.ts';
import { type Filter, resolvable } from './filter.ts';

export const volumeRestrictions: Filter = (pod, _, { nodes, objects }) => {
	if (!pod.spec.volumes?.length) return undefined;
	const exclusive = claimsOf(objects, pod).filter(({ spec }) =>
		spec.accessModes?.includes('ReadWriteOncePod'),
	);
	const taken = exclusive.some((claim) =>
		nodes.some(({ pods }) => pods.some((other) => usesClaim(other, claim))),
	);
	return taken
		? resolvable(
				'node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode',
			)
		: undefined;
};
