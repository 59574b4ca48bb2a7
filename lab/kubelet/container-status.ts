// A container's entry in the pod's status.
import type { Image } from '../images/image.ts';
import type { Container as RuntimeContainer } from '../runtime/container.ts';
import type { Container, ContainerState, ContainerStatus } from '../schema/types.ts';

export interface ContainerFacts {
	state: ContainerState;
	lastState: ContainerState;
	ready: boolean;
	started: boolean;
	restartCount: number;
	/** Once it is there. */
	image?: Image;
	/** Once there has been a start. */
	current?: RuntimeContainer;
}

const userStatus = ({ user: { uid, gid, groups } }: RuntimeContainer) => ({
	uid,
	gid,
	supplementalGroups: [...groups],
});

/** The runtime can make a mount read-only with all below it, so that asking for it where possible gives it. */
const isRecursive = (asked: string | undefined) => asked === 'Enabled' || asked === 'IfPossible';

export function describeContainer(container: Container, facts: ContainerFacts): ContainerStatus {
	const { state, lastState, ready, started, restartCount, image, current } = facts;
	const repository = image?.reference.replace(/[:@][^/]*$/, '');
	const { requests, limits } = container.resources ?? {};
	return {
		...(requests && current ? { allocatedResources: requests } : {}),
		...(current ? { containerID: `containerd://${current.id}` } : {}),
		image: current && image ? image.reference : (container.image ?? ''),
		imageID: current && image ? `${repository}@${image.digest}` : '',
		lastState,
		name: container.name,
		ready,
		...(current ? { resources: { ...(requests ? { requests } : {}), ...(limits ? { limits } : {}) } } : {}),
		restartCount,
		started,
		state,
		...(current ? { user: { linux: userStatus(current) } } : {}),
		...(container.volumeMounts?.length
			? {
					volumeMounts: container.volumeMounts.map(({ name, mountPath, readOnly, recursiveReadOnly }) => ({
						mountPath,
						name,
						...(readOnly
							? { readOnly, recursiveReadOnly: isRecursive(recursiveReadOnly) ? 'Enabled' : 'Disabled' }
							: {}),
					})),
				}
			: {}),
	};
}
