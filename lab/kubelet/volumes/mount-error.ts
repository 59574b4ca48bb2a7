/** Why a volume cannot be mounted, as the FailedMount event says it. */
export class MountError extends Error {}

/** The volume's own plugin could not set it up. */
export const setUpFailed = (volume: string, why: string): MountError =>
	new MountError(`MountVolume.SetUp failed for volume "${volume}" : ${why}`);

/** The kubelet could not even tell what is to be mounted for the pod's entry `volume`. */
export const notProcessed = (volume: string, why: string): MountError =>
	new MountError(
		`Unable to attach or mount volumes: unmounted volumes=[${volume}], unattached volumes=[], failed to process volumes=[${volume}]: ${why}`,
	);
