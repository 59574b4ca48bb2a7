// What a pod template may be: labels, annotations, and a pod's spec.
import type { PodTemplateSpec } from '../../schema/types.ts';
import { type FieldError, invalidValue } from '../field-errors.ts';
import { validateAnnotations, validateLabels } from './metadata.ts';
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
		...validatePodSpec(template.spec ?? { containers: [] }, `${field}.spec`, claims),
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
