// Which containers are started again when they have ended (pod lifecycle, restartPolicy; KEP-753, sidecar containers).
import type { PodSpec } from '../schema/types.ts';

/**
 * An init container runs to its end before the next starts, a sidecar starts among them and stays. An ephemeral
 * one is added to a pod that runs, for debugging, and runs once.
 */
export type ContainerKind = 'init' | 'sidecar' | 'app' | 'ephemeral';

export function restartsAfter(
	kind: ContainerKind,
	restartPolicy: PodSpec['restartPolicy'] = 'Always',
	exitCode: number,
): boolean {
	if (kind === 'sidecar') return true;
	if (kind === 'ephemeral') return false;
	if (kind === 'init') return exitCode !== 0 && restartPolicy !== 'Never';
	return restartPolicy === 'Always' || (restartPolicy === 'OnFailure' && exitCode !== 0);
}
