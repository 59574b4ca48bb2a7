// A lab in virtual time for tests, with short ways to make and look at pods and sets.
import { createVirtualClock, type VirtualClock } from './clock.ts';
import { createLab, type KeptLab, type Lab } from './index.ts';
import type {
	Container,
	ContainerStatus,
	Event,
	Pod,
	PodSpec,
	StatefulSet,
	StatefulSetSpec,
} from './schema/types.ts';

/** A container that runs until it is told to stop. */
export const sleeper: Container = { name: 'main', image: 'busybox:1.36', command: ['sleep', '1000000'] };

export interface TestCluster {
	lab: Lab;
	client: Lab['client'];
	clock: VirtualClock;
	/** Milliseconds since the start. */
	elapsed(): number;
	createPod(name: string, spec: Partial<PodSpec>, labels?: Record<string, string>): Pod;
	/** A set of sleepers whose pods end within a second. */
	createSet(
		name: string,
		spec?: Partial<StatefulSetSpec>,
		template?: Partial<PodSpec>,
		namespace?: string,
	): StatefulSet;
	updateSet(name: string, change: (set: StatefulSet) => void): void;
	pod(name: string): Pod | undefined;
	podNames(): string[];
	set(name: string): StatefulSet | undefined;
	/** Moves time on until the condition holds. */
	until(condition: () => boolean, limit?: number): Promise<void>;
	isReady(pod: string): boolean;
	/** `reason message` of the object's events, in order. */
	events(object: string): string[];
}

/** `kept`: by an earlier cluster, which this one goes on from. */
export function createTestCluster({
	nodes = 2,
	seed = 1,
	kept,
}: {
	nodes?: number;
	seed?: number;
	kept?: KeptLab;
} = {}): TestCluster {
	const clock = createVirtualClock();
	const start = clock.now();
	const lab = createLab({ nodes, clock, seed, kept });
	const { client } = lab;
	const pod = (name: string) => client.get<Pod>('pods', 'default', name);
	const set = (name: string) => client.get<StatefulSet>('statefulsets.apps', 'default', name);
	return {
		lab,
		client,
		clock,
		elapsed: () => clock.now() - start,
		createPod: (name, spec, labels = {}) =>
			client.create<Pod>('pods', {
				apiVersion: 'v1',
				kind: 'Pod',
				metadata: { name, namespace: 'default', labels },
				spec: { containers: [sleeper], terminationGracePeriodSeconds: 1, ...spec },
			}),
		createSet: (name, spec = {}, template = {}, namespace = 'default') =>
			client.create<StatefulSet>('statefulsets.apps', {
				apiVersion: 'apps/v1',
				kind: 'StatefulSet',
				metadata: { name, namespace },
				spec: {
					serviceName: name,
					replicas: 2,
					selector: { matchLabels: { app: name } },
					template: {
						metadata: { labels: { app: name } } as never,
						spec: { containers: [sleeper], terminationGracePeriodSeconds: 1, ...template },
					},
					...spec,
				},
			}),
		updateSet(name, change) {
			const stored = set(name);
			if (!stored) throw new Error(`there is no StatefulSet ${name}`);
			const copy = structuredClone(stored);
			change(copy);
			client.update('statefulsets.apps', copy);
		},
		pod,
		podNames: () => client.list<Pod>('pods', 'default').map(({ metadata }) => metadata.name),
		set,
		until: (condition, limit) => clock.advanceUntil(condition, limit),
		isReady: (name) =>
			pod(name)?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ??
			false,
		events: (object) =>
			client
				.list<Event>('events', 'default', ({ involvedObject }) => involvedObject.name === object)
				.map(({ reason, message }) => `${reason} ${message}`),
	};
}

/** The status of a pod's container. */
export function statusOf(cluster: TestCluster, pod: string, container = 'main'): ContainerStatus | undefined {
	const { containerStatuses = [], initContainerStatuses = [] } = cluster.pod(pod)?.status ?? {};
	return [...containerStatuses, ...initContainerStatuses].find(({ name }) => name === container);
}

/** What a container has written, through the kubelet. */
export async function logOf(
	{ lab }: TestCluster,
	name: string,
	options: Partial<{ container: string; previous: boolean; tailLines: number; timestamps: boolean }> = {},
): Promise<string> {
	const query = new URLSearchParams(Object.entries(options).map(([key, value]) => [key, String(value)]));
	const response = await lab.api.handle({
		method: 'GET',
		path: `/api/v1/namespaces/default/pods/${name}/log`,
		query,
		headers: {},
		user: { username: 'admin', groups: ['system:masters'] },
		signal: new AbortController().signal,
	});
	const decoder = new TextDecoder();
	const { body } = response;
	if (typeof body === 'string') return body;
	if (body instanceof Uint8Array) return decoder.decode(body);
	let text = '';
	for await (const part of body) text += typeof part === 'string' ? part : decoder.decode(part);
	return text;
}
