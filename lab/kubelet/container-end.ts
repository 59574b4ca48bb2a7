// How a container's end is told (kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure).
import type { Container as RuntimeContainer } from '../runtime/container.ts';
import { formatTime } from '../schema/time.ts';
import type { Container, ContainerStateTerminated } from '../schema/types.ts';

function terminationReason(exitCode: number, oomKilled: boolean): string {
	if (oomKilled) return 'OOMKilled';
	return exitCode === 0 ? 'Completed' : 'Error';
}

/** What the container wrote for its end; else, where it asks for that and has failed, the last lines of its log. */
function terminationMessage(container: Container, ended: RuntimeContainer): string {
	const written = ended.terminationMessage;
	const logsStandIn =
		container.terminationMessagePolicy === 'FallbackToLogsOnError' && ended.exit?.code !== 0;
	if (written !== '' || !logsStandIn) return written;
	const decoder = new TextDecoder();
	const text = ended.log
		.entries()
		.map(({ data }) => decoder.decode(data))
		.join('');
	return text.split('\n').slice(-81).join('\n').slice(-2048);
}

/** The status of a container that has ended; `now` stands for times that are not known. */
export function terminatedState(
	container: Container,
	ended: RuntimeContainer,
	now: number,
): ContainerStateTerminated {
	const { code, oomKilled } = ended.exit!;
	const message = terminationMessage(container, ended);
	return {
		exitCode: code,
		reason: terminationReason(code, oomKilled),
		...(message ? { message } : {}),
		startedAt: formatTime(ended.startedAt ?? now),
		finishedAt: formatTime(ended.finishedAt ?? now),
		containerID: `containerd://${ended.id}`,
	};
}

/** The status of a container whose command could not be started. */
export const startErrorState = (
	{ id }: RuntimeContainer,
	message: string,
	now: number,
): ContainerStateTerminated => ({
	exitCode: 128,
	reason: 'StartError',
	message,
	startedAt: formatTime(0),
	finishedAt: formatTime(now),
	containerID: `containerd://${id}`,
});
