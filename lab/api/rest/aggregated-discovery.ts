// All that is served in one document, for clients that ask for it
// (https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery).
import type { ApiRequest, ApiResponse } from '../http.ts';
import type { ResourceRegistry } from '../registry.ts';
import { entriesOf, type ResourceEntry } from './discovery.ts';

const form = /g=apidiscovery\.k8s\.io;v=(v2|v2beta1);as=APIGroupDiscoveryList/;

/** The answer to /api or /apis where the client takes this form; undefined where it does not. */
export function aggregatedDiscovery(
	registry: ResourceRegistry,
	request: ApiRequest,
): ApiResponse | undefined {
	const path = request.path.replace(/\/$/, '');
	const version = form.exec(request.headers.accept ?? '')?.[1];
	if (!version || (path !== '/api' && path !== '/apis')) return undefined;
	const groups = new Map<string, Map<string, unknown[]>>();
	for (const resource of registry.all) {
		if ((resource.group === '') !== (path === '/api')) continue;
		const versions = groups.get(resource.group) ?? new Map<string, unknown[]>();
		groups.set(resource.group, versions);
		const resources = versions.get(resource.version) ?? [];
		versions.set(resource.version, resources);
		const [own, ...subresources] = entriesOf(resource);
		const kind = (entry: ResourceEntry) => ({
			group: entry.group ?? resource.group,
			version: entry.version ?? resource.version,
			kind: entry.kind,
		});
		resources.push({
			resource: own.name,
			responseKind: kind(own),
			scope: own.namespaced ? 'Namespaced' : 'Cluster',
			singularResource: own.singularName,
			verbs: own.verbs,
			...(own.shortNames && { shortNames: own.shortNames }),
			...(own.categories && { categories: own.categories }),
			...(subresources.length > 0 && {
				subresources: subresources.map((entry) => ({
					subresource: entry.name.slice(own.name.length + 1),
					responseKind: kind(entry),
					verbs: entry.verbs,
				})),
			}),
		});
	}
	const document = {
		kind: 'APIGroupDiscoveryList',
		apiVersion: `apidiscovery.k8s.io/${version}`,
		metadata: {},
		items: [...groups].map(([name, versions]) => ({
			metadata: { ...(name && { name }), creationTimestamp: null },
			versions: [...versions].map(([of, resources]) => ({ version: of, resources, freshness: 'Current' })),
		})),
	};
	const type = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
	return {
		status: 200,
		headers: { 'content-type': type, vary: 'Accept' },
		body: `${JSON.stringify(document)}\n`,
	};
}
