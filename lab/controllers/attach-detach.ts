// The attach/detach controller: a volume whose driver attaches it is attached to the nodes of its pods, and
// detached when the last of them has ended (k8s.io/kubernetes/pkg/controller/volume/attachdetach).
import { ApiError } from '../api/errors.ts';
import { sha256 } from '../runtime/programs/digests.ts';
import { parseTime } from '../schema/time.ts';
import type {
	CSIDriver,
	Node,
	PersistentVolume,
	PersistentVolumeClaim,
	Pod,
	VolumeAttachment,
} from '../schema/types.ts';
import { queueController, type StartController } from './controller.ts';
import type { Heartbeats } from './heartbeats.ts';
import { isOutOfService } from './out-of-service.ts';
import { claimsOfPod, getClaim, getVolume, isBound, usesClaim } from './persistent-volume/storage.ts';
import { isPodTerminal } from './pod-state.ts';
import { createWorkQueue } from './work-queue.ts';

const resource = 'volumeattachments.storage.k8s.io';

/** How long a driver may take to attach a volume, before its pods are told that it does not. */
const attachTimeoutMs = 120_000;

/** How long a node that is not heard of keeps a volume that it may still have mounted (maxWaitForUnmountDuration). */
const unmountTimeoutMs = 360_000;

/** The name of the attachment of a volume to a node, made of both and of the driver. */
export function attachmentName(volume: PersistentVolume, node: string): string {
	const { volumeHandle = '', driver = '' } = volume.spec.csi ?? {};
	return `csi-${sha256(`${volumeHandle}${driver}${node}`)}`;
}

/** Whether pods have to wait until the volume is attached to their node. */
export function needsAttaching(
	client: Parameters<StartController>[0]['client'],
	volume: PersistentVolume,
): boolean {
	const { csi } = volume.spec;
	if (!csi) return false;
	const driver = client.get<CSIDriver>('csidrivers.storage.k8s.io', '', csi.driver);
	return driver?.spec.attachRequired ?? true;
}

/** Whether several nodes may have the volume at once. */
const isShared = ({ spec }: PersistentVolume): boolean =>
	(spec.accessModes ?? []).some((mode) => mode === 'ReadWriteMany' || mode === 'ReadOnlyMany');

export const startAttachDetachController =
	(heartbeats: Heartbeats): StartController =>
	({ client, clock, events }) => {
		const recorder = events.recorder('attachdetach-controller');
		/** Pods, by uid, that have been told that they wait for another node. */
		const told = new Set<string>();
		/** Since when attachments to silent nodes have had no pod, by uid. */
		const unused = new Map<string, number>();

		const attachmentsOf = (volume: string) =>
			client.list<VolumeAttachment>(resource, '', ({ spec }) => spec.source.persistentVolumeName === volume);

		const podsOf = ({ spec: { claimRef } }: PersistentVolume): readonly Pod[] => {
			const claim = claimRef && getClaim(client, claimRef.namespace ?? '', claimRef.name ?? '');
			if (!claim || !isBound(claim)) return [];
			return client.list<Pod>(
				'pods',
				claim.metadata.namespace,
				(pod) => Boolean(pod.spec.nodeName) && !isPodTerminal(pod) && usesClaim(pod, claim),
			);
		};

		const reconcile = (name: string) => {
			const volume = getVolume(client, name);
			const pods = volume ? podsOf(volume) : [];
			const nodes = new Set(pods.map(({ spec }) => spec.nodeName));
			const attachments = attachmentsOf(name);
			for (const attachment of attachments) {
				const { metadata, spec } = attachment;
				if (nodes.has(spec.nodeName)) unused.delete(metadata.uid);
				else if (!metadata.deletionTimestamp && mayDetach(name, attachment))
					client.delete(resource, '', metadata.name, { preconditions: { uid: metadata.uid } });
			}
			if (!volume || !needsAttaching(client, volume)) return;
			for (const pod of pods) attach(volume, pod, pods);
		};

		/** Nobody knows whether a silent node still writes to the volume: it keeps it for some time. */
		const mayDetach = (volume: string, { metadata, spec }: VolumeAttachment): boolean => {
			const node = client.get<Node>('nodes', '', spec.nodeName);
			if (heartbeats.silentSince(spec.nodeName) === undefined || (node && isOutOfService(node.spec)))
				return true;
			const since = unused.get(metadata.uid) ?? clock.now();
			unused.set(metadata.uid, since);
			const left = since + unmountTimeoutMs - clock.now();
			if (left > 0) queue.addAfter(volume, left);
			return left <= 0;
		};

		const attach = (volume: PersistentVolume, pod: Pod, pods: readonly Pod[]) => {
			const node = pod.spec.nodeName ?? '';
			const attachments = attachmentsOf(volume.metadata.name);
			const existing = attachments.find(({ spec }) => spec.nodeName === node);
			if (existing) {
				if (!existing.status?.attached) awaitDriver(volume, pod, existing);
				return;
			}
			if (attachments.length > 0 && !isShared(volume)) {
				const holders = pods.filter(({ spec }) =>
					attachments.some((each) => each.spec.nodeName === spec.nodeName),
				);
				const isHeld = attachments.some(({ spec }) => heartbeats.silentSince(spec.nodeName) !== undefined);
				// While it is being detached, waiting is all there is to it.
				if (holders.length > 0 || isHeld) tellOfOthers(volume, pod, holders);
				return;
			}
			client.create<VolumeAttachment>(resource, {
				apiVersion: 'storage.k8s.io/v1',
				kind: 'VolumeAttachment',
				metadata: { name: attachmentName(volume, node) },
				spec: {
					attacher: volume.spec.csi?.driver ?? '',
					nodeName: node,
					source: { persistentVolumeName: volume.metadata.name },
				},
			});
		};

		const awaitDriver = (volume: PersistentVolume, pod: Pod, { metadata, spec }: VolumeAttachment) => {
			const waited = clock.now() - (parseTime(metadata.creationTimestamp) ?? clock.now());
			if (waited >= attachTimeoutMs)
				recorder.event(
					pod,
					'Warning',
					'FailedAttachVolume',
					`AttachVolume.Attach failed for volume ${JSON.stringify(volume.metadata.name)} : timed out waiting for external-attacher of ${spec.attacher} CSI driver to attach volume ${volume.spec.csi?.volumeHandle}`,
				);
			queue.addAfter(volume.metadata.name, attachTimeoutMs);
		};

		const tellOfOthers = (volume: PersistentVolume, pod: Pod, holders: readonly Pod[]) => {
			if (told.has(pod.metadata.uid)) return;
			told.add(pod.metadata.uid);
			const names = holders.map(({ metadata }) => metadata.name).join(', ');
			const why =
				holders.length > 0
					? `already used by pod(s) ${names}`
					: "already exclusively attached to one node and can't be attached to another";
			recorder.event(
				pod,
				'Warning',
				'FailedAttachVolume',
				`Multi-Attach error for volume ${JSON.stringify(volume.metadata.name)} Volume is ${why}`,
			);
		};

		const tellOfSuccess = ({ spec }: VolumeAttachment) => {
			const volume = getVolume(client, spec.source.persistentVolumeName);
			if (!volume) return;
			for (const pod of podsOf(volume).filter((each) => each.spec.nodeName === spec.nodeName))
				recorder.event(
					pod,
					'Normal',
					'SuccessfulAttachVolume',
					`AttachVolume.Attach succeeded for volume ${JSON.stringify(volume.metadata.name)} `,
				);
		};

		const queue = createWorkQueue({
			name: 'attach/detach',
			clock,
			reconcile(name) {
				try {
					reconcile(name);
				} catch (error) {
					// An attachment may have gone, or may still be on its way out: its DELETED comes.
					if (
						!(error instanceof ApiError && (error.reason === 'NotFound' || error.reason === 'AlreadyExists'))
					)
						throw error;
				}
			},
		});
		const ends = [
			client.watch<Node>('nodes', ({ object, previous }) => {
				if (!isOutOfService(object.spec) || !previous || isOutOfService(previous.spec)) return;
				for (const { spec } of client.list<VolumeAttachment>(resource))
					if (spec.nodeName === object.metadata.name) queue.add(spec.source.persistentVolumeName ?? '');
			}),
			client.watch<Pod>('pods', ({ type, object }) => {
				if (type === 'DELETED') told.delete(object.metadata.uid);
				if (!object.spec.nodeName) return;
				for (const name of claimsOfPod(object)) {
					const volume = getClaim(client, object.metadata.namespace, name)?.spec.volumeName;
					if (volume) queue.add(volume);
				}
			}),
			client.watch<PersistentVolumeClaim>('persistentvolumeclaims', ({ object, previous }) => {
				if (object.spec.volumeName && object.status?.phase !== previous?.status?.phase)
					queue.add(object.spec.volumeName);
			}),
			client.watch<VolumeAttachment>(resource, ({ type, object, previous }) => {
				const { persistentVolumeName } = object.spec.source;
				if (type === 'ADDED' && persistentVolumeName) queue.add(persistentVolumeName);
				if (object.status?.attached && !previous?.status?.attached && type === 'MODIFIED')
					tellOfSuccess(object);
				if (type === 'DELETED') unused.delete(object.metadata.uid);
				if (type === 'DELETED' && persistentVolumeName) queue.add(persistentVolumeName);
			}),
		];
		return queueController(queue, ends);
	};
