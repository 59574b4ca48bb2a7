// Commands that the kubelet runs in a container: exec probes and hooks.
import type { Container } from '../../runtime/container.ts';

/** The exit code and what the command printed, at most 10 KiB of it. */
export async function runInContainer(
	container: Container,
	command: string[],
	signal: AbortSignal,
): Promise<{ code: number; output: string; startError?: string }> {
	const decoder = new TextDecoder();
	let output = '';
	const collect = (data: Uint8Array) => {
		if (output.length < 10_240) output += decoder.decode(data, { stream: true });
	};
	const { code, startError } = await container.exec(command, {
		tty: false,
		stdout: collect,
		stderr: collect,
		signal,
	});
	return { code, output, startError };
}
