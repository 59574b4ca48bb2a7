// What a resize of a pod may change: processor and memory of its containers and sidecars, and nothing else
// (https://kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources/#limitations).
import type { Container, Pod, ResourceRequirements } from '../../schema/types.ts';
import { deepEqual } from '../deep-equal.ts';
import { type FieldError, forbiddenField, invalidValue } from '../field-errors.ts';
import { qualityOfService } from '../resources/pod-quality.ts';

type Quantities = Record<string, string>;

const resizable = ['cpu', 'memory'];
const lists = ['initContainers', 'containers'] as const;

/** Faults of the change; `pod` is the old one but for what a resize asks for. */
export function validatePodResize(pod: Pod, old: Pod): FieldError[] {
	if (old.spec.os?.name === 'windows') return [forbiddenField('', 'windows pods cannot be resized')];
	const errors: FieldError[] = [];
	const quality = qualityOfService(old.spec);
	if (qualityOfService(pod.spec) !== quality)
		errors.push(invalidValue('spec', quality, 'Pod QOS Class may not change as a result of resizing'));
	const moved = lists.flatMap((list) =>
		validateSame(pod.spec[list] ?? [], old.spec[list] ?? [], `spec.${list}`),
	);
	if (moved.length > 0) return [...errors, ...moved];
	for (const list of lists)
		for (const [index, container] of (old.spec[list] ?? []).entries())
			if (list === 'containers' || isSidecar(container))
				errors.push(
					...validateKept(
						(pod.spec[list] ?? [])[index].resources,
						container.resources,
						`spec.${list}[${index}].resources`,
					),
				);
	for (const [index, container] of pod.spec.containers.entries())
		if (!deepEqual(fixedPart(container), fixedPart(old.spec.containers[index])))
			errors.push(forbiddenField('spec', 'only cpu and memory resources are mutable'));
	for (const [index, container] of (pod.spec.initContainers ?? []).entries()) {
		const before = (old.spec.initContainers ?? [])[index];
		if (isSidecar(container)) {
			if (!deepEqual(fixedPart(container), fixedPart(before)))
				errors.push(
					forbiddenField('spec', 'only cpu and memory resources for sidecar containers are mutable'),
				);
		} else if (!deepEqual(container, before))
			errors.push(forbiddenField('spec', 'resources for non-sidecar init containers are immutable'));
	}
	return errors;
}

const isSidecar = ({ restartPolicy }: Container) => restartPolicy === 'Always';

function validateSame(
	after: readonly Container[],
	before: readonly Container[],
	field: string,
): FieldError[] {
	if (after.length !== before.length)
		return [forbiddenField(field, 'containers may not be added or removed on resize')];
	return after.flatMap(({ name }, index) =>
		name === before[index].name
			? []
			: [forbiddenField(`${field}[${index}].name`, 'containers may not be renamed or reordered on resize')],
	);
}

/** What is asked for or bounded stays so. */
const validateKept = (
	after: ResourceRequirements | undefined,
	before: ResourceRequirements | undefined,
	field: string,
): FieldError[] =>
	(['requests', 'limits'] as const).flatMap((part) => {
		const left: Quantities = after?.[part] ?? {};
		return Object.keys(before?.[part] ?? {}).some((name) => left[name] === undefined)
			? [forbiddenField(`${field}.${part}`, `resource ${part} cannot be removed`)]
			: [];
	});

/** The container without what a resize may change. */
function fixedPart(container: Container): Container {
	const { requests, limits, ...others } = container.resources ?? ({} as ResourceRequirements);
	const fixed = (quantities: Quantities = {}) =>
		Object.fromEntries(Object.entries(quantities).filter(([name]) => !resizable.includes(name)));
	return { ...container, resources: { ...others, requests: fixed(requests), limits: fixed(limits) } };
}
