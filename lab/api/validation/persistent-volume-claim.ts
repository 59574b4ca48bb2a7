// What a claim may be, and what of it may change.
import { compareQuantities } from '../../schema/quantity.ts';
import type {
	PersistentVolumeClaim,
	PersistentVolumeClaimSpec,
	TypedObjectReference,
} from '../../schema/types.ts';
import { deepEqual } from '../deep-equal.ts';
import { type FieldError, forbiddenField, invalidValue, required } from '../field-errors.ts';
import { validateAccessModes } from './access-modes.ts';
import { describeDifference } from './difference.ts';
import { asGoStruct } from './go-struct.ts';
import { immutable, validateLabelSelector } from './metadata.ts';
import { dnsLabel, dnsSubdomain } from './names.ts';
import { validateVolumeMode } from './volume-mode.ts';

/** The annotation that named the class before there was a field for it. */
export const classAnnotation = 'volume.beta.kubernetes.io/storage-class';

export const validateClaim = (claim: PersistentVolumeClaim): FieldError[] =>
	validateClaimSpec(claim.spec, 'spec');

export function validateClaimSpec(spec: PersistentVolumeClaimSpec, field: string): FieldError[] {
	const errors: FieldError[] = [];
	if (!spec.accessModes?.length)
		errors.push(required(`${field}.accessModes`, 'at least 1 access mode is required'));
	errors.push(
		...validateLabelSelector(spec.selector, `${field}.selector`),
		...validateAccessModes(spec.accessModes ?? [], `${field}.accessModes`),
		...validateSize(spec, `${field}.resources[storage]`),
		...validateClassName(spec.storageClassName, `${field}.storageClassName`),
		...validateVolumeMode(spec.volumeMode, `${field}.volumeMode`),
		...validateSources(spec, field),
		...validateClassName(spec.volumeAttributesClassName, `${field}.volumeAttributesClassName`),
	);
	return errors;
}

function validateSize(spec: PersistentVolumeClaimSpec, field: string): FieldError[] {
	const size = spec.resources?.requests?.storage;
	if (size === undefined) return [required(field)];
	return compareQuantities(size, '0') > 0 ? [] : [invalidValue(field, size, 'must be greater than zero')];
}

/** The name of a class of storage or of attributes; none, or an empty one, is right. */
export const validateClassName = (name: string | undefined, field: string): FieldError[] =>
	name ? dnsSubdomain(name).map((fault) => invalidValue(field, name, fault)) : [];

function validateSources(
	{ dataSource, dataSourceRef }: PersistentVolumeClaimSpec,
	field: string,
): FieldError[] {
	const errors: FieldError[] = [];
	if (dataSource) errors.push(...validateSource(dataSource, `${field}.dataSource`));
	if (!dataSourceRef) return errors;
	errors.push(...validateSource(dataSourceRef, `${field}.dataSourceRef`));
	const { namespace, ...local } = dataSourceRef;
	if (namespace)
		errors.push(
			...dnsLabel(namespace).map((fault) =>
				invalidValue(`${field}.dataSourceRef.namespace`, namespace, fault),
			),
		);
	if (dataSource && namespace)
		errors.push(
			invalidValue(
				field,
				`${field}.dataSource`,
				'may not be specified when dataSourceRef.namespace is specified',
			),
		);
	else if (dataSource && !deepEqual(dataSource, local))
		errors.push(invalidValue(field, `${field}.dataSource`, 'must match dataSourceRef'));
	return errors;
}

function validateSource({ apiGroup, kind, name }: TypedObjectReference, field: string): FieldError[] {
	const errors: FieldError[] = [];
	if (!name) errors.push(required(`${field}.name`));
	if (!kind) errors.push(required(`${field}.kind`));
	if (!apiGroup && kind !== 'PersistentVolumeClaim')
		errors.push(
			invalidValue(field, kind, "must be 'PersistentVolumeClaim' when referencing the default apiGroup"),
		);
	if (apiGroup)
		errors.push(...dnsSubdomain(apiGroup).map((fault) => invalidValue(`${field}.apiGroup`, apiGroup, fault)));
	return errors;
}

/** Faults of the change: only its size may change, and only where it is bound. */
export function validateClaimUpdate(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldError[] {
	const errors: FieldError[] = [];
	const annotation = claim.metadata.annotations?.[classAnnotation];
	if (annotation !== old.metadata.annotations?.[classAnnotation])
		errors.push(invalidValue(`metadata.annotations[${classAnnotation}]`, annotation, immutable));
	const [before, after] = comparable(claim, old);
	if (!deepEqual(before, after))
		errors.push(
			forbiddenField(
				'spec',
				`spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n${describeDifference(asGoStruct('PersistentVolumeClaimSpec', before), asGoStruct('PersistentVolumeClaimSpec', after))}`,
			),
		);
	const size = claim.spec.resources?.requests?.storage ?? '0';
	const oldSize = old.spec.resources?.requests?.storage ?? '0';
	const capacity = old.status?.capacity?.storage ?? '0';
	if (compareQuantities(size, oldSize) < 0 && compareQuantities(size, capacity) <= 0)
		errors.push(
			forbiddenField('spec.resources.requests.storage', 'field can not be less than status.capacity'),
		);
	if (claim.spec.volumeMode !== old.spec.volumeMode)
		errors.push(invalidValue('volumeMode', claim.spec.volumeMode, immutable));
	errors.push(...validateAttributesClassChange(claim, old));
	return errors;
}

/** The two specs, made alike in what may change: the volume and the class once, the size of a bound claim. */
function comparable(
	claim: PersistentVolumeClaim,
	old: PersistentVolumeClaim,
): [before: PersistentVolumeClaimSpec, after: PersistentVolumeClaimSpec] {
	const before = { ...old.spec };
	const after = { ...claim.spec };
	if (!before.volumeName) before.volumeName = after.volumeName;
	if (before.storageClassName === undefined) before.storageClassName = after.storageClassName;
	after.volumeAttributesClassName = before.volumeAttributesClassName;
	const storage = before.resources?.requests?.storage;
	if (claim.status?.phase === 'Bound' && storage !== undefined && after.resources?.requests)
		after.resources = { ...after.resources, requests: { ...after.resources.requests, storage } };
	return [before, after];
}

function validateAttributesClassChange(
	claim: PersistentVolumeClaim,
	old: PersistentVolumeClaim,
): FieldError[] {
	const name = claim.spec.volumeAttributesClassName;
	const before = old.spec.volumeAttributesClassName;
	if (before === undefined || name) return [];
	const what = name === undefined ? 'nil' : 'an empty string';
	return [
		forbiddenField('spec.volumeAttributesClassName', `update from non-nil value to ${what} is forbidden`),
	];
}
