// What ObjectMeta may be, on creation and on update (k8s.io/apimachinery/pkg/api/validation).
import type { LabelSelector, ObjectMeta, OwnerReference } from '../../schema/types.ts';
import {
	type FieldError,
	forbiddenField,
	invalidValue,
	notSupported,
	required,
	tooLong,
} from '../field-errors.ts';
import { validateManagedFields } from './field-manager.ts';
import { asPrefix, dnsLabel, labelValue, type NameRule, qualifiedName } from './names.ts';

/** What a kind asks of its objects' metadata. */
export interface MetadataRules {
	namespaced: boolean;
	nameRule: NameRule;
	custom: boolean;
}

export const immutable = 'field is immutable';
export const notNegative = 'must be greater than or equal to 0';

/** A count that may be left out, but not be below 0. */
export const validateNotNegative = (value: number | undefined, field: string): FieldError[] =>
	(value ?? 0) < 0 ? [invalidValue(field, value, notNegative)] : [];

/** Faults of an object that is created. What has no struct of its own (`custom`) may have finalizers of any name. */
export function validateMetadata(
	metadata: ObjectMeta,
	{ namespaced, nameRule, custom }: MetadataRules,
): FieldError[] {
	const field = 'metadata';
	const errors: FieldError[] = [];
	if (metadata.generateName)
		for (const fault of nameRule(asPrefix(metadata.generateName)))
			errors.push(invalidValue(`${field}.generateName`, metadata.generateName, fault));
	if (!metadata.name) errors.push(required(`${field}.name`, 'name or generateName is required'));
	else
		for (const fault of nameRule(metadata.name))
			errors.push(invalidValue(`${field}.name`, metadata.name, fault));
	errors.push(
		...validateNamespace(metadata, namespaced, field),
		...validateNotNegative(metadata.generation, `${field}.generation`),
		...validateEachTime(metadata, field, custom),
	);
	return errors;
}

function validateNamespace(metadata: ObjectMeta, namespaced: boolean, field: string): FieldError[] {
	const errors: FieldError[] = [];
	if (namespaced && !metadata.namespace) errors.push(required(`${field}.namespace`));
	else if (namespaced)
		for (const fault of dnsLabel(metadata.namespace))
			errors.push(invalidValue(`${field}.namespace`, metadata.namespace, fault));
	else if (metadata.namespace) errors.push(forbiddenField(`${field}.namespace`, 'not allowed on this type'));
	return errors;
}

export function validateLabels(labels: Record<string, string> | undefined, field: string): FieldError[] {
	return Object.entries(labels ?? {}).flatMap(([key, value]) => [
		...qualifiedName(key).map((fault) => invalidValue(field, key, fault)),
		...labelValue(value).map((fault) => invalidValue(field, value, fault)),
	]);
}

/** Bytes of all keys and values together. */
const annotationsLimit = 256 * 1024;

const encoder = new TextEncoder();

export function validateAnnotations(
	annotations: Record<string, string> | undefined,
	field: string,
): FieldError[] {
	const errors: FieldError[] = [];
	let size = 0;
	for (const [key, value] of Object.entries(annotations ?? {})) {
		errors.push(...qualifiedName(key.toLowerCase()).map((fault) => invalidValue(field, key, fault)));
		size += encoder.encode(key).length + encoder.encode(value).length;
	}
	if (size > annotationsLimit) errors.push(tooLong(field, annotationsLimit));
	return errors;
}

/** A reference with its parts in the server's order. */
function asWritten({ apiVersion, kind, name, uid, ...others }: OwnerReference): OwnerReference {
	const { controller, blockOwnerDeletion } = others;
	return { apiVersion, kind, name, uid, controller, blockOwnerDeletion };
}

function validateOwnerReferences(metadata: ObjectMeta, field: string): FieldError[] {
	const errors: FieldError[] = [];
	let controller = '';
	(metadata.ownerReferences ?? []).forEach((reference, index) => {
		const version = reference.apiVersion ?? '';
		if (version && (version.split('/').length > 2 || version.endsWith('/')))
			errors.push(
				invalidValue(`${field}[${index}].apiVersion`, version, 'must be <group>/<version> or <version>'),
			);
		for (const part of ['apiVersion', 'kind', 'name', 'uid'] as const)
			if (!reference[part]) errors.push(required(`${field}[${index}].${part}`, 'must not be empty'));
		if (reference.apiVersion === 'v1' && reference.kind === 'Event')
			errors.push(
				invalidValue(
					`${field}[${index}]`,
					asWritten(reference),
					'/v1, Kind=Event is disallowed from being an owner',
				),
			);
		if (!reference.controller) return;
		const named = `${reference.kind}/${reference.name}`;
		if (controller)
			errors.push(
				invalidValue(
					field,
					metadata.ownerReferences?.map(asWritten),
					`Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${named}`,
				),
			);
		else controller = named;
	});
	return errors;
}

const namedFinalizers = new Set(['foregroundDeletion', 'orphan', 'kubernetes']);

function validateFinalizers(finalizers: readonly string[], field: string): FieldError[] {
	const errors: FieldError[] = [];
	for (const finalizer of finalizers)
		errors.push(...qualifiedName(finalizer).map((fault) => invalidValue(field, finalizer, fault)));
	if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion'))
		errors.push(
			invalidValue(field, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'),
		);
	return errors;
}

/** A finalizer names whose it is, but for those of Kubernetes itself. */
function validateFinalizerDomains({ finalizers = [] }: ObjectMeta, field: string): FieldError[] {
	return finalizers.flatMap((finalizer, index) =>
		finalizer.includes('/') || namedFinalizers.has(finalizer)
			? []
			: [
					invalidValue(
						`${field}.finalizers[${index}]`,
						finalizer,
						'name is neither a standard finalizer name nor is it fully qualified',
					),
				],
	);
}

/** What is said, as a warning, of a custom object's finalizers that do not name whose they are. */
export const finalizerWarnings = ({ finalizers = [] }: ObjectMeta): string[] =>
	finalizers.flatMap((finalizer, index) =>
		finalizer.includes('/') || namedFinalizers.has(finalizer)
			? []
			: [
					`metadata.finalizers[${index}]: ${JSON.stringify(finalizer)}: prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers`,
				],
	);

const lasting = [
	'name',
	'namespace',
	'uid',
	'creationTimestamp',
	'deletionTimestamp',
	'deletionGracePeriodSeconds',
] as const;

/** Faults of what is looked at when an object is created and when it is changed. */
const validateEachTime = (metadata: ObjectMeta, field: string, custom: boolean | undefined): FieldError[] => [
	...validateLabels(metadata.labels, `${field}.labels`),
	...validateAnnotations(metadata.annotations, `${field}.annotations`),
	...validateOwnerReferences(metadata, `${field}.ownerReferences`),
	...validateFinalizers(metadata.finalizers ?? [], `${field}.finalizers`),
	...validateManagedFields(metadata.managedFields ?? [], `${field}.managedFields`),
	...(custom ? [] : validateFinalizerDomains(metadata, field)),
];

/** Faults of a change. */
export function validateMetadataUpdate(
	metadata: ObjectMeta,
	old: ObjectMeta,
	{ custom }: Pick<MetadataRules, 'custom'>,
): FieldError[] {
	const field = 'metadata';
	const errors: FieldError[] = [];
	if (old.deletionTimestamp) {
		const added = (metadata.finalizers ?? []).filter((each) => !old.finalizers?.includes(each)).sort();
		if (added.length > 0)
			errors.push(
				forbiddenField(
					`${field}.finalizers`,
					`no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((each) => JSON.stringify(each)).join(', ')}}`,
				),
			);
	}
	for (const part of lasting)
		if ((metadata[part] ?? '') !== (old[part] ?? ''))
			errors.push(invalidValue(`${field}.${part}`, metadata[part], immutable));
	return [...errors, ...validateEachTime(metadata, field, custom)];
}

export function validateLabelSelector(selector: LabelSelector | undefined, field: string): FieldError[] {
	if (!selector) return [];
	const errors = validateLabels(selector.matchLabels, `${field}.matchLabels`);
	(selector.matchExpressions ?? []).forEach((expression, index) => {
		const at = `${field}.matchExpressions[${index}]`;
		const values = expression.values ?? [];
		if (expression.operator === 'In' || expression.operator === 'NotIn') {
			if (values.length === 0)
				errors.push(required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
		} else if (expression.operator === 'Exists' || expression.operator === 'DoesNotExist') {
			if (values.length > 0)
				errors.push(
					forbiddenField(
						`${at}.values`,
						"may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
					),
				);
		} else errors.push(invalidValue(`${at}.operator`, expression.operator, 'not a valid selector operator'));
		errors.push(
			...qualifiedName(expression.key).map((fault) => invalidValue(`${at}.key`, expression.key, fault)),
		);
		values.forEach((value, position) => {
			for (const fault of labelValue(value))
				errors.push(invalidValue(`${at}.values[${position}]`, value, fault));
		});
	});
	return errors;
}

/** One of the values that a field may have. */
export function validateChoice(
	value: string | undefined,
	choices: readonly string[],
	field: string,
): FieldError[] {
	if (value === undefined || value === '') return [required(field)];
	return choices.includes(value) ? [] : [notSupported(field, value, choices)];
}
