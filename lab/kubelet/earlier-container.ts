// What a kubelet that starts knows of its pods' containers, after the node has been down: what their statuses say,
// and that none of them runs any more.
import { formatTime } from '../schema/time.ts';
import type { ContainerState, ContainerStateTerminated, ContainerStatus, Pod } from '../schema/types.ts';

export interface EarlierContainer {
	state: ContainerState;
	lastState: ContainerState;
	restartCount: number;
}

/** Undefined where the pod has not had the container yet. `now` stands for when it was lost. */
export function earlierContainer({ status }: Pod, name: string, now: number): EarlierContainer | undefined {
	const told = [
		...(status?.initContainerStatuses ?? []),
		...(status?.containerStatuses ?? []),
		...(status?.ephemeralContainerStatuses ?? []),
	].find((each) => each.name === name);
	if (!told?.containerID) return undefined;
	const { state = {}, lastState = {}, restartCount } = told;
	const { terminated = lastState.terminated } = state;
	if (state.running) return { state: { terminated: lost(told, now) }, lastState, restartCount };
	return { state: terminated ? { terminated } : {}, lastState, restartCount };
}

/** How containerd tells of a container whose end nobody has seen. */
const lost = ({ containerID, state }: ContainerStatus, now: number): ContainerStateTerminated => ({
	exitCode: 255,
	reason: 'Unknown',
	startedAt: state?.running?.startedAt,
	finishedAt: formatTime(now),
	containerID,
});
