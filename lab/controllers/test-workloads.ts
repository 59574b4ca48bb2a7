// Workloads for tests, as short as they can be, and ways to look at them.
import type { Draft, KubernetesObject, Pod, PodSpec, PodTemplateSpec } from '../schema/types.ts';
import { sleeper, type TestCluster } from '../test-cluster.ts';
import { controllerOf } from './owner-references.ts';
import { isPodReady, isPodTerminating } from './pod-state.ts';

/** A template of sleepers that end within a second. */
export const templateOf = (app: string, spec: Partial<PodSpec> = {}): PodTemplateSpec => ({
	metadata: { labels: { app } } as never,
	spec: { containers: [sleeper], terminationGracePeriodSeconds: 1, ...spec },
});

const kinds = {
	'deployments.apps': ['apps/v1', 'Deployment'],
	'replicasets.apps': ['apps/v1', 'ReplicaSet'],
	'daemonsets.apps': ['apps/v1', 'DaemonSet'],
	replicationcontrollers: ['v1', 'ReplicationController'],
	'jobs.batch': ['batch/v1', 'Job'],
	'cronjobs.batch': ['batch/v1', 'CronJob'],
} as const;

export type WorkloadResource = keyof typeof kinds;

/** Creates a workload in the namespace `default`; `spec` is all of it. */
export function createWorkload<T extends KubernetesObject>(
	{ client }: TestCluster,
	resource: WorkloadResource,
	name: string,
	spec: object,
	metadata: object = {},
): T {
	const [apiVersion, kind] = kinds[resource];
	return client.create<T>(resource, {
		apiVersion,
		kind,
		metadata: { name, namespace: 'default', ...metadata },
		spec,
	} as unknown as Draft<T>);
}

/** The workload as it is stored; throws where there is none. */
export function workload<T extends KubernetesObject>(
	{ client }: TestCluster,
	resource: WorkloadResource,
	name: string,
): T {
	const object = client.get<T>(resource, 'default', name);
	if (!object) throw new Error(`there is no ${name} among ${resource}`);
	return object;
}

/** Changes a workload as an editor would. */
export function editWorkload<T extends KubernetesObject>(
	cluster: TestCluster,
	resource: WorkloadResource,
	name: string,
	change: (object: T) => void,
): void {
	const copy = structuredClone(workload<T>(cluster, resource, name));
	change(copy);
	cluster.client.update(resource, copy);
}

/** The pods that an object manages. */
export const podsOf = ({ client }: TestCluster, owner: KubernetesObject): readonly Pod[] =>
	client.list<Pod>('pods', 'default', (pod) => controllerOf(pod)?.uid === owner.metadata.uid);

/** Those pods of the namespace `default` that are ready and stay. */
export const readyPods = ({ client }: TestCluster): readonly Pod[] =>
	client.list<Pod>('pods', 'default', (pod) => isPodReady(pod) && !isPodTerminating(pod));
