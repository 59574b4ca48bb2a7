// Creating and deleting a set's pods, with the events that tell of it.
import type { Client } from '../../api/client.ts';
import { ApiError } from '../../api/errors.ts';
import type { EventRecorder } from '../../api/event-recorder.ts';
import type { Draft, Pod, StatefulSet } from '../../schema/types.ts';
import { createMissingClaims, setClaimOwners } from './claims.ts';
import { parsePodName } from './pods.ts';

export interface PodControl {
	create(set: StatefulSet, pod: Draft<Pod>): Pod;
	delete(set: StatefulSet, pod: Pod): void;
	/** Sees to who the pod's claims go with; `scaledDown` where the pod is beyond the replicas. */
	keepClaims(set: StatefulSet, pod: Pod, scaledDown: boolean): void;
}

export function createPodControl(client: Client, events: EventRecorder): PodControl {
	/** Does it, and says in an event how it went. */
	const telling = <T>(set: StatefulSet, verb: 'Create' | 'Delete', about: string, action: () => T): T => {
		const what = `${verb} ${about} in StatefulSet ${set.metadata.name}`;
		try {
			const result = action();
			events.event(set, 'Normal', `Successful${verb}`, `${what} successful`);
			return result;
		} catch (error) {
			if (error instanceof ApiError)
				events.event(set, 'Warning', `Failed${verb}`, `${what} failed error: ${error.message}`);
			throw error;
		}
	};
	return {
		create(set, pod) {
			const name = pod.metadata.name!;
			const { ordinal } = parsePodName(name)!;
			const forPod = `Pod ${name} in StatefulSet ${set.metadata.name}`;
			return telling(set, 'Create', `Pod ${name}`, () => {
				createMissingClaims(client, set, ordinal, {
					created: (claim) =>
						events.event(set, 'Normal', 'SuccessfulCreate', `Create Claim ${claim} ${forPod} success`),
					refused: (claim, why) =>
						events.event(
							set,
							'Warning',
							'FailedCreate',
							`Create Claim ${claim} for ${forPod} failed error: ${why}`,
						),
				});
				return client.create<Pod>('pods', pod);
			});
		},
		keepClaims: (set, pod, scaledDown) =>
			setClaimOwners(client, set, pod, parsePodName(pod.metadata.name)!.ordinal, scaledDown),
		delete(set, pod) {
			const { namespace, name, uid } = pod.metadata;
			telling(set, 'Delete', `Pod ${name}`, () =>
				client.delete('pods', namespace, name, { preconditions: { uid } }),
			);
		},
	};
}
