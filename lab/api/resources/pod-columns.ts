// What `kubectl get pods` says of a pod: one word for its state, made from conditions and containers.
import type { Container, ContainerStatus, Pod } from '../../schema/types.ts';
import { humanDuration } from './columns.ts';

/** An init container that is restarted always runs beside the others. */
const isSidecar = (container: Container | undefined) => container?.restartPolicy === 'Always';

const sidecars = (pod: Pod) => (pod.spec.initContainers ?? []).filter(isSidecar);

const statusesOfSidecars = (pod: Pod) => {
	const names = new Set(sidecars(pod).map((each) => each.name));
	return (pod.status?.initContainerStatuses ?? []).filter((status) => names.has(status.name));
};

export function readyContainers(pod: Pod): string {
	const ready = [...(pod.status?.containerStatuses ?? []), ...statusesOfSidecars(pod)].filter(
		(status) => status.ready && status.state?.running,
	);
	return `${ready.length}/${pod.spec.containers.length + sidecars(pod).length}`;
}

/** How a container that has ended is named: its reason, or the signal or code it ended with. */
function ending(status: ContainerStatus): string {
	const terminated = status.state?.terminated;
	if (terminated?.reason) return terminated.reason;
	return terminated?.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated?.exitCode ?? 0}`;
}

/** The state that an init container holds the pod in, if one does. */
function initState(pod: Pod): string | undefined {
	const specs = new Map((pod.spec.initContainers ?? []).map((each) => [each.name, each]));
	for (const [index, status] of (pod.status?.initContainerStatuses ?? []).entries()) {
		if (status.state?.terminated?.exitCode === 0) continue;
		if (isSidecar(specs.get(status.name)) && status.started) continue;
		if (status.state?.terminated) return `Init:${ending(status)}`;
		const waiting = status.state?.waiting?.reason;
		if (waiting && waiting !== 'PodInitializing') return `Init:${waiting}`;
		return `Init:${index}/${specs.size}`;
	}
	return undefined;
}

const hasCondition = (pod: Pod, type: string) =>
	pod.status?.conditions?.some((each) => each.type === type && each.status === 'True') ?? false;

/** The STATUS column. */
export function podState(pod: Pod): string {
	const { status, metadata } = pod;
	let state = status?.reason || status?.phase || '';
	if (status?.conditions?.some((each) => each.type === 'PodScheduled' && each.reason === 'SchedulingGated'))
		state = 'SchedulingGated';
	const initialising = initState(pod);
	if (initialising) state = initialising;
	if (!initialising || hasCondition(pod, 'Initialized')) {
		let running = false;
		for (const container of [...(status?.containerStatuses ?? [])].reverse()) {
			if (container.state?.waiting?.reason) state = container.state.waiting.reason;
			else if (container.state?.terminated) state = ending(container);
			else if (container.ready && container.state?.running) running = true;
		}
		if (state === 'Completed' && running) state = hasCondition(pod, 'Ready') ? 'Running' : 'NotReady';
	}
	if (!metadata.deletionTimestamp) return state;
	if (status?.reason === 'NodeLost') return 'Unknown';
	return status?.phase === 'Succeeded' || status?.phase === 'Failed' ? state : 'Terminating';
}

/** The RESTARTS column: how often, and how long ago the last was. */
export function shownRestarts(pod: Pod, now: number): string {
	const initialising = initState(pod) !== undefined;
	const counted = initialising
		? (pod.status?.initContainerStatuses ?? [])
		: [...(pod.status?.containerStatuses ?? []), ...statusesOfSidecars(pod)];
	const restarts = counted.reduce((sum, status) => sum + status.restartCount, 0);
	const last = counted
		.map((status) => status.lastState?.terminated?.finishedAt)
		.filter((time) => typeof time === 'string')
		.sort()
		.at(-1);
	return restarts > 0 && last
		? `${restarts} (${humanDuration(now - Date.parse(last))} ago)`
		: String(restarts);
}
