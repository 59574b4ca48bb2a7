// What the checks of the Pod Security Standards have in common.
import type { Container, ObjectMeta, PodSpec } from '../../../schema/types.ts';

export interface PodTemplate {
	metadata: Partial<ObjectMeta>;
	spec: PodSpec;
}

/** What is wrong with a pod: the rule in a few words, and who breaks it. */
export interface Violation {
	reason: string;
	detail: string;
}

export interface Check {
	id: string;
	/** The minor version of Kubernetes from which on it applies. */
	since: number;
	/** The checks of the baseline that it stands for. */
	overrides?: readonly string[];
	/** `version`: the minor version of the standard that is asked for. */
	find(pod: PodTemplate, version: number): Violation | undefined;
}

export function containersOf({
	initContainers = [],
	containers,
	ephemeralContainers = [],
}: PodSpec): Container[] {
	return [...initContainers, ...containers, ...(ephemeralContainers as Container[])];
}

export const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ');

/** Each value once, in order. */
export const distinct = (values: readonly string[]) => [...new Set(values)].sort();

export const plural = (word: string, count: number) => (count === 1 ? word : `${word}s`);

/** `container "a"`, `containers "a", "b"`. */
export const named = (containers: readonly { name: string }[], word = 'container') =>
	`${plural(word, containers.length)} ${quoted(containers.map(({ name }) => name))}`;

/** Who sets what may not be set: the pod, containers, or both; undefined where nobody does. */
export function setters(pod: boolean, containers: readonly Container[]): string | undefined {
	const found = [...(pod ? ['pod'] : []), ...(containers.length > 0 ? [named(containers)] : [])];
	return found.length > 0 ? found.join(' and ') : undefined;
}

export const isWindows = ({ spec }: PodTemplate) => spec.os?.name === 'windows';
/** In a user namespace of its own, root in the container is nobody on the node. */
export const hasOwnUsers = ({ spec }: PodTemplate) => spec.hostUsers === false;
