// What a pod may be, and what of it may change.
import type { Container, Pod, PodSpec } from '../../schema/types.ts';
import { deepEqual } from '../deep-equal.ts';
import { type FieldError, forbiddenField, invalidValue } from '../field-errors.ts';
import { validateContainerImages, validatePodSpec } from './pod-spec.ts';

export const validatePod = (pod: Pod): FieldError[] => validatePodSpec(pod.spec, 'spec');

const mayChange = [
	'`spec.containers[*].image`',
	'`spec.initContainers[*].image`',
	'`spec.activeDeadlineSeconds`',
	'`spec.tolerations` (only additions to existing tolerations)',
	'`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
];

/** The spec without what may be changed. */
function fixedPart(spec: PodSpec): PodSpec {
	const withoutImage = (container: Container) => ({ ...container, image: '' });
	const fixed: PodSpec = {
		...spec,
		containers: spec.containers.map(withoutImage),
		initContainers: spec.initContainers?.map(withoutImage),
	};
	for (const field of [
		'activeDeadlineSeconds',
		'tolerations',
		'terminationGracePeriodSeconds',
		'schedulingGates',
	] as const)
		delete fixed[field];
	return fixed;
}

export function validatePodUpdate(pod: Pod, old: Pod): FieldError[] {
	const errors: FieldError[] = [];
	if (pod.spec.containers.length !== old.spec.containers.length)
		return [forbiddenField('spec.containers', 'pod updates may not add or remove containers')];
	if ((pod.spec.initContainers?.length ?? 0) !== (old.spec.initContainers?.length ?? 0))
		return [forbiddenField('spec.initContainers', 'pod updates may not add or remove containers')];
	errors.push(...validateContainerImages(pod.spec, 'spec'));
	const deadline = pod.spec.activeDeadlineSeconds;
	const before = old.spec.activeDeadlineSeconds;
	if (deadline !== undefined && deadline !== before) {
		if (deadline < 1 || deadline > 2 ** 31 - 1)
			errors.push(
				invalidValue('spec.activeDeadlineSeconds', deadline, 'must be between 1 and 2147483647, inclusive'),
			);
		else if (before !== undefined && deadline > before)
			errors.push(
				invalidValue('spec.activeDeadlineSeconds', deadline, `must be less than or equal to previous value`),
			);
	} else if (before !== undefined && deadline === undefined)
		errors.push(
			invalidValue(
				'spec.activeDeadlineSeconds',
				null,
				'must not update from a positive integer to nil value',
			),
		);
	for (const toleration of old.spec.tolerations ?? [])
		if (!pod.spec.tolerations?.some((each) => sameToleration(each, toleration)))
			errors.push(
				forbiddenField(
					'spec.tolerations',
					'existing toleration can not be modified except its tolerationSeconds',
				),
			);
	const added = (pod.spec.schedulingGates ?? []).filter(
		(gate) => !old.spec.schedulingGates?.some((each) => each.name === gate.name),
	);
	if (added.length > 0)
		errors.push(
			forbiddenField('spec.schedulingGates', 'only deletion is allowed, but found new scheduling gates'),
		);
	if (!deepEqual(fixedPart(pod.spec), fixedPart(old.spec)) || !graceMayChange(pod, old))
		errors.push(
			forbiddenField('spec', `pod updates may not change fields other than ${mayChange.join(',')}\n`),
		);
	return errors;
}

const sameToleration = (
	a: NonNullable<PodSpec['tolerations']>[number],
	b: NonNullable<PodSpec['tolerations']>[number],
) => a.key === b.key && a.operator === b.operator && a.value === b.value && a.effect === b.effect;

function graceMayChange(pod: Pod, old: Pod): boolean {
	const seconds = pod.spec.terminationGracePeriodSeconds;
	const before = old.spec.terminationGracePeriodSeconds ?? 30;
	return seconds === before || (before < 0 && seconds === 1);
}

export function validatePodStatusUpdate(pod: Pod, old: Pod): FieldError[] {
	const errors: FieldError[] = [];
	if (pod.spec.nodeName !== old.spec.nodeName)
		errors.push(forbiddenField('status.nodeName', 'may not be changed directly'));
	return errors;
}
