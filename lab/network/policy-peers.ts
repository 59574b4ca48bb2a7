// Who a NetworkPolicy's rule is about (kubernetes.io/docs/concepts/services-networking/network-policies, "Behavior
// of to and from selectors").
import { selectorMatches } from '../api/selectors/label-selector.ts';
import type { IPBlock, NetworkPolicyPeer } from '../schema/types.ts';
import { inRange } from './addresses.ts';

type Labels = Readonly<Record<string, string>>;

/** One end of a connection, as policies see it. */
export interface PolicyEnd {
	address: string;
	/** Where it is a pod with an address of its own. */
	pod?: { namespace: string; labels: Labels; namespaceLabels: Labels };
}

function isInBlock({ cidr, except = [] }: IPBlock, address: string): boolean {
	return inRange(address, cidr) && !except.some((range) => inRange(address, range));
}

/** `namespace` is the policy's own: a podSelector alone selects there. */
function matchesPeer(peer: NetworkPolicyPeer, namespace: string, { address, pod }: PolicyEnd): boolean {
	if (peer.ipBlock) return isInBlock(peer.ipBlock, address);
	if (!pod) return false;
	const inNamespace = peer.namespaceSelector
		? selectorMatches(peer.namespaceSelector, pod.namespaceLabels)
		: pod.namespace === namespace;
	return inNamespace && (!peer.podSelector || selectorMatches(peer.podSelector, pod.labels));
}

/** Whether a rule's `from` or `to` takes that end in; an absent or empty list takes everyone in. */
export function matchesPeers(
	peers: readonly NetworkPolicyPeer[] | undefined,
	namespace: string,
	end: PolicyEnd,
): boolean {
	return !peers?.length || peers.some((peer) => matchesPeer(peer, namespace, end));
}
