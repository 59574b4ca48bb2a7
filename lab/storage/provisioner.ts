// The external provisioner: makes a disk and a volume for each claim that is marked for it, and deletes both
// when the claim has gone and the class said Delete (kubernetes-csi.github.io/docs/external-provisioner.html).
import { queueController, type StartController } from '../controllers/controller.ts';
import {
	annotation,
	bindCompleted,
	provisionedBy,
	selectedNode,
	storageProvisioner,
} from '../controllers/persistent-volume/annotations.ts';
import { requestedSize } from '../controllers/persistent-volume/match.ts';
import { getClaim, getClass, getVolume, waitsForConsumer } from '../controllers/persistent-volume/storage.ts';
import { createWorkQueue, keyOf, splitKey } from '../controllers/work-queue.ts';
import { quantityValue } from '../schema/quantity.ts';
import type { Node, PersistentVolume, PersistentVolumeClaim, StorageClass } from '../schema/types.ts';
import type { Disks } from './disks.ts';
import { driverName, provisionerFinalizer } from './names.ts';
import { deleteMs, provisionMs } from './pace.ts';
import { topologyFor } from './topology.ts';

export const startProvisioner =
	(disks: Disks): StartController =>
	({ client, clock, events }) => {
		const recorder = events.recorder(driverName);
		/** Claims by uid that a disk is being made for. */
		const begun = new Set<string>();

		const awaits = (claim: PersistentVolumeClaim, storageClass: StorageClass | undefined) =>
			annotation(claim, storageProvisioner) === driverName &&
			!annotation(claim, bindCompleted) &&
			!claim.spec.volumeName &&
			!claim.metadata.deletionTimestamp &&
			storageClass?.provisioner === driverName &&
			(!waitsForConsumer(storageClass) || annotation(claim, selectedNode) !== undefined);

		const provision = (key: string, claim: PersistentVolumeClaim) => {
			const storageClass = getClass(client, claim);
			const { uid } = claim.metadata;
			const name = `pvc-${uid}`;
			if (!storageClass || !awaits(claim, storageClass) || getVolume(client, name)) {
				begun.delete(uid);
				return;
			}
			if (!begun.has(uid)) {
				begun.add(uid);
				recorder.event(
					claim,
					'Normal',
					'Provisioning',
					`External provisioner is provisioning volume for claim ${JSON.stringify(key)}`,
				);
				queue.addAfter(key, provisionMs);
				return;
			}
			disks.create(name, quantityValue(requestedSize(claim)));
			client.create<PersistentVolume>('persistentvolumes', {
				apiVersion: 'v1',
				kind: 'PersistentVolume',
				metadata: {
					name,
					annotations: { [provisionedBy]: driverName },
					finalizers: [provisionerFinalizer],
				},
				spec: volumeSpec(claim, storageClass, name),
			});
			begun.delete(uid);
			recorder.event(claim, 'Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${name}`);
		};

		const volumeSpec = (
			claim: PersistentVolumeClaim,
			storageClass: StorageClass,
			volumeHandle: string,
		): PersistentVolume['spec'] => {
			const { namespace, name, uid, resourceVersion } = claim.metadata;
			const { accessModes, volumeMode, volumeAttributesClassName } = claim.spec;
			const node = client.get<Node>('nodes', '', annotation(claim, selectedNode) ?? '');
			const nodeAffinity = topologyFor(storageClass, node);
			return {
				capacity: { storage: requestedSize(claim) },
				accessModes,
				volumeMode,
				claimRef: { kind: claim.kind, apiVersion: claim.apiVersion, namespace, name, uid, resourceVersion },
				persistentVolumeReclaimPolicy: storageClass.reclaimPolicy,
				storageClassName: storageClass.metadata.name,
				csi: { driver: driverName, fsType: 'ext4', volumeHandle },
				...(storageClass.mountOptions ? { mountOptions: storageClass.mountOptions } : {}),
				...(volumeAttributesClassName ? { volumeAttributesClassName } : {}),
				...(nodeAffinity ? { nodeAffinity } : {}),
			};
		};

		/** What a volume that was made here still keeps, once it is no longer wanted. */
		const cleanUp = (volume: PersistentVolume) => {
			const { metadata, spec, status } = volume;
			const ours = annotation(volume, provisionedBy) === driverName;
			const deletes = spec.persistentVolumeReclaimPolicy === 'Delete';
			if (!ours || (status?.phase === 'Bound' && claimIsThere(volume))) return;
			if (metadata.deletionTimestamp) {
				if (deletes) disks.delete(spec.csi?.volumeHandle ?? '');
				const finalizers = (metadata.finalizers ?? []).filter((each) => each !== provisionerFinalizer);
				if (finalizers.length !== metadata.finalizers?.length)
					client.update<PersistentVolume>('persistentvolumes', {
						...volume,
						metadata: { ...metadata, finalizers },
					});
			} else if (deletes && status?.phase === 'Released')
				client.delete('persistentvolumes', '', metadata.name, { preconditions: { uid: metadata.uid } });
		};

		const claimIsThere = ({ spec: { claimRef } }: PersistentVolume) =>
			claimRef !== undefined &&
			getClaim(client, claimRef.namespace ?? '', claimRef.name ?? '')?.metadata.uid === claimRef.uid;

		const queue = createWorkQueue({
			name: 'external provisioner',
			clock,
			reconcile(key) {
				const { namespace, name } = splitKey(key);
				const claim = namespace ? getClaim(client, namespace, name) : undefined;
				const volume = namespace ? undefined : getVolume(client, name);
				if (claim) provision(key, claim);
				if (volume) cleanUp(volume);
			},
		});
		const ends = [
			client.watch<PersistentVolumeClaim>('persistentvolumeclaims', ({ type, object }) => {
				if (type !== 'DELETED' && annotation(object, storageProvisioner) && !begun.has(object.metadata.uid))
					queue.add(keyOf(object));
			}),
			client.watch<PersistentVolume>('persistentvolumes', ({ type, object }) => {
				const { metadata, status } = object;
				if (type === 'DELETED') return;
				if (metadata.deletionTimestamp) queue.add(metadata.name);
				else if (status?.phase === 'Released') queue.addAfter(metadata.name, deleteMs);
			}),
		];
		return queueController(queue, ends);
	};
