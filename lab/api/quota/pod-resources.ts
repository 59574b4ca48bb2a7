// What a pod asks for in all, as quantities (k8s.io/component-helpers/resource).
import { addQuantities, compareQuantities } from '../../schema/quantity.ts';
import type { Container, Pod } from '../../schema/types.ts';

type Quantities = Record<string, string>;

function add(total: Quantities, more: Readonly<Quantities> = {}): Quantities {
	const sum = { ...total };
	for (const [name, quantity] of Object.entries(more))
		sum[name] = name in sum ? addQuantities(sum[name], quantity) : quantity;
	return sum;
}

function atLeast(total: Quantities, floor: Readonly<Quantities>): Quantities {
	const result = { ...total };
	for (const [name, quantity] of Object.entries(floor))
		if (!(name in result) || compareQuantities(quantity, result[name]) > 0) result[name] = quantity;
	return result;
}

/**
 * The sum of its containers and sidecars, or what an init container needs beside the sidecars started before
 * it, where that is more; and the pod's overhead.
 */
export function podResources({ spec }: Pod, kind: 'requests' | 'limits'): Quantities {
	const of = ({ resources }: Container) => resources?.[kind];
	let running: Quantities = {};
	let peak: Quantities = {};
	for (const container of spec.initContainers ?? []) {
		const needed = add(running, of(container));
		peak = atLeast(peak, needed);
		if (container.restartPolicy === 'Always') running = needed;
	}
	for (const container of spec.containers) running = add(running, of(container));
	const whole = atLeast(running, peak);
	if (kind === 'requests') return add(whole, spec.overhead);
	const bounded = Object.entries(spec.overhead ?? {}).filter(([name]) => name in whole);
	return add(whole, Object.fromEntries(bounded));
}
