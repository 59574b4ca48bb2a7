// The Node object by which a kubelet makes its node known.
import type { Client } from '../api/client.ts';
import type { EventRecorder } from '../api/event-recorder.ts';
import type { Clock } from '../clock.ts';
import type { Image } from '../images/image.ts';
import { type Random, randomUuid } from '../random.ts';
import { formatMicroTime, formatTime } from '../schema/time.ts';
import type { ContainerImage, Lease, Node, NodeCondition } from '../schema/types.ts';

export const kubernetesVersion = 'v1.36.2';

const capacity = {
	cpu: '4',
	'ephemeral-storage': '61255492Ki',
	'hugepages-1Gi': '0',
	'hugepages-2Mi': '0',
	memory: '8Gi',
	pods: '110',
};

/** Creates the node, Ready from the start. */
export function registerNode(
	client: Client,
	clock: Clock,
	random: Random,
	{ name, address, podRange }: { name: string; address: string; podRange: string },
): Node {
	const now = formatTime(clock.now());
	const labels = {
		'beta.kubernetes.io/arch': 'amd64',
		'beta.kubernetes.io/os': 'linux',
		'kubernetes.io/arch': 'amd64',
		'kubernetes.io/hostname': name,
		'kubernetes.io/os': 'linux',
	};
	const node = client.create<Node>('nodes', {
		apiVersion: 'v1',
		kind: 'Node',
		metadata: { name, labels },
		spec: { podCIDR: podRange, podCIDRs: [podRange] },
	});
	registerLease(client, clock, node);
	return client.updateStatus<Node>('nodes', {
		...node,
		status: {
			addresses: [
				{ type: 'InternalIP', address },
				{ type: 'Hostname', address: name },
			],
			allocatable: capacity,
			capacity,
			conditions: healthyConditions(now),
			daemonEndpoints: { kubeletEndpoint: { Port: 10_250 } },
			nodeInfo: {
				architecture: 'amd64',
				bootID: randomUuid(random),
				containerRuntimeVersion: 'containerd://2.2.0',
				kernelVersion: '6.1.0-slidecar',
				kubeProxyVersion: '',
				kubeletVersion: kubernetesVersion,
				machineID: randomUuid(random).replaceAll('-', ''),
				operatingSystem: 'linux',
				osImage: 'Debian GNU/Linux 12 (bookworm)',
				systemUUID: randomUuid(random),
			},
		},
	});
}

/** What a kubelet says of a node that lacks nothing; what was so before stays so since then. */
function healthyConditions(now: string, earlier: readonly NodeCondition[] = []): NodeCondition[] {
	const condition = (type: string, status: string, reason: string, message: string): NodeCondition => {
		const before = earlier.find((each) => each.type === type);
		const lastTransitionTime = before?.status === status ? before.lastTransitionTime : now;
		return { type, status, lastHeartbeatTime: now, lastTransitionTime, reason, message };
	};
	const fine = (type: string, reason: string, what: string) =>
		condition(type, 'False', reason, `kubelet has ${what}`);
	return [
		fine('MemoryPressure', 'KubeletHasSufficientMemory', 'sufficient memory available'),
		fine('DiskPressure', 'KubeletHasNoDiskPressure', 'no disk pressure'),
		fine('PIDPressure', 'KubeletHasSufficientPID', 'sufficient PID available'),
		condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
	];
}

/** Says that the node is well, after a time in which nobody heard of it. */
export function reportHealth(client: Client, clock: Clock, name: string): void {
	const node = client.get<Node>('nodes', '', name);
	if (!node) return;
	const conditions = healthyConditions(formatTime(clock.now()), node.status?.conditions);
	client.updateStatus<Node>('nodes', { ...node, status: { ...node.status, conditions } });
}

/** Says that the node is up again: it is well, and another boot has its own identifier. */
export function reportBoot(
	client: Client,
	clock: Clock,
	random: Random,
	events: EventRecorder,
	node: Node,
): void {
	const { name } = node.metadata;
	const bootID = randomUuid(random);
	const nodeInfo = { ...node.status!.nodeInfo!, bootID };
	client.updateStatus<Node>('nodes', { ...node, status: { ...node.status, nodeInfo } });
	reportHealth(client, clock, name);
	events.event(node, 'Normal', 'Starting', 'Starting kubelet.');
	events.event(node, 'Warning', 'Rebooted', `Node ${name} has been rebooted, boot id: ${bootID}`);
	events.event(node, 'Normal', 'NodeReady', `Node ${name} status is now: NodeReady`);
}

/** The node's lease is never renewed, since an idle lab writes nothing: whether a node is heard of, Heartbeats know. */
function registerLease(client: Client, clock: Clock, { apiVersion, kind, metadata }: Node): void {
	const { name, uid } = metadata;
	client.create<Lease>('leases.coordination.k8s.io', {
		apiVersion: 'coordination.k8s.io/v1',
		kind: 'Lease',
		metadata: {
			name,
			namespace: 'kube-node-lease',
			ownerReferences: [{ apiVersion, kind, name, uid }],
		},
		spec: {
			holderIdentity: name,
			leaseDurationSeconds: 40,
			renewTime: formatMicroTime(clock.now()),
		},
	});
}

/** Says which images the node has. */
export function reportImages(client: Client, name: string, images: readonly Image[]): void {
	const node = client.get<Node>('nodes', '', name);
	if (!node) return;
	const described: ContainerImage[] = images.map(({ reference, digest, sizeBytes }) => ({
		names: [`${reference.replace(/[:@][^/]*$/, '')}@${digest}`, reference],
		sizeBytes,
	}));
	client.updateStatus<Node>('nodes', { ...node, status: { ...node.status, images: described } });
}
