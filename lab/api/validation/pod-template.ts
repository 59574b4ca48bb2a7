// What a pod template may be: labels, annotations, and a pod's spec.
import type { LabelSelector, PodTemplateSpec } from '../../schema/types.ts';
import { type FieldError, forbiddenField, invalidValue, notSupported, required } from '../field-errors.ts';
import { selectorMatches } from '../selectors/label-selector.ts';
import { validateAnnotations, validateLabelSelector, validateLabels } from './metadata.ts';
import { validatePodSpec } from './pod-spec.ts';

/** `claims` are volumes that a StatefulSet's claim templates add to each pod. */
export function validatePodTemplate(
	template: PodTemplateSpec,
	field: string,
	claims: readonly string[] = [],
): FieldError[] {
	const errors = [
		...validateLabels(template.metadata?.labels, `${field}.metadata.labels`),
		...validateAnnotations(template.metadata?.annotations, `${field}.metadata.annotations`),
		...validatePodSpec(template.spec ?? { containers: [] }, `${field}.spec`, { claims }),
	];
	if (template.spec?.ephemeralContainers?.length)
		errors.push(
			invalidValue(
				`${field}.spec.ephemeralContainers`,
				template.spec.ephemeralContainers.length,
				'ephemeral containers not allowed in pod template',
			),
		);
	return errors;
}

/** A selector that must select something; `kind` is named where it selects everything. */
export function validateWorkloadSelector(
	selector: LabelSelector | undefined,
	field: string,
	kind: string,
): FieldError[] {
	if (!selector) return [required(field)];
	const errors = validateLabelSelector(selector, field);
	if (isEmptySelector(selector))
		errors.push(invalidValue(field, selector, `empty selector is invalid for ${kind}`));
	return errors;
}

export const isEmptySelector = ({ matchLabels, matchExpressions }: LabelSelector): boolean =>
	Object.keys(matchLabels ?? {}).length + (matchExpressions?.length ?? 0) === 0;

/** The pods of a template must be those that the selector finds. */
export function validateSelected(
	template: PodTemplateSpec | undefined,
	selector: LabelSelector,
	field: string,
): FieldError[] {
	const labels = template?.metadata?.labels;
	if (selectorMatches(selector, labels)) return [];
	// The server writes maps in order of their keys.
	const sorted = labels && Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
	return [
		invalidValue(`${field}.metadata.labels`, sorted ?? null, '`selector` does not match template `labels`'),
	];
}

/** Pods that are replaced when they end run for ever: `kind` is the controller's. */
export function validateRunsForever(
	template: PodTemplateSpec | undefined,
	field: string,
	kind: string,
): FieldError[] {
	const errors: FieldError[] = [];
	const { restartPolicy, activeDeadlineSeconds } = template?.spec ?? {};
	if (restartPolicy !== 'Always')
		errors.push(notSupported(`${field}.spec.restartPolicy`, restartPolicy ?? '', ['Always']));
	if (activeDeadlineSeconds !== undefined)
		errors.push(
			forbiddenField(
				`${field}.spec.activeDeadlineSeconds`,
				`activeDeadlineSeconds in ${kind} is not Supported`,
			),
		);
	return errors;
}

/** What a ReplicaSet and a Deployment ask of their templates. */
export function validateReplicatedTemplate(
	template: PodTemplateSpec | undefined,
	selector: LabelSelector | undefined,
	field: string,
): FieldError[] {
	return [
		...(selector && !isEmptySelector(selector) ? validateSelected(template, selector, field) : []),
		...validatePodTemplate(template ?? {}, field),
		...validateRunsForever(template, field, 'ReplicaSet'),
	];
}
