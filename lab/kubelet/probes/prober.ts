// Runs a container's probes for as long as it runs, and says what they find.
import type { EventRecorder } from '../../api/event-recorder.ts';
import { reportFault } from '../../report-fault.ts';
import type { Pod, Probe } from '../../schema/types.ts';
import { type ProbeTarget, runProbe } from './probe.ts';

export interface ProberOptions extends ProbeTarget {
	pod: Pod;
	fieldPath: string;
	events: EventRecorder;
	/** The startup probe has succeeded (or there is none): the others begin. */
	started(): void;
	/** The readiness probe says otherwise than before. */
	ready(ready: boolean): void;
	/** The liveness or startup probe gave up on the container. */
	unhealthy(kind: 'liveness' | 'startup', probe: Probe): void;
	signal: AbortSignal;
}

type Kind = 'Startup' | 'Liveness' | 'Readiness';

/** Starts the probes of a container that has just been started; they end with the signal. */
export function startProbes(options: ProberOptions): void {
	const { startupProbe, livenessProbe, readinessProbe } = options.container;
	const others = () => {
		options.started();
		if (livenessProbe)
			void watch(options, 'Liveness', livenessProbe, {
				failed: () => options.unhealthy('liveness', livenessProbe),
			});
		if (readinessProbe)
			void watch(options, 'Readiness', readinessProbe, {
				succeeded: () => options.ready(true),
				failed: () => options.ready(false),
			});
		else options.ready(true);
	};
	if (!startupProbe) {
		others();
		return;
	}
	let done = false;
	void watch(options, 'Startup', startupProbe, {
		succeeded() {
			done = true;
			others();
		},
		failed: () => options.unhealthy('startup', startupProbe),
		until: () => done,
	});
}

interface Outcome {
	succeeded?(): void;
	failed(): void;
	until?(): boolean;
}

/** Probes every period; calls back when as many in a row as the thresholds ask have succeeded or failed. */
async function watch(options: ProberOptions, kind: Kind, probe: Probe, outcome: Outcome): Promise<void> {
	const { clock, events, pod, fieldPath, signal } = options;
	const { initialDelaySeconds = 0, periodSeconds = 10, successThreshold = 1, failureThreshold = 3 } = probe;
	let successes = 0;
	let failures = 0;
	try {
		await clock.sleep(initialDelaySeconds * 1000, signal);
		while (!outcome.until?.()) {
			const startedAt = clock.now();
			const failure = await runProbe(probe, options);
			signal.throwIfAborted();
			if (failure === undefined) {
				successes++;
				failures = 0;
				if (successes === successThreshold) outcome.succeeded?.();
			} else {
				failures++;
				successes = 0;
				const message = `${kind} probe failed: ${failure}`;
				events.event(pod, 'Warning', 'Unhealthy', message, fieldPath);
				if (failures === failureThreshold) outcome.failed();
			}
			await clock.sleep(Math.max(0, startedAt + periodSeconds * 1000 - clock.now()), signal);
		}
	} catch (error) {
		if (!signal.aborted) reportFault(`the kubelet, probing ${options.container.name}`, error);
	}
}
