// Answers in JSON, or in YAML or protobuf for who asks for it.
import { stringify } from 'yaml';
import { encodeProtobuf, messageOf } from '../../schema/protobuf-encode.ts';
import { type ApiError, notAcceptable } from '../errors.ts';
import type { ApiRequest, ApiResponse } from '../http.ts';
import { wantsProtobuf } from './representation.ts';

/** An object as the answer. `warnings` become Warning headers (RFC 7234, section 5.5). Throws NotAcceptable. */
export function answer(
	request: ApiRequest,
	status: number,
	object: unknown,
	warnings: readonly string[] = [],
): ApiResponse {
	const { body, type } = encoded(request, object);
	const headers: Record<string, string> = { 'content-type': type };
	if (warnings.length > 0) headers.warning = warningHeader(warnings);
	return { status, headers, body };
}

/** Tells that something was made that is no object to be shown. */
export const answerCreated = (request: ApiRequest): ApiResponse =>
	answer(request, 201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 });

/** The object in the media type that the client takes. */
function encoded(request: Asked, object: unknown): { body: string | Uint8Array; type: string } {
	if (wantsProtobuf(request)) {
		const written = object as Record<string, unknown>;
		const message = messageOf(written);
		if (!message) throw notAcceptable(['application/json', 'application/yaml']);
		const body = encodeProtobuf(written, message);
		return { body, type: 'application/vnd.kubernetes.protobuf' };
	}
	if (wantsYaml(request)) return { body: stringify(object), type: 'application/yaml' };
	return { body: jsonText(request, object), type: 'application/json' };
}

type Asked = Pick<ApiRequest, 'query' | 'headers'>;

/**
 * Indented, and without a line's end, where it is asked for by `pretty` or a person seems to read it, with curl,
 * Wget or a browser (isPrettyPrint of k8s.io/apiserver).
 */
function jsonText({ query, headers }: Asked, value: unknown): string {
	const asked = query.get('pretty');
	const isPretty = asked
		? /^(?:1|t|true)$/i.test(asked)
		: /^(?:curl|Wget|Mozilla\/5\.0)/.test(headers['user-agent'] ?? '');
	return isPretty ? JSON.stringify(value, undefined, 2) : `${JSON.stringify(value)}\n`;
}

const wantsYaml = ({ headers }: Asked) =>
	/^\s*application\/yaml\b/.test(headers.accept ?? '') && !headers.accept?.includes('application/json');

const warningHeader = (warnings: readonly string[]) =>
	[...new Set(warnings)].map((text) => `299 - ${JSON.stringify(text)}`).join(', ');

/** The answer with one more warning, said first. */
export function withWarning(response: ApiResponse, text: string): ApiResponse {
	const { warning } = response.headers;
	const first = warningHeader([text]);
	return { ...response, headers: { ...response.headers, warning: warning ? `${first}, ${warning}` : first } };
}

export function refusal(request: Asked, error: ApiError): ApiResponse {
	const { body, type } = encoded(request, error.status);
	const headers: Record<string, string> = { 'content-type': type };
	const wait = error.details?.retryAfterSeconds;
	if (wait) headers['retry-after'] = String(wait);
	return { status: error.code, headers, body };
}

/** What is said of the server itself, which is for people to read whoever asks. */
export function indented(object: unknown): ApiResponse {
	const headers = { 'content-type': 'application/json' };
	return { status: 200, headers, body: JSON.stringify(object, undefined, 2) };
}

export function plainText(status: number, body: string): ApiResponse {
	return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
}
