// Asking a container to end: its preStop hook, then its stop signal
// (kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination).
import type { Image } from '../images/image.ts';
import type { Signal } from '../runtime/process.ts';
import { runHook } from './hooks.ts';
import type { ProbeTarget } from './probes/probe.ts';

/** `hookFailed` is told why the preStop hook failed; the container is sent its signal all the same. */
export async function askToStop(
	target: ProbeTarget,
	image: Image | undefined,
	hookFailed: (why: string) => void,
): Promise<void> {
	const { container, running } = target;
	const { preStop, stopSignal } = container.lifecycle ?? {};
	if (preStop) {
		const over = new AbortController();
		const ended = running.wait().then(() => over.abort(new Error('the container has ended')));
		try {
			await Promise.race([runHook(preStop, target, over.signal), ended]);
		} catch (error) {
			if (!over.signal.aborted) hookFailed((error as Error).message);
		}
	}
	const signal = stopSignal?.replace(/^SIG/, '') ?? image?.config.stopSignal ?? 'TERM';
	if (running.state === 'running') running.signal(signal as Signal);
}
