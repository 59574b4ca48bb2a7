// WATCH: a change per line of JSON or per frame of protobuf, from a resource version on
// (https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes).
import type { Clock, Timer } from '../../clock.ts';
import {
	encodeProtobuf,
	encodeWatchEvent,
	messageOf,
	protobufWatchType,
} from '../../schema/protobuf-encode.ts';
import type { KubernetesObject } from '../../schema/types.ts';
import { type StoreEvent, type StoreReader, TooOldError } from '../../store/store.ts';
import { type ApiError, notAcceptable, resourceExpired } from '../errors.ts';
import type { ApiRequest, ApiResponse } from '../http.ts';
import type { Resource } from '../registry.ts';
import { tooLarge } from './list.ts';
import { booleanParameter, checkListOptions, integerParameter, resourceVersionParameter } from './query.ts';
import { type Representation, wantsProtobuf } from './representation.ts';
import type { Selection } from './selection.ts';
import { includedObject, partialMetadata, table } from './table.ts';

/** How often a client that allows bookmarks gets one, in milliseconds. */
const bookmarkInterval = 60_000;

interface Change {
	type: 'ADDED' | 'MODIFIED' | 'DELETED';
	object: KubernetesObject;
}

/** What a change looks like to who sees only the selected objects: one that leaves the selection is deleted. */
function seenThrough(selection: Selection | undefined, event: StoreEvent): Change | undefined {
	if (!selection) return event;
	const is = event.type !== 'DELETED' && selection(event.object);
	const was = event.previous !== undefined && selection(event.previous);
	if (is) return { type: was ? 'MODIFIED' : 'ADDED', object: event.object };
	if (!was) return undefined;
	if (event.type === 'DELETED') return { type: 'DELETED', object: event.object };
	const { resourceVersion } = event.object.metadata;
	const previous = event.previous as KubernetesObject;
	return { type: 'DELETED', object: { ...previous, metadata: { ...previous.metadata, resourceVersion } } };
}

/** Throws Invalid where the options do not fit together; where the history does not reach back, its one event is Expired. */
export function watchResponse(
	request: ApiRequest,
	store: StoreReader,
	clock: Clock,
	resource: Resource,
	selection: Selection | undefined,
	representation: Representation,
): ApiResponse {
	const { query } = request;
	const listing = booleanParameter(query, 'sendInitialEvents');
	checkListOptions(query, true);
	const asked = resourceVersionParameter(query);
	if (asked !== undefined && asked > store.revision) throw tooLarge(asked, store.revision);
	const initial = listing || (!asked && !query.has('sendInitialEvents'));
	const inProtobuf = wantsProtobuf(request);
	if (inProtobuf && !messageOf(resource)) throw notAcceptable(['application/json', 'application/yaml']);
	const headers = { 'content-type': inProtobuf ? protobufWatchType : 'application/json' };
	const stream = new WatchStream(request, clock, resource, representation);
	const handle = (event: StoreEvent) => {
		const change = seenThrough(selection, event);
		if (change) stream.send(change.type, change.object);
	};
	let end: () => void;
	try {
		end = store.watch(resource.key, handle, initial ? store.revision : asked);
	} catch (error) {
		if (!(error instanceof TooOldError)) throw error;
		// A watch that has been accepted fails with an event, not with the answer's status.
		stream.fail(resourceExpired(error.message));
		return { status: 200, headers, body: stream };
	}
	if (initial) {
		for (const object of store.list(resource.key))
			if (!selection || selection(object)) stream.send('ADDED', object);
		if (listing && booleanParameter(query, 'allowWatchBookmarks'))
			stream.bookmark(store.revision, { 'k8s.io/initial-events-end': 'true' });
	}
	if (booleanParameter(query, 'allowWatchBookmarks'))
		stream.every(bookmarkInterval, () => stream.bookmark(store.revision));
	const seconds = integerParameter(query, 'timeoutSeconds');
	if (seconds) stream.endAfter(seconds * 1000);
	stream.onEnd(end);
	return { status: 200, headers, body: stream };
}

/** Events that have not been read wait in a queue. */
class WatchStream implements AsyncIterable<string | Uint8Array> {
	readonly #request: ApiRequest;
	readonly #clock: Clock;
	readonly #resource: Resource;
	readonly #representation: Representation;
	readonly #timers = new Set<Timer>();
	readonly #endings: (() => void)[] = [];
	/** Whether each event is a frame of protobuf; it is a line of JSON otherwise. */
	readonly #inProtobuf: boolean;
	#events: (string | Uint8Array)[] = [];
	#wake: (() => void) | undefined;
	#ended = false;
	#columnsSent = false;

	constructor(request: ApiRequest, clock: Clock, resource: Resource, representation: Representation) {
		this.#request = request;
		this.#clock = clock;
		this.#resource = resource;
		this.#representation = representation;
		this.#inProtobuf = wantsProtobuf(request);
		if (request.signal.aborted) this.end();
		request.signal.addEventListener('abort', () => this.end(), { once: true });
	}

	send(type: Change['type'], object: KubernetesObject): void {
		if (this.#representation === 'object' && !this.#inProtobuf)
			this.#push(`{"type":"${type}","object":${serialised(object)}}\n`);
		else this.#tell(type, this.#represented(object));
	}

	bookmark(revision: number, annotations?: Record<string, string>): void {
		const { apiVersion, kind } = this.#resource;
		const metadata = {
			resourceVersion: String(revision),
			creationTimestamp: null,
			...(annotations && { annotations }),
		};
		const object =
			this.#representation === 'table'
				? {
						kind: 'Table',
						apiVersion: 'meta.k8s.io/v1',
						metadata: { resourceVersion: String(revision) },
						columnDefinitions: null,
						rows: [
							{
								cells: [],
								object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata },
							},
						],
					}
				: this.#representation === 'metadata'
					? { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata }
					: { kind, apiVersion, metadata };
		this.#tell('BOOKMARK', object);
	}

	/** The last event: a Status. */
	fail(error: ApiError): void {
		this.#tell('ERROR', error.status);
		this.end();
	}

	every(milliseconds: number, action: () => void): void {
		if (this.#ended) return;
		const timer = this.#clock.after(milliseconds, () => {
			this.#timers.delete(timer);
			action();
			this.every(milliseconds, action);
		});
		this.#timers.add(timer);
	}

	endAfter(milliseconds: number): void {
		if (!this.#ended) this.#timers.add(this.#clock.after(milliseconds, () => this.end()));
	}

	onEnd(action: () => void): void {
		if (this.#ended) action();
		else this.#endings.push(action);
	}

	end(): void {
		if (this.#ended) return;
		this.#ended = true;
		for (const timer of this.#timers) timer.cancel();
		for (const action of this.#endings) action();
		this.#wake?.();
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<string | Uint8Array> {
		try {
			for (;;) {
				if (this.#events.length > 0) {
					const events = this.#events;
					this.#events = [];
					if (this.#inProtobuf) yield* events;
					else yield events.join('');
				} else if (this.#ended) return;
				else
					await new Promise<void>((resolve) => {
						this.#wake = resolve;
					});
			}
		} finally {
			this.end();
		}
	}

	/** Says it in the media type that the client takes. */
	#tell(type: string, object: object): void {
		const message = this.#inProtobuf ? messageOf(object as Record<string, unknown>) : undefined;
		if (!message) this.#push(`${JSON.stringify({ type, object })}\n`);
		else this.#push(encodeWatchEvent(type, encodeProtobuf(object as Record<string, unknown>, message)));
	}

	#push(event: string | Uint8Array): void {
		if (this.#ended) return;
		this.#events.push(event);
		this.#wake?.();
	}

	#represented(object: KubernetesObject): object {
		if (this.#representation === 'object') return object;
		if (this.#representation === 'metadata') return partialMetadata(object);
		const metadata = { resourceVersion: object.metadata.resourceVersion };
		const included = includedObject(this.#request.query);
		const columns = !this.#columnsSent;
		this.#columnsSent = true;
		return table(this.#resource, [object], metadata, included, this.#clock.now(), columns);
	}
}

/** Stored objects never change, so that a thousand watchers need one serialisation. */
const serialisations = new WeakMap<KubernetesObject, string>();

function serialised(object: KubernetesObject): string {
	let text = serialisations.get(object);
	if (text === undefined) {
		text = JSON.stringify(object);
		serialisations.set(object, text);
	}
	return text;
}
