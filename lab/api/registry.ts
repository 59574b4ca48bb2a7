// How a kind is defined: all that the API server must know of it, in one file under resources/.
import type { Access } from '../auth/access.ts';
import type { MergeType } from '../patch/merge-type.ts';
import type { Random } from '../random.ts';
import { type Decoded, decode } from '../schema/decode.ts';
import { type StructType, structOfKind } from '../schema/facts.ts';
import type { KubernetesObject } from '../schema/types.ts';
import type { Client, DeleteOptions } from './client.ts';
import type { ApiError } from './errors.ts';
import type { FieldError } from './field-errors.ts';
import type { UserInfo } from './http.ts';
import type { NodeConnector } from './node-connector.ts';
import type { NameRule } from './validation/names.ts';

/** What a resource's own rules may look at while a request is worked on. */
export interface RequestContext {
	readonly user: UserInfo;
	/** RFC 3339, as timestamps of objects are written. */
	readonly now: string;
	/** Milliseconds since 1970. */
	readonly time: number;
	readonly random: Random;
	readonly dryRun: boolean;
	/** What is stored, for admission and allocation. */
	readonly objects: Pick<Client, 'get' | 'list'>;
	/** The kind that objects are stored as, by its apiVersion and name. */
	readonly resourceOf: (apiVersion: string, kind: string) => Resource | undefined;
	/** Who may do what, and whom a token belongs to. */
	readonly access: Access;
	/** Said to the client in a Warning header. */
	readonly warn: (text: string) => void;
}

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch';

export const allVerbs: readonly Verb[] = [
	'create',
	'delete',
	'deletecollection',
	'get',
	'list',
	'patch',
	'update',
	'watch',
];

export interface Column<T> {
	name: string;
	type: 'string' | 'integer' | 'number' | 'date' | 'boolean';
	format?: 'name' | 'duration';
	/** 1 shows with `-o wide` only. */
	priority?: number;
	description?: string;
	/** `now` in milliseconds since 1970, for ages. */
	cell: (object: T, now: number) => string | number | boolean | null;
}

/** A `scale` subresource: where in the object the replicas are. */
export interface ScaleAccess<T> {
	get(object: T): { replicas: number; statusReplicas: number; selector: string };
	set(object: T, replicas: number): void;
}

export interface ResourceDefinition<T extends KubernetesObject> {
	group: string;
	version: string;
	kind: string;
	plural: string;
	singular: string;
	/** `${kind}List` unless told. */
	listKind?: string;
	shortNames?: readonly string[];
	/** `all` shows it in `kubectl get all`. */
	categories?: readonly string[];
	namespaced: boolean;
	/** Said in a Warning header to everyone who asks for it: what takes its place. */
	deprecation?: string;
	/** What may be done with it; everything unless told. */
	verbs?: readonly Verb[];
	/** Whether there is a status that only its own subresource writes. */
	hasStatus?: boolean;
	/** Whether metadata.generation counts changes of the spec. */
	hasGeneration?: boolean;
	/** PUT must say which version it replaces. */
	replacesKnownVersion?: boolean;
	/** PUT to a name that is free creates it. */
	createOnUpdate?: boolean;
	/** DELETE answers with the object instead of a Status. */
	returnsDeleted?: boolean;
	/**
	 * What becomes of dependents where a deletion does not say, and what is said of that; the garbage collector
	 * takes them unless told.
	 */
	defaultPropagation?: { policy: 'Orphan'; warning?: string };
	nameRule: NameRule;
	/** Whether its objects hold expressions, which are compiled when they are written. */
	hasExpressions?: boolean;
	/** A question instead of an object: creating one fills in the answer, and stores nothing. */
	review?(object: T, context: RequestContext): void;
	/** Fills in what was left out, on create and update, before validation. */
	setDefaults?(object: T): void;
	/** Admission on create: may change the object, or throw an ApiError. */
	admit?(object: T, context: RequestContext): void;
	/** Clears and fills in what a client may not set. */
	prepareForCreate?(object: T, context: RequestContext): void;
	prepareForUpdate?(object: T, old: T, context: RequestContext): void;
	/** All faults of the object but those of its metadata, in the server's order. */
	validate(object: T, context: RequestContext): FieldError[];
	/** Faults of the change. Unless `validatesUpdate` is 'change', validate() is asked as well, before it. */
	validateUpdate?(object: T, old: T, context: RequestContext): FieldError[];
	validatesUpdate?: 'change';
	validateStatusUpdate?(object: T, old: T): FieldError[];
	columns: readonly Column<T>[];
	/** Besides metadata.name, and metadata.namespace where it has one. */
	selectableFields?: Readonly<Record<string, (object: T) => string>>;
	/** What is said of a field, quoted, that is not selectable, where the kind says it in its own way. */
	unknownFieldText?(field: string): string;
	scale?: ScaleAccess<T>;
	/** Admission on delete: may throw an ApiError. */
	admitDelete?(object: T): void;
	/** Seconds until the object may go, where something must end first; 0 deletes it at once. */
	gracePeriod?(object: T, options: DeleteOptions): number;
	/** Changes the object as it is while something holds its deletion up. */
	prepareForDelete?(object: T): void;
	/** Holds the object back, as a finalizer of its own in spec (Namespace). */
	heldBy?(object: T): boolean;
	/** For what has no Kubernetes struct: a value as the kind's objects are held. Throws DecodeError. */
	decode?(value: unknown): Decoded;
	/** Likewise: how server-side apply merges it. */
	mergeType?: MergeType;
	/** Likewise: its schema for clients. */
	openApiSchema?: Record<string, unknown>;
	/** Subresources besides status and scale, for discovery; served by subresources.ts. */
	subresources?: readonly Subresource[];
	/** For another version of a stored kind: whose objects these are, and how one becomes the other. */
	storedAs?: StoredAs<T>;
	/** For a kind that nobody stores. It can be read only. */
	computed?: Computed<T>;
}

/** Conversions never change what they are given. */
export interface StoredAs<T extends KubernetesObject> {
	resource: Resource;
	toStored(object: T): KubernetesObject;
	fromStored(stored: KubernetesObject): T;
}

export interface Computed<T extends KubernetesObject> {
	/** Every object, as things stand, in order of namespace and name. */
	objects(context: ComputationContext): T[];
	/** What is said where there is none of the name. */
	missing(namespace: string, name: string): ApiError;
}

export interface ComputationContext {
	/** Milliseconds since 1970. */
	readonly time: number;
	readonly objects: Pick<Client, 'get' | 'list'>;
	/** The kubelet of a node; undefined where none answers. */
	readonly connectorOf: (node: string) => NodeConnector | undefined;
}

export interface Subresource {
	name: string;
	kind: string;
	group?: string;
	version?: string;
	verbs: readonly string[];
}

/** A definition with its type set aside, as the server keeps all kinds. */
export type Resource = ResourceDefinition<KubernetesObject> & {
	/** `pods`, `statefulsets.apps`: the store's key, and the Client's name for it. */
	readonly key: string;
	readonly apiVersion: string;
	readonly struct: StructType;
};

/** Completes a definition. Throws where Kubernetes has no such kind. */
export function defineResource<T extends KubernetesObject>(definition: ResourceDefinition<T>): Resource {
	const { group, version, kind, plural } = definition;
	const struct = structOfKind(group, version, kind);
	if (!struct) throw new Error(`Kubernetes has no kind ${kind} in ${group || 'core'}/${version}`);
	return {
		...(definition as unknown as ResourceDefinition<KubernetesObject>),
		key: group ? `${plural}.${group}` : plural,
		apiVersion: group ? `${group}/${version}` : version,
		struct,
	};
}

/**
 * Another version of a stored kind. What its columns show and what can be selected by is the stored kind's,
 * unless told. Throws where Kubernetes has no such kind.
 */
export function defineVersion<T extends KubernetesObject, S extends KubernetesObject>(
	stored: Resource,
	version: Pick<ResourceDefinition<T>, 'group' | 'version' | 'selectableFields' | 'setDefaults'> & {
		toStored(object: T): S;
		fromStored(stored: S): T;
	},
): Resource {
	const { toStored, fromStored, ...facts } = version;
	return defineResource<T>({
		...(stored as unknown as ResourceDefinition<T>),
		setDefaults: undefined,
		...facts,
		columns: stored.columns.map((column) => ({
			...column,
			cell: (object, now) => column.cell(toStored(object), now),
		})),
		storedAs: {
			resource: stored,
			toStored,
			fromStored: (object) => fromStored(object as S),
		},
	});
}

/** A kind that is defined while the server runs. */
export interface LaterKind {
	/** In the version in which it is stored. */
	stored: Resource;
	/** In each version that is served, the preferred one first. */
	served: readonly Resource[];
}

/** The kinds that a server serves: those it is built with, and those that are defined while it runs. */
export class ResourceRegistry {
	readonly #builtIn: readonly Resource[];
	readonly #builtInStored: readonly Resource[];
	readonly #later = new Map<string, LaterKind>();
	readonly #byKey: Map<string, Resource>;
	readonly #byPath: Map<string, Resource>;
	readonly #announced = new Set<string>();
	readonly #handlers: ((resource: Resource) => void)[] = [];

	constructor(resources: readonly Resource[]) {
		this.#builtIn = resources;
		this.#builtInStored = resources.filter(({ storedAs, computed }) => !storedAs && !computed);
		this.#byKey = new Map(this.#builtInStored.map((each) => [each.key, each]));
		this.#byPath = new Map(resources.map((each) => [`${each.apiVersion}/${each.plural}`, each]));
	}

	get all(): readonly Resource[] {
		if (this.#later.size === 0) return this.#builtIn;
		return [...this.#builtIn, ...[...this.#later.values()].flatMap(({ served }) => served)];
	}

	/** Those that are neither another version of a stored kind nor computed. */
	get stored(): readonly Resource[] {
		if (this.#later.size === 0) return this.#builtInStored;
		return [...this.#builtInStored, ...[...this.#later.values()].map(({ stored }) => stored)];
	}

	/** Calls the handler once for each stored kind there is, and for each new one that is defined later. */
	eachStored(handler: (resource: Resource) => void): void {
		for (const resource of this.stored) {
			this.#announced.add(resource.key);
			handler(resource);
		}
		this.#handlers.push(handler);
	}

	/** Serves a kind from now on, in place of what was defined under its key before. */
	define(key: string, kind: LaterKind): void {
		this.#forgetPaths(key);
		this.#later.set(key, kind);
		this.#byKey.set(key, kind.stored);
		for (const each of kind.served) this.#byPath.set(`${each.apiVersion}/${each.plural}`, each);
		if (this.#announced.has(key)) return;
		this.#announced.add(key);
		for (const handler of this.#handlers) handler(kind.stored);
	}

	/** Serves the kind no more. */
	undefine(key: string): void {
		this.#forgetPaths(key);
		if (this.#later.delete(key)) this.#byKey.delete(key);
	}

	#forgetPaths(key: string): void {
		for (const each of this.#later.get(key)?.served ?? [])
			this.#byPath.delete(`${each.apiVersion}/${each.plural}`);
	}

	/** By `pods`, `statefulsets.apps`; throws where there is none, since the caller is the lab's own code. */
	named(key: string): Resource {
		const resource = this.#byKey.get(key);
		if (!resource) throw new Error(`the API server has no resource ${key}`);
		return resource;
	}

	/** By apiVersion and kind, as objects say them. */
	ofKind(apiVersion: string, kind: string): Resource | undefined {
		return this.all.find((each) => each.kind === kind && each.apiVersion === apiVersion);
	}

	/** By apiVersion and plural, as a path gives them. */
	at(apiVersion: string, plural: string): Resource | undefined {
		return this.#byPath.get(`${apiVersion}/${plural}`);
	}
}

/** A value as an object of the kind, with the fields that the kind does not have. Throws DecodeError. */
export const decodeAs = (kind: Pick<Resource, 'struct' | 'decode'>, value: unknown): Decoded =>
	kind.decode ? kind.decode(value) : decode(value, kind.struct);
