// The node's part of an expansion: when the disk has grown, the file system follows, and the claim has its new size.
import { getClaim, getVolume } from '../../controllers/persistent-volume/storage.ts';
import type { PersistentVolumeClaim, Pod } from '../../schema/types.ts';
import { nodeResizePending } from '../../storage/resizer.ts';
import type { KubeletContext } from '../kubelet-context.ts';

/** Whether the claim's disk has grown and its file system has not yet. */
export const awaitsNode = ({ status }: PersistentVolumeClaim): boolean =>
	status?.allocatedResourceStatuses?.storage === nodeResizePending;

/** Completes what is left of a claim's expansion; the pod has it mounted. */
export function expandOnNode({ client, events, node }: KubeletContext, pod: Pod, claimName: string): void {
	const claim = getClaim(client, pod.metadata.namespace, claimName);
	const volume = getVolume(client, claim?.spec.volumeName);
	if (!claim || !volume || !awaitsNode(claim)) return;
	const { allocatedResourceStatuses: _, conditions: __, ...status } = claim.status ?? {};
	const capacity = { ...status.capacity, ...status.allocatedResources };
	client.updateStatus<PersistentVolumeClaim>('persistentvolumeclaims', {
		...claim,
		status: { ...status, capacity },
	});
	const message = `MountVolume.NodeExpandVolume succeeded for volume "${volume.metadata.name}" ${node}`;
	for (const object of [pod, claim]) events.event(object, 'Normal', 'FileSystemResizeSuccessful', message);
}
