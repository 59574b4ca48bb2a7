// Server-side apply: what a manager says an object should be, merged with what is there
// (https://kubernetes.io/docs/reference/using-api/server-side-apply/).
import { isObject, type JsonObject } from '../../json-object.ts';
import {
	difference,
	type FieldSet,
	pathsOf,
	recursiveDifference,
	union,
	withNamedFields,
} from '../../patch/field-set.ts';
import { compare, fieldsOf, merge, TypedValueError, without } from '../../patch/typed-value.ts';
import { DecodeError } from '../../schema/decode.ts';
import { parseJson } from '../../schema/json.ts';
import type { KubernetesObject, ManagedFieldsEntry } from '../../schema/types.ts';
import { parseYaml } from '../../schema/yaml.ts';
import { deepEqual } from '../deep-equal.ts';
import { ApiError, badRequest } from '../errors.ts';
import type { ApiRequest } from '../http.ts';
import {
	afterChange,
	emptyObject,
	type Manager,
	mergeType,
	readManagers,
	resetFields,
	takenFrom,
	trackWrite,
	type Writer,
	withoutUnowned,
	writeManagers,
} from '../managed-fields.ts';
import type { Resource } from '../registry.ts';
import { bodyText, decodeObject } from './body.ts';
import { type FieldValidation, fieldValidation } from './query.ts';

export const applyPatch = 'application/apply-patch+yaml';

/** The configuration that a request applies. Throws BadRequest. */
export function readConfiguration(
	request: ApiRequest,
	resource: Resource,
	warn: (text: string) => void,
): JsonObject {
	const validation = fieldValidation(request.query, 'PatchOptions');
	let value: unknown;
	try {
		value = readYaml(request, validation, warn);
	} catch (error) {
		if (error instanceof ApiError) throw error;
		throw badRequest(`error decoding YAML: ${(error as Error).message}`);
	}
	if (!isObject(value))
		throw badRequest(
			'error decoding YAML: json: cannot unmarshal into Go value of type map[string]interface {}',
		);
	const { apiVersion, kind, metadata } = value;
	if (!kind || !apiVersion)
		throw badRequest("error unmarshaling: Object 'Kind' and 'apiVersion' must be set");
	if (apiVersion !== resource.apiVersion)
		throw badRequest(
			`Incorrect version specified in apply patch. Specified patch version: ${String(apiVersion)}, expected: ${resource.apiVersion}`,
		);
	if (kind !== resource.kind)
		throw badRequest(
			`the object provided is unrecognized (must be of type ${resource.kind}): no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`,
		);
	if (isObject(metadata) && Array.isArray(metadata.managedFields) && metadata.managedFields.length > 0)
		throw badRequest('metadata.managedFields must be nil');
	return withoutNulls(value) as JsonObject;
}

/** The body, which is JSON more often than not; a key that is given twice is told as asked. */
function readYaml(request: ApiRequest, validation: FieldValidation, warn: (text: string) => void): unknown {
	const text = bodyText(request);
	if (!/^\s*\{/.test(text)) return parseYaml(text);
	const { value, duplicates } = parseJson(text);
	if (duplicates.length > 0 && validation === 'Strict')
		throw badRequest(`error strict decoding YAML: ${duplicates.join(', ')}`);
	if (validation === 'Warn') for (const fault of duplicates) warn(fault);
	return value;
}

function withoutNulls(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(withoutNulls);
	if (!isObject(value)) return value;
	return Object.fromEntries(
		Object.entries(value)
			.filter(([, part]) => part !== null && part !== undefined)
			.map(([key, part]) => [key, withoutNulls(part)]),
	);
}

/**
 * The object as it is after a manager has applied its configuration, with its managedFields. `stored` is
 * undefined where there is none yet. Throws Conflict where fields are others' and `force` is not given.
 */
export function appliedObject(
	resource: Resource,
	stored: KubernetesObject | undefined,
	configuration: JsonObject,
	writer: Writer,
	force: boolean,
): KubernetesObject {
	const attempt = { resource, stored, configuration, writer };
	try {
		return apply(attempt, force);
	} catch (error) {
		if (!(error instanceof ConflictsError)) throw error;
		// kubectl's own client-side apply does not stand in the way of its server-side apply.
		const left =
			writer.manager === 'kubectl' && stored
				? conflictsBesideLastApplied(error, stored, resource)
				: error.conflicts;
		if (left.length === 0) return apply(attempt, true);
		throw conflictsRefusal(left);
	}
}

interface Attempt {
	resource: Resource;
	stored: KubernetesObject | undefined;
	configuration: JsonObject;
	writer: Writer;
}

class ConflictsError extends Error {
	readonly conflicts: readonly [Manager, FieldSet][];
	constructor(conflicts: readonly [Manager, FieldSet][]) {
		super('conflicts');
		this.conflicts = conflicts;
	}
}

function apply({ resource, stored, configuration, writer }: Attempt, force: boolean): KubernetesObject {
	const type = mergeType(resource);
	const live = stored ?? emptyObject(resource);
	const { managedFields: entries, ...metadata } = live.metadata;
	const before = { ...live, metadata };
	const managers = managersOf(resource, stored, writer.now);
	const previous = managers.find(
		({ operation, manager, subresource }) =>
			operation === 'Apply' && manager === writer.manager && subresource === writer.subresource,
	);
	const reset = resetFields(resource, writer.subresource);
	const fields = recursiveDifference(withoutUnowned(fieldsIn(configuration, resource)), reset);
	const merged = merge(before, configuration, type);
	const others = managers.filter((each) => each !== previous);
	const kept = others.reduce((all, each) => union(all, each.fields), fields);
	const dropped = previous
		? difference(withNamedFields(previous.fields, type), withNamedFields(kept, type))
		: undefined;
	const object = decoded(without(merged, dropped, type), resource);
	const change = compare(before, object, type);
	const changed = recursiveDifference(withoutUnowned(change.changed), reset);
	const conflicts = takenFrom(others, changed, undefined);
	if (conflicts.length > 0 && !force) throw new ConflictsError(conflicts);
	const after = afterChange(others, { changed, removed: withoutUnowned(change.removed) });
	const unchanged = previous && deepEqual(previous.fields, fields) && deepEqual(before, object);
	if (fields)
		after.push({
			manager: writer.manager,
			operation: 'Apply',
			apiVersion: resource.apiVersion,
			subresource: writer.subresource,
			time: unchanged ? previous.time : writer.now,
			fields,
		});
	object.metadata.managedFields = sameOr(entries, writeManagers(after));
	const { annotations } = object.metadata;
	// kubectl's server-side apply keeps its client-side apply's annotation up to date.
	if (writer.manager === 'kubectl' && annotations?.[lastApplied])
		annotations[lastApplied] = `${JSON.stringify(sorted(withoutLastApplied(configuration)))}\n`;
	return object;
}

const sameOr = (old: ManagedFieldsEntry[] | undefined, now: ManagedFieldsEntry[]) =>
	deepEqual(old, now) ? (old as ManagedFieldsEntry[]) : now;

function managersOf(resource: Resource, stored: KubernetesObject | undefined, now: string): Manager[] {
	const managers = readManagers(stored?.metadata.managedFields) ?? [];
	if (!stored || managers.length > 0) return managers;
	const { managedFields: _, ...metadata } = stored.metadata;
	const everything: KubernetesObject = { ...stored, metadata };
	trackWrite(resource, undefined, everything, { manager: 'before-first-apply', subresource: '', now });
	return readManagers(everything.metadata.managedFields) ?? [];
}

function fieldsIn(configuration: JsonObject, resource: Resource) {
	try {
		return fieldsOf(configuration, mergeType(resource));
	} catch (error) {
		if (!(error instanceof TypedValueError)) throw error;
		const { name, namespace } = (configuration.metadata ?? {}) as { name?: string; namespace?: string };
		const named = `${namespace ?? ''}/${name ?? ''}`;
		const kind = `${resource.group}/${resource.version}, Kind=${resource.kind}`;
		// kube-apiserver gives no reason for it, so that kubectl prints the message alone.
		throw new ApiError(400, '', `failed to create typed patch object (${named}; ${kind}): ${error.message}`);
	}
}

function decoded(value: unknown, resource: Resource): KubernetesObject {
	try {
		return decodeObject(value, resource, [], 'Ignore', () => {});
	} catch (error) {
		if (error instanceof DecodeError)
			throw badRequest(
				`${resource.kind} in version ${JSON.stringify(resource.version)} cannot be handled as a ${resource.kind}: ${error.message}`,
			);
		throw error;
	}
}

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** The conflicts but those over fields that client-side apply set last, and nobody has changed since. */
function conflictsBesideLastApplied(
	{ conflicts }: ConflictsError,
	stored: KubernetesObject,
	resource: Resource,
): readonly [Manager, FieldSet][] {
	const text = stored.metadata.annotations?.[lastApplied];
	if (!text) return conflicts;
	const type = mergeType(resource);
	try {
		const configuration = withoutNulls(JSON.parse(text)) as JsonObject;
		const applied = fieldsOf(configuration, type);
		const changedSince = compare(stored, decoded(merge(stored, configuration, type), resource), type).changed;
		const allowed = union(difference(applied, changedSince), {
			'f:metadata': { 'f:annotations': { [`f:${lastApplied}`]: {} } },
		});
		return conflicts.flatMap(([manager, fields]): [Manager, FieldSet][] => {
			const left = difference(fields, allowed);
			return left ? [[manager, left]] : [];
		});
	} catch {
		// An annotation that cannot be read allows nothing.
		return conflicts;
	}
}

function withoutLastApplied(configuration: JsonObject): JsonObject {
	const metadata = configuration.metadata as JsonObject | undefined;
	if (!isObject(metadata?.annotations)) return configuration;
	const { [lastApplied]: _, ...annotations } = metadata.annotations;
	return { ...configuration, metadata: { ...metadata, annotations } };
}

/** With the fields of every object in order of name, as Go writes maps. */
function sorted(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(sorted);
	if (!isObject(value)) return value;
	return Object.fromEntries(
		Object.keys(value)
			.sort()
			.map((key) => [key, sorted(value[key])]),
	);
}

function shownManager({ manager, subresource, operation, apiVersion }: Manager): string {
	const through = subresource ? ` with subresource ${JSON.stringify(subresource)}` : '';
	const using = operation === 'Update' ? ` using ${apiVersion}` : '';
	return JSON.stringify(manager) + through + using;
}

function conflictsRefusal(conflicts: readonly [Manager, FieldSet][]): ApiError {
	const each = conflicts
		.map(([manager, fields]) => ({ manager: shownManager(manager), paths: pathsOf(fields) }))
		.sort((a, b) => (a.manager < b.manager ? -1 : 1));
	const causes = each.flatMap(({ manager, paths }) =>
		paths.map((field) => ({
			reason: 'FieldManagerConflict',
			message: `conflict with ${manager}`,
			field,
		})),
	);
	const message =
		causes.length === 1
			? `Apply failed with 1 conflict: ${causes[0].message}: ${causes[0].field}`
			: `Apply failed with ${causes.length} conflicts: ${each
					.flatMap(({ manager, paths }) => [
						`conflicts with ${manager}:`,
						...paths.map((path) => `- ${path}`),
					])
					.join('\n')}`;
	return new ApiError(409, 'Conflict', message, { causes });
}
