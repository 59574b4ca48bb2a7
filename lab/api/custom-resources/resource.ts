// The kinds that a CustomResourceDefinition defines, one for each of its versions, as the server serves any kind.
import { isObject, type JsonObject } from '../../json-object.ts';
import { type Decoded, DecodeError, decode } from '../../schema/decode.ts';
import { type Field, type StructType, structType } from '../../schema/facts.ts';
import type {
	CustomResourceColumnDefinition,
	CustomResourceDefinition,
	CustomResourceDefinitionVersion,
	KubernetesObject,
} from '../../schema/types.ts';
import { ApiError } from '../errors.ts';
import { type FieldError, invalidValue } from '../field-errors.ts';
import type { Column, Resource, ScaleAccess } from '../registry.ts';
import { humanDuration, nameColumn } from '../resources/columns.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { parseJsonPath } from './json-path.ts';
import { fillDefaults, pruned } from './prune.ts';
import { hasRules, validateRules } from './rules.ts';
import { objectMeta, type Schema, schemaMerge, systemFields } from './schema.ts';
import { validateObject } from './validate.ts';

export interface DefinedKind {
	/** Of the version in which objects are stored. */
	stored: Resource;
	/** Every version that is served. */
	served: Resource[];
}

/** The resources of an established definition. */
export function resourcesOf(definition: CustomResourceDefinition): DefinedKind {
	const versions = definition.spec.versions.map((version) => ({
		version,
		resource: versionResource(definition, version),
	}));
	const stored = (versions.find(({ version }) => version.storage) ?? versions[0]).resource;
	const served = versions
		.filter(({ version }) => version.served)
		.map(({ resource }) =>
			resource === stored ? stored : { ...resource, ...asVersionOf(stored, resource) },
		);
	return { stored, served: served.sort((a, b) => compareVersions(a.version, b.version)) };
}

/** Versions differ in nothing but what they call themselves: there is no conversion but None. */
const asVersionOf = (stored: Resource, { apiVersion }: Resource): Pick<Resource, 'storedAs'> => ({
	storedAs: {
		resource: stored,
		toStored: (object) => ({ ...object, apiVersion: stored.apiVersion }),
		fromStored: (object) => ({ ...object, apiVersion }),
	},
});

/** v2 before v1 before v1beta2 before v1alpha1 before the rest by name (the documentation's version priority). */
function compareVersions(a: string, b: string): number {
	const rank = (version: string) => {
		const found = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
		if (!found) return undefined;
		const stage = found[2] === undefined ? 2 : found[2] === 'beta' ? 1 : 0;
		return [stage, Number(found[1]), Number(found[3] ?? 0)];
	};
	const left = rank(a);
	const right = rank(b);
	if (!left || !right) return left ? -1 : right ? 1 : a < b ? -1 : 1;
	const at = left.findIndex((part, index) => part !== right[index]);
	return at < 0 ? 0 : right[at] - left[at];
}

const stringField = (name: string): Field => ({
	name,
	shape: { kind: 'string', go: 'string' },
	pointer: false,
	always: false,
	fact: { type: 'string' },
});

const metadataField = structType('io.k8s.api.core.v1.ConfigMap').fields.get('metadata') as Field;

/** As OpenAPI names it: the group's parts turned around. */
const schemaName = (group: string, version: string, kind: string) =>
	[...group.split('.').reverse(), version, kind].join('.');

function structOf(group: string, version: string, kind: string): StructType {
	return {
		name: schemaName(group, version, kind),
		goName: kind,
		fields: new Map([
			['apiVersion', stringField('apiVersion')],
			['kind', stringField('kind')],
			['metadata', { ...metadataField, always: true }],
		]),
		always: [{ ...metadataField, always: true }],
		fact: { gvk: { group, version, kind }, fields: {} },
	};
}

function versionResource(
	{ spec: { group, names, scope }, metadata }: CustomResourceDefinition,
	version: CustomResourceDefinitionVersion,
): Resource {
	const { kind, plural, singular, shortNames, categories } = names;
	const schema = (version.schema?.openAPIV3Schema ?? {}) as Schema;
	const struct = structOf(group, version.name, kind);
	const { status, scale } = version.subresources ?? {};
	const apiVersion = `${group}/${version.name}`;
	return {
		group,
		version: version.name,
		kind,
		plural,
		singular: singular ?? kind.toLowerCase(),
		...(names.listKind && { listKind: names.listKind }),
		...(shortNames?.length && { shortNames }),
		...(categories?.length && { categories }),
		namespaced: scope === 'Namespaced',
		...(version.deprecated && {
			deprecation: version.deprecationWarning ?? `${apiVersion} ${kind} is deprecated`,
		}),
		key: metadata.name,
		apiVersion,
		struct,
		decode: (value) => decodeCustom(value, schema, struct),
		mergeType: schemaMerge(schema, true),
		openApiSchema: openApiSchema(schema, { group, version: version.name, kind }),
		hasStatus: status !== undefined,
		hasGeneration: true,
		replacesKnownVersion: true,
		nameRule: dnsSubdomain,
		setDefaults: (object) => fillDefaults(object, withoutSystemFields(schema)),
		prepareForCreate(object) {
			if (status) delete (object as unknown as JsonObject).status;
		},
		validate: (object) => faultsOf(object, undefined, schema),
		validateUpdate: (object, old) => faultsOf(object, old, schema),
		validatesUpdate: 'change',
		validateStatusUpdate: (object, old) => faultsOf(object, old, schema),
		columns: columnsOf(version.additionalPrinterColumns),
		selectableFields: Object.fromEntries(
			(version.selectableFields ?? []).flatMap(({ jsonPath }) => {
				const path = parseJsonPath(jsonPath);
				return path
					? [[jsonPath.replace(/^\./, ''), (object: KubernetesObject) => String(path(object)[0] ?? '')]]
					: [];
			}),
		),
		...(scale && { scale: scaleAccess(scale) }),
	};
}

/** What keeps rules from being evaluated: the object is not what they take it to be. */
const keepsFromRules = new Set([
	'FieldValueRequired',
	'FieldValueTooLong',
	'FieldValueTooMany',
	'FieldValueTypeInvalid',
]);

function faultsOf(object: KubernetesObject, old: KubernetesObject | undefined, schema: Schema): FieldError[] {
	const value = object as unknown as JsonObject;
	const errors = validateObject(value, schema);
	if (!hasRules(schema)) return errors;
	if (errors.some(({ reason }) => keepsFromRules.has(reason)))
		return [
			...errors,
			invalidValue(
				'<nil>',
				null,
				'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
			),
		];
	return [...errors, ...validateRules(value, old as JsonObject | undefined, schema)];
}

function withoutSystemFields(schema: Schema): Schema {
	const properties = Object.entries(schema.properties ?? {}).filter(([name]) => !systemFields.has(name));
	return { ...schema, properties: Object.fromEntries(properties) };
}

function decodeCustom(value: unknown, schema: Schema, struct: StructType): Decoded {
	if (!isObject(value))
		throw new DecodeError(
			`json: cannot unmarshal ${Array.isArray(value) ? 'array' : typeof value} into Go value of type map[string]interface {}`,
		);
	const { apiVersion, kind, metadata } = value;
	const { object, unknown } = decode(
		{ apiVersion: apiVersion ?? null, kind: kind ?? null, metadata: metadata ?? {} },
		struct,
	);
	const rest = pruned(value, schema, unknown, '', systemFields) as JsonObject;
	return { object: { ...object, ...rest }, unknown };
}

const typed: Readonly<Record<string, Column<KubernetesObject>['type']>> = {
	integer: 'integer',
	boolean: 'boolean',
	date: 'date',
	number: 'number',
};

function columnsOf(columns: readonly CustomResourceColumnDefinition[] = []): Column<KubernetesObject>[] {
	const shown = columns.length > 0 ? columns : [defaultColumn];
	return [
		nameColumn,
		...shown.map((column): Column<KubernetesObject> => {
			const path = parseJsonPath(column.jsonPath);
			return {
				name: column.name,
				type: typed[column.type] ?? 'string',
				...(column.priority && { priority: column.priority }),
				...(column.description && { description: column.description }),
				cell: (object, now) => cellOf(path?.(object) ?? [], column.type, now),
			};
		}),
	];
}

const defaultColumn: CustomResourceColumnDefinition = {
	name: 'Age',
	type: 'date',
	jsonPath: '.metadata.creationTimestamp',
};

function cellOf(values: readonly unknown[], type: string, now: number): string | number | boolean | null {
	const [value] = values;
	if (value === undefined || value === null) return type === 'date' ? '<unknown>' : null;
	switch (type) {
		case 'integer':
			return typeof value === 'number' ? Math.trunc(value) : null;
		case 'number':
			return typeof value === 'number' ? value : null;
		case 'boolean':
			return typeof value === 'boolean' ? value : null;
		case 'date': {
			const at = Date.parse(String(value));
			return Number.isNaN(at) ? '<invalid>' : humanDuration(now - at);
		}
		default:
			return values.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))).join(' ');
	}
}

function scaleAccess(scale: {
	specReplicasPath: string;
	statusReplicasPath: string;
	labelSelectorPath?: string;
}): ScaleAccess<KubernetesObject> {
	const read = (path: string | undefined, object: KubernetesObject) =>
		path ? parseJsonPath(path)?.(object)[0] : undefined;
	const count = (value: unknown) => (typeof value === 'number' ? value : 0);
	return {
		get: (object) => ({
			replicas: count(read(scale.specReplicasPath, object)),
			statusReplicas: count(read(scale.statusReplicasPath, object)),
			selector: String(read(scale.labelSelectorPath, object) ?? ''),
		}),
		set(object, replicas) {
			const names = scale.specReplicasPath.split('.').filter(Boolean);
			const last = names.pop() as string;
			let at = object as unknown as JsonObject;
			for (const name of names) {
				if (!isObject(at[name])) at[name] = {};
				at = at[name] as JsonObject;
			}
			at[last] = replicas;
		},
	};
}

/** What `kubectl explain` and apply read: the schema, with what every object has. */
function openApiSchema(schema: Schema, gvk: { group: string; version: string; kind: string }): JsonObject {
	const { properties, ...rest } = schema;
	return {
		...rest,
		type: 'object',
		properties: {
			...properties,
			apiVersion: {
				type: 'string',
				description: 'The group and version whose schema this object follows.',
			},
			kind: { type: 'string', description: 'What the object is: the kind of its REST resource.' },
			metadata: { allOf: [{ $ref: `#/components/schemas/${objectMeta.name}` }] },
		},
		'x-kubernetes-group-version-kind': [gvk],
	};
}

/** Refuses what is created while the definition goes. */
export const refusedWhileTerminating = (resource: Resource): Resource => ({
	...resource,
	admit() {
		throw new ApiError(
			405,
			'MethodNotAllowed',
			'create not allowed while custom resource definition is terminating',
			{ group: resource.group, kind: resource.plural },
		);
	},
});
