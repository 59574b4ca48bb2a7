// Directories of the node, the same for every pod that mounts them.
import type { Volume } from '../../runtime/files.ts';
import type { KubeletContext } from '../kubelet-context.ts';

export function hostDirectory({ hostPaths, runtime }: KubeletContext, path: string): Volume {
	let volume = hostPaths.get(path);
	if (!volume) {
		volume = runtime.createVolume({ type: 'hostPath', source: path, mode: 0o755 });
		hostPaths.set(path, volume);
	}
	return volume;
}
