// postStart and preStop (kubernetes.io/docs/concepts/containers/container-lifecycle-hooks).
import type { LifecycleHandler } from '../schema/types.ts';
import { runInContainer } from './probes/exec.ts';
import { httpGet } from './probes/http.ts';
import type { ProbeTarget } from './probes/probe.ts';

/** Runs a hook to its end; throws an Error that says how it failed. */
export async function runHook(
	{ exec, httpGet: get, sleep }: LifecycleHandler,
	target: ProbeTarget,
	signal: AbortSignal,
): Promise<void> {
	if (sleep) return target.clock.sleep(sleep.seconds * 1000, signal);
	if (get) {
		const { status } = await httpGet({ ...target, action: get, userAgent: 'kube-lifecycle/1.36', signal });
		if (status < 200 || status >= 400) throw new Error(`HTTP hook failed with statuscode: ${status}`);
		return;
	}
	if (!exec) return;
	const command = exec.command ?? [];
	const { code, output, startError } = await runInContainer(target.running, command, signal);
	if (startError) throw new Error(startError);
	if (code !== 0) throw new Error(`command '${command.join(' ')}' exited with ${code}: ${output}`);
}
