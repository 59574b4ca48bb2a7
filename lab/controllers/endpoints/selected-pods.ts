// Which pods stand behind a service, and on which of their ports.
import type { Client } from '../../api/client.ts';
import { matchesLabels } from '../../api/selectors/label-selector.ts';
import type { EndpointPort, Pod, Service } from '../../schema/types.ts';
import { isPodReady, isPodTerminal, isPodTerminating } from '../pod-state.ts';

export const headlessLabel = 'service.kubernetes.io/headless';

export interface SelectedPod {
	pod: Pod;
	ready: boolean;
	terminating: boolean;
	/** Set where the service gives the pod a name of its own in DNS. */
	hostname?: string;
	ports: EndpointPort[];
}

export const isHeadless = (service: Service): boolean => service.spec.clusterIP === 'None';

/** Whether controllers keep the service's endpoints: without a selector its user does. */
export const hasSelector = (service: Service): boolean =>
	Object.keys(service.spec.selector ?? {}).length > 0 && service.spec.type !== 'ExternalName';

/** The pods that a service selects and that have an address, in order of name. Ended pods have left. */
export function selectPods(client: Client, service: Service): SelectedPod[] {
	const { namespace, name } = service.metadata;
	return client
		.list<Pod>('pods', namespace)
		.filter(
			(pod) =>
				pod.status?.podIP &&
				!isPodTerminal(pod) &&
				matchesLabels(service.spec.selector!, pod.metadata.labels),
		)
		.map((pod) => ({
			pod,
			ready: isPodReady(pod),
			terminating: isPodTerminating(pod),
			...(pod.spec.hostname && pod.spec.subdomain === name ? { hostname: pod.spec.hostname } : {}),
			ports: portsOf(service, pod),
		}));
}

/** The service's ports on this pod; one with a name that no container has is left out. */
function portsOf(service: Service, pod: Pod): EndpointPort[] {
	return (service.spec.ports ?? []).flatMap(
		({ name, port, targetPort = port, protocol = 'TCP', appProtocol }) => {
			const number = typeof targetPort === 'number' ? targetPort : namedPort(pod, targetPort, protocol);
			if (number === undefined) return [];
			return [{ ...(name ? { name } : {}), port: number, protocol, ...(appProtocol ? { appProtocol } : {}) }];
		},
	);
}

function namedPort(pod: Pod, name: string, protocol: string): number | undefined {
	const sidecars = (pod.spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
	return [...pod.spec.containers, ...sidecars]
		.flatMap(({ ports = [] }) => ports)
		.find((port) => port.name === name && (port.protocol ?? 'TCP') === protocol)?.containerPort;
}

/** Groups what belongs to pods by the ports that they serve on. */
export function groupByPorts(pods: readonly SelectedPod[]): { ports: EndpointPort[]; pods: SelectedPod[] }[] {
	const groups = new Map<string, { ports: EndpointPort[]; pods: SelectedPod[] }>();
	for (const pod of pods) {
		const key = JSON.stringify(pod.ports);
		const group = groups.get(key) ?? { ports: pod.ports, pods: [] };
		group.pods.push(pod);
		groups.set(key, group);
	}
	return [...groups.values()];
}
