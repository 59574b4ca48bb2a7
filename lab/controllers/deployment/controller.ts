// The Deployment controller: keeps one ReplicaSet per template and moves the replicas to the newest.
import { selectorMatches } from '../../api/selectors/label-selector.ts';
import type { Deployment, Pod, ReplicaSet } from '../../schema/types.ts';
import { claimObjects } from '../claim-objects.ts';
import { conditionOf, withCondition } from '../conditions.ts';
import { queueController, type StartController } from '../controller.ts';
import { followOwned, type OwnerKind, ownerKeys } from '../follow-owned.ts';
import { controllerOf } from '../owner-references.ts';
import { createWorkQueue, keyOf, splitKey } from '../work-queue.ts';
import { recreate } from './recreate.ts';
import { deleteOldSets, sortSets, syncNewSet } from './replica-sets.ts';
import { rollOn } from './rolling-update.ts';
import { conditionNow, deploymentResource, type Rollout, replicaSetResource } from './rollout.ts';
import { isScaled, scaleSets } from './scaling.ts';
import { hasProgressDeadline, untilOverdue, writeCountedStatus, writeRolloutStatus } from './status.ts';

const owners: OwnerKind<Deployment> = {
	resource: deploymentResource,
	kind: 'Deployment',
	selectorOf: ({ spec }) => spec.selector,
};

export const startDeploymentController: StartController = ({ client, clock, events }) => {
	const recorder = events.recorder('deployment-controller');

	const reconcile = (key: string) => {
		const { namespace, name } = splitKey(key);
		const deployment = client.get<Deployment>(deploymentResource, namespace, name);
		if (!deployment) return;
		const sets = claimObjects<ReplicaSet>(client, replicaSetResource, deployment, ({ metadata }) =>
			selectorMatches(deployment.spec.selector, metadata.labels),
		);
		const rollout: Rollout = {
			client,
			events: recorder,
			now: clock.now(),
			deployment,
			...sortSets(deployment, sets),
		};
		step(rollout);
		const wait = untilOverdue(rollout.deployment, clock.now());
		if (wait !== undefined) queue.addAfter(key, wait + 1000);
	};

	const step = (rollout: Rollout) => {
		if (rollout.deployment.metadata.deletionTimestamp) return writeCountedStatus(rollout);
		notePause(rollout);
		const { paused, strategy } = rollout.deployment.spec;
		if (paused || isScaled(rollout)) {
			syncNewSet(rollout, false);
			scaleSets(rollout);
			if (paused) deleteOldSets(rollout);
			return writeCountedStatus(rollout);
		}
		if (strategy?.type === 'Recreate') recreate(rollout);
		else rollOn(rollout);
		writeRolloutStatus(rollout);
	};

	const queue = createWorkQueue({ name: 'deployment', clock, reconcile });

	const ends = [
		client.watch<Deployment>(deploymentResource, ({ object }) => queue.add(keyOf(object))),
		followOwned(client, replicaSetResource, owners, queue),
		// A Deployment that recreates waits for the last of its old pods.
		client.watch<Pod>('pods', ({ type, object }) => {
			const owner = type === 'DELETED' ? controllerOf(object) : undefined;
			if (owner?.kind !== 'ReplicaSet') return;
			const set = client.get<ReplicaSet>(replicaSetResource, object.metadata.namespace, owner.name);
			if (set?.metadata.uid !== owner.uid) return;
			for (const key of ownerKeys(client, owners, set)) queue.add(key);
		}),
	];
	return queueController(queue, ends);
};

/** While a Deployment is paused its deadline does not run: the condition Progressing says so. */
function notePause(rollout: Rollout): void {
	const { client, deployment, now } = rollout;
	const current = conditionOf(deployment.status?.conditions, 'Progressing');
	if (!hasProgressDeadline(deployment) || current?.reason === 'ProgressDeadlineExceeded') return;
	const isNoted = current?.reason === 'DeploymentPaused';
	if (Boolean(deployment.spec.paused) === isNoted) return;
	const condition = isNoted
		? conditionNow(rollout, 'Progressing', 'Unknown', 'DeploymentResumed', 'Deployment is resumed')
		: conditionNow(rollout, 'Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused');
	rollout.deployment = client.updateStatus<Deployment>(deploymentResource, {
		...deployment,
		status: {
			...deployment.status,
			conditions: withCondition(deployment.status?.conditions, condition, now),
		},
	});
}
