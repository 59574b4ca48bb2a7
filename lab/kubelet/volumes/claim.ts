// Volumes that a pod has through a claim: the claim's volume, once it is attached to the node.
import { attachmentName, needsAttaching } from '../../controllers/attach-detach.ts';
import { claimNameOf, getClaim, getVolume, isBound } from '../../controllers/persistent-volume/storage.ts';
import type { Volume as RuntimeVolume } from '../../runtime/files.ts';
import type { PersistentVolume, Pod, Volume, VolumeAttachment } from '../../schema/types.ts';
import { driverName } from '../../storage/names.ts';
import type { KubeletContext } from '../kubelet-context.ts';
import { attachTimeoutMs } from '../pace.ts';
import { hostPathVolume } from './host-path.ts';
import { MountError, notProcessed, setUpFailed } from './mount-error.ts';

/** The PersistentVolume behind a pod's volume, undefined where it has no claim. Throws MountError. */
export function claimedVolume(
	{ client }: KubeletContext,
	pod: Pod,
	volume: Volume,
): PersistentVolume | undefined {
	const name = claimNameOf(pod, volume);
	if (name === undefined) return undefined;
	const { namespace } = pod.metadata;
	const refuse = (why: string) =>
		notProcessed(volume.name, `error processing PVC ${namespace}/${name}: ${why}`);
	const claim = getClaim(client, namespace, name);
	if (!claim) throw refuse(`failed to fetch PVC from API server: persistentvolumeclaims "${name}" not found`);
	if (claim.metadata.deletionTimestamp) throw refuse('PVC is being deleted');
	const found = isBound(claim) ? getVolume(client, claim.spec.volumeName) : undefined;
	if (found?.spec.claimRef?.uid !== claim.metadata.uid) throw refuse('PVC is not bound');
	const { volumeMode = 'Filesystem' } = claim.spec;
	const wrong = volumeMode === 'Block' ? 'volumeMounts' : 'volumeDevices';
	const { initContainers = [], containers } = pod.spec;
	if (
		[...initContainers, ...containers].some((each) => each[wrong]?.some(({ name }) => name === volume.name))
	)
		throw notProcessed(
			volume.name,
			`volume ${volume.name} has volumeMode ${volumeMode}, but is specified in ${wrong}`,
		);
	return found;
}

/** Resolves when the volume is attached to the node; throws MountError after two minutes, or the signal's reason. */
export async function untilAttached(
	{ client, clock, node }: KubeletContext,
	volume: Volume,
	claimed: PersistentVolume,
	signal: AbortSignal,
): Promise<void> {
	if (!needsAttaching(client, claimed)) return;
	const name = attachmentName(claimed, node);
	const attached = Promise.withResolvers<void>();
	const timeout = clock.after(attachTimeoutMs, () =>
		attached.reject(
			new MountError(
				`Unable to attach or mount volumes: unmounted volumes=[${volume.name}], unattached volumes=[], failed to process volumes=[]: context deadline exceeded`,
			),
		),
	);
	const abort = () => attached.reject(signal.reason);
	signal.addEventListener('abort', abort, { once: true });
	const end = client.watch<VolumeAttachment>('volumeattachments.storage.k8s.io', ({ type, object }) => {
		if (object.metadata.name !== name || type === 'DELETED' || object.metadata.deletionTimestamp) return;
		if (object.status?.attached) attached.resolve();
	});
	try {
		await attached.promise;
	} finally {
		end();
		timeout.cancel();
		signal.removeEventListener('abort', abort);
	}
}

/** What the volume holds, as the node sees it. Throws MountError. */
export function mountClaimed(context: KubeletContext, { metadata, spec }: PersistentVolume): RuntimeVolume {
	const { name } = metadata;
	const { csi, hostPath, local, nfs } = spec;
	if (hostPath) return hostPathVolume(context.files, hostPath);
	if (local) {
		const directory = context.files.at(local.path);
		if (directory) return directory;
		throw new MountError(
			`MountVolume.NewMounter initialization failed for volume "${name}" : path "${local.path}" does not exist`,
		);
	}
	if (nfs)
		throw setUpFailed(
			name,
			`mount failed: exit status 32\nMounting command: mount\nMounting arguments: -t nfs ${nfs.server}:${nfs.path}\nOutput: mount.nfs: Connection timed out`,
		);
	if (!csi) throw setUpFailed(name, 'no volume plugin matched');
	const refuse = (why: string) =>
		new MountError(`MountVolume.MountDevice failed for volume "${name}" : ${why}`);
	if (csi.driver !== driverName)
		throw refuse(
			`kubernetes.io/csi: attacher.MountDevice failed to create newCsiDriverClient: driver name ${csi.driver} not found in the list of registered CSI drivers`,
		);
	const disk = context.disks.volume(csi.volumeHandle);
	if (!disk) throw refuse(`rpc error: code = NotFound desc = there is no disk ${csi.volumeHandle}`);
	return disk;
}
