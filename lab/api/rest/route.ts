// What a path asks for (https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris).
import { badRequest } from '../errors.ts';

export interface ResourceRoute {
	apiVersion: string;
	plural: string;
	/** '' for cluster-scoped resources and for all namespaces. */
	namespace: string;
	name: string;
	/** '' for the object itself. */
	subresource: string;
	/** What follows the subresource, as for a proxy. */
	rest: string;
	/** The old form /watch/…, which always watches. */
	watch: boolean;
}

function segmentsOf(path: string): string[] {
	try {
		return path.split('/').filter(Boolean).map(decodeURIComponent);
	} catch {
		throw badRequest(`the path ${path} is not correctly percent-encoded`);
	}
}

/** Undefined where the path is not one of a resource's. `path` is percent-encoded. Throws BadRequest. */
export function parseResourcePath(path: string): ResourceRoute | undefined {
	const segments = segmentsOf(path);
	const root = segments.shift();
	let apiVersion: string;
	if (root === 'api' && segments.length >= 2) apiVersion = segments.shift() as string;
	else if (root === 'apis' && segments.length >= 3) apiVersion = `${segments.shift()}/${segments.shift()}`;
	else return undefined;
	const watch = segments[0] === 'watch' && segments.length > 1;
	if (watch) segments.shift();
	let namespace = '';
	// namespaces/x is an object, unless a resource follows that is not the namespace's own subresource.
	const own = segments[2] === 'status' || segments[2] === 'finalize';
	if (segments[0] === 'namespaces' && segments.length > 2 && !own) {
		namespace = segments[1];
		segments.splice(0, 2);
	}
	const [plural, name = '', subresource = '', ...rest] = segments;
	return { apiVersion, plural, namespace, name, subresource, rest: rest.join('/'), watch };
}
