// What a pod requests must be free on the node.
import { quantityValue } from '../../schema/quantity.ts';
import { requestsOf } from '../resources.ts';
import type { Filter } from './filter.ts';

export const nodeResourcesFit: Filter = (pod, { node, requested }) => {
	const allocatable = (resource: string) => quantityValue(node.status?.allocatable?.[resource] ?? '0');
	const lacking = Object.entries(requestsOf(pod)).filter(
		([resource, amount]) => amount > 0 && (requested[resource] ?? 0) + amount > allocatable(resource),
	);
	if (lacking.length === 0) return undefined;
	return {
		reasons: lacking.map(([resource]) =>
			resource === 'pods' ? 'Too many pods' : `Insufficient ${resource}`,
		),
		// An empty node would be too small as well.
		preemptionHelps: lacking.every(([resource, amount]) => amount <= allocatable(resource)),
	};
};
