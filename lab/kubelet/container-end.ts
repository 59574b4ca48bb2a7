// How a container's end is told (kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure).
import type { Container as RuntimeContainer } from '../runtime/container.ts';
import type { Container } from '../schema/types.ts';

export function terminationReason(exitCode: number, oomKilled: boolean): string {
	if (oomKilled) return 'OOMKilled';
	return exitCode === 0 ? 'Completed' : 'Error';
}

/** The last lines of the log stand for the message where the container asks for that and has failed. */
export function terminationMessage(container: Container, ended: RuntimeContainer): string | undefined {
	if (container.terminationMessagePolicy !== 'FallbackToLogsOnError' || ended.exit?.code === 0)
		return undefined;
	const decoder = new TextDecoder();
	const text = ended.log
		.entries()
		.map(({ data }) => decoder.decode(data))
		.join('');
	return text.split('\n').slice(-81).join('\n').slice(-2048);
}
