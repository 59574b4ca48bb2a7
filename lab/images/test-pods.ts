// Pods for the tests of images and programs: the real network, runtime and catalogue under a virtual clock,
// with a client that tells of the Services and EndpointSlices that a test announces.
import type { Client, WatchHandler } from '../api/client.ts';
import { createVirtualClock } from '../clock.ts';
import { createClusterNetwork } from '../network/cluster.ts';
import { createRandom } from '../random.ts';
import type { Container, ContainerOptions, Sandbox } from '../runtime/container.ts';
import { createContainerRuntime } from '../runtime/runtime.ts';
import { collect, plainContainer, settled } from '../runtime/test-container.ts';
import type { EndpointSlice, KubernetesObject, Service } from '../schema/types.ts';
import { createRegistry } from './registry.ts';

type Event = Parameters<WatchHandler<KubernetesObject>>[0];

/** A client that only watches, and what it tells its watchers. */
export function createTestClient(): { client: Client; announce(resource: string, event: Event): void } {
	const handlers = new Map<string, WatchHandler<KubernetesObject>[]>();
	const client = {
		watch(resource: string, handler: WatchHandler<KubernetesObject>) {
			handlers.set(resource, [...(handlers.get(resource) ?? []), handler]);
			return () => {};
		},
	} as unknown as Client;
	return {
		client,
		announce(resource, event) {
			for (const handler of handlers.get(resource) ?? []) handler(event);
		},
	};
}

const metadata = (name: string, labels = {}) =>
	({ name, namespace: 'default', labels }) as unknown as Service['metadata'];

export function serviceOf(name: string, spec: Service['spec']): Service {
	return { apiVersion: 'v1', kind: 'Service', metadata: metadata(name), spec };
}

export function sliceOf(service: string, part: Pick<EndpointSlice, 'endpoints' | 'ports'>): EndpointSlice {
	const labels = { 'kubernetes.io/service-name': service };
	return {
		apiVersion: 'discovery.k8s.io/v1',
		kind: 'EndpointSlice',
		addressType: 'IPv4',
		metadata: metadata(`${service}-x`, labels),
		...part,
	};
}

export interface TestPod {
	readonly ip: string;
	readonly container: Container;
	log(): string;
	/** Runs a command in the pod, moving time on until it has ended. */
	run(command: readonly string[], input?: string): Promise<{ code: number; stdout: string; stderr: string }>;
}

export function createTestPods() {
	const clock = createVirtualClock();
	const random = createRandom(7);
	const { client, announce } = createTestClient();
	const network = createClusterNetwork({ client, clock, random });
	const runtime = createContainerRuntime({ clock, random });
	const registry = createRegistry();
	announce('namespaces', { type: 'ADDED', object: { metadata: { name: 'default' } } as KubernetesObject });

	/** A started pod of one container; `domain` as a headless service gives it. */
	const start = async (
		name: string,
		image: string,
		options: Partial<ContainerOptions> & { domain?: string; node?: string } = {},
	): Promise<TestPod> => {
		const node = options.node ?? 'node1';
		const sandbox: Sandbox = runtime.createSandbox({
			pod: `default/${name}`,
			uid: name,
			hostname: name,
			domain: options.domain ?? '',
			node,
			network: network.createNamespace({ node }),
			dns: {
				nameservers: [network.dnsAddress],
				searches: ['default.svc.cluster.local', 'svc.cluster.local', 'cluster.local'],
				options: ['ndots:5'],
			},
		});
		const container = sandbox.createContainer({
			name,
			image: await registry.pull(image),
			...plainContainer(),
			...options,
		});
		container.start();
		const decoder = new TextDecoder();
		return {
			ip: sandbox.ip,
			container,
			log: () =>
				container.log
					.entries()
					.map(({ data }) => decoder.decode(data))
					.join(''),
			async run(command, input) {
				const output = collect(input);
				const { code } = await settled(clock, container.exec([...command], output.streams));
				return { code, stdout: output.stdout(), stderr: output.stderr() };
			},
		};
	};
	return { clock, network, registry, announce, start };
}
