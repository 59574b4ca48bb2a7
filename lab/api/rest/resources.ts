// The verbs of every resource over HTTP: what a method and a path mean, and the answer.

import type { ServiceAccountTokens } from '../../auth/service-account-tokens.ts';
import type { Clock } from '../../clock.ts';
import { formatTime } from '../../schema/time.ts';
import type { KubernetesObject } from '../../schema/types.ts';
import { invalid, methodNotAllowed, notFound } from '../errors.ts';
import { invalidValue } from '../field-errors.ts';
import type { ApiRequest, ApiResponse } from '../http.ts';
import type { ObjectOperations, OperationOptions, UpdateScope } from '../operations.ts';
import { allVerbs, type Resource, type Verb } from '../registry.ts';
import { appliedObject, applyPatch, readConfiguration } from './apply.ts';
import { readObject } from './body.ts';
import { readDeleteOptions } from './delete-options.ts';
import { listPage } from './list.ts';
import { checkPatchType, forbidForce, patchedObject, requireManager } from './patch.ts';
import { booleanParameter, fieldManager, fieldValidation, isDryRun } from './query.ts';
import { representationOf } from './representation.ts';
import { answer } from './response.ts';
import type { ResourceRoute } from './route.ts';
import { selectionOf } from './selection.ts';
import { includedObject, type Printed, partialMetadata, table } from './table.ts';
import { watchResponse } from './watch.ts';

export interface RestContext {
	operations: ObjectOperations;
	clock: Clock;
	tokens: Pick<ServiceAccountTokens, 'issue'>;
}

/** Answers a request for a resource or one of its objects. Throws ApiError. */
export function serveResource(
	context: RestContext,
	request: ApiRequest,
	resource: Resource,
	route: ResourceRoute,
): ApiResponse {
	const verb = verbOf(request, route);
	if (!verb || !(resource.verbs ?? allVerbs).includes(verb)) throw methodNotAllowed();
	switch (verb) {
		case 'watch':
			return watchResponse(
				request,
				context.operations.store,
				context.clock,
				resource,
				selectionOf(route, resource, request.query),
				representationOf(request),
			);
		case 'list':
			return list(context, request, resource, route);
		case 'get':
			return get(context, request, resource, route);
		case 'create':
			return create(context, request, resource, route);
		case 'update':
			return replace(context, request, resource, route);
		case 'patch':
			return patch(context, request, resource, route);
		case 'delete':
			return remove(context, request, resource, route);
		case 'deletecollection':
			return removeCollection(context, request, resource, route);
	}
}

/** The verb that a method means on an object or a collection; undefined where it means none. */
function verbOf({ method, query }: ApiRequest, route: ResourceRoute): Verb | undefined {
	const collection = !route.name;
	switch (method) {
		case 'HEAD':
		case 'GET':
			if (route.watch || booleanParameter(query, 'watch')) return 'watch';
			return collection ? 'list' : 'get';
		case 'POST':
			return collection ? 'create' : undefined;
		case 'PUT':
			return collection ? undefined : 'update';
		case 'PATCH':
			return collection ? undefined : 'patch';
		case 'DELETE':
			return collection ? 'deletecollection' : 'delete';
		default:
			return undefined;
	}
}

/** One object in the form that the client asked for. */
export function answerObject(
	context: RestContext,
	request: ApiRequest,
	resource: Printed,
	object: KubernetesObject,
	status = 200,
	warnings: readonly string[] = [],
): ApiResponse {
	const { resourceVersion } = object.metadata;
	switch (representationOf(request)) {
		case 'table': {
			const included = includedObject(request.query);
			const now = context.clock.now();
			return answer(request, status, table(resource, [object], { resourceVersion }, included, now), warnings);
		}
		case 'metadata':
			return answer(request, status, partialMetadata(object), warnings);
		default:
			return answer(request, status, object, warnings);
	}
}

function get(
	context: RestContext,
	request: ApiRequest,
	resource: Resource,
	route: ResourceRoute,
): ApiResponse {
	const object = context.operations.get(resource, route.namespace, route.name);
	return answerObject(context, request, resource, object);
}

function list(
	context: RestContext,
	request: ApiRequest,
	resource: Resource,
	route: ResourceRoute,
): ApiResponse {
	const { query } = request;
	const selection = selectionOf(route, resource, query);
	const page = listPage(context.operations.store, resource, route.namespace, query, selection);
	const { objects, metadata } = page;
	switch (representationOf(request)) {
		case 'table':
			return answer(
				request,
				200,
				table(resource, objects, metadata, includedObject(query), context.clock.now()),
			);
		case 'metadata':
			return answer(request, 200, {
				kind: 'PartialObjectMetadataList',
				apiVersion: 'meta.k8s.io/v1',
				metadata,
				items: objects.map(partialMetadata),
			});
		default:
			// Items of a typed list do not repeat their kind.
			return answer(request, 200, {
				kind: resource.listKind ?? `${resource.kind}List`,
				apiVersion: resource.apiVersion,
				metadata,
				items: objects.map(({ apiVersion: _, kind: __, ...object }) => object),
			});
	}
}

/** The options of a write, and the list that its warnings go to. */
export function writeOptions(
	request: ApiRequest,
	kind: string,
): OperationOptions & { warnings: string[]; warn: (text: string) => void } {
	const warnings: string[] = [];
	return {
		user: request.user,
		dryRun: isDryRun(request.query, kind),
		manager: fieldManager(request, kind),
		warnings,
		warn: (text) => warnings.push(text),
	};
}

function create(
	context: RestContext,
	request: ApiRequest,
	resource: Resource,
	route: ResourceRoute,
): ApiResponse {
	const options = writeOptions(request, 'CreateOptions');
	const validation = fieldValidation(request.query, 'CreateOptions');
	const draft = readObject(request, resource, validation, options.warn);
	const object = context.operations.create(resource, route.namespace, draft, options);
	return answerObject(context, request, resource, object, 201, options.warnings);
}

function replace(
	context: RestContext,
	request: ApiRequest,
	resource: Resource,
	route: ResourceRoute,
): ApiResponse {
	const options = writeOptions(request, 'UpdateOptions');
	const validation = fieldValidation(request.query, 'UpdateOptions');
	const object = readObject(request, resource, validation, options.warn);
	const { operations } = context;
	if (resource.createOnUpdate && !operations.store.get(resource.key, route.namespace, route.name)) {
		object.metadata.name ||= route.name;
		const created = operations.create(resource, route.namespace, object, options);
		return answerObject(context, request, resource, created, 201, options.warnings);
	}
	requireVersion(resource, route, object);
	const updated = operations.update(resource, route.namespace, route.name, '', () => object, options);
	return answerObject(context, request, resource, updated, 200, options.warnings);
}

function requireVersion(resource: Resource, { name }: ResourceRoute, { metadata }: KubernetesObject): void {
	if (!resource.replacesKnownVersion || metadata.resourceVersion) return;
	// The server names the resource here, not the kind.
	throw invalid({ group: resource.group, kind: resource.plural }, name, [
		invalidValue('metadata.resourceVersion', 0, 'must be specified for an update'),
	]);
}

function patch(
	context: RestContext,
	request: ApiRequest,
	resource: Resource,
	route: ResourceRoute,
): ApiResponse {
	const type = checkPatchType(request, resource);
	const options = writeOptions(request, 'PatchOptions');
	const validation = fieldValidation(request.query, 'PatchOptions');
	if (type === applyPatch) return apply(context, request, resource, route, '', options);
	forbidForce(request);
	const updated = context.operations.update(
		resource,
		route.namespace,
		route.name,
		'',
		(stored) => patchedObject(request, stored, resource, validation, options.warn),
		options,
	);
	return answerObject(context, request, resource, updated, 200, options.warnings);
}

/**
 * Server-side apply to an object or one of its subresources; an object that is not there yet is created.
 * `confine` puts back what the subresource may not change.
 */
export function apply(
	context: RestContext,
	request: ApiRequest,
	resource: Resource,
	route: ResourceRoute,
	scope: UpdateScope,
	options: ReturnType<typeof writeOptions>,
	confine = (object: KubernetesObject, _stored: KubernetesObject) => object,
): ApiResponse {
	requireManager(request);
	const { operations } = context;
	const { namespace, name } = route;
	const configuration = readConfiguration(request, resource, options.warn);
	const force = booleanParameter(request.query, 'force');
	const writer = {
		manager: options.manager ?? '',
		subresource: scope,
		now: formatTime(operations.now()),
	};
	const applied = { ...options, applied: true };
	const change = (stored: KubernetesObject | undefined) =>
		appliedObject(resource, stored, configuration, writer, force);
	if (!operations.store.get(resource.key, namespace, name) && scope === '') {
		const draft = change(undefined);
		draft.metadata.name ||= name;
		const created = operations.create(resource, namespace, draft, applied);
		return answerObject(context, request, resource, created, 201, options.warnings);
	}
	const updated = operations.update(
		resource,
		namespace,
		name,
		scope,
		(stored) => confine(change(stored), stored),
		applied,
	);
	return answerObject(context, request, resource, updated, 200, options.warnings);
}

function remove(
	context: RestContext,
	request: ApiRequest,
	resource: Resource,
	route: ResourceRoute,
): ApiResponse {
	const { options, dryRun } = readDeleteOptions(request);
	const warnings: string[] = [];
	const { object, gone } = context.operations.delete(resource, route.namespace, route.name, options, {
		user: request.user,
		dryRun,
		warn: (text) => warnings.push(text),
	});
	if (!gone || resource.returnsDeleted)
		return answerObject(context, request, resource, object, 200, warnings);
	return answer(request, 200, {
		kind: 'Status',
		apiVersion: 'v1',
		metadata: {},
		status: 'Success',
		details: {
			name: object.metadata.name,
			...(resource.group && { group: resource.group }),
			kind: resource.plural,
			uid: object.metadata.uid,
		},
	});
}

function removeCollection(
	context: RestContext,
	request: ApiRequest,
	resource: Resource,
	route: ResourceRoute,
): ApiResponse {
	if (resource.namespaced && !route.namespace) throw methodNotAllowed();
	const { options, dryRun } = readDeleteOptions(request);
	const { operations } = context;
	const warnings = new Set<string>();
	const operation = { user: request.user, dryRun, warn: (text: string) => warnings.add(text) };
	const selection = selectionOf(route, resource, request.query);
	const page = listPage(operations.store, resource, route.namespace, request.query, selection);
	for (const { metadata } of page.objects) {
		// One may have gone with another that was deleted before it.
		if (operations.store.get(resource.key, route.namespace, metadata.name))
			operations.delete(resource, route.namespace, metadata.name, options, operation);
	}
	const list = {
		kind: resource.listKind ?? `${resource.kind}List`,
		apiVersion: resource.apiVersion,
		metadata: page.metadata,
		items: page.objects,
	};
	return answer(request, 200, list, [...warnings]);
}

/** Throws NotFound as for a resource that is not served. */
export function checkNamespacing(resource: Resource, route: ResourceRoute): void {
	const allNamespaces = resource.namespaced && !route.namespace;
	if (!resource.namespaced && route.namespace) throw notFound(resource, route.name);
	if (allNamespaces && route.name) throw notFound(resource, route.name);
}
