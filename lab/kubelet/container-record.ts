// What the kubelet has seen of a container, from one start to the next: what the pod's status tells of it.
import type { Image } from '../images/image.ts';
import type { Container as RuntimeContainer } from '../runtime/container.ts';
import type {
	Container,
	ContainerState,
	ContainerStateTerminated,
	ContainerStateWaiting,
	ContainerStatus,
} from '../schema/types.ts';
import { describeContainer } from './container-status.ts';
import type { EarlierContainer } from './earlier-container.ts';
import type { ContainerKind } from './restart-policy.ts';

export class ContainerRecord {
	/** Once it is there. */
	image: Image | undefined;
	readonly #kind: ContainerKind;
	readonly #changed: () => void;
	#state: ContainerState;
	#lastState: ContainerState;
	#restartCount: number;
	/** An earlier kubelet of the node has run it. */
	readonly #ranBefore: boolean;
	#isReady = false;
	#isStarted = false;
	/** The latest that was seen: the kubelet sees a new one a little after its start. */
	#seen: RuntimeContainer | undefined;

	/** `waitingFor` says why it has not begun; `changed` is called with each change. */
	constructor(options: {
		kind: ContainerKind;
		waitingFor: string;
		earlier: EarlierContainer | undefined;
		changed(): void;
	}) {
		const { kind, waitingFor, earlier, changed } = options;
		this.#kind = kind;
		this.#changed = changed;
		this.#ranBefore = earlier !== undefined;
		this.#state = earlier?.state ?? { waiting: { reason: waitingFor } };
		this.#lastState = earlier?.lastState ?? {};
		this.#restartCount = earlier?.restartCount ?? 0;
	}

	get state(): ContainerState {
		return this.#state;
	}

	get lastState(): ContainerState {
		return this.#lastState;
	}

	get seen(): RuntimeContainer | undefined {
		return this.#seen;
	}

	get isReady(): boolean {
		if (this.#kind === 'init') return this.#state.terminated?.exitCode === 0;
		return this.#kind !== 'ephemeral' && this.#isReady && this.#state.running !== undefined;
	}

	get isStarted(): boolean {
		return this.#isStarted && this.#state.running !== undefined;
	}

	/** Its entry in the pod's status, by what the pod says of it. */
	status(container: Container): ContainerStatus {
		return describeContainer(container, {
			state: this.#state,
			lastState: this.#lastState,
			ready: this.isReady,
			started: this.isStarted,
			restartCount: this.#restartCount,
			image: this.image,
			current: this.#seen,
		});
	}

	/** It cannot start yet. */
	waits(waiting: ContainerStateWaiting): void {
		this.#enter({ waiting });
	}

	/** It has ended, and is held back before it starts again. */
	backsOff(waiting: ContainerStateWaiting): void {
		this.#leaveBehind();
		this.#enter({ waiting });
	}

	/** The kubelet sees a container that has been started. */
	see(container: RuntimeContainer): void {
		this.#leaveBehind();
		this.#restartCount += this.#seen || this.#ranBefore ? 1 : 0;
		this.#seen = container;
	}

	/** `startedAt` as the API writes times. */
	runs(startedAt: string): void {
		this.#enter({ running: { startedAt } });
	}

	/** Its startup probe has succeeded, or it has none. */
	hasStarted(): void {
		this.#isStarted = true;
		this.#changed();
	}

	/** What its readiness probe says. */
	setReady(ready: boolean): void {
		if (this.#isReady === ready) return;
		this.#isReady = ready;
		this.#changed();
	}

	ends(terminated: ContainerStateTerminated): void {
		this.#isReady = false;
		this.#isStarted = false;
		this.#enter({ terminated });
	}

	/** Its command could not be run; `waiting` where that is tried again. */
	failsToStart(terminated: ContainerStateTerminated, waiting: ContainerStateWaiting | undefined): void {
		this.#lastState = { terminated };
		this.#enter(waiting ? { waiting } : { terminated });
	}

	/** How it ended is from now on how it ended the last time. */
	#leaveBehind(): void {
		const terminated = this.#state.terminated ?? this.#lastState.terminated;
		this.#lastState = terminated ? { terminated } : {};
	}

	#enter(state: ContainerState): void {
		this.#state = state;
		this.#changed();
	}
}
