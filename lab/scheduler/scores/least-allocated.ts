// Prefers the node with the most left of processor and memory.
import { quantityValue } from '../../schema/quantity.ts';
import { requestsOf } from '../resources.ts';
import type { Score } from './score.ts';

/** What a pod counts for that requests nothing: 100m and 200 MB, as in kube-scheduler. */
const assumed: Readonly<Record<string, number>> = { cpu: 0.1, memory: 200 * 1024 * 1024 };

export const leastAllocated: Score = (pod, { node, pods }) => {
	const free = Object.entries(assumed).map(([resource, least]) => {
		const capacity = quantityValue(node.status?.allocatable?.[resource] ?? '0');
		if (capacity === 0) return 0;
		const used = [...pods, pod].reduce((sum, each) => sum + (requestsOf(each)[resource] || least), 0);
		return Math.max(0, 1 - used / capacity);
	});
	return (100 * free.reduce((sum, share) => sum + share, 0)) / free.length;
};
