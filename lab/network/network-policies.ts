// NetworkPolicies as the network plugin enforces them: what they do not allow is dropped, so that who sends it
// waits until its time is over (kubernetes.io/docs/concepts/services-networking/network-policies). They are
// asked when a connection is made; one that is there stays. A lab without policies looks nothing up.
import type { Client } from '../api/client.ts';
import { selectorMatches } from '../api/selectors/label-selector.ts';
import type { ContainerPort, KubernetesObject, NetworkPolicy, Pod } from '../schema/types.ts';
import { matchesPeers, type PolicyEnd } from './policy-peers.ts';
import { type Destination, matchesPorts } from './policy-ports.ts';

/** A place in the network: an address, the node that it is on, and the pod that has it to itself. */
export interface Place {
	readonly address: string;
	readonly node?: string;
	readonly pod?: PodIdentity;
}

export interface PodIdentity {
	readonly namespace: string;
	readonly name: string;
	/** Of what stands for a pod that no object describes. */
	readonly labels?: Readonly<Record<string, string>>;
}

export interface NetworkPolicies {
	/** Whether what `from` sends to `to` arrives: the policies of both ends must allow it. */
	allow(from: Place, to: Place, destination: Destination): boolean;
	stop(): void;
}

interface SelectedEnd extends PolicyEnd {
	readonly ports: readonly ContainerPort[];
}

export function createNetworkPolicies(client: Client): NetworkPolicies {
	const policies = new Map<string, NetworkPolicy>();
	const stop = client.watch<NetworkPolicy>('networkpolicies.networking.k8s.io', ({ type, object }) => {
		const key = `${object.metadata.namespace}/${object.metadata.name}`;
		if (type === 'DELETED') policies.delete(key);
		else policies.set(key, object);
	});

	const describe = ({ address, pod: known }: Place): SelectedEnd => {
		if (!known) return { address, ports: [] };
		const pod = client.get<Pod>('pods', known.namespace, known.name);
		const namespace = client.get<KubernetesObject>('namespaces', '', known.namespace);
		return {
			address,
			pod: {
				namespace: known.namespace,
				labels: known.labels ?? pod?.metadata.labels ?? {},
				namespaceLabels: namespace?.metadata.labels ?? {},
			},
			ports: [...(pod?.spec.containers ?? []), ...(pod?.spec.initContainers ?? [])].flatMap(
				({ ports = [] }) => ports,
			),
		};
	};

	/** The policies that select the pod; with one of them only what some rule allows is allowed. */
	const selecting = ({ pod }: SelectedEnd, direction: 'Ingress' | 'Egress') =>
		[...policies.values()].filter(
			(policy) =>
				pod !== undefined &&
				policy.metadata.namespace === pod.namespace &&
				policy.spec.policyTypes?.includes(direction) &&
				selectorMatches(policy.spec.podSelector ?? {}, pod.labels),
		);

	const mayLeave = (from: SelectedEnd, to: SelectedEnd, destination: Destination): boolean => {
		const selected = selecting(from, 'Egress');
		return (
			selected.length === 0 ||
			selected.some(({ metadata: { namespace }, spec }) =>
				spec.egress?.some(
					(rule) => matchesPeers(rule.to, namespace, to) && matchesPorts(rule.ports, destination, to.ports),
				),
			)
		);
	};

	const mayEnter = (from: SelectedEnd, to: SelectedEnd, destination: Destination): boolean => {
		const selected = selecting(to, 'Ingress');
		return (
			selected.length === 0 ||
			selected.some(({ metadata: { namespace }, spec }) =>
				spec.ingress?.some(
					(rule) =>
						matchesPeers(rule.from, namespace, from) && matchesPorts(rule.ports, destination, to.ports),
				),
			)
		);
	};

	return {
		allow(from, to, destination) {
			if (policies.size === 0 || from === to) return true;
			// A pod's own node reaches it, whatever the policies say: its kubelet probes.
			if (!from.pod && from.node !== undefined && from.node === to.node) return true;
			const [sender, receiver] = [describe(from), describe(to)];
			return mayLeave(sender, receiver, destination) && mayEnter(sender, receiver, destination);
		},
		stop,
	};
}
