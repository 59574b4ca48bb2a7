// What happens to a cluster: to its pods, its nodes and its workloads. Each takes its choices from the seed.
import type { Client } from '../../lab/api/client.ts';
import type { DaemonSet, Deployment, Node, Pod, StatefulSet } from '../../lab/schema/types.ts';
import type { TestCluster } from '../../lab/test-cluster.ts';
import { brokenImage, chooseSpec, createChores, images, type Pick, setNames } from './workloads.ts';

const minute = 60_000;
const gibibyte = 2 ** 30;

export interface Stage {
	cluster: TestCluster;
	pick: Pick;
	/** The names of the nodes that do not come back. */
	crashed: Set<string>;
	/** A user removes a pod: its controller has not. Tells the observers before it happens. */
	removing(pod: Pod, byForce: boolean): void;
	/** Runs a command in a pod. */
	execute(pod: string, command: readonly string[]): Promise<unknown>;
}

/** Says in a few words what has been done, or undefined where there was nothing to do it to. */
export type Disturbance = (stage: Stage) => string | undefined | Promise<string | undefined>;

const oneOf = <T>(pick: Pick, from: readonly T[]): T | undefined => from[pick(from.length)];

const podsIn = ({ cluster }: Stage, which: (pod: Pod) => boolean = () => true) =>
	cluster.client.list<Pod>('pods', 'default', which);

/** Changes a node as an administrator would, unless it has been deleted. */
export function editNode(client: Client, name: string, change: (node: Node) => void): void {
	const node = client.get<Node>('nodes', '', name);
	if (!node) return;
	const copy = structuredClone(node);
	change(copy);
	client.update('nodes', copy);
}

/** Says that a node will not be back. */
export function removeNode(client: Client, name: string): void {
	if (client.get('nodes', '', name)) client.delete('nodes', '', name);
}

/** Nodes that the control plane has not lost. */
const connected = ({ cluster }: Stage) => [...cluster.lab.nodes.values()].filter((node) => node.isConnected);

const deletePod: Disturbance = (stage) => {
	const pod = oneOf(stage.pick, podsIn(stage));
	if (!pod) return undefined;
	const gracePeriodSeconds = [undefined, undefined, 1, 0][stage.pick(4)];
	stage.removing(pod, gracePeriodSeconds === 0);
	stage.cluster.client.delete('pods', 'default', pod.metadata.name, { gracePeriodSeconds });
	return `delete ${pod.metadata.name}, grace ${gracePeriodSeconds ?? 'its own'}`;
};

const endProcess: Disturbance = async (stage) => {
	const pod = oneOf(
		stage.pick,
		podsIn(
			stage,
			({ spec, status, metadata }) =>
				status?.phase === 'Running' &&
				!metadata.deletionTimestamp &&
				stage.cluster.lab.nodes.get(spec.nodeName!)?.isConnected === true,
		),
	);
	if (!pod) return undefined;
	await stage.execute(pod.metadata.name, ['kill', '1']);
	return `kill 1 in ${pod.metadata.name}`;
};

const cutNode: Disturbance = (stage) => {
	const nodes = connected(stage);
	if (nodes.length < 3) return undefined;
	const node = oneOf(stage.pick, nodes)!;
	const ms = [10_000, 2 * minute, 12 * minute, 25 * minute][stage.pick(4)];
	node.disconnect();
	stage.cluster.clock.after(ms, () => node.reconnect());
	return `cut ${node.name} off for ${ms} ms`;
};

const crashNode: Disturbance = (stage) => {
	const { cluster, pick } = stage;
	const nodes = connected(stage);
	// It does not come back, and the others have to do: one in a life, and not soon.
	if (stage.crashed.size > 0 || nodes.length < cluster.lab.nodes.size || pick(4) > 0) return undefined;
	const node = oneOf(pick, nodes)!;
	node.crash();
	stage.crashed.add(node.name);
	const outOfService = pick(2) === 0;
	cluster.clock.after((1 + pick(10)) * minute, () => {
		if (outOfService)
			editNode(cluster.client, node.name, ({ spec }) => {
				const key = 'node.kubernetes.io/out-of-service';
				spec.taints = [...(spec.taints ?? []), { key, value: 'nodeshutdown', effect: 'NoExecute' }];
			});
		else removeNode(cluster.client, node.name);
	});
	return `${node.name} crashes, and will be ${outOfService ? 'said to be out of service' : 'deleted'}`;
};

const strainNode: Disturbance = (stage) => {
	const node = oneOf(stage.pick, connected(stage));
	if (!node) return undefined;
	node.setAvailable('memory', gibibyte / 32);
	stage.cluster.clock.after(30_000, () => node.setAvailable('memory', gibibyte));
	return `${node.name} is short of memory`;
};

const cordonNode: Disturbance = (stage) => {
	const node = oneOf(stage.pick, stage.cluster.client.list<Node>('nodes'));
	if (!node) return undefined;
	const { name } = node.metadata;
	const unschedulable = !node.spec.unschedulable;
	editNode(stage.cluster.client, name, ({ spec }) => {
		spec.unschedulable = unschedulable;
	});
	return `${unschedulable ? 'cordon' : 'uncordon'} ${name}`;
};

function editSet(
	{ cluster, pick }: Stage,
	what: string,
	change: (set: StatefulSet) => void,
): string | undefined {
	const name = oneOf(pick, setNames)!;
	if (!cluster.set(name)) return undefined;
	cluster.updateSet(name, change);
	return `${what} ${name}`;
}

const scaleSet: Disturbance = (stage) =>
	editSet(stage, 'scale', ({ spec }) => {
		spec.replicas = stage.pick(5);
	});

const changeSet: Disturbance = (stage) =>
	editSet(stage, 'change the spec of', ({ spec }) => Object.assign(spec, chooseSpec(stage.pick)));

const updateSet: Disturbance = (stage) =>
	editSet(stage, 'update', ({ spec }) => {
		spec.template.spec!.containers[0].image = stage.pick(5) === 0 ? brokenImage : oneOf(stage.pick, images);
	});

const deleteSet: Disturbance = ({ cluster, pick }) => {
	const name = oneOf(pick, setNames)!;
	const set = cluster.set(name);
	if (!set) return undefined;
	// In the foreground a pod waits for the claim that it owns, which waits for the pod that uses it: in a real
	// cluster as well.
	const claimsGo = set.spec.persistentVolumeClaimRetentionPolicy?.whenScaled === 'Delete';
	const propagationPolicy = (['Background', 'Orphan', 'Foreground'] as const)[pick(claimsGo ? 2 : 3)];
	cluster.client.delete('statefulsets.apps', 'default', name, { propagationPolicy });
	return `delete the set ${name}, ${propagationPolicy}`;
};

const changeDeployment: Disturbance = ({ cluster, pick }) => {
	const deployment = structuredClone(cluster.client.get<Deployment>('deployments.apps', 'default', 'web')!);
	if (pick(2) === 0) deployment.spec.replicas = pick(7);
	else deployment.spec.template.spec!.containers[0].image = oneOf(pick, [...images, brokenImage]);
	cluster.client.update('deployments.apps', deployment);
	return 'change the Deployment';
};

const updateDaemonSet: Disturbance = ({ cluster, pick }) => {
	const set = structuredClone(cluster.client.get<DaemonSet>('daemonsets.apps', 'default', 'agent')!);
	set.spec.template.spec!.containers[0].image = oneOf(pick, images);
	cluster.client.update('daemonsets.apps', set);
	return 'update the DaemonSet';
};

const startChores: Disturbance = ({ cluster }) => {
	const name = `chores-${Math.floor(cluster.elapsed() / 1000)}`;
	if (cluster.client.get('jobs.batch', 'default', name)) return undefined;
	createChores(cluster, name);
	return `start ${name}`;
};

/** As often as they stand here. */
export const disturbances: readonly Disturbance[] = [
	...Array<Disturbance>(5).fill(deletePod),
	...Array<Disturbance>(3).fill(cutNode),
	...Array<Disturbance>(3).fill(scaleSet),
	...Array<Disturbance>(3).fill(updateSet),
	...Array<Disturbance>(2).fill(endProcess),
	...Array<Disturbance>(2).fill(changeSet),
	...Array<Disturbance>(2).fill(changeDeployment),
	cordonNode,
	strainNode,
	crashNode,
	deleteSet,
	updateDaemonSet,
	startChores,
];
