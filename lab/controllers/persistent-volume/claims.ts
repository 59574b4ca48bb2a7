// What becomes of a claim (k8s.io/kubernetes/pkg/controller/volume/persistentvolume: syncClaim).
import { classOf, defaultClass } from '../../api/admission/default-storage-class.ts';
import type { EventRecorder } from '../../api/event-recorder.ts';
import type { PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '../../schema/types.ts';
import type { ControllerContext } from '../controller.ts';
import { isPodTerminal } from '../pod-state.ts';
import {
	annotated,
	annotation,
	betaStorageProvisioner,
	bindCompleted,
	boundByController,
	selectedNode,
	storageProvisioner,
} from './annotations.ts';
import { bind, setClaimStatus } from './bind.ts';
import { findVolume, mismatchOf } from './match.ts';
import { getClass, getVolume, isVolumeFor, usesClaim, waitsForConsumer } from './storage.ts';

interface Binder extends Pick<ControllerContext, 'client' | 'clock'> {
	events: EventRecorder;
}

/** Takes the claim one step on. */
export function syncClaim(binder: Binder, claim: PersistentVolumeClaim): void {
	if (annotation(claim, bindCompleted)) syncBoundClaim(binder, claim);
	else if (claim.spec.volumeName) bindToRequested(binder, claim);
	else findVolumeFor(binder, claim);
}

/** A claim that takes any volume: the best there is, else a new one. */
function findVolumeFor(binder: Binder, claim: PersistentVolumeClaim): void {
	const { client, clock, events } = binder;
	if (classOf(claim) === undefined) {
		const storageClassName = defaultClass(client)?.metadata.name;
		if (storageClassName) {
			client.update<PersistentVolumeClaim>('persistentvolumeclaims', {
				...claim,
				spec: { ...claim.spec, storageClassName },
			});
			return;
		}
	}
	const delayed = waitsForConsumer(getClass(client, claim)) && !annotation(claim, selectedNode);
	const volumes = client.list<PersistentVolume>('persistentvolumes');
	const volume = findVolume(volumes, claim, { reservedOnly: delayed });
	if (volume) {
		bind(client, clock, volume, claim);
		return;
	}
	if (delayed) tellOfWaiting(binder, claim);
	else if (classOf(claim)) askForVolume(binder, claim);
	else
		events.event(
			claim,
			'Normal',
			'FailedBinding',
			'no persistent volumes available for this claim and no storage class is set',
		);
}

function tellOfWaiting({ client, events }: Binder, claim: PersistentVolumeClaim): void {
	const [pod] = client.list<Pod>(
		'pods',
		claim.metadata.namespace,
		(each) => usesClaim(each, claim) && !each.spec.nodeName && !isPodTerminal(each),
	);
	if (pod)
		events.event(
			claim,
			'Normal',
			'WaitForPodScheduled',
			`waiting for pod ${pod.metadata.name} to be scheduled`,
		);
	else
		events.event(
			claim,
			'Normal',
			'WaitForFirstConsumer',
			'waiting for first consumer to be created before binding',
		);
}

/** Marks the claim for the provisioner of its class. */
function askForVolume({ client, events }: Binder, claim: PersistentVolumeClaim): void {
	const storageClass = getClass(client, claim);
	const refusal = refusalOf(claim, storageClass);
	if (refusal !== undefined) {
		events.event(claim, 'Warning', 'ProvisioningFailed', refusal);
		return;
	}
	const { provisioner } = storageClass as StorageClass;
	const marked =
		annotation(claim, storageProvisioner) === provisioner
			? claim
			: client.update<PersistentVolumeClaim>(
					'persistentvolumeclaims',
					annotated(claim, { [betaStorageProvisioner]: provisioner, [storageProvisioner]: provisioner }),
				);
	events.event(
		marked,
		'Normal',
		'ExternalProvisioning',
		`Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`,
	);
}

function refusalOf(claim: PersistentVolumeClaim, storageClass: StorageClass | undefined): string | undefined {
	if (!storageClass) return `storageclass.storage.k8s.io ${JSON.stringify(classOf(claim))} not found`;
	// The control plane has no provisioner of its own any more.
	if (storageClass.provisioner.startsWith('kubernetes.io/'))
		return `no volume plugin matched name: ${storageClass.provisioner}`;
	return undefined;
}

/** A claim that names its volume. */
function bindToRequested({ client, clock, events }: Binder, claim: PersistentVolumeClaim): void {
	const volume = getVolume(client, claim.spec.volumeName);
	if (!volume) return;
	if (volume.spec.claimRef && !isVolumeFor(volume, claim)) {
		if (!annotation(claim, boundByController))
			events.event(
				claim,
				'Warning',
				'FailedBinding',
				`volume ${JSON.stringify(volume.metadata.name)} already bound to a different claim.`,
			);
		return;
	}
	const mismatch = volume.spec.claimRef ? undefined : mismatchOf(volume, claim);
	if (mismatch)
		events.event(
			claim,
			'Warning',
			'VolumeMismatch',
			`Cannot bind to requested volume ${JSON.stringify(volume.metadata.name)}: ${mismatch}`,
		);
	else bind(client, clock, volume, claim);
}

/** A claim that has been bound: its volume is there, or lost. */
function syncBoundClaim({ client, clock, events }: Binder, claim: PersistentVolumeClaim): void {
	const lose = (reason: string, message: string) => {
		if (claim.status?.phase === 'Lost') return;
		setClaimStatus(client, claim, { phase: 'Lost' });
		events.event(claim, 'Warning', reason, message);
	};
	const volume = getVolume(client, claim.spec.volumeName);
	if (!claim.spec.volumeName)
		lose(
			'ClaimLost',
			'Bound claim has lost reference to PersistentVolume. Data on the volume is lost! Cluster administrator must fix claim by setting spec.volumeName',
		);
	else if (!volume)
		lose('ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!');
	else if (!volume.spec.claimRef || isVolumeFor(volume, claim)) bind(client, clock, volume, claim);
	else lose('ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly');
}
