// Generic ephemeral volumes: a pod's own claim, made with it and gone with it
// (kubernetes.io/docs/concepts/storage/ephemeral-volumes).
import type { PersistentVolumeClaim, Pod } from '../schema/types.ts';
import { queueController, type StartController } from './controller.ts';
import { controllerReference } from './owner-references.ts';
import { claimNameOf, getClaim } from './persistent-volume/storage.ts';
import { createWorkQueue, keyOf, splitKey } from './work-queue.ts';

export const startEphemeralVolumeController: StartController = ({ client, clock, events }) => {
	const recorder = events.recorder('ephemeral_volume');
	const reconcile = (key: string) => {
		const { namespace, name } = splitKey(key);
		const pod = client.get<Pod>('pods', namespace, name);
		if (!pod || pod.metadata.deletionTimestamp) return;
		for (const volume of pod.spec.volumes ?? []) {
			const template = volume.ephemeral?.volumeClaimTemplate;
			const claimName = claimNameOf(pod, volume);
			if (!template || !claimName) continue;
			const existing = getClaim(client, namespace, claimName);
			const owned = existing?.metadata.ownerReferences?.some(({ uid }) => uid === pod.metadata.uid);
			if (owned) continue;
			if (existing) {
				const why = `PVC ${namespace}/${claimName} was not created for pod ${namespace}/${name} (pod is not owner)`;
				recorder.event(pod, 'Warning', 'FailedBinding', `ephemeral volume ${volume.name}: ${why}`);
				continue;
			}
			const { labels, annotations } = template.metadata ?? {};
			client.create<PersistentVolumeClaim>('persistentvolumeclaims', {
				apiVersion: 'v1',
				kind: 'PersistentVolumeClaim',
				metadata: {
					name: claimName,
					namespace,
					ownerReferences: [controllerReference(pod)],
					...(labels ? { labels } : {}),
					...(annotations ? { annotations } : {}),
				},
				spec: template.spec,
			});
		}
	};
	const queue = createWorkQueue({ name: 'ephemeral volume', clock, reconcile });
	const end = client.watch<Pod>('pods', ({ type, object }) => {
		if (type === 'ADDED' && object.spec.volumes?.some(({ ephemeral }) => ephemeral)) queue.add(keyOf(object));
	});
	return queueController(queue, [end]);
};
