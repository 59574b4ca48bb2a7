// A node's kubelet: takes the pods that are bound to the node, and lives their lives.
import type { Client } from '../api/client.ts';
import type { EventBroadcaster, EventRecorder } from '../api/event-recorder.ts';
import type { NodeConnector } from '../api/node-connector.ts';
import type { TokenIssuer } from '../auth/service-account-tokens.ts';
import type { Clock } from '../clock.ts';
import { isPodTerminal } from '../controllers/pod-state.ts';
import type { Registry } from '../images/image.ts';
import type { ClusterNetwork } from '../network/network.ts';
import type { Random } from '../random.ts';
import type { ContainerRuntime } from '../runtime/container.ts';
import type { ConfigMap, Node, PersistentVolumeClaim, Pod, Secret } from '../schema/types.ts';
import type { Disks } from '../storage/disks.ts';
import { createApiServerLink } from './api-server-link.ts';
import { NodePressure, type ScarceResource } from './eviction/node-pressure.ts';
import { createHostFiles } from './host-files.ts';
import { createImageStore } from './images.ts';
import type { KubeletContext } from './kubelet-context.ts';
import { createNodeConnector } from './node-connector.ts';
import { registerNode, reportBoot, reportHealth, reportImages } from './node-object.ts';
import { PodWorker } from './pod-worker.ts';
import { awaitsNode } from './volumes/expand.ts';
import type { PodVolumes } from './volumes/pod-volumes.ts';

export interface KubeletOptions {
	node: string;
	/** The node's own address, and the range that its pods' addresses come from. */
	address: string;
	podRange: string;
	client: Client;
	clock: Clock;
	random: Random;
	events: EventBroadcaster;
	runtime: ContainerRuntime;
	registry: Registry;
	network: ClusterNetwork;
	issueToken: TokenIssuer;
	disks: Disks;
}

export interface Kubelet {
	/** How the API server reaches it; undefined while it cannot. */
	readonly connector: NodeConnector | undefined;
	/** The pods of which a container runs, whatever the API server knows. */
	readonly running: readonly Pod[];
	/** Cuts it off from the API server; its pods go on. */
	disconnect(): void;
	/** Lets it reach the API server again: it tells how its pods are, and learns what has become of them. */
	reconnect(): void;
	/** Ends every container at once, and tells nobody; what the node has on its disk stays. */
	crash(): void;
	/** Starts the node again after a crash: its pods, as the API server has them now, begin anew. */
	boot(): void;
	/** Says what is left of the node's memory or disk, in bytes; too little has pods evicted. */
	setAvailable(resource: ScarceResource, bytes: number): void;
	/** Ends every container at once. */
	stop(): void;
}

const isReady = ({ status }: Node) =>
	status?.conditions?.some((each) => each.type === 'Ready' && each.status === 'True') ?? false;

/** Registers the node and runs what is bound to it. Without pods it does nothing: the node's state has no polling. */
export function startKubelet(options: KubeletOptions): Kubelet {
	const { node, address, podRange, clock, random, runtime, registry, network, issueToken, disks } = options;
	const link = createApiServerLink(options.client);
	const { client } = link;
	const recorder = options.events.recorder('kubelet', node);
	const events: EventRecorder = {
		event(...args) {
			if (link.isUp) recorder.event(...args);
		},
	};
	const images = createImageStore({
		clock,
		registry,
		events,
		changed: () => reportImages(client, node, images.list()),
	});
	const context: KubeletContext = {
		node,
		nodeAddress: address,
		client,
		reachable: link.up,
		clock,
		random,
		events,
		runtime,
		registry,
		network,
		images,
		issueToken,
		disks,
		refusalForPressure: (pod) => pressure.refusalOf(pod),
		files: createHostFiles(runtime, node),
	};
	const workers = new Map<string, PodWorker>();
	/** By pod, while the node is down. */
	const volumesOnDisk = new Map<string, PodVolumes>();
	const pressure = new NodePressure({ client, clock, events, node, workers: () => workers.values() });

	const observe = (type: string, pod: Pod) => {
		if (pod.spec.nodeName !== node) return;
		const { uid } = pod.metadata;
		const worker = workers.get(uid);
		if (type === 'DELETED') worker?.forget();
		else if (worker) worker.update(pod);
		else take(pod);
		for (const each of workers.values()) each.retryResize();
	};

	/** A pod that has ended before, or is to go before it began, gets no containers. */
	const take = (pod: Pod) => {
		const { uid } = pod.metadata;
		const worker = new PodWorker(context, pod, volumesOnDisk.get(uid));
		workers.set(uid, worker);
		void worker.gone.then(() => workers.delete(uid));
		if (pod.metadata.deletionTimestamp) worker.update(pod);
		else if (!isPodTerminal(pod)) worker.start();
	};

	const refresh = (source: 'configMap' | 'secret', object: ConfigMap | Secret) => {
		const { namespace, name } = object.metadata;
		for (const worker of workers.values())
			if (worker.pod.metadata.namespace === namespace) worker.volumes.refresh(source, name);
	};

	const expand = (claim: PersistentVolumeClaim) => {
		const { namespace, name } = claim.metadata;
		if (!awaitsNode(claim)) return;
		for (const worker of workers.values())
			if (worker.pod.metadata.namespace === namespace) worker.volumes.expandClaim(name);
	};

	/** Makes the node known, or known again: it has been down, or nobody has heard of it. */
	const register = () => {
		const stored = client.get<Node>('nodes', '', node);
		if (stored) reportBoot(client, clock, random, events, stored);
		else registerNode(client, clock, random, { name: node, address, podRange });
	};
	register();
	const ends = [
		client.watch<Pod>('pods', ({ type, object }) => observe(type, object)),
		client.watch<Node>('nodes', ({ object, previous }) => {
			// While the node was not ready, others have said of its pods that they are not.
			if (object.metadata.name !== node || !previous || isReady(previous) || !isReady(object)) return;
			for (const worker of workers.values()) worker.report();
		}),
		client.watch<ConfigMap>('configmaps', ({ object }) => refresh('configMap', object)),
		client.watch<Secret>('secrets', ({ object }) => refresh('secret', object)),
		client.watch<PersistentVolumeClaim>('persistentvolumeclaims', ({ object }) => expand(object)),
	];
	const connector = createNodeConnector(
		node,
		clock,
		(pod) => workers.get(pod.metadata.uid),
		() => [...workers.values()].map(({ pod }) => pod),
	);
	return {
		get connector() {
			return link.isUp ? connector : undefined;
		},
		get running() {
			return [...workers.values()]
				.filter(({ containers }) => containers.some(({ running }) => running))
				.map(({ pod }) => pod);
		},
		setAvailable: (resource, bytes) => pressure.setAvailable(resource, bytes),
		crash() {
			link.cut();
			for (const [uid, worker] of workers) {
				worker.stop();
				volumesOnDisk.set(uid, worker.volumes);
			}
			workers.clear();
			network.turnOff(node);
		},
		boot() {
			network.turnOn(node);
			link.restore();
			register();
			reportImages(client, node, images.list());
			for (const pod of client.list<Pod>('pods'))
				if (pod.spec.nodeName === node && !workers.has(pod.metadata.uid)) take(pod);
			volumesOnDisk.clear();
		},
		disconnect: link.cut,
		reconnect() {
			if (link.isUp) return;
			link.restore();
			reportHealth(client, clock, node);
			reportImages(client, node, images.list());
			for (const worker of workers.values()) worker.report();
			for (const claim of client.list<PersistentVolumeClaim>('persistentvolumeclaims')) expand(claim);
		},
		stop() {
			for (const end of ends) end();
			pressure.stop();
			for (const worker of workers.values()) worker.stop();
		},
	};
}
