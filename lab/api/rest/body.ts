// A request's body: JSON, YAML or protobuf, decoded into the resource's type with field validation.
import { type Decoded, DecodeError, decode } from '../../schema/decode.ts';
import { type StructType, structOfKind } from '../../schema/facts.ts';
import { JsonSyntaxError, parseJson } from '../../schema/json.ts';
import { decodeProtobuf, isProtobufEnvelope, ProtobufError } from '../../schema/protobuf.ts';
import type { KubernetesObject } from '../../schema/types.ts';
import { parseYaml } from '../../schema/yaml.ts';
import { badRequest, unsupportedMediaType } from '../errors.ts';
import type { ApiRequest } from '../http.ts';
import { decodeAs } from '../registry.ts';
import type { FieldValidation } from './query.ts';

const supported = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

/** The media type without its parameters; JSON where none is given. */
export function mediaTypeOf({ headers }: ApiRequest): string {
	return (headers['content-type'] ?? 'application/json').split(';')[0].trim().toLowerCase();
}

export const bodyText = (request: ApiRequest) => new TextDecoder().decode(request.body ?? new Uint8Array());

const isUnreadable = (error: unknown): error is Error =>
	error instanceof DecodeError || error instanceof JsonSyntaxError || error instanceof ProtobufError;

interface Parsed {
	value: unknown;
	duplicates: string[];
}

function parsed(request: ApiRequest): Parsed {
	const text = bodyText(request);
	switch (mediaTypeOf(request)) {
		case 'application/json':
			return parseJson(text);
		case 'application/yaml':
			return { value: parsedYaml(text), duplicates: [] };
		case 'application/vnd.kubernetes.protobuf':
			return { value: decodeProtobuf(request.body ?? new Uint8Array()), duplicates: [] };
		default:
			throw unsupportedMediaType(mediaTypeOf(request), supported);
	}
}

function parsedYaml(text: string): unknown {
	try {
		return parseYaml(text);
	} catch (error) {
		throw new DecodeError(`error converting YAML to JSON: yaml: ${(error as Error).message}`);
	}
}

/** A type that a body may have; what it does not say of itself, it is taken to be. */
export interface ExpectedKind {
	apiVersion: string;
	kind: string;
	struct: StructType;
	/** For what has no Kubernetes struct. */
	decode?(value: unknown): Decoded;
}

export function expectedKind(group: string, version: string, kind: string): ExpectedKind {
	const struct = structOfKind(group, version, kind);
	if (!struct) throw new Error(`Kubernetes has no kind ${kind} in ${group || 'core'}/${version}`);
	return { apiVersion: group ? `${group}/${version}` : version, kind, struct };
}

/** The body as one of the resource's objects. Throws BadRequest and UnsupportedMediaType. */
export function readObject(
	request: ApiRequest,
	expected: ExpectedKind,
	validation: FieldValidation,
	warn: (text: string) => void,
): KubernetesObject {
	const version = expected.apiVersion.split('/').at(-1);
	const refuse = (message: string) =>
		badRequest(
			`${expected.kind} in version ${JSON.stringify(version)} cannot be handled as a ${expected.kind}: ${message}`,
		);
	try {
		const { value, duplicates } = parsed(request);
		checkKind(value, expected);
		return decodeObject(value, expected, duplicates, validation, warn);
	} catch (error) {
		if (isUnreadable(error)) throw refuse(error.message);
		throw error;
	}
}

/** A value of the resource's type, with unknown and duplicate fields told as asked. Throws DecodeError and BadRequest. */
export function decodeObject(
	value: unknown,
	expected: ExpectedKind,
	duplicates: readonly string[],
	validation: FieldValidation,
	warn: (text: string) => void,
): KubernetesObject {
	const { object, unknown } = decodeAs(expected, value);
	object.apiVersion = expected.apiVersion;
	object.kind = expected.kind;
	if (expected.struct.fields.has('metadata')) object.metadata ??= {};
	const faults = [...duplicates, ...unknown];
	if (faults.length > 0 && validation === 'Strict')
		throw new DecodeError(`strict decoding error: ${faults.join(', ')}`);
	if (validation === 'Warn') for (const fault of faults) warn(fault);
	return object as unknown as KubernetesObject;
}

function checkKind(value: unknown, expected: ExpectedKind): void {
	const { apiVersion, kind } = (value ?? {}) as { apiVersion?: unknown; kind?: unknown };
	if (typeof apiVersion === 'string' && apiVersion && apiVersion !== expected.apiVersion)
		throw badRequest(
			`the API version in the data (${apiVersion}) does not match the expected API version (${expected.apiVersion})`,
		);
	if (typeof kind === 'string' && kind && kind !== expected.kind)
		throw badRequest(
			`the object provided is unrecognized (must be of type ${expected.kind}): no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(expected.apiVersion)}`,
		);
}

/** DeleteOptions and the like: an absent body is an empty one. */
export function readOptions(request: ApiRequest, struct: StructType): Record<string, unknown> {
	if (!request.body?.length) return {};
	const type = mediaTypeOf(request);
	// kubectl sends DeleteOptions as its own version of meta, or in protobuf.
	if (type === 'application/vnd.kubernetes.protobuf' && !isProtobufEnvelope(request.body))
		throw badRequest(
			'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]',
		);
	try {
		const { value } = parsed(request);
		if (value === null || value === undefined) return {};
		return decode(value, struct).object;
	} catch (error) {
		if (isUnreadable(error)) throw badRequest(error.message);
		throw error;
	}
}
