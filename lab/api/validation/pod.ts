// What a pod may be, and what of it may change.
import type { Affinity, Container, NodeSelectorTerm, Pod, PodSpec } from '../../schema/types.ts';
import { deepEqual } from '../deep-equal.ts';
import { type FieldError, forbiddenField, invalidValue, required } from '../field-errors.ts';
import { validateImageSpaces } from './containers.ts';
import { describeDifference } from './difference.ts';
import { podSpecAsGoStruct } from './go-struct.ts';
import { validatePodSpec } from './pod-spec.ts';

/** Faults of a pod, as it is created and as it becomes by a change. */
export function validatePod({ metadata, spec }: Pod): FieldError[] {
	const errors = validatePodSpec(spec, 'spec', { pod: metadata.name });
	if (!spec.serviceAccountName)
		(spec.volumes ?? []).forEach(({ projected }, volume) => {
			(projected?.sources ?? []).forEach(({ serviceAccountToken }, source) => {
				if (serviceAccountToken)
					errors.push(
						forbiddenField(
							`spec.volumes[${volume}].projected.sources[${source}].serviceAccountToken`,
							'must not be specified when serviceAccountName is not set',
						),
					);
			});
		});
	for (const list of ['containers', 'initContainers'] as const)
		(spec[list] ?? []).forEach(({ image }, index) => {
			errors.push(...validateImageSpaces(image, `spec.${list}[${index}].image`));
		});
	return errors;
}

export function validatePodCreation(pod: Pod): FieldError[] {
	const errors = validatePod(pod);
	const { ephemeralContainers, nodeName, schedulingGates } = pod.spec;
	if (ephemeralContainers?.length)
		errors.push(forbiddenField('spec.ephemeralContainers', 'cannot be set on create'));
	if (nodeName && schedulingGates?.length)
		errors.push(forbiddenField('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'));
	return errors;
}

const mayChange = [
	'`spec.containers[*].image`',
	'`spec.initContainers[*].image`',
	'`spec.activeDeadlineSeconds`',
	'`spec.tolerations` (only additions to existing tolerations)',
	'`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
];

/** Faults of the change alone. */
export function validatePodUpdate(pod: Pod, old: Pod): FieldError[] {
	const errors: FieldError[] = [];
	for (const list of ['containers', 'initContainers'] as const) {
		const containers = pod.spec[list] ?? [];
		if (containers.length !== (old.spec[list]?.length ?? 0))
			return [...errors, forbiddenField(`spec.${list}`, 'pod updates may not add or remove containers')];
		containers.forEach(({ image }, index) => {
			if (!image) errors.push(required(`spec.${list}[${index}].image`));
		});
	}
	const { faults, ends } = validateDeadline(pod.spec.activeDeadlineSeconds, old.spec.activeDeadlineSeconds);
	errors.push(...faults);
	if (ends) return errors;
	if (
		!(old.spec.tolerations ?? []).every((each) =>
			(pod.spec.tolerations ?? []).some((other) => alike(each, other)),
		)
	)
		errors.push(
			forbiddenField(
				'spec.tolerations',
				'existing toleration can not be modified except its tolerationSeconds',
			),
		);
	const gates = new Set(old.spec.schedulingGates?.map(({ name }) => name));
	(pod.spec.schedulingGates ?? []).forEach(({ name }, index) => {
		if (!gates.has(name))
			errors.push(
				forbiddenField(
					`spec.schedulingGates[${index}].name`,
					`only deletion is allowed, but found new scheduling gate '${name}'`,
				),
			);
	});
	const fixed = withoutChangeable(pod.spec, old.spec);
	if (gates.size > 0) {
		errors.push(...validateNarrowing(fixed, old.spec));
		keepPlacement(fixed, old.spec);
	}
	if (deepEqual(fixed, old.spec)) return errors;
	const difference = describeDifference(podSpecAsGoStruct(old.spec), podSpecAsGoStruct(fixed));
	errors.push(
		forbiddenField(
			'spec',
			`pod updates may not change fields other than ${mayChange.join(',')}\n${difference}`,
		),
	);
	return errors;
}

/** A deadline comes, or draws nearer. What is wrong with a new one ends the server's search for faults. */
function validateDeadline(
	deadline: number | undefined,
	before: number | undefined,
): { faults: FieldError[]; ends: boolean } {
	const refuse = (why: string) => [invalidValue('spec.activeDeadlineSeconds', deadline, why)];
	if (deadline === undefined)
		return {
			faults: before === undefined ? [] : refuse('must not update from a positive integer to nil value'),
			ends: false,
		};
	if (deadline < 0 || deadline > 2 ** 31 - 1)
		return { faults: refuse('must be between 0 and 2147483647, inclusive'), ends: true };
	if (before !== undefined && deadline > before)
		return { faults: refuse('must be less than or equal to previous value'), ends: true };
	return { faults: [], ends: false };
}

type Toleration = NonNullable<PodSpec['tolerations']>[number];

const alike = (a: Toleration, b: Toleration) =>
	a.key === b.key && a.operator === b.operator && a.value === b.value && a.effect === b.effect;

/** The new spec with what may be changed as it was. */
function withoutChangeable(spec: PodSpec, old: PodSpec): PodSpec {
	const withImages = (containers: readonly Container[] | undefined, before: readonly Container[] = []) =>
		containers?.map((container, index) => ({ ...container, image: before[index].image }));
	const { activeDeadlineSeconds, schedulingGates, tolerations, ...others } = spec;
	const before = {
		activeDeadlineSeconds: old.activeDeadlineSeconds,
		schedulingGates: old.schedulingGates,
		tolerations: old.tolerations,
	};
	const grace = old.terminationGracePeriodSeconds ?? 30;
	return {
		...others,
		...Object.fromEntries(Object.entries(before).filter(([, value]) => value !== undefined)),
		containers: withImages(spec.containers, old.containers) ?? [],
		...(spec.initContainers && { initContainers: withImages(spec.initContainers, old.initContainers) }),
		...(grace < 0 && spec.terminationGracePeriodSeconds === 1 && { terminationGracePeriodSeconds: grace }),
	};
}

const needed = 'requiredDuringSchedulingIgnoredDuringExecution';

/** Where a pod that is held back may run can be narrowed, not widened. */
function validateNarrowing(spec: PodSpec, old: PodSpec): FieldError[] {
	const errors: FieldError[] = [];
	const { nodeSelector = {} } = spec;
	if (Object.entries(old.nodeSelector ?? {}).some(([key, value]) => nodeSelector[key] !== value))
		errors.push(
			invalidValue(
				'spec.nodeSelector',
				nodeSelector,
				'only additions to spec.nodeSelector are allowed (no mutations or deletions)',
			),
		);
	const terms = (affinity: Affinity | undefined) => affinity?.nodeAffinity?.[needed]?.nodeSelectorTerms ?? [];
	const [before, after] = [terms(old.affinity), terms(spec.affinity)];
	const field = `spec.affinity.nodeAffinity.${needed}.nodeSelectorTerms`;
	if (before.length > 0 && before.length !== after.length)
		return [
			...errors,
			invalidValue(field, after, 'no additions/deletions to non-empty NodeSelectorTerms list are allowed'),
		];
	before.forEach((term, index) => {
		if (!onlyAddsTo(term, after[index]))
			errors.push(
				invalidValue(
					`${field}[${index}]`,
					after[index],
					'only additions are allowed (no mutations or deletions)',
				),
			);
	});
	return errors;
}

function onlyAddsTo(term: NodeSelectorTerm, changed: NodeSelectorTerm): boolean {
	const parts = ['matchExpressions', 'matchFields'] as const;
	const count = (of: NodeSelectorTerm) => parts.reduce((sum, part) => sum + (of[part]?.length ?? 0), 0);
	// A term without requirements selects nothing: any addition would widen it.
	if (count(term) === 0) return count(changed) === 0;
	return parts.every((part) => {
		const before = term[part] ?? [];
		return deepEqual(changed[part]?.slice(0, before.length) ?? [], before);
	});
}

function keepPlacement(spec: PodSpec, old: PodSpec): void {
	const { nodeAffinity: _, ...others } = spec.affinity ?? {};
	const nodeAffinity = old.affinity?.nodeAffinity;
	const affinity = { ...others, ...(nodeAffinity && { nodeAffinity }) };
	if (old.affinity || Object.keys(affinity).length > 0) spec.affinity = affinity;
	else delete spec.affinity;
	if (old.nodeSelector) spec.nodeSelector = old.nodeSelector;
	else delete spec.nodeSelector;
}

export function validatePodStatusUpdate(pod: Pod, old: Pod): FieldError[] {
	const errors: FieldError[] = [];
	if (pod.spec.nodeName !== old.spec.nodeName)
		errors.push(forbiddenField('status.nodeName', 'may not be changed directly'));
	return errors;
}
