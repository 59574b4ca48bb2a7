// The end of a life: what an operator mends after all that has happened, how everything then is, and that nothing
// is left when all has been deleted.
import { isComplete } from '../../lab/controllers/deployment/status.ts';
import { isFinished } from '../../lab/controllers/job/outcome.ts';
import { controllerOf } from '../../lab/controllers/owner-references.ts';
import { isPodReady } from '../../lab/controllers/pod-state.ts';
import { revisionOf } from '../../lab/controllers/statefulset/pods.ts';
import type {
	CronJob,
	DaemonSet,
	Deployment,
	Job,
	KubernetesObject,
	Node,
	Pod,
} from '../../lab/schema/types.ts';
import type { TestCluster } from '../../lab/test-cluster.ts';
import { editNode, removeNode, type Stage } from './disturbances.ts';
import { createDiarists, images, mostOrdinals, setNames } from './workloads.ts';

const minute = 60_000;
const namespace = 'default';
/** Longest: a back-off of five minutes, six until a lost node's volume is given up, one after another. */
const mostMinutes = 90;

/** Has every node back that has not crashed, and specifies every workload anew. */
function repair({ cluster: { client, lab }, crashed }: Stage): void {
	for (const node of lab.nodes.values()) {
		if (crashed.has(node.name)) {
			removeNode(client, node.name);
			continue;
		}
		node.reconnect();
		node.setAvailable('memory', 2 ** 33);
		editNode(client, node.name, ({ spec }) => {
			spec.unschedulable = undefined;
		});
	}
	const web = structuredClone(client.get<Deployment>('deployments.apps', namespace, 'web')!);
	web.spec.replicas = 3;
	web.spec.template.spec!.containers[0].image = images[0];
	client.update('deployments.apps', web);
}

/** A set that is on its way out is made again when it has gone; all others are to have every ordinal. */
function specifySets({ cluster, pick }: Stage): void {
	for (const name of setNames) {
		if (!cluster.set(name)) createDiarists(cluster, name, pick);
		const { spec, metadata } = cluster.set(name)!;
		if (metadata.deletionTimestamp || spec.replicas === mostOrdinals) continue;
		cluster.updateSet(name, ({ spec }) => {
			spec.replicas = mostOrdinals;
			spec.minReadySeconds = 0;
			spec.ordinals = { start: 0 };
			spec.updateStrategy = { type: 'RollingUpdate', rollingUpdate: { partition: 0 } };
			spec.template.spec!.containers[0].image = images[2];
		});
	}
}

/**
 * A pod that never gets ready stands in the way of the update that would mend it, and has to be deleted by hand
 * (kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback).
 */
function removeBroken(stage: Stage): void {
	const { client } = stage.cluster;
	for (const pod of client.list<Pod>('pods', namespace)) {
		const owner = controllerOf(pod);
		if (owner?.kind !== 'StatefulSet' || isPodReady(pod)) continue;
		if (revisionOf(pod) === stage.cluster.set(owner.name)?.status?.updateRevision) continue;
		stage.removing(pod, false);
		client.delete('pods', namespace, pod.metadata.name);
	}
}

/** What is not as it is specified. */
function unfinished({ client, set }: TestCluster): string[] {
	const wrong: string[] = [];
	const expect = (isRight: boolean, what: string) => isRight || wrong.push(what);
	for (const name of setNames) {
		const { status, metadata } = set(name) ?? {};
		const pods = client.list<Pod>('pods', namespace, (pod) => controllerOf(pod)?.uid === metadata?.uid);
		const names = pods.filter(isPodReady).map((pod) => pod.metadata.name);
		const every = Array.from({ length: mostOrdinals }, (_, ordinal) => `${name}-${ordinal}`);
		expect(names.join() === every.join(), `the ready pods of ${name} are ${names}`);
		const { availableReplicas, updatedReplicas, currentRevision, updateRevision } = status ?? {};
		const isTold = availableReplicas === mostOrdinals && updatedReplicas === mostOrdinals;
		expect(isTold && currentRevision === updateRevision, `${name} says ${JSON.stringify(status)}`);
	}
	const web = client.get<Deployment>('deployments.apps', namespace, 'web')!;
	expect(isComplete(web, web.status), `the Deployment says ${JSON.stringify(web.status)}`);
	const { status: agents } = client.get<DaemonSet>('daemonsets.apps', namespace, 'agent')!;
	const nodes = client.list<Node>('nodes').length;
	const isEverywhere = agents?.numberAvailable === nodes && agents.updatedNumberScheduled === nodes;
	expect(isEverywhere, `the DaemonSet says ${JSON.stringify(agents)} with ${nodes} nodes`);
	for (const job of client.list<Job>('jobs.batch', namespace)) {
		if (controllerOf(job)) continue;
		const { name } = job.metadata;
		const isDone = isFinished(job) && job.status?.succeeded === job.spec.completions;
		expect(isDone, `the Job ${name} says ${JSON.stringify(job.status)}`);
	}
	const report = client.get<CronJob>('cronjobs.batch', namespace, 'report')!;
	const kept = client.list<Job>(
		'jobs.batch',
		namespace,
		(job) => controllerOf(job)?.uid === report.metadata.uid,
	);
	const limit = report.spec.successfulJobsHistoryLimit! + report.spec.failedJobsHistoryLimit! + 1;
	expect(kept.length <= limit, `the CronJob has ${kept.length} Jobs`);
	return wrong;
}

/** Mends the cluster and waits until all is as it is specified; throws where it does not come to that. */
export async function mend(stage: Stage): Promise<void> {
	const { cluster } = stage;
	repair(stage);
	let wrong: string[] = [];
	for (let minutes = 0; minutes < mostMinutes; minutes++) {
		specifySets(stage);
		await cluster.clock.advance(minute);
		wrong = unfinished(cluster);
		if (wrong.length === 0) return;
		removeBroken(stage);
	}
	throw new Error(`${mostMinutes} minutes after the disturbances stopped ${wrong.join('; ')}`);
}

const made = [
	'statefulsets.apps',
	'deployments.apps',
	'daemonsets.apps',
	'cronjobs.batch',
	'jobs.batch',
	'services',
	'persistentvolumeclaims',
];
const left = [
	...made,
	'pods',
	'replicasets.apps',
	'controllerrevisions.apps',
	'endpoints',
	'endpointslices.discovery.k8s.io',
	'persistentvolumes',
	'volumeattachments.storage.k8s.io',
	'events',
];
/** A new cluster has it, with its endpoints and slice. */
const isOwn = ({ metadata }: KubernetesObject) =>
	(metadata.namespace !== undefined && metadata.namespace !== namespace) || metadata.name === 'kubernetes';

/**
 * Deletes all that was made, and sees that nothing is left of it once its events have expired as well.
 * @param timers how many waited before anything was made.
 */
export async function empty({ client, clock, lab }: TestCluster, timers: number): Promise<void> {
	for (const resource of made)
		for (const object of client.list(resource, namespace))
			if (!isOwn(object))
				client.delete(resource, namespace, object.metadata.name, { propagationPolicy: 'Background' });
	await clock.advance(120 * minute);
	const remaining = left.flatMap((resource) =>
		client
			.list(resource)
			.filter((object) => !isOwn(object))
			.map(({ metadata }) => `${resource}/${metadata.name}`),
	);
	if (remaining.length > 0) throw new Error(`these are left: ${remaining.join(', ')}`);
	const running = [...lab.nodes.values()].flatMap((node) => node.running);
	if (running.length > 0) throw new Error(`these run on: ${running.map(({ metadata }) => metadata.name)}`);
	if (clock.waiting > timers) throw new Error(`${clock.waiting} timers wait, ${timers} did before`);
}
