// Which volume a claim gets (k8s.io/component-helpers/storage/volume: FindMatchingVolume): one reserved for it,
// else the smallest that has all it asks for.
import { classOf } from '../../api/admission/default-storage-class.ts';
import { selectorMatches } from '../../api/selectors/label-selector.ts';
import { matchesTerm } from '../../scheduler/node-selector.ts';
import { compareQuantities } from '../../schema/quantity.ts';
import type { Node, PersistentVolume, PersistentVolumeClaim } from '../../schema/types.ts';
import { isVolumeFor } from './storage.ts';

export const requestedSize = (claim: PersistentVolumeClaim): string =>
	claim.spec.resources?.requests?.storage ?? '0';

const sizeOf = (volume: PersistentVolume): string => volume.spec.capacity?.storage ?? '0';

const isLargeEnough = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
	compareQuantities(sizeOf(volume), requestedSize(claim)) >= 0;

const hasClassOf = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
	(volume.spec.storageClassName ?? '') === (classOf(claim) ?? '');

const hasModesOf = ({ spec }: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
	(claim.spec.accessModes ?? []).every((mode) => spec.accessModes?.includes(mode));

/** Why a claim cannot have the volume that it names; undefined where it can. */
export function mismatchOf(volume: PersistentVolume, claim: PersistentVolumeClaim): string | undefined {
	if (!isLargeEnough(volume, claim)) return 'requested PV is too small';
	if (!hasClassOf(volume, claim)) return 'storageClassName does not match';
	if (volume.spec.volumeMode !== claim.spec.volumeMode) return 'incompatible volumeMode';
	return hasModesOf(volume, claim) ? undefined : 'incompatible accessMode';
}

/** Whether a pod on the node can use the volume. */
export function isReachable({ spec }: PersistentVolume, node: Node): boolean {
	const terms = spec.nodeAffinity?.required?.nodeSelectorTerms;
	return !terms || terms.some((term) => matchesTerm(node, term));
}

export interface MatchOptions {
	/** Only what can be used on this node. */
	node?: Node;
	/** Names of volumes that are taken by other claims of the same pod. */
	excluded?: ReadonlySet<string>;
	/** Only a volume that is reserved for the claim: the rest is the scheduler's to choose. */
	reservedOnly?: boolean;
}

/** The best of the volumes for an unbound claim. */
export function findVolume(
	volumes: readonly PersistentVolume[],
	claim: PersistentVolumeClaim,
	{ node, excluded, reservedOnly = false }: MatchOptions = {},
): PersistentVolume | undefined {
	let smallest: PersistentVolume | undefined;
	for (const volume of volumes) {
		const { metadata, spec, status } = volume;
		if (metadata.deletionTimestamp || excluded?.has(metadata.name)) continue;
		if (spec.claimRef && !isVolumeFor(volume, claim)) continue;
		if (mismatchOf(volume, claim)) continue;
		if (node && !isReachable(volume, node)) continue;
		if (spec.claimRef) return volume;
		if (reservedOnly || status?.phase !== 'Available') continue;
		if (claim.spec.selector && !selectorMatches(claim.spec.selector, metadata.labels)) continue;
		if (!smallest || compareQuantities(sizeOf(volume), sizeOf(smallest)) < 0) smallest = volume;
	}
	return smallest;
}
