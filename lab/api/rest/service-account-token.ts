// POST serviceaccounts/…/token: a token for the account (`kubectl create token`).
import { issuer } from '../../auth/service-account-tokens.ts';
import { formatTime } from '../../schema/time.ts';
import type {
	BoundObjectReference,
	KubernetesObject,
	Pod,
	ServiceAccount,
	TokenRequest,
} from '../../schema/types.ts';
import { admitTokenRequest } from '../admission/node-restriction.ts';
import { badRequest, conflict, invalid, methodNotAllowed, notFound } from '../errors.ts';
import { type FieldError, invalidValue } from '../field-errors.ts';
import type { ApiRequest, ApiResponse } from '../http.ts';
import type { Resource } from '../registry.ts';
import { expectedKind, readObject } from './body.ts';
import { fieldValidation } from './query.ts';
import { type RestContext, writeOptions } from './resources.ts';
import { answer } from './response.ts';
import type { ResourceRoute } from './route.ts';

const requestKind = expectedKind('authentication.k8s.io', 'v1', 'TokenRequest');
const shortestSeconds = 600;
const longestSeconds = 2 ** 32;

function validate(seconds: number): FieldError[] {
	const refuse = (why: string) => [invalidValue('spec.expirationSeconds', seconds, why)];
	if (seconds < shortestSeconds) return refuse('may not specify a duration less than 10 minutes');
	if (seconds > longestSeconds) return refuse('may not specify a duration larger than 2^32 seconds');
	return [];
}

const resources = { Pod: 'pods', Secret: 'secrets', Node: 'nodes' } as const;

/** The object that the token is to be bound to. Throws BadRequest, NotFound and Conflict. */
function boundObject(
	{ operations }: RestContext,
	{ namespace, name: account }: ResourceRoute,
	{ apiVersion = '', kind = '', name = '', uid }: BoundObjectReference,
) {
	const bound = apiVersion === 'v1' && kind in resources ? (kind as keyof typeof resources) : undefined;
	if (!bound) throw badRequest(`cannot bind token to object of type ${apiVersion}, Kind=${kind}`);
	const plural = resources[bound];
	const object = operations.store.get(plural, bound === 'Node' ? '' : namespace, name) as
		| KubernetesObject
		| undefined;
	if (!object) throw notFound({ group: '', plural }, name);
	const runsAs = bound === 'Pod' ? (object as Pod).spec.serviceAccountName : account;
	if (runsAs !== account)
		throw badRequest(
			`cannot bind token for serviceaccount ${JSON.stringify(account)} to pod running with different serviceaccount name.`,
		);
	if (uid && uid !== object.metadata.uid)
		throw conflict(
			{ group: '', plural: kind },
			name,
			`the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`,
		);
	return { kind: bound, object };
}

/** Throws ApiError. */
export function createToken(
	context: RestContext,
	request: ApiRequest,
	resource: Resource,
	route: ResourceRoute,
): ApiResponse {
	if (request.method !== 'POST') throw methodNotAllowed();
	const options = writeOptions(request, 'CreateOptions');
	const validation = fieldValidation(request.query, 'CreateOptions');
	const asked = readObject(request, requestKind, validation, options.warn) as TokenRequest & KubernetesObject;
	const account = context.operations.get(resource, route.namespace, route.name) as ServiceAccount;
	const { metadata, spec = {} } = asked;
	if (metadata.name && metadata.name !== route.name)
		throw badRequest(
			`the name of the object (${metadata.name}) does not match the name on the URL (${route.name})`,
		);
	const { expirationSeconds = 3600, boundObjectRef } = spec;
	const errors = validate(expirationSeconds);
	if (errors.length > 0)
		throw invalid({ group: 'authentication.k8s.io', kind: 'TokenRequest' }, metadata.name ?? '', errors);
	const boundTo = boundObjectRef && boundObject(context, route, boundObjectRef);
	admitTokenRequest(
		request.user,
		route.name,
		boundObjectRef,
		boundTo?.kind === 'Pod' ? (boundTo.object as Pod) : undefined,
	);
	const audiences = spec.audiences?.length ? spec.audiences : [issuer];
	const { token, expiresAt } = context.tokens.issue({ account, audiences, expirationSeconds, boundTo });
	return answer(
		request,
		201,
		{
			kind: 'TokenRequest',
			apiVersion: 'authentication.k8s.io/v1',
			metadata: {
				name: route.name,
				namespace: route.namespace,
				creationTimestamp: formatTime(context.clock.now()),
			},
			spec: { audiences, expirationSeconds, boundObjectRef: boundObjectRef ?? null },
			status: { token, expirationTimestamp: formatTime(expiresAt) },
		},
		options.warnings,
	);
}
