// The life of one container: its image, its starts, its restarts with back-off, its end.

import { inBackground, reportFault } from '../report-fault.ts';
import type { Container as RuntimeContainer } from '../runtime/container.ts';
import { formatTime } from '../schema/time.ts';
import type {
	ContainerState,
	ContainerStateTerminated,
	ContainerStatus,
	EphemeralContainer,
	Pod,
	Probe,
} from '../schema/types.ts';
import { type BackOff, createBackOff } from './back-off.ts';
import { startErrorState, terminatedState } from './container-end.ts';
import { limitsOf } from './container-options.ts';
import { ContainerRecord } from './container-record.ts';
import { waitToRestart } from './crash-loop.ts';
import { createContainer } from './create-container.ts';
import { earlierContainer } from './earlier-container.ts';
import { runHook } from './hooks.ts';
import { KillTimer } from './kill-timer.ts';
import type { KubeletContext, PodEnvironment } from './kubelet-context.ts';
import { containerStartMs, observeMs, workMs } from './pace.ts';
import type { ProbeTarget } from './probes/probe.ts';
import { startProbes } from './probes/prober.ts';
import { resizeRestarts } from './resize.ts';
import { type ContainerKind, restartsAfter } from './restart-policy.ts';
import { askToStop } from './stop-container.ts';

export interface ContainerWorkerOptions {
	context: KubeletContext;
	/** The pod as it is now. */
	pod: () => Pod;
	container: EphemeralContainer;
	kind: ContainerKind;
	/** Why it waits before its turn comes. */
	waitingFor: 'ContainerCreating' | 'PodInitializing';
	/** Its status has changed. */
	changed(): void;
}

/** Where the pod's spec has each kind. */
const lists: Readonly<Record<ContainerKind, string>> = {
	init: 'initContainers',
	sidecar: 'initContainers',
	app: 'containers',
	ephemeral: 'ephemeralContainers',
};

export class ContainerWorker {
	container: EphemeralContainer;
	readonly kind: ContainerKind;
	readonly #context: KubeletContext;
	readonly #pod: () => Pod;
	readonly #record: ContainerRecord;
	#backOff: BackOff;
	/** Ends what goes on when the container is to be another. */
	#redefined = new AbortController();
	/** Ends what waits (pulls, back-off) when the pod is to stop. */
	readonly #stopping = new AbortController();
	readonly #begun = Promise.withResolvers<void>();
	readonly #started = Promise.withResolvers<void>();
	readonly #finished = Promise.withResolvers<void>();
	readonly #changed: () => void;
	#current: RuntimeContainer | undefined;
	#previous: RuntimeContainer | undefined;
	#environment: PodEnvironment | undefined;
	readonly #kill: KillTimer;

	constructor({ context, pod, container, kind, waitingFor, changed }: ContainerWorkerOptions) {
		this.#context = context;
		this.#pod = pod;
		this.container = container;
		this.kind = kind;
		this.#changed = changed;
		this.#backOff = createBackOff(context.clock);
		this.#kill = new KillTimer(context.clock);
		const earlier = earlierContainer(pod(), container.name, context.clock.now());
		this.#record = new ContainerRecord({ kind, waitingFor, earlier, changed });
	}

	/** Resolves when it has been tried to start, whether or not that went well. */
	get begun(): Promise<void> {
		return this.#begun.promise;
	}

	/** Resolves when it runs and its startup probe has succeeded, or when it never will. */
	get started(): Promise<void> {
		return this.#started.promise;
	}

	/** Resolves when it has ended for good. */
	get finished(): Promise<void> {
		return this.#finished.promise;
	}

	get state(): ContainerState {
		return this.#record.state;
	}

	get lastState(): ContainerState {
		return this.#record.lastState;
	}

	/** The latest container, running or ended; undefined before the first start. */
	get current(): RuntimeContainer | undefined {
		return this.#current;
	}

	/** The latest container while it runs. */
	get running(): RuntimeContainer | undefined {
		return this.#current?.state === 'running' ? this.#current : undefined;
	}

	/** The one before the latest. */
	get previous(): RuntimeContainer | undefined {
		return this.#previous;
	}

	get isReady(): boolean {
		return this.#record.isReady;
	}

	get isStarted(): boolean {
		return this.#record.isStarted;
	}

	status(): ContainerStatus {
		return this.#record.status(this.container);
	}

	start(environment: PodEnvironment): void {
		this.#environment = environment;
		void this.#live(environment);
	}

	/** Its image has been changed: it is started anew, at once. */
	redefine(container: EphemeralContainer): void {
		this.container = container;
		this.#backOff = createBackOff(this.#context.clock);
		this.#redefined.abort(new Error('the container has been changed'));
		const { running } = this;
		if (!running) return;
		this.#tell('Normal', 'Killing', `Container ${container.name} definition changed, will be restarted`);
		inBackground(this.#where, this.#replace(running, this.#pod().spec.terminationGracePeriodSeconds));
	}

	/** It may use more or less from now on; where its policy wants a restart for that, it gets one, and that is given. */
	resize(container: EphemeralContainer): boolean {
		const restarts = resizeRestarts(this.container, container);
		if (restarts) this.redefine(container);
		else {
			this.container = container;
			this.#current?.limit(limitsOf(container));
		}
		return restarts;
	}

	/**
	 * Ends it: by its stop signal, and by KILL when the grace period is over. May be called again with less
	 * grace. Resolves when it has ended.
	 */
	stop(graceMs: number): Promise<void> {
		const first = !this.#stopping.signal.aborted;
		this.#stopping.abort(new Error('the pod stops'));
		const { running } = this;
		if (!this.#environment) this.#end();
		if (running) {
			this.#kill.set(running, graceMs);
			if (first) {
				this.#tell('Normal', 'Killing', `Stopping container ${this.container.name}`);
				inBackground(this.#where, this.#askToStop(running));
			}
		}
		return this.finished;
	}

	get #where(): string {
		return `the kubelet, running container ${this.container.name} of pod ${this.#pod().metadata.name}`;
	}

	get #fieldPath(): string {
		return `spec.${lists[this.kind]}{${this.container.name}}`;
	}

	#tell(type: 'Normal' | 'Warning', reason: string, message: string): void {
		this.#context.events.event(this.#pod(), type, reason, message, this.#fieldPath);
	}

	async #live(environment: PodEnvironment): Promise<void> {
		const stopping = this.#stopping.signal;
		// What the node had when it went down; in a new sandbox init containers run again, whatever became of them.
		const { terminated } = this.state;
		try {
			if (terminated && this.kind !== 'init' && !this.#restartsAfter(terminated.exitCode)) return;
			do {
				this.#redefined = new AbortController();
				await this.#liveAsDefined(environment, AbortSignal.any([stopping, this.#redefined.signal]));
			} while (this.#redefined.signal.aborted && !stopping.aborted);
		} catch (error) {
			reportFault(this.#where, error);
		} finally {
			this.#end();
		}
	}

	/** Until it ends for good, or the signal is aborted. */
	async #liveAsDefined(environment: PodEnvironment, signal: AbortSignal): Promise<void> {
		try {
			for (;;) {
				const ended = await this.#runOnce(environment, signal);
				this.#begun.resolve();
				if (signal.aborted || !this.#restartsAfter(ended.exitCode)) return;
				await this.#waitToRestart(signal);
			}
		} catch (error) {
			if (!signal.aborted) throw error;
		}
	}

	#end(): void {
		this.#begun.resolve();
		this.#started.resolve();
		this.#finished.resolve();
		this.#changed();
	}

	#restartsAfter(exitCode: number): boolean {
		return restartsAfter(this.kind, this.#pod().spec.restartPolicy, exitCode);
	}

	/** Starts it, and gives how it ended. */
	async #runOnce(environment: PodEnvironment, signal: AbortSignal): Promise<ContainerStateTerminated> {
		const { clock } = this.#context;
		const { image, created } = await createContainer({
			context: this.#context,
			pod: this.#pod,
			container: this.container,
			fieldPath: this.#fieldPath,
			environment,
			waiting: (waiting) => {
				this.#record.waits(waiting);
				this.#begun.resolve();
			},
			signal,
		});
		this.#record.image = image;
		try {
			this.#tell('Normal', 'Created', 'Container created');
			await clock.sleep(workMs(clock, containerStartMs), signal);
		} catch (error) {
			created.remove();
			throw error;
		}
		environment.storage?.followContainer(this.container, created);
		this.#previous = this.#current;
		this.#current = created;
		try {
			created.start();
		} catch (error) {
			this.#record.see(created);
			return this.#failedToStart(created, error as Error);
		}
		this.#tell('Normal', 'Started', 'Container started');
		const running = new AbortController();
		const observed = clock.after(workMs(clock, observeMs), () => {
			this.#record.see(created);
			this.#record.runs(formatTime(created.startedAt ?? clock.now()));
		});
		inBackground(this.#where, this.#tend(created, environment, running.signal));
		await created.wait();
		observed.cancel();
		running.abort(new Error('the container has ended'));
		if (this.#record.seen !== created) this.#record.see(created);
		return this.#ended(created);
	}

	#failedToStart(created: RuntimeContainer, { message }: Error): ContainerStateTerminated {
		this.#tell('Warning', 'Failed', `Error: ${message}`);
		const terminated = startErrorState(created, message, this.#context.clock.now());
		const again = this.#restartsAfter(terminated.exitCode);
		this.#record.failsToStart(terminated, again ? { reason: 'RunContainerError', message } : undefined);
		created.remove();
		return terminated;
	}

	/** What goes on while it runs: the postStart hook, then probes. */
	async #tend(running: RuntimeContainer, environment: PodEnvironment, signal: AbortSignal): Promise<void> {
		const target = this.#target(running, environment);
		const { postStart } = this.container.lifecycle ?? {};
		try {
			if (postStart) await runHook(postStart, target, signal);
		} catch (error) {
			if (signal.aborted) return;
			this.#tell('Warning', 'FailedPostStartHook', `PostStartHook failed: ${(error as Error).message}`);
			this.#tell('Normal', 'Killing', 'FailedPostStartHook');
			return this.#replace(running, this.#pod().spec.terminationGracePeriodSeconds);
		}
		this.#begun.resolve();
		if (signal.aborted) return;
		startProbes({
			...target,
			pod: this.#pod(),
			fieldPath: this.#fieldPath,
			events: this.#context.events,
			signal: AbortSignal.any([signal, this.#stopping.signal]),
			started: () => {
				this.#started.resolve();
				this.#record.hasStarted();
			},
			ready: (ready) => this.#record.setReady(ready),
			unhealthy: (kind, probe) => this.#failedProbe(running, kind, probe),
		});
	}

	#target(running: RuntimeContainer, { network }: PodEnvironment): ProbeTarget {
		const { network: cluster, node, clock } = this.#context;
		const connect: ProbeTarget['connect'] = (...to) => cluster.connectFromNode(node, ...to);
		return { connect, clock, container: this.container, running, podAddress: network.ip };
	}

	#failedProbe(running: RuntimeContainer, kind: 'liveness' | 'startup', probe: Probe): void {
		const { name } = this.container;
		this.#tell('Normal', 'Killing', `Container ${name} failed ${kind} probe, will be restarted`);
		const { terminationGracePeriodSeconds } = this.#pod().spec;
		inBackground(
			this.#where,
			this.#replace(running, probe.terminationGracePeriodSeconds ?? terminationGracePeriodSeconds),
		);
	}

	/** Ends a container that is to be started again. */
	async #replace(running: RuntimeContainer, graceSeconds = 30): Promise<void> {
		this.#kill.set(running, graceSeconds * 1000);
		await this.#askToStop(running);
	}

	async #askToStop(running: RuntimeContainer): Promise<void> {
		if (!this.#environment) return;
		await askToStop(this.#target(running, this.#environment), this.#record.image, (why) =>
			this.#tell('Warning', 'FailedPreStopHook', `PreStopHook failed: ${why}`),
		);
	}

	#ended(ended: RuntimeContainer): ContainerStateTerminated {
		this.#kill.clear();
		const terminated = terminatedState(this.container, ended, this.#context.clock.now());
		ended.remove();
		this.#record.ends(terminated);
		return terminated;
	}

	async #waitToRestart(signal: AbortSignal): Promise<void> {
		await waitToRestart({
			clock: this.#context.clock,
			backOff: this.#backOff,
			pod: this.#pod(),
			container: this.container.name,
			tell: (...event) => this.#tell(...event),
			waiting: (waiting) => this.#record.backsOff(waiting),
			signal,
		});
	}
}
