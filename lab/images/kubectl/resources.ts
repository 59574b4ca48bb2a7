// Which resource a word on the command line means, by the API's discovery.
import { type Context, Failure } from './context.ts';

export interface Resource {
	group: string;
	version: string;
	plural: string;
	singular: string;
	kind: string;
	namespaced: boolean;
	shortNames: readonly string[];
	categories: readonly string[];
	subresources: readonly string[];
}

interface DiscoveredResource {
	resource: string;
	responseKind: { kind: string };
	scope: string;
	singularResource: string;
	shortNames?: string[];
	categories?: string[];
	subresources?: { subresource: string }[];
}

interface DiscoveryList {
	items: { metadata: { name?: string }; versions: { version: string; resources?: DiscoveredResource[] }[] }[];
}

const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

async function discovered(context: Context): Promise<Resource[]> {
	const resources: Resource[] = [];
	for (const target of ['/api', '/apis']) {
		const { items } = await context.askFor<DiscoveryList>({ method: 'GET', target, accept });
		for (const { metadata, versions } of items)
			for (const { version, resources: found = [] } of versions)
				for (const each of found)
					resources.push({
						group: metadata.name ?? '',
						version,
						plural: each.resource,
						singular: each.singularResource,
						kind: each.responseKind.kind,
						namespaced: each.scope === 'Namespaced',
						shortNames: each.shortNames ?? [],
						categories: each.categories ?? [],
						subresources: (each.subresources ?? []).map(({ subresource }) => subresource),
					});
	}
	return resources;
}

/** The resources of the cluster, asked for once in a run. */
export class Resources {
	readonly #context: Context;
	#known: Promise<Resource[]> | undefined;

	constructor(context: Context) {
		this.#context = context;
	}

	#all(): Promise<Resource[]> {
		this.#known ??= discovered(this.#context);
		return this.#known;
	}

	/** By plural, singular, short name or kind, with `.group` behind it or not. Throws Failure. */
	async named(word: string): Promise<Resource> {
		const [name, ...group] = word.toLowerCase().split('.');
		const wanted = group.join('.');
		const found = (await this.#all()).find(
			(resource) =>
				(wanted === '' || resource.group === wanted || `${resource.version}.${resource.group}` === wanted) &&
				(resource.plural === name ||
					resource.singular === name ||
					resource.kind.toLowerCase() === name ||
					resource.shortNames.includes(name)),
		);
		if (!found) throw new Failure(`error: the server doesn't have a resource type "${word}"`);
		return found;
	}

	/** `pods`, `po,svc`, or a category as `all`. Throws Failure. */
	async list(words: string): Promise<Resource[]> {
		const all = await this.#all();
		const lists = await Promise.all(
			words.split(',').map(async (word) => {
				const category = all.filter(({ categories }) => categories.includes(word));
				return category.length > 0 ? category : [await this.named(word)];
			}),
		);
		return lists.flat();
	}

	/** That of an object in a manifest. Throws Failure. */
	async of(apiVersion: string, kind: string): Promise<Resource> {
		const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
		const found = (await this.#all()).find(
			(resource) => resource.group === group && resource.version === version && resource.kind === kind,
		);
		if (!found)
			throw new Failure(
				`error: resource mapping not found: no matches for kind "${kind}" in version "${apiVersion}"\nensure CRDs are installed first`,
			);
		return found;
	}
}

/** The path of a collection in a namespace (undefined: of all), or of one object in it. */
export function pathOf(
	{ group, version, plural, namespaced }: Resource,
	namespace?: string,
	name?: string,
): string {
	const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
	const scope = namespaced && namespace !== undefined ? `/namespaces/${namespace}` : '';
	return `${root}${scope}/${plural}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
}

/** As `-o name` and messages have it: `pod/web`, `statefulset.apps/web`. */
export function shownName({ group, singular }: Resource, name: string): string {
	return `${singular}${group === '' ? '' : `.${group}`}/${name}`;
}

export interface Target {
	resource: Resource;
	name: string;
}

/** `pod a b`, or `pod/a svc/b`: what is meant by name. Throws Failure. */
export async function targetsOf(resources: Resources, operands: readonly string[]): Promise<Target[]> {
	if (operands.some((operand) => operand.includes('/')))
		return Promise.all(
			operands.map(async (operand) => {
				const [type, name] = operand.split('/');
				if (!type || !name)
					throw new Failure(
						`error: there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'`,
					);
				return { resource: await resources.named(type), name };
			}),
		);
	const [type, ...names] = operands;
	if (type === undefined || names.length === 0) return [];
	const resource = await resources.named(type);
	return names.map((name) => ({ resource, name }));
}

/** The query of `-l` and `--field-selector`, with its question mark. */
export function selection(context: Context): string {
	const query = new URLSearchParams();
	if (context.flags.text('selector')) query.set('labelSelector', context.flags.text('selector'));
	if (context.flags.text('field-selector')) query.set('fieldSelector', context.flags.text('field-selector'));
	return query.size > 0 ? `?${query}` : '';
}
