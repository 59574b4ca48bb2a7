// Create, update and delete as the API server does them for every kind
// (k8s.io/apiserver/pkg/registry/rest and generic/registry).
import type { Access } from '../auth/access.ts';
import type { Clock } from '../clock.ts';
import { type Random, randomSuffix, randomUuid } from '../random.ts';
import { formatTime } from '../schema/time.ts';
import type { KubernetesObject } from '../schema/types.ts';
import type { Store, StoreReader } from '../store/store.ts';
import { account, mutate, validate, validateConnect, validateDelete } from './admission/chain.ts';
import { admitToNamespace } from './admission/namespace-lifecycle.ts';
import type { AdmissionRequest, ConnectScope } from './admission/plugin.ts';
import type { Client, DeleteOptions } from './client.ts';
import { deepEqual } from './deep-equal.ts';
import { alreadyExists, badRequest, conflict, invalid, modifiedMeanwhile, notFound } from './errors.ts';
import type { UserInfo } from './http.ts';
import { trackWrite } from './managed-fields.ts';
import { keepSystemFields, metadataRules, warnOfFinalizers } from './object-metadata.ts';
import { decodeAs, type RequestContext, type Resource, type ResourceRegistry } from './registry.ts';
import { validateMetadata, validateMetadataUpdate } from './validation/metadata.ts';

export interface OperationOptions {
	user: UserInfo;
	dryRun?: boolean;
	warn?: (text: string) => void;
	/** Who owns what the write sets (managedFields); nobody where it is not told. */
	manager?: string;
	/** Server-side apply has set managedFields already. */
	applied?: boolean;
}

/** What part of an object an update may change: the subresource's name, '' for the object itself. */
export type UpdateScope =
	| ''
	| 'status'
	| 'finalize'
	| 'scale'
	| 'binding'
	| 'ephemeralcontainers'
	| 'resize'
	| 'approval';

export interface Deleted {
	object: KubernetesObject;
	/** False where it only has been marked: something must end first. */
	gone: boolean;
}

/** Operations as requests use them: on what is stored, or on a view of it. */
export type ObjectOperations = Pick<Operations, 'now' | 'get' | 'create' | 'update' | 'delete'> & {
	readonly store: StoreReader;
};

export class Operations {
	readonly store: Store;
	readonly #clock: Clock;
	readonly #random: Random;
	readonly #objects: Pick<Client, 'get' | 'list'>;
	readonly #access: Access;
	readonly #registry: Pick<ResourceRegistry, 'ofKind'>;

	constructor(
		store: Store,
		clock: Clock,
		random: Random,
		objects: Pick<Client, 'get' | 'list'>,
		access: Access,
		registry: Pick<ResourceRegistry, 'ofKind'>,
	) {
		this.store = store;
		this.#clock = clock;
		this.#random = random;
		this.#objects = objects;
		this.#access = access;
		this.#registry = registry;
	}

	/** Milliseconds since 1970. */
	now(): number {
		return this.#clock.now();
	}

	/** The stored object; throws NotFound. */
	get(resource: Resource, namespace: string, name: string): KubernetesObject {
		const object = this.store.get(resource.key, namespace, name);
		if (!object) throw notFound(resource, name);
		return object;
	}

	/** `draft` has been decoded, and belongs to the operation from now on. */
	create(
		resource: Resource,
		namespace: string,
		draft: KubernetesObject,
		options: OperationOptions,
	): KubernetesObject {
		const context = this.#context(options);
		const object = draft;
		const { metadata } = object;
		object.apiVersion = resource.apiVersion;
		object.kind = resource.kind;
		if (resource.namespaced) {
			metadata.namespace ||= namespace;
			if (metadata.namespace !== namespace)
				throw badRequest(
					'the namespace of the provided object does not match the namespace sent on the request',
				);
		}
		if (resource.review) {
			resource.review(object, context);
			return normalised(resource, object);
		}
		if (metadata.resourceVersion)
			throw badRequest('resourceVersion should not be set on objects to be created');
		resource.setDefaults?.(object);
		if (resource.namespaced) admitToNamespace(resource, object, context);
		// What admission and allocation add is nobody's.
		if (!options.applied) this.#track(resource, undefined, object, '', options);
		resource.admit?.(object, context);
		const admission: AdmissionRequest = { operation: 'create', resource, scope: '', object, context };
		mutate(admission);
		if (metadata.generateName && !metadata.name)
			metadata.name = this.#freeName(resource, metadata.namespace, metadata.generateName);
		metadata.name ??= '';
		metadata.uid = randomUuid(this.#random);
		resource.prepareForCreate?.(object, context);
		metadata.creationTimestamp = context.now;
		delete metadata.deletionTimestamp;
		delete metadata.deletionGracePeriodSeconds;
		delete metadata.selfLink;
		if (resource.hasGeneration) metadata.generation = 1;
		else delete metadata.generation;
		const errors = [
			...validateMetadata(metadata, metadataRules(resource)),
			...resource.validate(object, context),
		];
		if (errors.length > 0) throw invalid(resource, metadata.name, errors);
		warnOfFinalizers(resource, object, undefined, context);
		if (this.store.get(resource.key, metadata.namespace ?? '', metadata.name))
			throw alreadyExists(resource, metadata.name);
		validate(admission);
		return this.#admitted(admission, this.#write(resource, normalised(resource, object), context));
	}

	/**
	 * Replaces what `change` gives for the stored object. `change` gets the stored, frozen object and gives a
	 * new one, decoded; what the scope may not change is put back.
	 */
	update(
		resource: Resource,
		namespace: string,
		name: string,
		scope: UpdateScope,
		change: (stored: KubernetesObject) => KubernetesObject,
		options: OperationOptions,
	): KubernetesObject {
		const context = this.#context(options);
		const old = this.get(resource, namespace, name);
		const object = change(old);
		const { metadata } = object;
		object.apiVersion = resource.apiVersion;
		object.kind = resource.kind;
		metadata.name ||= name;
		if (metadata.name !== name)
			throw badRequest(
				`the name of the object (${metadata.name}) does not match the name on the URL (${name})`,
			);
		if (resource.namespaced) {
			metadata.namespace ||= namespace;
			if (metadata.namespace !== namespace)
				throw badRequest(
					'the namespace of the provided object does not match the namespace sent on the request',
				);
		}
		if (metadata.resourceVersion && metadata.resourceVersion !== old.metadata.resourceVersion)
			throw conflict(resource, name, modifiedMeanwhile);
		if (metadata.uid && metadata.uid !== old.metadata.uid)
			throw conflict(
				resource,
				name,
				`Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${old.metadata.uid}`,
			);
		metadata.resourceVersion = old.metadata.resourceVersion;
		keepSystemFields(object, old);
		if (scope === 'status') keepAllButStatus(object, old);
		else resource.setDefaults?.(object);
		if (resource.hasStatus && scope === '') keepField(object, old, 'status');
		const admission: AdmissionRequest = { operation: 'update', resource, scope, object, old, context };
		mutate(admission);
		if (scope === '' || scope === 'scale') resource.prepareForUpdate?.(object, old, context);
		// A binding goes past the generation: a pod that nobody has edited stays at its first.
		if (resource.hasGeneration && scope !== 'binding') countGeneration(resource, object, old);
		const errors = [
			...validateMetadataUpdate(metadata, old.metadata, metadataRules(resource)),
			...(scope === 'status'
				? (resource.validateStatusUpdate?.(object, old) ?? [])
				: [
						...(resource.validatesUpdate === 'change' ? [] : resource.validate(object, context)),
						...(scope === '' || scope === 'scale'
							? (resource.validateUpdate?.(object, old, context) ?? [])
							: []),
					]),
		];
		if (errors.length > 0) throw invalid(resource, name, errors);
		warnOfFinalizers(resource, object, old, context);
		const complete = normalised(resource, object);
		if (!options.applied) this.#track(resource, old, complete, scope, options);
		if (deepEqual(complete, old)) return old;
		if (isReleased(resource, complete)) return this.#remove(resource, complete, context);
		validate(admission);
		return this.#admitted(admission, this.#write(resource, complete, context));
	}

	/** Deletes, or marks for deletion what finalizers or a grace period hold. Throws NotFound and Conflict. */
	delete(
		resource: Resource,
		namespace: string,
		name: string,
		options: DeleteOptions,
		operation: OperationOptions,
	): Deleted {
		const context = this.#context(operation);
		const old = this.get(resource, namespace, name);
		checkPreconditions(resource, old, options);
		resource.admitDelete?.(old);
		validateDelete({ operation: 'delete', resource, scope: '', object: old, old, context });
		const object = structuredClone(old);
		const { metadata } = object;
		setPropagation(object, propagationOf(resource, options, context));
		const grace = resource.gracePeriod?.(object, options) ?? 0;
		const held = (metadata.finalizers?.length ?? 0) > 0 || (resource.heldBy?.(object) ?? false);
		const pending = metadata.deletionTimestamp !== undefined;
		if (grace > 0 || held) {
			const known = metadata.deletionGracePeriodSeconds;
			if (!pending || known === undefined || grace < known) {
				metadata.deletionTimestamp = formatTime(this.#clock.now() + grace * 1000);
				metadata.deletionGracePeriodSeconds = grace;
				if (!pending && resource.hasGeneration) metadata.generation = (metadata.generation ?? 0) + 1;
			}
			resource.prepareForDelete?.(object);
			if (deepEqual(object, old)) return { object: old, gone: false };
			return { object: this.#write(resource, object, context), gone: false };
		}
		metadata.deletionTimestamp ??= context.now;
		metadata.deletionGracePeriodSeconds = 0;
		return { object: this.#remove(resource, object, context), gone: true };
	}

	/** Asks admission about a connection; `asked` are its options, under the object's name. Throws ApiError. */
	admitConnection(
		resource: Resource,
		scope: ConnectScope,
		asked: KubernetesObject,
		options: OperationOptions,
	): void {
		const context = this.#context(options);
		validateConnect({ operation: 'connect', resource, scope, object: asked, context });
	}

	/** Tries again where a generated name is taken; the last try's may be. */
	#freeName(resource: Resource, namespace: string | undefined, prefix: string): string {
		let name = generatedName(prefix, this.#random);
		for (let tries = 1; tries < nameTries && this.store.get(resource.key, namespace ?? '', name); tries++)
			name = generatedName(prefix, this.#random);
		return name;
	}

	#context(options: OperationOptions): RequestContext {
		const time = this.#clock.now();
		return {
			user: options.user,
			now: formatTime(time),
			time,
			random: this.#random,
			dryRun: options.dryRun ?? false,
			objects: this.#objects,
			resourceOf: (apiVersion, kind) => this.#registry.ofKind(apiVersion, kind),
			access: this.#access,
			warn: options.warn ?? (() => {}),
		};
	}

	#track(
		resource: Resource,
		before: KubernetesObject | undefined,
		after: KubernetesObject,
		scope: UpdateScope,
		{ manager }: OperationOptions,
	): void {
		if (manager && scope !== 'binding') {
			const now = formatTime(this.#clock.now());
			trackWrite(resource, before, after, { manager, subresource: scope, now });
		} else if (before?.metadata.managedFields) after.metadata.managedFields = before.metadata.managedFields;
		else delete after.metadata.managedFields;
	}

	/** Has what was admitted counted, once it is stored. */
	#admitted(request: AdmissionRequest, stored: KubernetesObject): KubernetesObject {
		if (!request.context.dryRun)
			account(request, (key, object) => {
				this.store.put(key, object);
			});
		return stored;
	}

	#write(resource: Resource, object: KubernetesObject, context: RequestContext): KubernetesObject {
		return context.dryRun ? object : this.store.put(resource.key, object);
	}

	#remove(resource: Resource, object: KubernetesObject, context: RequestContext): KubernetesObject {
		if (context.dryRun) return object;
		const { namespace, name } = object.metadata;
		return this.store.remove(resource.key, namespace ?? '', name) as KubernetesObject;
	}
}

/** k8s.io/apiserver/pkg/registry/generic/registry, maxNameGenerationCreateAttempts. */
const nameTries = 8;

/** The prefix is cut so that the name stays within 63 characters (k8s.io/apiserver/pkg/storage/names). */
const generatedName = (prefix: string, random: Random) => prefix.slice(0, 58) + randomSuffix(random);

/** The object as the server's structs hold it; it has been decoded before, so it fits. */
function normalised(resource: Resource, object: KubernetesObject): KubernetesObject {
	return decodeAs(resource, object).object as unknown as KubernetesObject;
}

type Parts = Record<string, unknown>;

function keepField(object: KubernetesObject, old: KubernetesObject, field: string): void {
	const from = old as unknown as Parts;
	const to = object as unknown as Parts;
	if (from[field] === undefined) delete to[field];
	else to[field] = from[field];
}

function keepAllButStatus(object: KubernetesObject, old: KubernetesObject): void {
	for (const field of new Set([...Object.keys(old), ...Object.keys(object)]))
		if (field !== 'status' && field !== 'metadata') keepField(object, old, field);
}

/** A change of anything but metadata and status is a new generation. */
function countGeneration(resource: Resource, object: KubernetesObject, old: KubernetesObject): void {
	const from = old as unknown as Parts;
	const to = object as unknown as Parts;
	for (const field of new Set([...Object.keys(from), ...Object.keys(to)])) {
		if (field === 'metadata' || field === 'apiVersion' || (field === 'status' && resource.hasStatus))
			continue;
		if (deepEqual(from[field], to[field])) continue;
		object.metadata.generation = (old.metadata.generation ?? 0) + 1;
		return;
	}
}

/** Marked for deletion, with its grace period over and nothing left to hold it. */
function isReleased(resource: Resource, object: KubernetesObject): boolean {
	const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = object.metadata;
	if (!deletionTimestamp || deletionGracePeriodSeconds || finalizers?.length) return false;
	return !resource.heldBy?.(object);
}

function checkPreconditions(resource: Resource, object: KubernetesObject, options: DeleteOptions): void {
	const { uid, resourceVersion } = options.preconditions ?? {};
	const { metadata } = object;
	if (uid && uid !== metadata.uid)
		throw conflict(
			resource,
			metadata.name,
			`Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid}`,
		);
	if (resourceVersion && resourceVersion !== metadata.resourceVersion)
		throw conflict(
			resource,
			metadata.name,
			`Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${metadata.resourceVersion}`,
		);
}

function propagationOf(
	{ defaultPropagation }: Resource,
	{ propagationPolicy }: DeleteOptions,
	{ warn }: RequestContext,
): DeleteOptions['propagationPolicy'] {
	if (propagationPolicy) return propagationPolicy;
	if (defaultPropagation?.warning) warn(defaultPropagation.warning);
	return defaultPropagation?.policy;
}

/** What becomes of dependents is recorded as a finalizer, which the garbage collector works on. */
function setPropagation(object: KubernetesObject, policy: DeleteOptions['propagationPolicy']): void {
	if (!policy) return;
	const finalizers = (object.metadata.finalizers ?? []).filter(
		(each) => each !== 'foregroundDeletion' && each !== 'orphan',
	);
	if (policy === 'Foreground') finalizers.push('foregroundDeletion');
	if (policy === 'Orphan') finalizers.push('orphan');
	if (finalizers.length > 0) object.metadata.finalizers = finalizers;
	else delete object.metadata.finalizers;
}
