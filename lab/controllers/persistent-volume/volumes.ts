// What becomes of a volume (k8s.io/kubernetes/pkg/controller/volume/persistentvolume: syncVolume).
import type { EventRecorder } from '../../api/event-recorder.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../schema/types.ts';
import type { ControllerContext } from '../controller.ts';
import { annotation, boundByController, provisionedBy } from './annotations.ts';
import { setVolumePhase } from './bind.ts';
import { getClaim } from './storage.ts';

interface Binder extends Pick<ControllerContext, 'client' | 'clock'> {
	events: EventRecorder;
	/** Has a claim looked at. */
	enqueueClaim(claim: PersistentVolumeClaim): void;
}

/** Takes the volume one step on. */
export function syncVolume(binder: Binder, volume: PersistentVolume): void {
	const { client, clock } = binder;
	const { claimRef } = volume.spec;
	if (!claimRef) {
		setVolumePhase(client, clock, volume, 'Available');
		return;
	}
	const claim = getClaim(client, claimRef.namespace ?? '', claimRef.name ?? '');
	if (!claimRef.uid) {
		setVolumePhase(client, clock, volume, 'Available');
		if (claim) binder.enqueueClaim(claim);
	} else if (claim?.metadata.uid !== claimRef.uid) release(binder, volume);
	else if (!claim.spec.volumeName) binder.enqueueClaim(claim);
	else if (claim.spec.volumeName === volume.metadata.name) setVolumePhase(client, clock, volume, 'Bound');
	else if (annotation(volume, provisionedBy) && volume.spec.persistentVolumeReclaimPolicy === 'Delete')
		release(binder, volume);
	else unclaim(binder, volume);
}

/** The claim is gone. Who provisioned the volume deletes it; of those made by hand, the binder can delete few. */
function release({ client, clock, events }: Binder, volume: PersistentVolume): void {
	const { phase } = volume.status ?? {};
	if (phase !== 'Released' && phase !== 'Failed') {
		setVolumePhase(client, clock, volume, 'Released');
		return;
	}
	const { persistentVolumeReclaimPolicy: policy } = volume.spec;
	if (phase === 'Failed' || policy === 'Retain' || annotation(volume, provisionedBy)) return;
	const { name, uid } = volume.metadata;
	const path = volume.spec.hostPath?.path;
	if (policy === 'Delete' && path && /^\/tmp\/.+/.test(path)) {
		client.delete('persistentvolumes', '', name, { preconditions: { uid } });
		return;
	}
	const [reason, message] =
		policy === 'Delete'
			? [
					'VolumeFailedDelete',
					path
						? `host_path deleter only supports /tmp/.+ but received provided ${path}`
						: `error getting deleter volume plugin for volume ${JSON.stringify(name)}: no deletable volume plugin matched`,
				]
			: ['VolumeFailedRecycle', 'No recycler plugin found for the volume!'];
	setVolumePhase(client, clock, volume, 'Failed', message);
	events.event(volume, 'Warning', reason, message);
}

/** The claim has another volume: this one is free again, or kept for the claim by who reserved it. */
function unclaim({ client, clock }: Binder, volume: PersistentVolume): void {
	const { claimRef, ...spec } = volume.spec;
	const { [boundByController]: chosen, ...annotations } = volume.metadata.annotations ?? {};
	const { uid: _, resourceVersion: __, ...reservation } = claimRef ?? {};
	const free = client.update<PersistentVolume>('persistentvolumes', {
		...volume,
		metadata: { ...volume.metadata, annotations },
		spec: chosen ? spec : { ...spec, claimRef: reservation },
	});
	setVolumePhase(client, clock, free, 'Available');
}
