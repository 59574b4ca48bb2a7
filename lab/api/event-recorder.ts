// Events, as client-go records them: one Event per object, reason and message, counted when it recurs.
import type { Clock } from '../clock.ts';
import { formatTime } from '../schema/time.ts';
import type { Event, KubernetesObject, ObjectReference } from '../schema/types.ts';
import type { Client } from './client.ts';
import { ApiError } from './errors.ts';

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

/** How many kinds of events are remembered for counting (client-go's cache size). */
const remembered = 4096;

export function createEventBroadcaster({
	client,
	clock,
}: {
	client: Client;
	clock: Clock;
}): EventBroadcaster {
	const known = new Map<string, { namespace: string; name: string }>();
	let lastStamp = 0n;

	/** Event names end in the time in nanoseconds; two in one millisecond still differ. */
	const stamp = () => {
		const now = BigInt(Math.round(clock.now() * 1000)) * 1000n;
		lastStamp = now > lastStamp ? now : lastStamp + 1n;
		return lastStamp.toString(16);
	};

	const record = (event: Omit<Event, 'metadata'>) => {
		const { involvedObject: about } = event;
		const key = JSON.stringify([
			event.source,
			{ ...about, resourceVersion: undefined },
			event.type,
			event.reason,
			event.message,
		]);
		const now = formatTime(clock.now());
		const at = known.get(key);
		const earlier = at && client.get<Event>('events', at.namespace, at.name);
		if (earlier) {
			client.update<Event>('events', { ...earlier, count: (earlier.count ?? 1) + 1, lastTimestamp: now });
			return;
		}
		const metadata = { namespace: about.namespace || 'default', name: `${about.name}.${stamp()}` };
		client.create<Event>('events', { ...event, metadata, firstTimestamp: now, lastTimestamp: now, count: 1 });
		known.delete(key);
		known.set(key, metadata);
		if (known.size > remembered) known.delete(known.keys().next().value as string);
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
