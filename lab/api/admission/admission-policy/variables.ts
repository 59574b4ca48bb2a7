// What the expressions of an admission policy may look at: the object, what it was, the request, the policy's
// parameters and variables, the namespace, and what the user may do
// (https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#validation-expression).

import { isObject } from '../../../json-object.ts';
import type { KubernetesObject, Namespace } from '../../../schema/types.ts';
import type { Declarations, Variables } from '../../expressions/environment.ts';
import { AuthorizerValue, authorizerType } from '../../expressions/functions/authorizer.ts';
import type { AdmissionRequest } from '../plugin.ts';

const time = 'google.protobuf.Timestamp';

const objects: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
	[
		'kubernetes.AdmissionRequest',
		{
			kind: 'kubernetes.GroupVersionKind',
			resource: 'kubernetes.GroupVersionResource',
			subResource: 'string',
			requestKind: 'kubernetes.GroupVersionKind',
			requestResource: 'kubernetes.GroupVersionResource',
			requestSubResource: 'string',
			name: 'string',
			namespace: 'string',
			operation: 'string',
			userInfo: 'kubernetes.UserInfo',
			dryRun: 'bool',
			options: 'dyn',
		},
	],
	['kubernetes.GroupVersionKind', { group: 'string', version: 'string', kind: 'string' }],
	['kubernetes.GroupVersionResource', { group: 'string', version: 'string', resource: 'string' }],
	[
		'kubernetes.UserInfo',
		{ username: 'string', uid: 'string', groups: 'list<string>', extra: 'map<string, list<string>>' },
	],
	[
		'kubernetes.Namespace',
		{
			metadata: 'kubernetes.NamespaceMetadata',
			spec: 'kubernetes.NamespaceSpec',
			status: 'kubernetes.NamespaceStatus',
		},
	],
	[
		'kubernetes.NamespaceMetadata',
		{
			name: 'string',
			generateName: 'string',
			namespace: 'string',
			labels: 'map<string, string>',
			annotations: 'map<string, string>',
			UID: 'string',
			creationTimestamp: time,
			deletionGracePeriodSeconds: 'int',
			deletionTimestamp: time,
			generation: 'int',
			resourceVersion: 'string',
			finalizers: 'list<string>',
		},
	],
	['kubernetes.NamespaceSpec', { finalizers: 'list<string>' }],
	['kubernetes.NamespaceStatus', { conditions: 'list<kubernetes.NamespaceCondition>', phase: 'string' }],
	[
		'kubernetes.NamespaceCondition',
		{ status: 'string', type: 'string', lastTransitionTime: time, message: 'string', reason: 'string' },
	],
];

/** Which of them an expression has: its policy's parameters, its variables so far by their types, the authorizer. */
export interface Available {
	params: boolean;
	authorizer: boolean;
	variables: Readonly<Record<string, string>>;
}

const composed = 'kubernetes.variables';

export function declarationsFor({ params, authorizer, variables }: Available): Declarations {
	return {
		variables: {
			object: 'dyn',
			oldObject: 'dyn',
			namespaceObject: 'kubernetes.Namespace',
			request: 'kubernetes.AdmissionRequest',
			...(params && { params: 'dyn' }),
			...(authorizer && { authorizer: authorizerType }),
			...(Object.keys(variables).length > 0 && { variables: composed }),
		},
		objects: new Map([
			...(Object.keys(variables).length > 0 ? [[composed, variables] as const] : []),
			...objects,
		]),
	};
}

/** Each of them as any type, for evaluation. */
export const evaluated = {
	object: 'dyn',
	oldObject: 'dyn',
	namespaceObject: 'dyn',
	request: 'dyn',
	params: 'dyn',
	authorizer: 'dyn',
	variables: 'dyn',
};

/** A value of an object as expressions see it: whole numbers apart from others. */
function plain(value: unknown): unknown {
	if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
	if (Array.isArray(value)) return value.map(plain);
	if (!isObject(value)) return value ?? null;
	return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part)]));
}

/** What is written: of a scale subresource the Scale that it takes; for a connection its options, which have no name. */
function written({ operation, resource, scope }: AdmissionRequest, object: KubernetesObject): unknown {
	if (operation === 'connect') {
		const { metadata: _, ...options } = object;
		return options;
	}
	if (scope !== 'scale' || !resource.scale) return object;
	const { replicas, statusReplicas, selector } = resource.scale.get(object);
	const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
	return {
		...scaleKind,
		metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
		spec: { replicas },
		status: { replicas: statusReplicas, ...(selector && { selector }) },
	};
}

function kindWritten({ operation, resource, scope, object }: AdmissionRequest) {
	const { group, version, kind } = resource;
	if (operation === 'connect') return { group, version, kind: object.kind };
	return scope === 'scale'
		? { group: 'autoscaling', version: 'v1', kind: 'Scale' }
		: { group, version, kind };
}

const scaleKind = { apiVersion: 'autoscaling/v1', kind: 'Scale' };

/** The values for a request; `variables` are for the policy to add. */
export function valuesOf(
	request: AdmissionRequest,
	namespace: Namespace | undefined,
	params: KubernetesObject | undefined,
): Variables {
	const { operation, resource, scope, object, old, context } = request;
	const { group, version, plural } = resource;
	const { metadata } = object;
	const kindOf = kindWritten(request);
	const place = { group, version, resource: plural };
	const { user } = context;
	return {
		object: operation === 'delete' ? null : plain(written(request, object)),
		oldObject: old ? plain(written(request, old)) : null,
		namespaceObject: namespace ? plain(namespace) : null,
		params: params ? plain(params) : null,
		request: {
			kind: kindOf,
			resource: place,
			subResource: scope,
			requestKind: kindOf,
			requestResource: place,
			requestSubResource: scope,
			name: metadata.name ?? '',
			namespace: metadata.namespace ?? '',
			operation: operation.toUpperCase(),
			userInfo: {
				username: user.username,
				uid: user.uid ?? '',
				groups: [...user.groups],
				extra: plain(user.extra ?? {}),
			},
			dryRun: context.dryRun,
		},
		authorizer: new AuthorizerValue(context.access.authorizer, user, {
			group,
			resource: plural,
			subresource: scope,
			namespace: metadata.namespace ?? '',
			name: metadata.name ?? '',
		}),
	};
}
