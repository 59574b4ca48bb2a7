// Events, as client-go records them: what event-correlator.ts makes of what components tell.
import type { Clock } from '../clock.ts';
import { formatTime } from '../schema/time.ts';
import type { Event, KubernetesObject, ObjectReference } from '../schema/types.ts';
import type { Client } from './client.ts';
import { ApiError } from './errors.ts';
import { EventCorrelator } from './event-correlator.ts';

export interface EventRecorder {
	/**
	 * Records what happened to an object. `fieldPath` names the part of it, as `spec.containers{nginx}`.
	 * Never throws: an event that the server refuses (its namespace is going) is lost, as in a real cluster.
	 */
	event(
		object: KubernetesObject,
		type: 'Normal' | 'Warning',
		reason: string,
		message: string,
		fieldPath?: string,
	): void;
}

export interface EventBroadcaster {
	/** A recorder for a component, and for a kubelet the node that it runs on. */
	recorder(component: string, host?: string): EventRecorder;
}

export function createEventBroadcaster({
	client,
	clock,
}: {
	client: Client;
	clock: Clock;
}): EventBroadcaster {
	const correlator = new EventCorrelator();
	let lastStamp = 0n;

	/** Event names end in the time in nanoseconds; two in one millisecond still differ. */
	const stamp = () => {
		const now = BigInt(Math.round(clock.now() * 1000)) * 1000n;
		lastStamp = now > lastStamp ? now : lastStamp + 1n;
		return lastStamp.toString(16);
	};

	const record = (event: Omit<Event, 'metadata'>) => {
		const { involvedObject: about } = event;
		const now = clock.now();
		const observed = correlator.observe(event, () => `${about.name}.${stamp()}`, now);
		if (!observed) return;
		const { name, message, count, firstAt } = observed;
		const namespace = about.namespace || 'default';
		const lastTimestamp = formatTime(now);
		const earlier = count > 1 ? client.get<Event>('events', namespace, name) : undefined;
		if (earlier) client.update<Event>('events', { ...earlier, message, count, lastTimestamp });
		else
			client.create<Event>('events', {
				...event,
				message,
				metadata: { namespace, name },
				firstTimestamp: formatTime(firstAt),
				lastTimestamp,
				count,
			});
	};

	return {
		recorder: (component, host) => ({
			event(object, type, reason, message, fieldPath) {
				const involvedObject: ObjectReference = {
					kind: object.kind,
					...(object.metadata.namespace ? { namespace: object.metadata.namespace } : {}),
					name: object.metadata.name,
					uid: object.metadata.uid,
					apiVersion: object.apiVersion,
					resourceVersion: object.metadata.resourceVersion,
					...(fieldPath ? { fieldPath } : {}),
				};
				try {
					record({
						apiVersion: 'v1',
						kind: 'Event',
						involvedObject,
						type,
						reason,
						message,
						source: { component, ...(host ? { host } : {}) },
						reportingComponent: component,
						...(host ? { reportingInstance: host } : {}),
					});
				} catch (error) {
					if (!(error instanceof ApiError)) throw error;
				}
			},
		}),
	};
}
