// What a resize of a pod may change: processor and memory of its containers, and nothing else
// (https://kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources/#limitations).
import type { Container, Pod, ResourceRequirements } from '../../schema/types.ts';
import { deepEqual } from '../deep-equal.ts';
import { type FieldError, forbiddenField, invalidValue } from '../field-errors.ts';
import { qualityOfService } from '../resources/pod-quality.ts';

type Quantities = Record<string, string>;

const resizable = ['cpu', 'memory'];

/** Faults of the change; `pod` is the old one but for what a resize asks for. */
export function validatePodResize(pod: Pod, old: Pod): FieldError[] {
	const errors: FieldError[] = [];
	const quality = qualityOfService(old.spec);
	if (qualityOfService(pod.spec) !== quality)
		errors.push(invalidValue('spec', quality, 'Pod QOS Class may not change as a result of resizing'));
	const { containers } = pod.spec;
	if (containers.length !== old.spec.containers.length)
		return [...errors, forbiddenField('spec.containers', 'containers may not be added or removed on resize')];
	const moved = containers.flatMap(({ name }, index) =>
		name === old.spec.containers[index].name
			? []
			: [
					forbiddenField(
						`spec.containers[${index}].name`,
						'containers may not be renamed or reordered on resize',
					),
				],
	);
	if (moved.length > 0) return [...errors, ...moved];
	for (const [index, { resources }] of old.spec.containers.entries())
		for (const part of ['requests', 'limits'] as const) {
			const after: Quantities = containers[index].resources?.[part] ?? {};
			if (Object.keys(resources?.[part] ?? {}).some((name) => after[name] === undefined))
				errors.push(
					forbiddenField(`spec.containers[${index}].resources.${part}`, `resource ${part} cannot be removed`),
				);
		}
	if (!deepEqual(containers.map(fixedPart), old.spec.containers.map(fixedPart)))
		errors.push(forbiddenField('spec', 'only cpu and memory resources are mutable'));
	return errors;
}

/** The container without what a resize may change. */
function fixedPart(container: Container): Container {
	const { requests, limits, ...others } = container.resources ?? ({} as ResourceRequirements);
	const fixed = (quantities: Quantities = {}) =>
		Object.fromEntries(Object.entries(quantities).filter(([name]) => !resizable.includes(name)));
	return { ...container, resources: { ...others, requests: fixed(requests), limits: fixed(limits) } };
}
