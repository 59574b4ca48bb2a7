// What becomes of an event before it is written (k8s.io/client-go/tools/record, EventCorrelator): equal ones are
// counted, many similar ones are combined, and a source that talks too much of one object is not heard.
import type { Event } from '../schema/types.ts';

export type Occurrence = Pick<
	Event,
	'involvedObject' | 'source' | 'reportingComponent' | 'reportingInstance' | 'type' | 'reason' | 'message'
>;

/** An event as it is to be written: how often it has occurred, since when, and with what text. */
export interface Observation {
	name: string;
	message: string;
	count: number;
	/** Milliseconds since 1970. */
	firstAt: number;
}

/** How many kinds of each are remembered; the one that was used least recently is forgotten. */
const remembered = 4096;
/** So many texts of one reason within the interval, and the rest is combined. */
const mostSimilar = 10;
const similarIntervalMs = 600_000;
/** A source's events about one object: so many at once, and then one in five minutes. */
const burst = 25;
const refillMs = 300_000;

class Memory<T> {
	readonly #entries = new Map<string, T>();

	get(key: string): T | undefined {
		return this.#entries.get(key);
	}

	set(key: string, value: T): void {
		this.#entries.delete(key);
		this.#entries.set(key, value);
		if (this.#entries.size > remembered) this.#entries.delete(this.#entries.keys().next().value as string);
	}
}

export class EventCorrelator {
	readonly #similar = new Memory<{ texts: Set<string>; at: number }>();
	readonly #observed = new Memory<Observation>();
	readonly #tokens = new Memory<{ left: number; at: number }>();

	/** Undefined where the event is not to be written. `nameOf` names it where it is a new one. */
	observe(event: Occurrence, nameOf: () => string, now: number): Observation | undefined {
		const { key, message } = this.#combined(event, now);
		const earlier = this.#observed.get(key);
		const observation = earlier
			? { ...earlier, message, count: earlier.count + 1 }
			: { name: nameOf(), message, count: 1, firstAt: now };
		this.#observed.set(key, observation);
		return this.#mayPass(event, now) ? observation : undefined;
	}

	#combined(event: Occurrence, now: number): { key: string; message: string } {
		const { source, involvedObject, type, reason, message = '' } = event;
		const { kind, namespace, name, uid, apiVersion, fieldPath } = involvedObject;
		const about = [kind, namespace, name, uid, apiVersion];
		const similarity = JSON.stringify([
			source,
			...about,
			type,
			reason,
			event.reportingComponent,
			event.reportingInstance,
		]);
		const known = this.#similar.get(similarity);
		const texts = known && now - known.at <= similarIntervalMs ? known.texts : new Set<string>();
		texts.add(message);
		this.#similar.set(similarity, { texts, at: now });
		if (texts.size < mostSimilar)
			return { key: JSON.stringify([source, ...about, fieldPath, type, reason, message]), message };
		texts.delete(texts.values().next().value as string);
		return { key: similarity, message: `(combined from similar events): ${message}` };
	}

	/** Takes a token of the source for the object, where there is one (a token bucket). */
	#mayPass({ source, involvedObject }: Occurrence, now: number): boolean {
		const { kind, namespace, name, uid, apiVersion } = involvedObject;
		const key = JSON.stringify([source, kind, namespace, name, uid, apiVersion]);
		const known = this.#tokens.get(key) ?? { left: burst, at: now };
		const left = Math.min(burst, known.left + (now - known.at) / refillMs);
		this.#tokens.set(key, { left: left >= 1 ? left - 1 : left, at: now });
		return left >= 1;
	}
}
