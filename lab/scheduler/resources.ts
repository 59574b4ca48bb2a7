// What a pod asks of a node, by resource name: cores, bytes, pieces
// (kubernetes.io/docs/concepts/configuration/manage-resources-containers).
import { quantityValue } from '../schema/quantity.ts';
import type { Container, Pod } from '../schema/types.ts';

export type Resources = Record<string, number>;

function add(total: Resources, more: Readonly<Resources>): Resources {
	const sum = { ...total };
	for (const [resource, amount] of Object.entries(more)) sum[resource] = (sum[resource] ?? 0) + amount;
	return sum;
}

function atLeast(total: Resources, floor: Readonly<Resources>): Resources {
	const result = { ...total };
	for (const [resource, amount] of Object.entries(floor))
		result[resource] = Math.max(result[resource] ?? 0, amount);
	return result;
}

const valuesOf = (quantities: Readonly<Record<string, string>> = {}): Resources =>
	Object.fromEntries(Object.entries(quantities).map(([name, quantity]) => [name, quantityValue(quantity)]));

/** While a resize is on, a container counts with the most of what it has and is to have. */
function requests({ status = {} }: Pod, { name, resources }: Container): Resources {
	const asked = valuesOf(resources?.requests);
	const { containerStatuses = [], initContainerStatuses = [], conditions = [] } = status;
	const told = [...containerStatuses, ...initContainerStatuses].find((each) => each.name === name);
	if (!told?.allocatedResources) return asked;
	const has = atLeast(valuesOf(told.allocatedResources), valuesOf(told.resources?.requests));
	const never = conditions.some(({ type, reason }) => type === 'PodResizePending' && reason === 'Infeasible');
	return never ? has : atLeast(asked, has);
}

/**
 * The pod's requests: the sum of its containers and sidecars, or what an init container needs beside the
 * sidecars started before it, where that is more; and one pod.
 */
export function requestsOf(pod: Pod): Resources {
	let running: Resources = {};
	let peak: Resources = {};
	for (const container of pod.spec.initContainers ?? []) {
		const needed = add(running, requests(pod, container));
		peak = atLeast(peak, needed);
		if (container.restartPolicy === 'Always') running = needed;
	}
	for (const container of pod.spec.containers) running = add(running, requests(pod, container));
	const overhead = Object.entries(pod.spec.overhead ?? {}).map(([name, quantity]) => [
		name,
		quantityValue(quantity),
	]);
	return add(add(atLeast(running, peak), Object.fromEntries(overhead)), { pods: 1 });
}
