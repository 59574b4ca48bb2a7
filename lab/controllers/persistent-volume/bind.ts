// Binding: the volume points to the claim first, then the claim to the volume; either half can be found done.
import type { Client } from '../../api/client.ts';
import { deepEqual } from '../../api/deep-equal.ts';
import type { Clock } from '../../clock.ts';
import { formatTime } from '../../schema/time.ts';
import type {
	PersistentVolume,
	PersistentVolumeClaim,
	PersistentVolumeClaimStatus,
} from '../../schema/types.ts';
import { annotated, bindCompleted, boundByController } from './annotations.ts';
import { isVolumeFor } from './storage.ts';

const claims = 'persistentvolumeclaims';
const volumes = 'persistentvolumes';

/** Reserves the volume for the claim; who has reserved it before stays its chooser. */
export function claimVolume(
	client: Client,
	volume: PersistentVolume,
	claim: PersistentVolumeClaim,
): PersistentVolume {
	const { claimRef } = volume.spec;
	if (claimRef?.uid === claim.metadata.uid) return volume;
	const { namespace, name, uid, resourceVersion } = claim.metadata;
	const reference = { kind: claim.kind, apiVersion: claim.apiVersion, namespace, name, uid, resourceVersion };
	const spec = { ...volume.spec, claimRef: reference };
	const chosen = isVolumeFor(volume, claim) ? volume : annotated(volume, { [boundByController]: 'yes' });
	return client.update<PersistentVolume>(volumes, { ...chosen, spec });
}

/** Binds both ends. Throws what the server refuses; what has been done until then counts next time. */
export function bind(
	client: Client,
	clock: Clock,
	volume: PersistentVolume,
	claim: PersistentVolumeClaim,
): void {
	const claimed = claimVolume(client, volume, claim);
	setVolumePhase(client, clock, claimed, 'Bound');
	const marks: Record<string, string> = { [bindCompleted]: 'yes' };
	if (!claim.spec.volumeName) marks[boundByController] = 'yes';
	const marked = annotated({ ...claim, spec: { ...claim.spec, volumeName: volume.metadata.name } }, marks);
	const bound = deepEqual(marked, claim) ? claim : client.update<PersistentVolumeClaim>(claims, marked);
	const { accessModes, capacity } = claimed.spec;
	setClaimStatus(client, bound, {
		...bound.status,
		phase: 'Bound',
		accessModes,
		// What a claim has been given stays until it is expanded.
		capacity: bound.status?.phase === 'Bound' ? bound.status.capacity : capacity,
	});
}

export function setClaimStatus(
	client: Client,
	claim: PersistentVolumeClaim,
	status: PersistentVolumeClaimStatus,
): void {
	if (!deepEqual(claim.status, status))
		client.updateStatus<PersistentVolumeClaim>(claims, { ...claim, status });
}

/** Gives the volume a phase; `message` says why it failed. */
export function setVolumePhase(
	client: Client,
	clock: Clock,
	volume: PersistentVolume,
	phase: 'Available' | 'Bound' | 'Released' | 'Failed',
	message?: string,
): void {
	const { phase: earlier, message: said } = volume.status ?? {};
	if (earlier === phase && said === message) return;
	const lastPhaseTransitionTime =
		earlier === phase ? volume.status?.lastPhaseTransitionTime : formatTime(clock.now());
	const status = { phase, lastPhaseTransitionTime, ...(message ? { message } : {}) };
	client.updateStatus<PersistentVolume>(volumes, { ...volume, status });
}
