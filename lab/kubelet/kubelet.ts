// A node's kubelet: takes the pods that are bound to the node, and lives their lives.
import type { Client } from '../api/client.ts';
import type { EventBroadcaster } from '../api/event-recorder.ts';
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
import { createImageStore } from './images.ts';
import type { KubeletContext } from './kubelet-context.ts';
import { createNodeConnector } from './node-connector.ts';
import { registerNode, reportImages } from './node-object.ts';
import { PodWorker } from './pod-worker.ts';
import { awaitsNode } from './volumes/expand.ts';

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
	readonly connector: NodeConnector;
	stop(): void;
}

const isReady = ({ status }: Node) =>
	status?.conditions?.some((each) => each.type === 'Ready' && each.status === 'True') ?? false;

/** Registers the node and runs what is bound to it. Without pods it does nothing: the node's state has no polling. */
export function startKubelet(options: KubeletOptions): Kubelet {
	const { node, address, podRange, client, clock, random, runtime, registry, network, issueToken, disks } =
		options;
	const events = options.events.recorder('kubelet', node);
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
		clock,
		random,
		events,
		runtime,
		registry,
		network,
		images,
		issueToken,
		disks,
		hostPaths: new Map(),
	};
	const workers = new Map<string, PodWorker>();

	const observe = (type: string, pod: Pod) => {
		if (pod.spec.nodeName !== node) return;
		const { uid } = pod.metadata;
		const worker = workers.get(uid);
		if (type === 'DELETED') worker?.forget();
		else if (worker) worker.update(pod);
		else take(pod);
	};

	/** A pod that has ended before, or is to go before it began, gets no containers. */
	const take = (pod: Pod) => {
		const { uid } = pod.metadata;
		const worker = new PodWorker(context, pod);
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

	registerNode(client, clock, random, { name: node, address, podRange });
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
	return {
		connector: createNodeConnector(
			clock,
			(pod) => workers.get(pod.metadata.uid),
			() => [...workers.values()].map(({ pod }) => pod),
		),
		stop() {
			for (const end of ends) end();
			for (const worker of workers.values()) worker.stop();
		},
	};
}
