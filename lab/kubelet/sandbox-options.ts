// A pod's place in the network: host name, DNS (kubernetes.io/docs/concepts/services-networking/dns-pod-service).
import { nodeDnsAddress } from '../network/addresses.ts';
import type { NetworkNamespace } from '../network/network.ts';
import type { SandboxOptions } from '../runtime/container.ts';
import type { Pod } from '../schema/types.ts';

const clusterDomain = 'cluster.local';

export function sandboxOptions(
	pod: Pod,
	node: string,
	network: NetworkNamespace,
	dnsAddress: string,
): SandboxOptions {
	const { metadata, spec } = pod;
	const hostname = spec.hostNetwork
		? node
		: (spec.hostnameOverride ?? (spec.hostname || metadata.name.slice(0, 63).replace(/[-.]+$/, '')));
	const hostAliases = spec.hostAliases?.map(({ ip, hostnames = [] }) => ({ ip, hostnames }));
	return {
		pod: `${metadata.namespace}/${metadata.name}`,
		uid: metadata.uid,
		hostname,
		domain: spec.subdomain ? `${spec.subdomain}.${metadata.namespace}.svc.${clusterDomain}` : '',
		node,
		network,
		dns: dnsOptions(pod, dnsAddress),
		...(hostAliases ? { hostAliases } : {}),
		...(spec.hostPID ? { nodeProcesses: true } : {}),
	};
}

/** The node's own /etc/resolv.conf, which pods with dnsPolicy Default have, and those on its network. */
const nodeResolver = {
	nameservers: [nodeDnsAddress],
	searches: [],
	options: ['edns0', 'trust-ad', 'ndots:0'],
};

function dnsOptions({ metadata, spec }: Pod, dnsAddress: string): SandboxOptions['dns'] {
	const { dnsPolicy = 'ClusterFirst', dnsConfig = {} } = spec;
	const cluster =
		dnsPolicy === 'ClusterFirstWithHostNet' || (dnsPolicy === 'ClusterFirst' && !spec.hostNetwork);
	const service = `svc.${clusterDomain}`;
	const usual = cluster
		? {
				nameservers: [dnsAddress],
				searches: [`${metadata.namespace}.${service}`, service, clusterDomain],
				options: ['ndots:5'],
			}
		: dnsPolicy === 'None'
			? { nameservers: [], searches: [], options: [] }
			: nodeResolver;
	const options = (dnsConfig.options ?? []).map(({ name = '', value }) =>
		value === undefined ? name : `${name}:${value}`,
	);
	const named = (option: string) => option.split(':')[0];
	return {
		nameservers: [...new Set([...usual.nameservers, ...(dnsConfig.nameservers ?? [])])],
		searches: [...new Set([...usual.searches, ...(dnsConfig.searches ?? [])])],
		options: [
			...usual.options.filter((option) => !options.some((other) => named(other) === named(option))),
			...options,
		],
	};
}
