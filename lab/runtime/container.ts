// What a kubelet asks of the container runtime: sandboxes with an address, containers in them (the part
// that CRI has on a real node).
import type { Image } from '../images/image.ts';
import type { NetworkNamespace } from '../network/network.ts';
import type { DiskUsage, FileTree, Volume } from './files.ts';
import type { Signal } from './process.ts';
import type { SavedVolume } from './saved-volume.ts';
import type { ExecStreams, ExitStatus } from './streams.ts';

export interface SandboxOptions {
	/** namespace/name of the pod, and its uid. */
	pod: string;
	uid: string;
	hostname: string;
	/** `domain` of the fully qualified host name, as `web.default.svc.cluster.local`; '' for none. */
	domain: string;
	node: string;
	network: NetworkNamespace;
	/** Search list of /etc/resolv.conf and the name server. */
	dns: { nameservers: string[]; searches: string[]; options: string[] };
	hostAliases?: { ip: string; hostnames: string[] }[];
	/**
	 * The image of the process that is PID 1 for all containers, where they share one process namespace; else
	 * each has its own.
	 */
	sharedProcesses?: Image;
	/** Its containers are in the process namespace of the node. */
	nodeProcesses?: boolean;
}

export interface ContainerOptions {
	name: string;
	image: Image;
	/** Override the image's entry point and arguments, as `command` and `args` do. */
	command?: string[];
	args?: string[];
	env: ReadonlyMap<string, string>;
	workingDir?: string;
	stdin: boolean;
	stdinOnce: boolean;
	tty: boolean;
	/**
	 * As whom it runs: without a gid in the group that the image gives the user, and besides in `groups` and in
	 * those that the image lists for the user.
	 */
	user?: { uid: number; gid?: number; groups?: readonly number[] };
	readOnlyRoot: boolean;
	/** Where the container says why it ends; /dev/termination-log where absent. */
	terminationMessagePath?: string;
	/** The identifier of the container of the sandbox whose process namespace this one joins. */
	joins?: string;
	memoryLimitBytes?: number;
	/** In cores: what is beyond it waits. */
	processorLimit?: number;
	mounts: { path: string; volume: Volume; subPath?: string; readOnly: boolean }[];
	/** Volumes as raw block devices. */
	devices?: { path: string; volume: Volume }[];
}

/** One line of a container's log, or a part of one. */
export interface LogEntry {
	/** Milliseconds since 1970. */
	at: number;
	stream: 'stdout' | 'stderr';
	data: Uint8Array;
}

/** What a container has written, kept to 10 MiB. */
export interface ContainerLog {
	entries(): readonly LogEntry[];
	/** What is there and what comes, until the container's output ends or the signal is aborted. */
	follow(signal: AbortSignal): AsyncIterable<LogEntry>;
	/** The size of what is kept, with what the file has before each line. */
	readonly bytes: number;
}

export interface Container {
	readonly id: string;
	readonly name: string;
	readonly log: ContainerLog;
	readonly state: 'created' | 'running' | 'exited';
	readonly startedAt?: number;
	readonly finishedAt?: number;
	readonly exit?: ExitStatus & { oomKilled: boolean };
	/** As whom its processes run; `groups` has every one of its groups, its own first. */
	readonly user: { uid: number; gid: number; groups: readonly number[] };
	/** What it has written for its end, at most the last 4096 bytes. */
	readonly terminationMessage: string;
	/** Starts PID 1. Throws an Error in runc's words where the command cannot be started. */
	start(): void;
	/** Resolves when PID 1 has ended. */
	wait(): Promise<ExitStatus & { oomKilled: boolean }>;
	signal(signal: Signal): void;
	/** Resolves when the command has ended; what it started in the background goes on. */
	exec(command: string[], streams: ExecStreams): Promise<ExitStatus>;
	/** Joins PID 1's streams until it ends or the client goes. */
	attach(streams: ExecStreams): Promise<ExitStatus>;
	/** Kills what is left and frees its file system; the log stays readable. */
	remove(): void;
	/** Changes its limits while it runs, as an update of its cgroup does; none where one is left out. */
	limit(limits: Pick<ContainerOptions, 'memoryLimitBytes' | 'processorLimit'>): void;
	readonly memoryBytes: number;
	/** Of its writable layer. */
	readonly usage: DiskUsage;
	/** How many cores it used of late, on average over the window. */
	readonly processorLoad: { cores: number; windowMs: number };
}

export interface Sandbox {
	readonly ip: string;
	createContainer(options: ContainerOptions): Container;
	/** Kills all containers and gives the address back. */
	stop(): void;
}

export interface ContainerRuntime {
	createSandbox(options: SandboxOptions): Sandbox;
	/**
	 * A new volume, filled with `content` (as emptyDir without, as a ConfigMap with). For a configMap, secret,
	 * projected or downwardAPI volume `mode` is that of its files (0644), for others that of the directory (0777).
	 * More than `sizeBytes`, and more than 256 MiB in any case, gives ENOSPC.
	 */
	createVolume(options: {
		type: string;
		source: string;
		content?: FileTree;
		mode?: number;
		sizeBytes?: number;
		/** The content of an image stands for an own one; nothing can be written to it. */
		image?: Image;
	}): Volume;
	/**
	 * The file or directory at a path in a volume, as a volume; made, with the directories above it, where
	 * `create` says what. Undefined where there is none.
	 */
	partOfVolume(volume: Volume, path: string, create?: 'directory' | 'file'): Volume | undefined;
	/** Gives the volume to a group, as fsGroup does; `onRootMismatch` leaves it where its root has that already. */
	setVolumeGroup(volume: Volume, gid: number, onRootMismatch: boolean): void;
	/** Replaces what a configMap, secret, projected or downwardAPI volume holds. */
	updateVolume(volume: Volume, content: FileTree): void;
	/** Gives a volume another size; what it holds already stays. */
	resizeVolume(volume: Volume, sizeBytes: number): void;
	/** All that is on a disk. */
	saveVolume(volume: Volume): SavedVolume;
	/** Puts what was saved on an empty disk. */
	restoreVolume(volume: Volume, saved: SavedVolume): void;
}
