// A whole cluster as one object.
import type { Client } from './api/client.ts';
import { createEventBroadcaster } from './api/event-recorder.ts';
import type { ApiServer } from './api/http.ts';
import { podMetricsOf } from './api/resources/metrics.ts';
import { createApiServer, type KeptByApiServer } from './api/server.ts';
import type { CertificateSigner } from './auth/certificate-request.ts';
import type { Clock } from './clock.ts';
import {
	apiServerPort,
	createNamespaces,
	createPriorityClasses,
	createSystemServices,
} from './controllers/bootstrap.ts';
import { startControlPlane } from './controllers/control-plane.ts';
import { createHeartbeats } from './controllers/heartbeats.ts';
import { createDefaultIngressClass } from './controllers/ingress.ts';
import { createServiceRange } from './controllers/service-addresses.ts';
import { createRegistry } from './images/registry.ts';
import { type Kubelet, startKubelet } from './kubelet/kubelet.ts';
import { apiServerNames, serveApiServer } from './network/api-server.ts';
import { issue, simulatedAuthority } from './network/certificates.ts';
import { createClusterNetwork } from './network/cluster.ts';
import { startIngressProxy } from './network/ingress-proxy.ts';
import type { NetworkNamespace } from './network/network.ts';
import { createVisitor, type Visitor } from './network/visitor.ts';
import { createLabNode, type LabNode } from './nodes.ts';
import { createRandom } from './random.ts';
import { createContainerRuntime } from './runtime/runtime.ts';
import { startScheduler } from './scheduler/scheduler.ts';
import { createDisks, type SavedDisks } from './storage/disks.ts';
import { installStorage } from './storage/install.ts';
import { startStorage } from './storage/storage.ts';

export interface LabOptions {
	/** How many nodes (named node1, node2, …). */
	nodes: number;
	clock: Clock;
	/** Equal seeds and equal inputs give equal names, addresses and versions under a virtual clock. */
	seed: number;
	/** PEM of the authority that signs the API server's certificate, for pods to trust; else a simulated one. */
	certificateAuthority?: string;
	/** What an earlier lab kept (`Lab.keep`): this one goes on from there, as after a loss of power of all nodes. */
	kept?: KeptLab;
	/** Makes the client certificates that are asked for by CertificateSigningRequests; none are made where it is left out. */
	signCertificate?: CertificateSigner;
}

/** What is left of a cluster that is switched off: what it was told to be, and what is on its disks. */
export interface KeptLab {
	readonly nodes: number;
	readonly apiServer: KeptByApiServer;
	readonly disks: SavedDisks;
}

export interface Lab {
	readonly api: ApiServer;
	readonly client: Client;
	readonly clock: Clock;
	/** Connects to what the cluster opens to the outside, as a browser on the nodes' network does. */
	readonly visit: Visitor['visit'];
	/** By name. Only code that has the lab itself can lose a node. */
	readonly nodes: ReadonlyMap<string, LabNode>;
	/** Of the last change to an object. */
	readonly revision: number;
	/** What `LabOptions.kept` takes; the objects in it are the stored ones. */
	keep(): KeptLab;
	/** Ends every process and timer of the lab. */
	stop(): void;
}

/** Starts a cluster; when it returns, its nodes are Ready and its namespaces complete. */
export function createLab(options: LabOptions): Lab {
	const { nodes, clock, seed, kept, signCertificate } = options;
	const certificateAuthority = options.certificateAuthority ?? simulatedAuthority('kubernetes');
	const random = createRandom(seed);
	const kubelets = new Map<string, Kubelet>();
	const heartbeats = createHeartbeats(clock);
	const connectorOf = (node: string) => kubelets.get(node)?.connector;
	const apiServer = createApiServer({
		clock,
		random,
		connectorOf,
		dial: (address, port, signal) => network.connect(address, port, signal),
		kept: kept?.apiServer,
	});
	const { http, client, registry, tokens, storeDefaultPolicy } = apiServer;
	const network = createClusterNetwork({ client, clock, random });
	const runtime = createContainerRuntime({ clock, random });
	const events = createEventBroadcaster({ client, clock });
	const disks = createDisks(runtime, kept?.disks);
	const shared = {
		client,
		clock,
		random,
		events,
		runtime,
		network,
		disks,
		registry: createRegistry(),
		issueToken: tokens.issueForPod,
	};

	if (!kept) {
		createNamespaces(client);
		storeDefaultPolicy();
		createPriorityClasses(client);
	}
	let stopApiServer = () => {};
	const kubeletClient = client.managedBy('kubelet');
	const nodeNetworks: NetworkNamespace[] = [];
	for (let index = 0; index < nodes; index++) {
		const node = `node${index + 1}`;
		const hostNetwork = network.createNamespace({ node, hostNetwork: true });
		nodeNetworks.push(hostNetwork);
		const address = hostNetwork.ip;
		const podRange = `10.244.${index}.0/24`;
		kubelets.set(node, startKubelet({ ...shared, client: kubeletClient, node, address, podRange }));
		if (index > 0) continue;
		if (!kept) createSystemServices(client, network.dnsAddress, address);
		const issuer = { name: 'kubernetes', certificate: certificateAuthority };
		const certificate = issue(issuer, 'kube-apiserver', apiServerNames(address), clock.now());
		stopApiServer = serveApiServer(http, hostNetwork, apiServerPort, certificate);
	}
	if (!kept) {
		createServiceRange(client, clock.now());
		createDefaultIngressClass(client);
		installStorage(client);
	}
	const controlPlane = startControlPlane({
		client: client.managedBy('kube-controller-manager'),
		clock,
		events,
		resources: registry,
		podMetrics: (namespace) =>
			podMetricsOf({ objects: client, connectorOf, time: clock.now() }).filter(
				({ metadata }) => metadata.namespace === namespace,
			),
		heartbeats,
		tokens,
		certificateAuthority,
		signCertificate,
	});
	const storage = startStorage({ client, clock, events }, disks);
	const ingressProxy = startIngressProxy(client, nodeNetworks);
	const scheduler = startScheduler({ client: client.managedBy('kube-scheduler'), clock, events, random });

	return {
		api: http,
		client,
		clock,
		visit: createVisitor(client, network).visit,
		nodes: new Map([...kubelets].map(([name, kubelet]) => [name, createLabNode(name, kubelet, heartbeats)])),
		get revision() {
			return apiServer.revision;
		},
		keep: () => ({ nodes, apiServer: apiServer.keep(), disks: disks.save() }),
		stop() {
			scheduler.stop();
			ingressProxy.stop();
			storage.stop();
			controlPlane.stop();
			stopApiServer();
			network.stop();
			for (const kubelet of kubelets.values()) kubelet.stop();
		},
	};
}
