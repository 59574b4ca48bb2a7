// What is served below an object: status, scale, binding, eviction, finalize, ephemeral containers.
import type {
	CertificateSigningRequest,
	KubernetesObject,
	Namespace,
	Pod,
	Scale,
} from '../../schema/types.ts';
import type { DeleteOptions } from '../client.ts';
import {
	ApiError,
	badRequest,
	conflict,
	invalid,
	methodNotAllowed,
	modifiedMeanwhile,
	pathNotFound,
} from '../errors.ts';
import { invalidValue } from '../field-errors.ts';
import type { ApiRequest, ApiResponse } from '../http.ts';
import type { UpdateScope } from '../operations.ts';
import type { Resource } from '../registry.ts';
import { podWithEphemeralContainers } from '../resources/pod-ephemeral-containers.ts';
import { evictPod } from '../resources/pod-eviction.ts';
import { resizedPod } from '../resources/pod-resize.ts';
import { scaleColumns } from '../resources/scale-columns.ts';
import { applyPatch } from './apply.ts';
import { createBinding } from './bindings.ts';
import { expectedKind, readObject } from './body.ts';
import { checkPatchType, patchedObject } from './patch.ts';
import { fieldValidation } from './query.ts';
import { answerObject, apply, type RestContext, writeOptions } from './resources.ts';
import { answer, answerCreated } from './response.ts';
import type { ResourceRoute } from './route.ts';
import { createToken } from './service-account-token.ts';

/** Answers a request for a subresource that is not a stream. Throws ApiError. */
export function serveSubresource(
	context: RestContext,
	request: ApiRequest,
	resource: Resource,
	route: ResourceRoute,
): ApiResponse {
	const { subresource } = route;
	if (subresource === 'status' && resource.hasStatus)
		return serveObject(context, request, resource, route, 'status');
	if (subresource === 'scale' && resource.scale) return serveScale(context, request, resource, route);
	if (!resource.subresources?.some((each) => each.name === subresource)) throw pathNotFound();
	switch (`${resource.key}/${subresource}`) {
		case 'pods/binding':
			return createBinding(context, request, route);
		case 'pods/eviction':
			return evict(context, request, resource, route);
		case 'pods/ephemeralcontainers':
			return serveObject(context, request, resource, route, 'ephemeralcontainers');
		case 'pods/resize':
			return serveObject(context, request, resource, route, 'resize');
		case 'serviceaccounts/token':
			return createToken(context, request, resource, route);
		case 'certificatesigningrequests.certificates.k8s.io/approval':
			return serveObject(context, request, resource, route, 'approval');
		case 'namespaces/finalize':
			return serveObject(context, request, resource, route, 'finalize');
		default:
			throw methodNotAllowed();
	}
}

/** GET, PUT and PATCH of the object, of which only a part may be changed. */
function serveObject(
	context: RestContext,
	request: ApiRequest,
	resource: Resource,
	route: ResourceRoute,
	scope: UpdateScope,
): ApiResponse {
	const { operations } = context;
	const { namespace, name } = route;
	if (request.method === 'GET')
		return answerObject(context, request, resource, operations.get(resource, namespace, name));
	if (request.method !== 'PUT' && request.method !== 'PATCH') throw methodNotAllowed();
	const kind = request.method === 'PATCH' ? 'PatchOptions' : 'UpdateOptions';
	const options = writeOptions(request, kind);
	const validation = fieldValidation(request.query, kind);
	const confine = (object: KubernetesObject, stored: KubernetesObject) =>
		scope === 'status' ? object : onlyPart(object, stored, scope);
	if (request.method === 'PATCH' && checkPatchType(request, resource) === applyPatch)
		return apply(context, request, resource, route, scope, options, confine);
	const change = (stored: KubernetesObject) => {
		const object =
			request.method === 'PUT'
				? readObject(request, resource, validation, options.warn)
				: patchedObject(request, stored, resource, validation, options.warn);
		return confine(object, stored);
	};
	const updated = operations.update(resource, namespace, name, scope, change, options);
	return answerObject(context, request, resource, updated, 200, options.warnings);
}

/** The stored object with the part that the scope is for. Throws Invalid. */
function onlyPart(object: KubernetesObject, stored: KubernetesObject, scope: UpdateScope): KubernetesObject {
	const result = withPart(object, stored, scope);
	const { resourceVersion, uid, managedFields } = object.metadata;
	if (managedFields) result.metadata.managedFields = managedFields;
	if (resourceVersion) result.metadata.resourceVersion = resourceVersion;
	if (uid) result.metadata.uid = uid;
	return result;
}

function withPart(object: KubernetesObject, stored: KubernetesObject, scope: UpdateScope): KubernetesObject {
	switch (scope) {
		case 'resize':
			return resizedPod(stored as Pod, object as Pod);
		case 'ephemeralcontainers':
			return podWithEphemeralContainers(stored as Pod, object as Pod);
		case 'finalize': {
			const { finalizers } = (object as Namespace).spec ?? {};
			const result: Namespace = structuredClone(stored as Namespace);
			result.spec = finalizers ? { finalizers } : {};
			return result;
		}
		case 'approval': {
			const result = structuredClone(stored as CertificateSigningRequest);
			const { conditions } = (object as CertificateSigningRequest).status ?? {};
			result.status = { ...result.status, conditions };
			return result;
		}
		default:
			return structuredClone(stored);
	}
}

const scaleKind = expectedKind('autoscaling', 'v1', 'Scale');

function scaleOf(resource: Resource, object: KubernetesObject): Scale {
	const access = resource.scale as NonNullable<Resource['scale']>;
	const { replicas, statusReplicas, selector } = access.get(object);
	const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
	return {
		kind: 'Scale',
		apiVersion: 'autoscaling/v1',
		metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
		spec: { replicas },
		status: { replicas: statusReplicas, selector },
	};
}

function serveScale(
	context: RestContext,
	request: ApiRequest,
	resource: Resource,
	route: ResourceRoute,
): ApiResponse {
	const { operations } = context;
	const { namespace, name } = route;
	if (request.method === 'GET')
		return answerScale(context, request, scaleOf(resource, operations.get(resource, namespace, name)));
	if (request.method !== 'PUT' && request.method !== 'PATCH') throw methodNotAllowed();
	const options = writeOptions(request, 'UpdateOptions');
	const validation = fieldValidation(request.query, 'UpdateOptions');
	const change = (stored: KubernetesObject) => {
		const scale = (
			request.method === 'PUT'
				? readObject(request, scaleKind, validation, options.warn)
				: patchedObject(request, scaleOf(resource, stored), scaleKind, validation, options.warn)
		) as Scale;
		const { resourceVersion } = scale.metadata;
		if (resourceVersion && resourceVersion !== stored.metadata.resourceVersion)
			throw conflict(resource, name, modifiedMeanwhile);
		const replicas = scale.spec?.replicas ?? 0;
		if (replicas < 0)
			throw invalid({ group: 'autoscaling', kind: 'Scale' }, name, [
				invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0'),
			]);
		const object = structuredClone(stored);
		resource.scale?.set(object, replicas);
		return object;
	};
	const updated = operations.update(resource, namespace, name, 'scale', change, options);
	return answerScale(context, request, scaleOf(resource, updated), options.warnings);
}

const scalePrinted = { columns: scaleColumns as Resource['columns'] };

const answerScale = (
	context: RestContext,
	request: ApiRequest,
	scale: Scale,
	warnings: readonly string[] = [],
): ApiResponse => answerObject(context, request, scalePrinted, scale as KubernetesObject, 200, warnings);

const evictionKind = expectedKind('policy', 'v1', 'Eviction');

/** A refusal with code 500 is what the server has to say, not a failure of its own: its answer's own code is 201. */
function evict(
	context: RestContext,
	request: ApiRequest,
	resource: Resource,
	route: ResourceRoute,
): ApiResponse {
	if (request.method !== 'POST') throw methodNotAllowed();
	const options = writeOptions(request, 'CreateOptions');
	const eviction = readObject(
		request,
		evictionKind,
		fieldValidation(request.query, 'CreateOptions'),
		options.warn,
	);
	const { name } = eviction.metadata;
	if (name !== route.name) throw badRequest('name in URL does not match name in Eviction object');
	const { deleteOptions = {} } = eviction as unknown as {
		deleteOptions?: DeleteOptions & { dryRun?: string[] };
	};
	const dryRun = options.dryRun || (deleteOptions.dryRun?.includes('All') ?? false);
	const { operations } = context;
	try {
		evictPod(operations, resource, route.namespace, name, deleteOptions, { ...options, dryRun });
	} catch (error) {
		if (error instanceof ApiError && error.code === 500) return answer(request, 201, error.status);
		throw error;
	}
	return answerCreated(request);
}
