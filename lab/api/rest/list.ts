// LIST: whole, or in pages of one consistent state
// (https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks).
import type { KubernetesObject } from '../../schema/types.ts';
import { type StoreReader, TooOldError } from '../../store/store.ts';
import { ApiError, badRequest, resourceExpired } from '../errors.ts';
import type { Resource } from '../registry.ts';
import { checkListOptions, integerParameter, resourceVersionParameter } from './query.ts';
import type { Selection } from './selection.ts';

export interface Page {
	objects: readonly KubernetesObject[];
	metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number };
}

interface Continuation {
	/** The revision that the first page showed. */
	revision: number;
	/** namespace/name of the last object given. */
	after: string;
}

/** A continuation's revision that goes on with things as they are, after the first page's have been forgotten. */
const latest = -1;

const inconsistent =
	'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';

const keyOf = ({ metadata }: KubernetesObject) => `${metadata.namespace ?? ''}/${metadata.name}`;

/** Throws Expired where a page's revision is gone, BadRequest for a wrong token. */
export function listPage(
	store: StoreReader,
	resource: Resource,
	namespace: string,
	query: URLSearchParams,
	selection: Selection | undefined,
): Page {
	checkListOptions(query, false);
	const limit = integerParameter(query, 'limit') ?? 0;
	const token = query.get('continue');
	const asked = resourceVersionParameter(query);
	if (token && asked) throw badRequest('specifying resource version is not allowed when using continue');
	const exact = query.get('resourceVersionMatch') === 'Exact' ? asked : undefined;
	if (asked !== undefined && asked > store.revision) throw tooLarge(asked, store.revision);
	const continuation = token ? readToken(token) : undefined;
	const consistent = continuation?.revision === latest ? undefined : continuation?.revision;
	const revision = consistent ?? exact ?? store.revision;
	let all: readonly KubernetesObject[];
	try {
		all =
			revision === store.revision
				? store.list(resource.key, namespace)
				: store.listAt(resource.key, namespace, revision);
	} catch (error) {
		if (!(error instanceof TooOldError)) throw error;
		if (!continuation) throw resourceExpired('The resourceVersion for the provided list is too old.');
		throw resourceExpired(inconsistent, writeToken({ revision: latest, after: continuation.after }));
	}
	const metadata: Page['metadata'] = { resourceVersion: String(revision) };
	let from = 0;
	if (continuation) {
		from = all.findIndex((object) => keyOf(object) > continuation.after);
		if (from < 0) from = all.length;
	}
	if (limit <= 0) {
		const rest = from === 0 ? all : all.slice(from);
		return { objects: selection ? rest.filter(selection) : rest, metadata };
	}
	const objects: KubernetesObject[] = [];
	let at = from;
	for (; at < all.length && objects.length < limit; at++)
		if (!selection || selection(all[at])) objects.push(all[at]);
	if (at < all.length) {
		metadata.continue = writeToken({ revision, after: keyOf(all[at - 1]) });
		// With a selector the server does not know how many remain.
		if (!query.get('labelSelector') && !query.get('fieldSelector'))
			metadata.remainingItemCount = all.length - at;
	}
	return { objects, metadata };
}

const writeToken = (continuation: Continuation) =>
	btoa(encodeURIComponent(JSON.stringify(continuation))).replace(/=+$/, '');

function readToken(token: string): Continuation {
	try {
		const { revision, after } = JSON.parse(decodeURIComponent(atob(token))) as Partial<Continuation>;
		if (typeof revision === 'number' && Number.isInteger(revision) && typeof after === 'string')
			return { revision, after };
	} catch {
		// Not one of ours: said below.
	}
	throw badRequest('continue key is not valid: incorrectly encoded start key');
}

/** The client has seen a later state than there is, of another cluster perhaps. */
export function tooLarge(asked: number, current: number): ApiError {
	return new ApiError(504, 'Timeout', `Too large resource version: ${asked}, current: ${current}`, {
		causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
		retryAfterSeconds: 1,
	});
}
