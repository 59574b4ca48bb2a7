// What a request is to an authorizer, and what is said to one that is refused
// (https://kubernetes.io/docs/reference/access-authn-authz/authorization/#review-your-request-attributes).
import { ApiError, type StatusDetails } from '../api/errors.ts';
import type { ClientRequest, UserInfo } from '../api/http.ts';
import { booleanParameter } from '../api/rest/query.ts';
import { parseResourcePath } from '../api/rest/route.ts';
import type { Attributes } from './access.ts';

const verbs: Readonly<Record<string, string>> = {
	POST: 'create',
	GET: 'get',
	HEAD: 'get',
	PUT: 'update',
	PATCH: 'patch',
	DELETE: 'delete',
};

/** The name that a field selector pins a collection to. */
const selectedName = (query: URLSearchParams) =>
	/(?:^|,)metadata\.name==?([^,=!]+)(?:,|$)/.exec(query.get('fieldSelector') ?? '')?.[1] ?? '';

/** Throws BadRequest where the path is not correctly encoded. */
export function attributesOf({ method, path, query }: ClientRequest): Attributes {
	const route = parseResourcePath(path);
	if (!route) return { verb: method.toLowerCase(), path };
	const slash = route.apiVersion.indexOf('/');
	let verb = verbs[method] ?? '';
	let { name } = route;
	const fieldSelector = query.get('fieldSelector');
	if (route.watch) verb = 'watch';
	else if (!name) {
		if (verb === 'get') verb = booleanParameter(query, 'watch') ? 'watch' : 'list';
		else if (verb === 'delete') verb = 'deletecollection';
	} else if (verb === 'get' && !route.subresource && booleanParameter(query, 'watch')) verb = 'watch';
	if (!name && verb !== 'create') name = selectedName(query);
	return {
		verb,
		// A namespace lies in itself.
		namespace: route.plural === 'namespaces' && route.apiVersion === 'v1' ? route.name : route.namespace,
		group: slash < 0 ? '' : route.apiVersion.slice(0, slash),
		resource: route.plural,
		subresource: route.subresource,
		name,
		...(fieldSelector && { fieldSelector }),
	};
}

/** Status messages carry nothing that a browser could take for markup. */
const sanitized = (text: string) =>
	text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const quoted = (text: string) => JSON.stringify(text);

function describeRefusal({ username }: UserInfo, attributes: Attributes): string {
	const { verb, path, namespace, group = '', resource = '', subresource } = attributes;
	if (path !== undefined) return `User ${quoted(username)} cannot ${verb} path ${quoted(path)}`;
	const what = subresource ? `${resource}/${subresource}` : resource;
	const where = namespace ? `in the namespace ${quoted(namespace)}` : 'at the cluster scope';
	return `User ${quoted(username)} cannot ${verb} resource ${quoted(what)} in API group ${quoted(group)} ${where}`;
}

/** The 403 of a request that nothing allows. */
export function forbiddenRequest(user: UserInfo, attributes: Attributes, reason = ''): ApiError {
	const { group, resource, name } = attributes;
	const why = sanitized(describeRefusal(user, attributes)) + (reason && `: ${reason}`);
	const qualified = group ? `${resource}.${group}` : (resource ?? '');
	const named = name ? `${qualified} ${quoted(name)}` : qualified;
	const details: StatusDetails = {
		...(name && { name }),
		...(group && { group }),
		...(resource && { kind: resource }),
	};
	return new ApiError(
		403,
		'Forbidden',
		resource ? `${named} is forbidden: ${why}` : `forbidden: ${why}`,
		details,
	);
}
