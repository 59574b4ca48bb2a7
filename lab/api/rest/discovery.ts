// What the server serves, told to clients: /api, /apis and the resource lists.
import { allVerbs, type Resource, type ResourceRegistry } from '../registry.ts';
import { healthPaths } from './health.ts';

const objectVerbs = ['get', 'patch', 'update'];

const groupVersions = (registry: ResourceRegistry) => [
	...new Set(registry.all.map((resource) => resource.apiVersion)),
];

function group(registry: ResourceRegistry, name: string) {
	const versions = groupVersions(registry)
		.filter((each) => each.startsWith(`${name}/`))
		.map((groupVersion) => ({ groupVersion, version: groupVersion.slice(name.length + 1) }));
	return { name, versions, preferredVersion: versions[0] };
}

const groupNames = (registry: ResourceRegistry) => [
	...new Set(registry.all.map((resource) => resource.group).filter(Boolean)),
];

export interface ResourceEntry {
	name: string;
	singularName: string;
	namespaced: boolean;
	kind: string;
	verbs: readonly string[];
	group?: string;
	version?: string;
	shortNames?: readonly string[];
	categories?: readonly string[];
}

/** A resource and its subresources, as resource lists tell of them. */
export function entriesOf(resource: Resource): ResourceEntry[] {
	const { plural, singular, namespaced, kind, shortNames, categories } = resource;
	const entry = (name: string, of: string, can: readonly string[], more = {}): ResourceEntry => ({
		name,
		singularName: '',
		namespaced,
		kind: of,
		verbs: can,
		...more,
	});
	return [
		entry(plural, kind, resource.verbs ?? allVerbs, {
			singularName: singular,
			...(shortNames && { shortNames }),
			...(categories && { categories }),
		}),
		...(resource.subresources ?? []).map((sub) =>
			entry(`${plural}/${sub.name}`, sub.kind, sub.verbs, {
				...(sub.group && { group: sub.group, version: sub.version }),
			}),
		),
		...(resource.scale
			? [entry(`${plural}/scale`, 'Scale', objectVerbs, { group: 'autoscaling', version: 'v1' })]
			: []),
		...(resource.hasStatus ? [entry(`${plural}/status`, kind, objectVerbs)] : []),
	];
}

/** Every path that is no object's or list's, as the root tells of them. */
export function servedPaths(registry: ResourceRegistry): string[] {
	return [
		'/.well-known/openid-configuration',
		'/api',
		'/api/v1',
		'/apis',
		'/apis/',
		...groupNames(registry).map((name) => `/apis/${name}`),
		...groupVersions(registry)
			.filter((each) => each.includes('/'))
			.map((each) => `/apis/${each}`),
		...healthPaths,
		'/openapi/v2',
		'/openapi/v3',
		'/openapi/v3/',
		'/openid/v1/jwks',
		'/version',
		'/version/',
	].sort();
}

/** The discovery document at a path; undefined where the path is none of discovery's. */
export function discoveryDocument(registry: ResourceRegistry, path: string): unknown {
	const served = path.replace(/\/$/, '');
	if (served === '/api')
		return {
			kind: 'APIVersions',
			versions: ['v1'],
			serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: 'kubernetes.default.svc:443' }],
		};
	if (served === '/apis')
		return {
			kind: 'APIGroupList',
			apiVersion: 'v1',
			groups: groupNames(registry).map((name) => group(registry, name)),
		};
	const found = /^\/(?:api|apis)\/(.+)$/.exec(served)?.[1];
	if (!found) return undefined;
	if (groupNames(registry).includes(found) && served.startsWith('/apis/'))
		return { kind: 'APIGroup', apiVersion: 'v1', ...group(registry, found) };
	if (!groupVersions(registry).includes(found)) return undefined;
	if (served.startsWith('/apis/') !== found.includes('/')) return undefined;
	return {
		kind: 'APIResourceList',
		apiVersion: 'v1',
		groupVersion: found,
		resources: registry.all.filter((resource) => resource.apiVersion === found).flatMap(entriesOf),
	};
}
