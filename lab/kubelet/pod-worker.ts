// The life of one pod on its node: volumes, sandbox, init containers, containers, and its end.

import { deepEqual } from '../api/deep-equal.ts';
import { ApiError } from '../api/errors.ts';
import type { Timer } from '../clock.ts';
import { isPodTerminal } from '../controllers/pod-state.ts';
import { inBackground, reportFault } from '../report-fault.ts';
import type { Volume as RuntimeVolume } from '../runtime/files.ts';
import type { Pod } from '../schema/types.ts';
import { refusalOf } from './admission.ts';
import { ContainerWorker } from './container-worker.ts';
import { isLimited, LocalStorage } from './eviction/local-storage.ts';
import type { KubeletContext, PodEnvironment } from './kubelet-context.ts';
import { relistMs, sandboxMs, workMs } from './pace.ts';
import { PodResize } from './pod-resize.ts';
import { describePod, hasInitialised, type PodFailure } from './pod-status.ts';
import { warnOfMissingPullSecrets } from './pull-secrets.ts';
import { sandboxOptions } from './sandbox-options.ts';
import { PodVolumes } from './volumes/pod-volumes.ts';

/** Its only process holds a pod's namespaces. */
const sandboxImage = 'registry.k8s.io/pause:3.10';

export class PodWorker {
	readonly inits: readonly ContainerWorker[];
	readonly apps: readonly ContainerWorker[];
	readonly volumes: PodVolumes;
	/** Resolves when nothing of the pod is left on the node. */
	readonly gone: Promise<void>;
	readonly #context: KubeletContext;
	readonly #startedAt: number;
	readonly #stopping = new AbortController();
	readonly #gone = Promise.withResolvers<void>();
	#deadline: Timer | undefined;
	/** Undefined where nothing limits it. */
	readonly #storage: LocalStorage | undefined;
	readonly #resize: PodResize;
	#pod: Pod;
	readonly #ephemerals: ContainerWorker[] = [];
	#environment: PodEnvironment | undefined;
	#address: string | undefined;
	#failure: PodFailure | undefined;
	#over = false;
	/** Nothing is told of it any more: the lab has stopped, or the node has gone down. */
	#silent = false;
	#publishing = false;
	#graceMs = Number.POSITIVE_INFINITY;

	/** `earlier` are the pod's volumes as the node had them before it went down. */
	constructor(context: KubeletContext, pod: Pod, earlier?: PodVolumes) {
		this.#context = context;
		this.#pod = pod;
		this.#startedAt = context.clock.now();
		this.gone = this.#gone.promise;
		this.#storage = isLimited(pod)
			? new LocalStorage(context.clock, pod, (why) => this.evict(why, 1000))
			: undefined;
		this.#resize = new PodResize(
			context,
			(name) => this.container(name),
			() => this.#publish(),
		);
		this.volumes = new PodVolumes(context, () => this.#pod, earlier);
		const { initContainers = [], containers } = pod.spec;
		this.inits = initContainers.map((container) =>
			this.#worker(container, container.restartPolicy === 'Always' ? 'sidecar' : 'init'),
		);
		this.apps = containers.map((container) => this.#worker(container, 'app'));
		this.#addEphemerals();
	}

	#worker(container: Pod['spec']['containers'][0], kind: ContainerWorker['kind']): ContainerWorker {
		return new ContainerWorker({
			context: this.#context,
			pod: () => this.#pod,
			container,
			kind,
			waitingFor: this.#pod.spec.initContainers?.length ? 'PodInitializing' : 'ContainerCreating',
			changed: () => this.#publish(),
		});
	}

	/** Takes in those that have been added since; they start once the sandbox is up. */
	#addEphemerals(): void {
		for (const container of this.#pod.spec.ephemeralContainers ?? []) {
			if (this.container(container.name)) continue;
			const worker = this.#worker(container, 'ephemeral');
			this.#ephemerals.push(worker);
			if (this.#environment) worker.start(this.#environment);
		}
	}

	get pod(): Pod {
		return this.#pod;
	}

	/** Undefined until the sandbox is up, and again when it is gone. */
	get environment(): PodEnvironment | undefined {
		return this.#environment;
	}

	get containers(): readonly ContainerWorker[] {
		return [...this.inits, ...this.apps, ...this.#ephemerals];
	}

	container(name: string): ContainerWorker | undefined {
		return this.containers.find(({ container }) => container.name === name);
	}

	start(): void {
		void this.#live();
	}

	/** The pod has changed in the API; when it is to be deleted, its containers are stopped. */
	update(pod: Pod): void {
		const earlier = this.#pod;
		this.#pod = pod;
		if (pod.metadata.deletionTimestamp) {
			const { deletionGracePeriodSeconds: seconds } = pod.metadata;
			this.#terminate(seconds === undefined ? this.#specGraceMs() : seconds * 1000);
		} else if (!deepEqual([earlier.metadata, earlier.spec], [pod.metadata, pod.spec])) {
			this.volumes.refresh('downwardAPI');
			for (const container of [...(pod.spec.initContainers ?? []), ...pod.spec.containers]) {
				const worker = this.container(container.name);
				if (!worker || worker.container.image === container.image) continue;
				const { resources } = worker.container;
				worker.redefine({ ...container, resources });
			}
			this.#resize.consider(pod);
			if (!isPodTerminal(pod)) this.#addEphemerals();
			this.#publish();
		}
	}

	/** Something has changed on the node: a resize that waits for room may have it now. */
	retryResize(): void {
		if (this.isActive && this.#resize.isDeferred) this.#resize.consider(this.#pod);
	}

	/** Whether it runs, or is on its way to that. */
	get isActive(): boolean {
		return !this.#over && !this.#stopping.signal.aborted && this.#failure === undefined;
	}

	/** Tells the pod's status anew, where another may have changed it. */
	report(): void {
		this.#publish();
	}

	/** The pod is no longer in the API: what is left of it has no more time. */
	forget(): void {
		this.#terminate(0);
	}

	/** Ends at once, telling nobody: the lab stops, or the node goes down. */
	stop(): void {
		this.#over = true;
		this.#silent = true;
		this.#stopping.abort(new Error('the lab stops'));
		this.#release();
		for (const worker of this.containers) void worker.stop(0);
		this.#environment?.sandbox.stop();
	}

	get #where(): string {
		return `the kubelet, running pod ${this.#pod.metadata.namespace}/${this.#pod.metadata.name}`;
	}

	async #live(): Promise<void> {
		const { signal } = this.#stopping;
		try {
			const { client, refusalForPressure } = this.#context;
			const refusal = refusalForPressure(this.#pod) ?? refusalOf(client, this.#pod);
			if (refusal) {
				// A controller that replaces refused pods goes round and round: no faster than on a real node.
				await this.#context.clock.sleep(relistMs, signal);
				this.#context.events.event(this.#pod, 'Warning', refusal.reason, refusal.message);
				const message = `Pod was rejected: ${refusal.message}`;
				this.#fail({ ...refusal, message, rejected: true });
				return;
			}
			this.#publish();
			if (!this.#startsAnew()) return;
			this.#watchDeadline();
			const volumes = await this.volumes.mount(signal);
			this.#storage?.followVolumes(volumes);
			await this.#context.clock.sleep(workMs(this.#context.clock, sandboxMs), signal);
			const environment = await this.#createSandbox(volumes);
			this.volumes.keep();
			warnOfMissingPullSecrets(this.#context, this.#pod);
			this.#publish();
			for (const ephemeral of this.#ephemerals) ephemeral.start(environment);
			if (await this.#initialise(environment, signal)) {
				for (const app of this.apps) {
					signal.throwIfAborted();
					app.start(environment);
					await app.begun;
				}
				await Promise.all(this.apps.map((app) => app.finished));
			}
			signal.throwIfAborted();
			await this.#stopSidecars(this.#specGraceMs());
			this.#release();
			this.#removeSandbox();
		} catch (error) {
			if (!signal.aborted) reportFault(this.#where, error);
		}
	}

	/**
	 * Where the node has been down since the pod ran on it: tells that its sandbox is another, and gives whether
	 * its containers start again.
	 */
	#startsAnew(): boolean {
		const { spec, status } = this.#pod;
		if (!status?.containerStatuses?.some(({ containerID }) => containerID)) return true;
		if (spec.restartPolicy === 'Never') return false;
		const message = 'Pod sandbox changed, it will be killed and re-created.';
		this.#context.events.event(this.#pod, 'Normal', 'SandboxChanged', message);
		return true;
	}

	/** Runs the init containers in order; gives whether all have succeeded. */
	async #initialise(environment: PodEnvironment, signal: AbortSignal): Promise<boolean> {
		for (const init of this.inits) {
			signal.throwIfAborted();
			init.start(environment);
			await (init.kind === 'sidecar' ? init.started : init.finished);
			if (init.kind === 'init' && !hasInitialised(init)) return false;
		}
		return true;
	}

	async #createSandbox(volumes: ReadonlyMap<string, RuntimeVolume>): Promise<PodEnvironment> {
		const { clock, network, node, nodeAddress, registry, runtime } = this.#context;
		const { hostNetwork = false, shareProcessNamespace } = this.#pod.spec;
		const sharedProcesses = shareProcessNamespace && (await clock.outside(registry.pull(sandboxImage)));
		this.#stopping.signal.throwIfAborted();
		const namespace = network.createNamespace({ node, hostNetwork, pod: this.#pod.metadata });
		const options = sandboxOptions(this.#pod, node, namespace, network.dnsAddress);
		const sandbox = runtime.createSandbox({ ...options, ...(sharedProcesses ? { sharedProcesses } : {}) });
		const running = (name: string) => this.container(name)?.running;
		this.#environment = { sandbox, network: namespace, volumes, running, storage: this.#storage };
		this.#address = hostNetwork ? nodeAddress : namespace.ip;
		this.#pod = { ...this.#pod, status: { ...this.#pod.status, hostIP: nodeAddress, podIP: this.#address } };
		return this.#environment;
	}

	#removeSandbox(): void {
		this.#environment?.sandbox.stop();
		this.#environment = undefined;
		this.#publish();
	}

	#specGraceMs(): number {
		return (this.#pod.spec.terminationGracePeriodSeconds ?? 30) * 1000;
	}

	/** Sidecars end last, in the opposite order of their start. */
	async #stopSidecars(graceMs: number): Promise<void> {
		for (const sidecar of this.inits.filter(({ kind }) => kind === 'sidecar').toReversed())
			await sidecar.stop(graceMs);
	}

	/** activeDeadlineSeconds counts from when the node took the pod. */
	#watchDeadline(): void {
		const seconds = this.#pod.spec.activeDeadlineSeconds;
		if (seconds === undefined) return;
		const expire = () => inBackground(this.#where, this.#expire());
		this.#deadline = this.#context.clock.after(seconds * 1000, expire);
	}

	async #expire(): Promise<void> {
		const message = 'Pod was active on the node longer than the specified deadline';
		this.#context.events.event(this.#pod, 'Normal', 'DeadlineExceeded', message);
		await this.#endWith({ reason: 'DeadlineExceeded', message }, this.#specGraceMs());
	}

	/** Ends the pod for the node's sake; it stays in the API, as failed. */
	evict(message: string, graceMs: number): void {
		if (this.#stopping.signal.aborted || this.#over) return;
		this.#context.events.event(this.#pod, 'Warning', 'Evicted', message);
		const failure = { reason: 'Evicted', message, disrupted: true };
		inBackground(this.#where, this.#endWith(failure, graceMs));
	}

	async #endWith(failure: PodFailure, graceMs: number): Promise<void> {
		this.#stopping.abort(new Error(failure.message));
		this.#release();
		await this.#stopContainers(graceMs);
		this.#removeSandbox();
		this.#fail(failure);
	}

	/** Ends what waits for its time or watches. */
	#release(): void {
		this.#deadline?.cancel();
		this.#storage?.stop();
		this.#resize.stop();
		this.volumes.release();
	}

	#fail(failure: PodFailure): void {
		this.#failure = failure;
		this.#publish();
	}

	async #stopContainers(graceMs: number): Promise<void> {
		const { clock } = this.#context;
		const end = clock.now() + graceMs;
		const others = this.containers.filter(({ kind }) => kind !== 'sidecar');
		await Promise.all(others.map((worker) => worker.stop(graceMs)));
		await this.#stopSidecars(Math.max(0, end - clock.now()));
	}

	/** Stops everything, then lets the pod go from the API. Called again with less time, it hurries. */
	#terminate(graceMs: number): void {
		if (graceMs >= this.#graceMs) return;
		const first = this.#graceMs === Number.POSITIVE_INFINITY;
		this.#graceMs = graceMs;
		this.#stopping.abort(new Error('the pod is deleted'));
		this.#release();
		const stopped = this.#stopContainers(graceMs);
		inBackground(this.#where, first ? this.#leave(stopped) : stopped);
	}

	/** When all containers have ended, the pod leaves the node and the API. */
	async #leave(stopped: Promise<void>): Promise<void> {
		await stopped;
		this.#over = true;
		this.#removeSandbox();
		await this.#context.reachable();
		if (this.#silent) return;
		this.#writeStatus();
		this.#deleteFromApi();
		this.#gone.resolve();
	}

	#deleteFromApi(): void {
		const { namespace, name, uid } = this.#pod.metadata;
		try {
			this.#context.client.delete('pods', namespace, name, {
				gracePeriodSeconds: 0,
				preconditions: { uid },
			});
		} catch (error) {
			// It has gone already, or another pod has its name by now.
			if (!(error instanceof ApiError)) throw error;
		}
	}

	/** Writes the status once for all that changes in this turn. */
	#publish(): void {
		if (this.#publishing) return;
		this.#publishing = true;
		queueMicrotask(() => {
			this.#publishing = false;
			try {
				this.#writeStatus();
			} catch (error) {
				reportFault(this.#where, error);
			}
		});
	}

	#writeStatus(): void {
		if (this.#silent) return;
		const { client, clock, nodeAddress } = this.#context;
		const { namespace, name, uid } = this.#pod.metadata;
		const stored = client.get<Pod>('pods', namespace, name);
		if (stored?.metadata.uid !== uid) return;
		this.#resize.settle(stored);
		const status = describePod(stored, {
			inits: this.inits,
			apps: this.apps,
			ephemerals: this.#ephemerals,
			hostAddress: nodeAddress,
			address: this.#address,
			sandboxReady: this.#environment !== undefined,
			startedAt: this.#startedAt,
			over: this.#over,
			failure: this.#failure,
			resize: this.#resize.conditions(stored.status?.conditions ?? []),
			now: clock.now(),
		});
		if (deepEqual(status, stored.status)) return;
		this.#pod = client.updateStatus<Pod>('pods', { ...stored, status });
	}
}
