// What a container may learn of its own pod (kubernetes.io/docs/concepts/workloads/pods/downward-api).
import { quantityValue } from '../schema/quantity.ts';
import type { Node, Pod, ResourceFieldSelector } from '../schema/types.ts';

/** `key="value"` lines, in order of keys, as files show labels and annotations. */
function describeMap(map: Readonly<Record<string, string>> = {}): string {
	return Object.entries(map)
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([key, value]) => `${key}=${JSON.stringify(value)}`)
		.join('\n');
}

/** The value of a field of the pod; throws where the path names none. */
export function podField(pod: Pod, path: string): string {
	const entry = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
	if (entry) return pod.metadata[entry[1] as 'labels' | 'annotations']?.[entry[2]] ?? '';
	switch (path) {
		case 'metadata.name':
			return pod.metadata.name;
		case 'metadata.namespace':
			return pod.metadata.namespace;
		case 'metadata.uid':
			return pod.metadata.uid;
		case 'metadata.labels':
			return describeMap(pod.metadata.labels);
		case 'metadata.annotations':
			return describeMap(pod.metadata.annotations);
		case 'spec.nodeName':
			return pod.spec.nodeName ?? '';
		case 'spec.serviceAccountName':
			return pod.spec.serviceAccountName ?? '';
		case 'status.hostIP':
		case 'status.hostIPs':
			return pod.status?.hostIP ?? '';
		case 'status.podIP':
		case 'status.podIPs':
			return pod.status?.podIP ?? '';
		default:
			throw new Error(`unsupported fieldPath: ${path}`);
	}
}

/**
 * A request or limit of a container, in units of the divisor and rounded up; without a limit it is what the
 * node has.
 */
export function containerResource(
	pod: Pod,
	node: Node | undefined,
	selector: ResourceFieldSelector,
	ownContainer: string,
): string {
	const name = selector.containerName || ownContainer;
	const container = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].find(
		(each) => each.name === name,
	);
	if (!container) throw new Error(`container ${name} not found`);
	const [kind, resource] = selector.resource.split('.') as ['limits' | 'requests', string];
	const own = container.resources?.[kind]?.[resource];
	const quantity = own ?? (kind === 'limits' ? (node?.status?.allocatable?.[resource] ?? '0') : '0');
	const divisor = quantityValue(selector.divisor ?? '0') || 1;
	return String(Math.ceil(quantityValue(quantity) / divisor));
}
