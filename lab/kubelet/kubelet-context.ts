// What the parts of a node's kubelet share.
import type { Client } from '../api/client.ts';
import type { EventRecorder } from '../api/event-recorder.ts';
import type { TokenIssuer } from '../auth/service-account-tokens.ts';
import type { Clock } from '../clock.ts';
import type { Registry } from '../images/image.ts';
import type { ClusterNetwork } from '../network/network.ts';
import type { Random } from '../random.ts';
import type { Container, ContainerRuntime, Sandbox } from '../runtime/container.ts';
import type { Volume } from '../runtime/files.ts';
import type { Pod } from '../schema/types.ts';
import type { Disks } from '../storage/disks.ts';
import type { LocalStorage } from './eviction/local-storage.ts';
import type { HostFiles } from './host-files.ts';
import type { ImageStore } from './images.ts';

export interface KubeletContext {
	readonly node: string;
	readonly nodeAddress: string;
	readonly client: Client;
	/** Resolves when the API server can be reached. */
	reachable(): Promise<void>;
	readonly clock: Clock;
	readonly random: Random;
	readonly events: EventRecorder;
	readonly runtime: ContainerRuntime;
	readonly registry: Registry;
	readonly network: ClusterNetwork;
	readonly images: ImageStore;
	readonly issueToken: TokenIssuer;
	/** What the nodes can attach. */
	readonly disks: Disks;
	/** Why the node, running short of something, does not take the pod; undefined where it does. */
	refusalForPressure(pod: Pod): { reason: string; message: string } | undefined;
	/** The node's own file system. */
	readonly files: HostFiles;
}

/** What a pod's containers have in common once its sandbox is up. */
export interface PodEnvironment {
	readonly sandbox: Sandbox;
	readonly network: ReturnType<ClusterNetwork['createNamespace']>;
	readonly volumes: ReadonlyMap<string, Volume>;
	/** The pod's container of a name, while it runs. */
	running(name: string): Container | undefined;
	/** Where the pod is held to what it may write. */
	readonly storage: LocalStorage | undefined;
}
