// What containers that are put into a running pod may be (`kubectl debug`), and what of them may change.
import type { Container, EphemeralContainer, Pod, Volume } from '../../schema/types.ts';
import { deepEqual } from '../deep-equal.ts';
import { duplicate, type FieldError, forbiddenField, notFoundValue } from '../field-errors.ts';
import { type PodFacts, validateContainer, validateImageSpaces } from './containers.ts';
import { describeDifference } from './difference.ts';
import { asGoStruct } from './go-struct.ts';

/** They run nothing that the pod relies on. In the server's order. */
const notForThem = [
	'ports',
	'resources',
	'resizePolicy',
	'restartPolicy',
	'restartPolicyRules',
	'livenessProbe',
	'readinessProbe',
	'startupProbe',
	'lifecycle',
] as const satisfies readonly (keyof EphemeralContainer)[];

const forbidden = 'cannot be set for an Ephemeral Container';

const isSet = (value: unknown) =>
	value !== undefined && (typeof value !== 'object' || value === null || Object.keys(value).length > 0);

export function validateEphemeralContainers(
	facts: PodFacts,
	volumes: ReadonlyMap<string, Volume>,
	field: string,
): FieldError[] {
	const { containers = [], initContainers = [], ephemeralContainers = [] } = facts.spec;
	const others = new Set([...containers, ...initContainers].map(({ name }) => name));
	const names = new Set(others);
	return ephemeralContainers.flatMap((container, index) => {
		const at = `${field}[${index}]`;
		const errors = [
			...validateContainer(container as Container, facts, volumes, at),
			...validateImageSpaces(container.image, `${at}.image`),
		];
		if (names.has(container.name)) errors.push(duplicate(`${at}.name`, container.name));
		names.add(container.name);
		const target = container.targetContainerName;
		if (target && !others.has(target)) errors.push(notFoundValue(`${at}.targetContainerName`, target));
		for (const part of notForThem)
			if (isSet(container[part])) errors.push(forbiddenField(`${at}.${part}`, forbidden));
		(container.volumeMounts ?? []).forEach((mount, position) => {
			for (const part of ['subPath', 'subPathExpr'] as const)
				if (mount[part]) errors.push(forbiddenField(`${at}.volumeMounts[${position}].${part}`, forbidden));
		});
		return errors;
	});
}

/** Once in a pod they stay there as they are. */
export function validateEphemeralContainersUpdate(pod: Pod, old: Pod): FieldError[] {
	const field = 'spec.ephemeralContainers';
	const after = pod.spec.ephemeralContainers ?? [];
	return (old.spec.ephemeralContainers ?? []).flatMap((before) => {
		const same = after.find(({ name }) => name === before.name);
		const named = `existing ephemeral containers "${before.name}" may not be`;
		if (!same) return [forbiddenField(field, `${named} removed\n`)];
		if (deepEqual(same, before)) return [];
		const [from, to] = [before, same].map((container) => asGoStruct('EphemeralContainer', container));
		return [forbiddenField(field, `${named} changed\n${describeDifference(from, to)}`)];
	});
}
