// What `kubectl explain` says of types and fields, in our own words. Nothing is loaded before it is asked for.

/** By type (`core.v1.PodSpec`), then by field; '' is the type itself. `*` has what every kind shares. */
export type Descriptions = Readonly<Record<string, Readonly<Record<string, string>>>>;

let loading: Promise<Descriptions> | undefined;

/** All descriptions, loaded when they are first asked for. */
export function loadDescriptions(): Promise<Descriptions> {
	loading ??= load();
	return loading;
}

async function load(): Promise<Descriptions> {
	const families = await Promise.all([
		import('./metadata.json', { with: { type: 'json' } }),
		import('./pod.json', { with: { type: 'json' } }),
		import('./container.json', { with: { type: 'json' } }),
		import('./volumes.json', { with: { type: 'json' } }),
		import('./workloads.json', { with: { type: 'json' } }),
		import('./service.json', { with: { type: 'json' } }),
		import('./storage.json', { with: { type: 'json' } }),
		import('./configuration.json', { with: { type: 'json' } }),
		import('./admission.json', { with: { type: 'json' } }),
	]);
	return Object.assign({}, ...families.map((family) => family.default)) as Descriptions;
}

/** The description of a type by its OpenAPI name, or of one of its fields; undefined where there is none. */
export function describe(descriptions: Descriptions, type: string, field = ''): string | undefined {
	const name = type.replace(/^io\.k8s\.(?:apimachinery\.pkg\.apis|api)\./, '');
	const own = descriptions[name]?.[field];
	if (own !== undefined || !field) return own;
	// What is added to a running pod is a container like the others.
	if (name === 'core.v1.EphemeralContainer') return descriptions['core.v1.Container']?.[field];
	return descriptions['*']?.[field];
}
