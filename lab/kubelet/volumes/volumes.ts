// A pod's volumes, each made by what its source says, and kept up to date where the source is an API object.
import type { Image } from '../../images/image.ts';
import type { Volume as RuntimeVolume } from '../../runtime/files.ts';
import { quantityValue } from '../../schema/quantity.ts';
import type { Pod, Volume } from '../../schema/types.ts';
import type { KubeletContext } from '../kubelet-context.ts';
import { claimedVolume, mountClaimed, untilAttached } from './claim.ts';
import { hostPathVolume } from './host-path.ts';
import { MountError, setUpFailed } from './mount-error.ts';
import { type ProjectedContent, projectedContent } from './projected-content.ts';

const hostPathRoot = '/var/lib/kubelet/pods';

/** The volume for one entry of the pod's. Throws MountError, and the signal's reason where it waits. */
export async function mountVolume(
	context: KubeletContext,
	pod: Pod,
	volume: Volume,
	signal: AbortSignal,
): Promise<RuntimeVolume> {
	const claimed = claimedVolume(context, pod, volume);
	if (claimed) await untilAttached(context, volume, claimed, signal);
	const image = volume.image && (await pullImage(context, pod, volume, signal));
	const mounted = claimed ? mountClaimed(context, claimed) : mountOwn(context, pod, volume, image);
	const { fsGroup, fsGroupChangePolicy } = pod.spec.securityContext ?? {};
	if (fsGroup !== undefined && isOfPod.has(mounted.type))
		context.runtime.setVolumeGroup(mounted, fsGroup, fsGroupChangePolicy === 'OnRootMismatch');
	return mounted;
}

/** Volumes that fsGroup applies to: not what belongs to the node or to an image. */
const isOfPod = new Set(['disk', 'emptyDir', 'tmpfs', 'configMap', 'secret', 'projected', 'downwardAPI']);

/** The image that a volume shows; its pull is told and tried again as a container's is. */
function pullImage(context: KubeletContext, pod: Pod, volume: Volume, signal: AbortSignal): Promise<Image> {
	const { reference, pullPolicy } = volume.image!;
	return context.images.ensure({
		pod,
		container: { image: reference, imagePullPolicy: pullPolicy },
		fieldPath: `spec.volumes{${volume.name}}`,
		waiting: () => {},
		signal,
	});
}

/** A volume that the pod itself describes. */
function mountOwn(context: KubeletContext, pod: Pod, volume: Volume, image?: Image): RuntimeVolume {
	try {
		return createVolume(context, pod, volume, image);
	} catch (error) {
		throw error instanceof MountError ? error : setUpFailed(volume.name, (error as Error).message);
	}
}

function createVolume(context: KubeletContext, pod: Pod, volume: Volume, image?: Image): RuntimeVolume {
	const source = `${hostPathRoot}/${pod.metadata.uid}/volumes/${volume.name}`;
	if (volume.emptyDir) {
		const type = volume.emptyDir.medium === 'Memory' ? 'tmpfs' : 'emptyDir';
		const { sizeLimit } = volume.emptyDir;
		// What is in memory is full at its limit; what is on disk the kubelet watches.
		const sizeBytes = type === 'tmpfs' && sizeLimit ? quantityValue(sizeLimit) : undefined;
		return context.runtime.createVolume({ type, source, mode: 0o777, sizeBytes });
	}
	if (volume.hostPath) return hostPathVolume(context.files, volume.hostPath);
	if (image) return context.runtime.createVolume({ type: 'image', source: image.reference, image });
	const projected = projectedContent(context, pod, volume);
	if (projected) {
		const { type, content, mode } = projected;
		return context.runtime.createVolume({ type, source, content, mode });
	}
	const [kind] = Object.keys(volume).filter((key) => key !== 'name');
	throw new Error(`no volume plugin matched for ${kind ?? 'a volume without a source'}`);
}

/** Writes anew what a volume shows of API objects; what is missing meanwhile stays as it was. */
export function refreshVolume(
	context: KubeletContext,
	pod: Pod,
	volume: Volume,
	mounted: RuntimeVolume,
): void {
	let projected: ProjectedContent | undefined;
	try {
		projected = projectedContent(context, pod, volume);
	} catch {
		return;
	}
	if (projected) context.runtime.updateVolume(mounted, projected.content);
}
