// The DaemonSet controller: one pod on every node that is one for it.
import { deepEqual } from '../../api/deep-equal.ts';
import { ApiError } from '../../api/errors.ts';
import { templateGenerationAnnotation } from '../../api/resources/daemon-set.ts';
import { selectorMatches } from '../../api/selectors/label-selector.ts';
import type { DaemonSet, DaemonSetStatus, Draft, Node, Pod } from '../../schema/types.ts';
import { claimObjects } from '../claim-objects.ts';
import { queueController, type StartController } from '../controller.ts';
import { followOwned, type OwnerKind } from '../follow-owned.ts';
import { type History, recordTemplate, revisionLabel, truncateHistory } from '../history.ts';
import { controllerOf } from '../owner-references.ts';
import { createPodControl, podFromTemplate } from '../pod-control.ts';
import { isPodReady, isPodTerminal, isPodTerminating, untilAvailable } from '../pod-state.ts';
import { createWorkQueue, keyOf, splitKey } from '../work-queue.ts';
import { createFailedPodBackOff } from './failed-pods.ts';
import { nodeOf, placementOn, specForNode } from './placement.ts';
import { maxSurgeOf, replacementFor, sortNodePods } from './update.ts';

const resource = 'daemonsets.apps';
const owners: OwnerKind<DaemonSet> = {
	resource,
	kind: 'DaemonSet',
	selectorOf: ({ spec }) => spec.selector,
};
const generationLabel = 'pod-template-generation';

interface Sync {
	set: DaemonSet;
	pods: readonly Pod[];
	history: History;
	/** The label of pods at the newest template. */
	hash: string;
}

export const startDaemonSetController: StartController = ({ client, clock, events }) => {
	const recorder = events.recorder('daemonset-controller');
	const control = createPodControl(client, recorder);
	const backOff = createFailedPodBackOff(clock);

	const reconcile = (key: string) => {
		const { namespace, name } = splitKey(key);
		const set = client.get<DaemonSet>(resource, namespace, name);
		if (!set) return backOff.forget(key);
		const pods = claimObjects<Pod>(client, 'pods', set, ({ metadata }) =>
			selectorMatches(set.spec.selector, metadata.labels),
		);
		const history = recordTemplate(client, set, revisionLabel);
		const sync = { set, pods, history, hash: history.update.metadata.labels?.[revisionLabel] ?? '' };
		let refusal: ApiError | undefined;
		if (!set.metadata.deletionTimestamp)
			try {
				bringToNodes(key, sync);
			} catch (error) {
				if (!(error instanceof ApiError)) throw error;
				refusal = error;
			}
		writeStatus(sync);
		const live = new Set(pods.map(({ metadata }) => metadata.labels?.[revisionLabel]));
		truncateHistory(client, history.all, set.spec.revisionHistoryLimit ?? 10, (revision) => {
			const isNewest = revision.metadata.name === history.update.metadata.name;
			return isNewest || live.has(revision.metadata.labels?.[revisionLabel]);
		});
		const waits = pods
			.map((pod) => untilAvailable(pod, set.spec.minReadySeconds ?? 0, clock.now()) ?? 0)
			.filter((wait) => wait > 0);
		if (waits.length > 0) queue.addAfter(key, Math.min(...waits));
		if (refusal) throw refusal;
	};

	const isNew = (pod: Pod, { set, hash }: Sync): boolean => {
		const { labels } = pod.metadata;
		const generation = set.metadata.annotations?.[templateGenerationAnnotation];
		return labels?.[revisionLabel] === hash || (!hash && labels?.[generationLabel] === generation);
	};

	/** The pods of each node, the oldest first. */
	const podsByNode = ({ pods }: Sync): Map<string, Pod[]> => {
		const byNode = new Map<string, Pod[]>();
		const oldestFirst = pods.toSorted((a, b) =>
			a.metadata.creationTimestamp < b.metadata.creationTimestamp ? -1 : 1,
		);
		for (const pod of oldestFirst) {
			const node = nodeOf(pod);
			if (node !== undefined) byNode.set(node, [...(byNode.get(node) ?? []), pod]);
		}
		return byNode;
	};

	const bringToNodes = (key: string, sync: Sync) => {
		const { set } = sync;
		const byNode = podsByNode(sync);
		const nodes = client.list<Node>('nodes');
		const missing: string[] = [];
		const leaving: Pod[] = [];
		const running = nodes
			.filter((node) => placementOn(set, node).shouldRun)
			.map(({ metadata }) => metadata.name);
		const surge = maxSurgeOf(set, running.length) > 0;
		for (const node of nodes) {
			const pods = byNode.get(node.metadata.name) ?? [];
			const { shouldRun, mayStay } = placementOn(set, node);
			if (!mayStay) leaving.push(...pods);
			else if (pods.length === 0) {
				if (shouldRun) missing.push(node.metadata.name);
			} else leaving.push(...superfluous(key, sync, node.metadata.name, pods, surge));
		}
		// Pods of nodes that are gone are the pod garbage collector's; those for nodes that never were are ours.
		const known = new Set(nodes.map(({ metadata }) => metadata.name));
		for (const [node, pods] of byNode)
			if (!known.has(node)) leaving.push(...pods.filter(({ spec }) => !spec.nodeName));
		const rolling = set.spec.updateStrategy?.type === 'RollingUpdate';
		if (rolling && missing.length === 0 && leaving.length === 0) {
			const replaced = replacementFor(
				set,
				running.map((node) => sortNodePods(node, byNode.get(node) ?? [], (pod) => isNew(pod, sync))),
				clock.now(),
			);
			leaving.push(...replaced.leaving);
			missing.push(...replaced.surging);
		}
		for (const pod of leaving) if (!isPodTerminating(pod)) control.delete(set, pod);
		for (const node of missing) control.create(set, podFor(sync, node));
	};

	/** Of a node's pods those that must go: the failed ones, and all but the oldest of each kind. */
	const superfluous = (
		key: string,
		sync: Sync,
		node: string,
		pods: readonly Pod[],
		surge: boolean,
	): Pod[] => {
		const { set } = sync;
		const leaving: Pod[] = [];
		const running: Pod[] = [];
		for (const pod of pods) {
			if (isPodTerminating(pod)) continue;
			const { phase } = pod.status ?? {};
			if (!isPodTerminal(pod)) running.push(pod);
			else if (phase === 'Succeeded') {
				const { namespace, name } = pod.metadata;
				recorder.event(
					set,
					'Normal',
					'SucceededDaemonPod',
					`Found succeeded daemon pod ${namespace}/${name} on node ${node}, will try to delete it`,
				);
				leaving.push(pod);
			} else {
				const wait = backOff.wait(key, node);
				if (wait > 0) {
					queue.addAfter(key, wait);
					continue;
				}
				const { namespace, name } = pod.metadata;
				recorder.event(
					set,
					'Warning',
					'FailedDaemonPod',
					`Found failed daemon pod ${namespace}/${name} on node ${node}, will try to kill it`,
				);
				leaving.push(pod);
			}
		}
		if (!surge) return [...leaving, ...running.slice(1)];
		const [newer, older] = [
			running.filter((pod) => isNew(pod, sync)),
			running.filter((pod) => !isNew(pod, sync)),
		];
		return [...leaving, ...newer.slice(1), ...older.slice(1)];
	};

	const podFor = ({ set, hash }: Sync, node: string): Draft<Pod> => {
		const draft = podFromTemplate(set, set.spec.template);
		return {
			...draft,
			metadata: {
				...draft.metadata,
				labels: {
					...draft.metadata.labels,
					[revisionLabel]: hash,
					[generationLabel]: set.metadata.annotations?.[templateGenerationAnnotation] ?? '1',
				},
			},
			spec: specForNode(set, node),
		};
	};

	const writeStatus = (sync: Sync) => {
		const { set, history } = sync;
		const stored = client.get<DaemonSet>(resource, set.metadata.namespace, set.metadata.name);
		if (stored?.metadata.uid !== set.metadata.uid) return;
		const pods = client.list<Pod>(
			'pods',
			set.metadata.namespace,
			(pod) => controllerOf(pod)?.uid === set.metadata.uid,
		);
		const byNode = podsByNode({ ...sync, pods });
		const status = {
			desiredNumberScheduled: 0,
			currentNumberScheduled: 0,
			numberMisscheduled: 0,
			numberReady: 0,
			updatedNumberScheduled: 0,
			numberAvailable: 0,
			numberUnavailable: 0,
		};
		for (const node of client.list<Node>('nodes')) {
			const onNode = byNode.get(node.metadata.name) ?? [];
			if (!placementOn(set, node).shouldRun) {
				if (onNode.length > 0) status.numberMisscheduled++;
				continue;
			}
			status.desiredNumberScheduled++;
			if (onNode.length === 0) continue;
			status.currentNumberScheduled++;
			// The newest pods of the node tell its state.
			const ready = onNode.find((pod) => isPodReady(pod) && !isPodTerminating(pod));
			if (ready) {
				status.numberReady++;
				if (untilAvailable(ready, set.spec.minReadySeconds ?? 0, clock.now()) === 0) status.numberAvailable++;
			}
			if (onNode.some((pod) => isNew(pod, sync))) status.updatedNumberScheduled++;
		}
		status.numberUnavailable = status.desiredNumberScheduled - status.numberAvailable;
		const { updatedNumberScheduled, numberAvailable, numberUnavailable, ...always } = status;
		const optional = { updatedNumberScheduled, numberAvailable, numberUnavailable };
		const complete: DaemonSetStatus = {
			...always,
			...Object.fromEntries(Object.entries(optional).filter(([, count]) => count > 0)),
			observedGeneration: set.metadata.generation,
			...(history.collisionCount > 0 && { collisionCount: history.collisionCount }),
		};
		if (!deepEqual(stored.status, complete))
			client.updateStatus<DaemonSet>(resource, { ...stored, status: complete });
	};

	const queue = createWorkQueue({ name: 'daemonset', clock, reconcile });

	const ends = [
		client.watch<DaemonSet>(resource, ({ object }) => queue.add(keyOf(object))),
		followOwned(client, 'pods', owners, queue),
		client.watch<Node>('nodes', ({ type, object, previous }) => {
			const relevant = ({ metadata, spec }: Node) => [metadata.labels, spec.taints];
			if (type === 'MODIFIED' && previous && deepEqual(relevant(object), relevant(previous))) return;
			for (const set of client.list<DaemonSet>(resource)) queue.add(keyOf(set));
		}),
	];
	return queueController(queue, ends);
};
