import { compareQuantities } from '../../schema/quantity.ts';
import type { PodSpec } from '../../schema/types.ts';

/**
 * The pod's quality of service class
 * (https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/).
 */
export function qualityOfService(spec: PodSpec): 'Guaranteed' | 'Burstable' | 'BestEffort' {
	const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
	const resources = ['cpu', 'memory'] as const;
	const anything = containers.some(({ resources: { limits, requests } = {} }) =>
		resources.some((each) => isSet(limits?.[each]) || isSet(requests?.[each])),
	);
	if (!anything) return 'BestEffort';
	const guaranteed = containers.every(({ resources: { limits, requests } = {} }) =>
		resources.every((each) => {
			const limit = limits?.[each];
			return isSet(limit) && compareQuantities(requests?.[each] ?? (limit as string), limit as string) === 0;
		}),
	);
	return guaranteed ? 'Guaranteed' : 'Burstable';
}

const isSet = (quantity: string | undefined) => quantity !== undefined && quantity !== '0';
