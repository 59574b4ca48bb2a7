// Since when there is what a change of endpoints tells: the annotation by which the time is measured that a change
// takes to come through the cluster (kubernetes.io/docs/reference/labels-annotations-taints).
import type { Pod, Service } from '../../schema/types.ts';
import { keyOf } from '../work-queue.ts';

const annotation = 'endpoints.kubernetes.io/last-change-trigger-time';

/** The annotations with the time, or without one where nothing is known to have triggered the change. */
export function withTriggerTime(
	annotations: Record<string, string> | undefined,
	time: string | undefined,
): { annotations?: Record<string, string> } {
	const { [annotation]: _, ...others } = annotations ?? {};
	const result = { ...others, ...(time ? { [annotation]: time } : {}) };
	return Object.keys(result).length > 0 ? { annotations: result } : {};
}

/** What a service's endpoints have been seen to follow from: the times at which that was last so. */
interface Seen {
	service: string;
	pods: ReadonlyMap<string, string>;
}

/** Remembers for each service when it was created, and when its pods became ready or ceased to be. */
export class TriggerTimes {
	readonly #seen = new Map<string, Seen>();

	/** The earliest of the times that have changed since the last call for the service; undefined where none has. */
	latest(service: Service, pods: readonly Pod[]): string | undefined {
		const seen = this.#seen.get(keyOf(service));
		const created = service.metadata.creationTimestamp ?? '';
		const times = new Map<string, string>();
		for (const { metadata, status } of pods) {
			const time = status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime;
			if (time) times.set(metadata.name, time);
		}
		this.#seen.set(keyOf(service), { service: created, pods: times });
		const changed = [...times].filter(([name, time]) => time > (seen?.pods.get(name) ?? ''));
		const triggers = changed.map(([, time]) => time);
		if (created > (seen?.service ?? '')) triggers.push(created);
		return triggers.sort()[0];
	}

	forget(key: string): void {
		this.#seen.delete(key);
	}
}
