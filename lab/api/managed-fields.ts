// Who owns which field: metadata.managedFields as every write keeps it up to date
// (https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management).

import { isObject } from '../json-object.ts';
import {
	canonical,
	difference,
	type FieldSet,
	type Fields,
	intersection,
	member,
	readFieldSet,
	recursiveDifference,
	union,
} from '../patch/field-set.ts';
import { type MergeType, mergeTypeOf } from '../patch/merge-type.ts';
import { type Comparison, compare } from '../patch/typed-value.ts';
import type { KubernetesObject, ManagedFieldsEntry } from '../schema/types.ts';
import { decodeAs, type Resource } from './registry.ts';

/** One entry of managedFields, with its set read. */
export interface Manager {
	manager: string;
	operation: 'Apply' | 'Update';
	apiVersion: string;
	subresource: string;
	/** RFC 3339. */
	time: string | undefined;
	fields: FieldSet;
}

/** Who writes, and through what. */
export interface Writer {
	manager: string;
	subresource: string;
	/** RFC 3339. */
	now: string;
}

const fields = (...names: string[]): FieldSet =>
	Object.fromEntries(names.map((name) => [`f:${name}`, member]));

/** What the server sets, and nobody owns. */
const unowned: FieldSet = {
	...fields('apiVersion', 'kind'),
	'f:metadata': {
		'.': member,
		...fields(
			'name',
			'namespace',
			'creationTimestamp',
			'selfLink',
			'uid',
			'clusterName',
			'generation',
			'managedFields',
			'resourceVersion',
		),
	},
};

export const withoutUnowned = (set: Fields): Fields => difference(set, unowned);

const status: FieldSet = { 'f:status': member };

/** What a write through a subresource, or through none, cannot take. */
export function resetFields(resource: Resource, subresource: string): FieldSet | undefined {
	if (subresource === 'status') return { 'f:spec': member };
	return resource.hasStatus && subresource === '' ? status : undefined;
}

/** At most so many managers by Update; the oldest become one. */
const mostUpdaters = 10;

export const mergeType = (resource: Resource): MergeType =>
	resource.mergeType ?? mergeTypeOf(resource.struct);

/** The entries of an object; undefined where one of them cannot be read. */
export function readManagers(entries: readonly ManagedFieldsEntry[] | undefined): Manager[] | undefined {
	const managers: Manager[] = [];
	for (const entry of entries ?? []) {
		const { manager = '', operation, apiVersion = '', fieldsType, fieldsV1, subresource = '' } = entry;
		if ((operation !== 'Apply' && operation !== 'Update') || fieldsType !== 'FieldsV1') return undefined;
		// What is frozen has been read before.
		const read =
			isObject(fieldsV1) && Object.isFrozen(fieldsV1) ? (fieldsV1 as FieldSet) : readFieldSet(fieldsV1);
		if (!read) return undefined;
		const time = entry.time ?? undefined;
		managers.push({ manager, operation, apiVersion, subresource, time, fields: read });
	}
	return managers;
}

/** Entries as an object carries them: those that apply first, then by time and name. */
export function writeManagers(managers: readonly Manager[]): ManagedFieldsEntry[] {
	const order = ({ operation, time = '', manager, apiVersion, subresource }: Manager) => [
		operation,
		time,
		manager,
		apiVersion,
		subresource,
	];
	return capped(managers)
		.sort((a, b) => {
			const left = order(a);
			const right = order(b);
			const at = left.findIndex((part, index) => part !== right[index]);
			return at < 0 ? 0 : left[at] < right[at] ? -1 : 1;
		})
		.map(({ manager, operation, apiVersion, subresource, time, fields: set }) => ({
			manager,
			operation,
			apiVersion,
			...(time !== undefined && { time }),
			fieldsType: 'FieldsV1',
			fieldsV1: canonical(set) as never,
			...(subresource && { subresource }),
		}));
}

function capped(managers: readonly Manager[]): Manager[] {
	const updaters = managers.filter(({ operation }) => operation === 'Update');
	if (updaters.length <= mostUpdaters) return [...managers];
	const oldest = updaters
		.toSorted((a, b) => ((a.time ?? '') < (b.time ?? '') ? -1 : 1))
		.slice(0, updaters.length - mostUpdaters + 1);
	const kept = managers.filter((each) => !oldest.includes(each));
	const buckets = new Map<string, Manager>();
	for (const each of oldest) {
		const bucket = buckets.get(each.apiVersion);
		buckets.set(each.apiVersion, {
			...each,
			manager: 'ancient-changes',
			subresource: '',
			fields: union(bucket?.fields, each.fields) as FieldSet,
		});
	}
	return [...kept, ...buckets.values()];
}

/** The managers with a change that was made by force: what it touches is nobody else's any more. */
export function afterChange(
	managers: readonly Manager[],
	{ changed, removed }: Comparison,
	spared?: Manager,
): Manager[] {
	const touched = union(changed, removed);
	return managers.flatMap((each) => {
		const left = difference(each.fields, each === spared ? removed : touched);
		if (!left) return [];
		return left === each.fields ? [each] : [{ ...each, fields: left }];
	});
}

/** For each manager but one: which of its fields a change takes. */
export function takenFrom(
	managers: readonly Manager[],
	changed: Fields,
	spared: Manager | undefined,
): [Manager, FieldSet][] {
	return managers.flatMap((each): [Manager, FieldSet][] => {
		const taken = each === spared ? undefined : intersection(each.fields, changed);
		return taken ? [[each, taken]] : [];
	});
}

const empties = new WeakMap<Resource, KubernetesObject>();

/** What an object of the kind is before anything is set: what its structs always write is there. */
export function emptyObject(resource: Resource): KubernetesObject {
	let empty = empties.get(resource);
	if (!empty) {
		const value = { apiVersion: resource.apiVersion, kind: resource.kind, metadata: {} };
		empty = decodeAs(resource, value).object as unknown as KubernetesObject;
		empties.set(resource, empty);
	}
	return empty;
}

const isReset = (entries: readonly ManagedFieldsEntry[]) =>
	entries.length === 1 && Object.keys(entries[0]).length === 0;

/** What counts of a client's entries: who owns nothing, or fields of another group's object, is not kept. */
const takenOver = ({ group }: Resource, entries: readonly ManagedFieldsEntry[]): Manager[] | undefined =>
	readManagers(entries)?.filter(({ apiVersion, fields: set }) => {
		const [, of = ''] = apiVersion.split('/').reverse();
		return of === group && Object.keys(set).length > 0;
	});

/**
 * Sets the managedFields that an object has after a write that is no apply. `before` is undefined where it is
 * new. What the client gives as managedFields counts instead of the stored ones, where it can be read.
 */
export function trackWrite(
	resource: Resource,
	before: KubernetesObject | undefined,
	after: KubernetesObject,
	{ manager, subresource, now }: Writer,
): void {
	const { metadata } = after;
	const stored = before?.metadata.managedFields;
	const given = subresource ? undefined : metadata.managedFields;
	if (given && isReset(given)) {
		delete metadata.managedFields;
		return;
	}
	const type = mergeType(resource);
	const found = compare(before ?? emptyObject(resource), after, type);
	const reset = resetFields(resource, subresource);
	const change: Comparison = {
		changed: recursiveDifference(withoutUnowned(found.changed), reset),
		removed: recursiveDifference(withoutUnowned(found.removed), reset),
	};
	const provided = given?.length && given !== stored ? takenOver(resource, given) : undefined;
	if (!change.changed && !change.removed) {
		if (provided?.length) metadata.managedFields = writeManagers(provided);
		else if (provided) delete metadata.managedFields;
		else if (stored) metadata.managedFields = stored;
		else delete metadata.managedFields;
		return;
	}
	const managers = afterChange(provided ?? readManagers(stored) ?? [], change);
	if (change.changed) {
		const { apiVersion } = resource;
		const at = managers.findIndex(
			(each) =>
				each.operation === 'Update' &&
				each.manager === manager &&
				each.subresource === subresource &&
				each.apiVersion === apiVersion,
		);
		const own = at < 0 ? undefined : managers[at].fields;
		const entry: Manager = {
			manager,
			operation: 'Update',
			apiVersion,
			subresource,
			time: now,
			fields: union(own, change.changed) as FieldSet,
		};
		if (at < 0) managers.push(entry);
		else managers[at] = entry;
	}
	metadata.managedFields = writeManagers(managers);
	if (metadata.managedFields.length === 0) delete metadata.managedFields;
}
