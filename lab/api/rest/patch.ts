// PATCH: the three formats of a change (apply.ts has the fourth), and what is said of a patch that cannot be applied.
import { isObject } from '../../json-object.ts';
import { applyJsonPatch, JsonPatchError, type JsonPatchOperation } from '../../patch/json-patch.ts';
import { applyMergePatch } from '../../patch/merge-patch.ts';
import {
	applyStrategicMergePatch,
	goFormat,
	StrategicMergeError,
} from '../../patch/strategic-merge-patch.ts';
import { DecodeError, TypeMismatchError } from '../../schema/decode.ts';
import { JsonSyntaxError, parseJson } from '../../schema/json.ts';
import type { KubernetesObject } from '../../schema/types.ts';
import { type ApiError, badRequest, invalid, unprocessable, unsupportedMediaType } from '../errors.ts';
import { type FieldError, forbiddenField, invalidValue, required } from '../field-errors.ts';
import type { ApiRequest } from '../http.ts';
import { applyPatch } from './apply.ts';
import { bodyText, decodeObject, type ExpectedKind, mediaTypeOf } from './body.ts';
import type { FieldValidation } from './query.ts';

const jsonPatch = 'application/json-patch+json';
const mergePatch = 'application/merge-patch+json';
const strategicMergePatch = 'application/strategic-merge-patch+json';

const operations = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test']);

/** At most this many operations, so that one request cannot hold the server up. */
const mostOperations = 10_000;

/** The patch's media type; what has no Kubernetes struct takes no strategic merge. Throws UnsupportedMediaType. */
export function checkPatchType(request: ApiRequest, { decode }: Pick<ExpectedKind, 'decode'> = {}): string {
	const type = mediaTypeOf(request);
	const supported = [jsonPatch, mergePatch, ...(decode ? [] : [strategicMergePatch]), applyPatch];
	if (!supported.includes(type)) throw unsupportedMediaType(type, supported);
	return type;
}

const optionsFault = (error: FieldError) =>
	invalid({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', [error]);

/** Throws Invalid where the query gives `force`, which only apply knows. */
export function forbidForce({ query }: ApiRequest): void {
	if (query.has('force'))
		throw optionsFault(forbiddenField('force', 'may not be specified for non-apply patch'));
}

/** Throws Invalid where an apply does not say whose it is. */
export function requireManager({ query }: ApiRequest): void {
	if (!query.get('fieldManager')) throw optionsFault(required('fieldManager', 'is required for apply patch'));
}

/** The stored object with the request's patch applied, decoded anew. Throws ApiError. */
export function patchedObject(
	request: ApiRequest,
	stored: KubernetesObject,
	expected: ExpectedKind,
	validation: FieldValidation,
	warn: (text: string) => void,
): KubernetesObject {
	const type = checkPatchType(request, expected);
	const { value: patch, duplicates } = parsedPatch(request);
	const patched = applied(type, stored, patch, expected);
	const shown = type === strategicMergePatch ? goFormat(patch) : JSON.stringify(patched);
	try {
		return decodeObject(patched, expected, duplicates, validation, warn);
	} catch (error) {
		if (!(error instanceof DecodeError)) throw error;
		const fault = type === strategicMergePatch ? conversionFault(error) : error.message;
		throw invalid({ group: '', kind: '' }, '', [invalidValue('patch', shown, fault)]);
	}
}

/** A strategic merge patch is not decoded from JSON but converted, which words a mismatch otherwise. */
function conversionFault(error: DecodeError): string {
	if (!(error instanceof TypeMismatchError)) return error.message;
	const { value, goType, kind } = error;
	const from = goKindOf(value);
	switch (kind) {
		case 'struct':
			return `cannot restore struct from: ${from}`;
		case 'array':
		case 'bytes':
			return `cannot restore slice from ${from}`;
		case 'map':
			return `cannot restore map from ${from}`;
		case 'string':
			// Go can make a string of an integer, which JSON cannot.
			return from === 'int64' ? `cannot convert int64 to ${goType}` : 'unrecognized type: string';
		case 'integer':
			return from === 'float64' ? `cannot convert float64 to ${goType}` : `unrecognized type: ${goType}`;
		default:
			return `unrecognized type: ${goType}`;
	}
}

/** The kind that Go holds a JSON value as. */
function goKindOf(value: unknown): string {
	if (Array.isArray(value)) return 'slice';
	if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
	if (typeof value === 'boolean') return 'bool';
	return typeof value === 'string' ? 'string' : 'map';
}

function parsedPatch(request: ApiRequest) {
	try {
		return parseJson(bodyText(request));
	} catch (error) {
		if (error instanceof JsonSyntaxError) throw badRequest(error.message);
		throw error;
	}
}

const goKind = (value: unknown) =>
	Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;

const notAnObject = (value: unknown): ApiError =>
	badRequest(`json: cannot unmarshal ${goKind(value)} into Go value of type map[string]interface {}`);

function applied(type: string, stored: KubernetesObject, patch: unknown, expected: ExpectedKind): unknown {
	if (type === jsonPatch) return jsonPatched(stored, patch);
	if (!isObject(patch)) throw notAnObject(patch);
	if (type === mergePatch) return applyMergePatch(stored, patch);
	try {
		return applyStrategicMergePatch(stored as unknown as Record<string, unknown>, patch, expected.struct);
	} catch (error) {
		if (error instanceof StrategicMergeError) throw badRequest(error.message);
		throw error;
	}
}

function jsonPatched(stored: KubernetesObject, patch: unknown): unknown {
	if (!Array.isArray(patch))
		throw badRequest(
			`error decoding patch: json: cannot unmarshal ${goKind(patch)} into Go value of type jsonpatch.Patch`,
		);
	if (patch.length > mostOperations)
		throw badRequest(
			`the allowed maximum operations in a JSON patch is ${mostOperations}, got ${patch.length}`,
		);
	for (const operation of patch)
		if (!isObject(operation) || !operations.has(String(operation.op)) || typeof operation.path !== 'string')
			throw unprocessable();
	try {
		return applyJsonPatch(stored, patch as JsonPatchOperation[]);
	} catch (error) {
		if (error instanceof JsonPatchError) throw unprocessable();
		throw error;
	}
}
