// What the API server answers when it refuses: a Status in kube-apiserver's words
// (k8s.io/apimachinery/pkg/api/errors).
import type { FieldError } from './field-errors.ts';
import { describeFieldErrors, fieldErrorBody } from './field-errors.ts';

export interface StatusCause {
	reason?: string;
	message?: string;
	field?: string;
}

export interface StatusDetails {
	name?: string;
	group?: string;
	kind?: string;
	uid?: string;
	causes?: StatusCause[];
	retryAfterSeconds?: number;
}

export interface StatusBody {
	kind: 'Status';
	apiVersion: 'v1';
	metadata: { continue?: string };
	status: 'Failure' | 'Success';
	message?: string;
	reason?: string;
	details?: StatusDetails;
	code?: number;
}

/** A refusal with its HTTP code, reason and details; its message is what a client prints. */
export class ApiError extends Error {
	readonly code: number;
	readonly reason: string;
	readonly details: StatusDetails | undefined;

	/** Where a list that was refused can go on. */
	readonly continue: string | undefined;

	constructor(code: number, reason: string, message: string, details?: StatusDetails, continuation?: string) {
		super(message);
		this.continue = continuation;
		this.name = 'ApiError';
		this.code = code;
		this.reason = reason;
		this.details = details;
	}

	/** The Status object of the answer. */
	get status(): StatusBody {
		return {
			kind: 'Status',
			apiVersion: 'v1',
			metadata: this.continue ? { continue: this.continue } : {},
			status: 'Failure',
			message: this.message,
			...(this.reason ? { reason: this.reason } : {}),
			...(this.details ? { details: this.details } : {}),
			code: this.code,
		};
	}
}

/** A resource as errors name it. */
export interface GroupResource {
	group: string;
	plural: string;
}

const qualified = (resource: GroupResource) =>
	resource.group ? `${resource.plural}.${resource.group}` : resource.plural;

const about = (resource: GroupResource, name: string, more: StatusDetails = {}): StatusDetails => ({
	...(name ? { name } : {}),
	...(resource.group ? { group: resource.group } : {}),
	kind: resource.plural,
	...more,
});

export function notFound(resource: GroupResource, name: string): ApiError {
	const message = `${qualified(resource)} "${name}" not found`;
	return new ApiError(404, 'NotFound', message, about(resource, name));
}

/** The path leads to nothing that is served. */
export function pathNotFound(): ApiError {
	return new ApiError(404, 'NotFound', 'the server could not find the requested resource', {});
}

export function alreadyExists(resource: GroupResource, name: string): ApiError {
	const message = `${qualified(resource)} "${name}" already exists`;
	return new ApiError(409, 'AlreadyExists', message, about(resource, name));
}

export function conflict(resource: GroupResource, name: string, why: string): ApiError {
	const message = `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${why}`;
	return new ApiError(409, 'Conflict', message, about(resource, name));
}

/** Another has written since the client read: the words of optimistic locking. */
export const modifiedMeanwhile =
	'the object has been modified; please apply your changes to the latest version and try again';

export function forbidden(resource: GroupResource, name: string, why: string): ApiError {
	const message = name
		? `${qualified(resource)} "${name}" is forbidden: ${why}`
		: `${qualified(resource)} is forbidden: ${why}`;
	return new ApiError(403, 'Forbidden', message, about(resource, name));
}

export function badRequest(message: string): ApiError {
	return new ApiError(400, 'BadRequest', message);
}

/** All errors of an object at once, as causes. */
export function invalid(
	kind: { group: string; kind: string },
	name: string,
	errors: readonly FieldError[],
): ApiError {
	const named = kind.group ? `${kind.kind}.${kind.group}` : kind.kind;
	const message = `${named} "${name}" is invalid: ${describeFieldErrors(errors)}`;
	return new ApiError(422, 'Invalid', message, {
		...(name ? { name } : {}),
		...(kind.group ? { group: kind.group } : {}),
		kind: kind.kind,
		causes: errors.map((error) => ({
			reason: error.reason,
			message: fieldErrorBody(error),
			field: error.field,
		})),
	});
}

export function methodNotAllowed(): ApiError {
	const message = 'the server does not allow this method on the requested resource';
	return new ApiError(405, 'MethodNotAllowed', message, {});
}

/** The history that a watch or a continued list asks for has been dropped; `continuation` goes on without it. */
export function resourceExpired(message: string, continuation?: string): ApiError {
	return new ApiError(410, 'Expired', message, undefined, continuation);
}

/** The words of the server where a JSON patch cannot be applied. */
export function unprocessable(): ApiError {
	const message = 'the server rejected our request due to an error in our request';
	return new ApiError(422, 'Invalid', message, {});
}

export function unsupportedMediaType(mediaType: string, supported: readonly string[]): ApiError {
	const message = `the body of the request was in an unknown format - accepted media types include: ${supported.join(', ')}`;
	return new ApiError(415, 'UnsupportedMediaType', message, mediaType ? {} : undefined);
}

export function notAcceptable(supported: readonly string[]): ApiError {
	const message = `only the following media types are accepted: ${supported.join(', ')}`;
	return new ApiError(406, 'NotAcceptable', message);
}

export function internalError(why: string): ApiError {
	return new ApiError(500, 'InternalError', `Internal error occurred: ${why}`, {
		causes: [{ message: why }],
	});
}
