// Between a container's end and its next start (kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy).
import type { Clock } from '../clock.ts';
import type { ContainerStateWaiting, Pod } from '../schema/types.ts';
import type { BackOff } from './back-off.ts';
import { formatDuration } from './go-duration.ts';
import { relistMs, resyncMs } from './pace.ts';

/**
 * Waits until the container may start again. How it ended stays to be seen until the kubelet next looks at the
 * pod, which then says by `waiting` that it is backing off. Rejects with the signal's reason.
 */
export async function waitToRestart(options: {
	clock: Clock;
	backOff: BackOff;
	pod: Pod;
	container: string;
	tell(type: 'Warning', reason: string, message: string): void;
	waiting(state: Required<ContainerStateWaiting>): void;
	signal: AbortSignal;
}): Promise<void> {
	const { clock, backOff, container, tell, waiting, signal } = options;
	const endedAt = clock.now();
	await clock.sleep(relistMs, signal);
	const delay = backOff.delay(endedAt);
	if (delay > relistMs) {
		const { metadata } = options.pod;
		const pod = `${metadata.name}_${metadata.namespace}(${metadata.uid})`;
		tell('Warning', 'BackOff', `Back-off restarting failed container ${container} in pod ${pod}`);
		const seen = Math.min(resyncMs, delay / 2);
		await clock.sleep(seen - relistMs, signal);
		const message = `back-off ${formatDuration(delay)} restarting failed container=${container} pod=${pod}`;
		waiting({ reason: 'CrashLoopBackOff', message });
		await clock.sleep(delay - seen, signal);
	}
	backOff.attempt(endedAt);
}
