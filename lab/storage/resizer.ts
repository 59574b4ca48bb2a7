// The external resizer: makes the disk of a claim that asks for more larger; the node's kubelet then has the
// file system follow (kubernetes-csi.github.io/docs/external-resizer.html, KEP-1790).
import { queueController, type StartController } from '../controllers/controller.ts';
import { requestedSize } from '../controllers/persistent-volume/match.ts';
import { getClaim, getVolume, isBound } from '../controllers/persistent-volume/storage.ts';
import { createWorkQueue, keyOf, splitKey } from '../controllers/work-queue.ts';
import { compareQuantities, quantityValue } from '../schema/quantity.ts';
import { formatTime } from '../schema/time.ts';
import type {
	PersistentVolume,
	PersistentVolumeClaim,
	PersistentVolumeClaimCondition,
} from '../schema/types.ts';
import type { Disks } from './disks.ts';
import { driverName } from './names.ts';
import { resizeMs } from './pace.ts';

const resource = 'persistentvolumeclaims';

/** On a claim whose disk has grown and whose file system has not yet. */
export const nodeResizePending = 'NodeResizePending';

export const startResizer =
	(disks: Disks): StartController =>
	({ client, clock, events }) => {
		const expander = events.recorder('volume_expand');
		const recorder = events.recorder(`external-resizer ${driverName}`);

		const wantsMore = (claim: PersistentVolumeClaim) => {
			const { capacity, allocatedResources } = claim.status ?? {};
			const size = allocatedResources?.storage ?? capacity?.storage;
			return isBound(claim) && size !== undefined && compareQuantities(requestedSize(claim), size) > 0;
		};

		const condition = (type: string, message?: string): PersistentVolumeClaimCondition => {
			const lastTransitionTime = formatTime(clock.now());
			return { type, status: 'True', lastTransitionTime, ...(message ? { message } : {}) };
		};

		const begin = (key: string, claim: PersistentVolumeClaim) => {
			expander.event(
				claim,
				'Normal',
				'ExternalExpanding',
				'waiting for an external controller to expand this PVC',
			);
			recorder.event(
				claim,
				'Normal',
				'Resizing',
				`External resizer is resizing volume ${claim.spec.volumeName}`,
			);
			client.updateStatus<PersistentVolumeClaim>(resource, {
				...claim,
				status: {
					...claim.status,
					allocatedResources: { storage: requestedSize(claim) },
					allocatedResourceStatuses: { storage: 'ControllerResizeInProgress' },
					conditions: [condition('Resizing')],
				},
			});
			queue.addAfter(key, resizeMs);
		};

		const finish = (claim: PersistentVolumeClaim, volume: PersistentVolume) => {
			const storage = claim.status?.allocatedResources?.storage ?? requestedSize(claim);
			disks.resize(volume.spec.csi?.volumeHandle ?? '', quantityValue(storage));
			client.update<PersistentVolume>('persistentvolumes', {
				...volume,
				spec: { ...volume.spec, capacity: { ...volume.spec.capacity, storage } },
			});
			const message = 'Waiting for user to (re-)start a pod to finish file system resize of volume on node.';
			const waiting = client.updateStatus<PersistentVolumeClaim>(resource, {
				...claim,
				status: {
					...claim.status,
					allocatedResourceStatuses: { storage: nodeResizePending },
					conditions: [condition('FileSystemResizePending', message)],
				},
			});
			recorder.event(
				waiting,
				'Normal',
				'FileSystemResizeRequired',
				'Require file system resize of volume on node',
			);
		};

		const reconcile = (key: string) => {
			const { namespace, name } = splitKey(key);
			const claim = getClaim(client, namespace, name);
			const volume = getVolume(client, claim?.spec.volumeName);
			if (!claim || volume?.spec.csi?.driver !== driverName) return;
			if (claim.status?.allocatedResourceStatuses?.storage === 'ControllerResizeInProgress')
				finish(claim, volume);
			else if (wantsMore(claim)) begin(key, claim);
		};
		const queue = createWorkQueue({ name: 'external resizer', clock, reconcile });
		const end = client.watch<PersistentVolumeClaim>(resource, ({ type, object }) => {
			const busy = object.status?.allocatedResourceStatuses?.storage === 'ControllerResizeInProgress';
			if (type !== 'DELETED' && !busy && wantsMore(object)) queue.add(keyOf(object));
		});
		return queueController(queue, [end]);
	};
