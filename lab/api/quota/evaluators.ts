// What an object counts towards a ResourceQuota, by its resource
// (https://kubernetes.io/docs/concepts/policy/resource-quotas/, k8s.io/kubernetes/pkg/quota/v1/evaluator/core).
import type { KubernetesObject, PersistentVolumeClaim, Pod, Service } from '../../schema/types.ts';
import { podResources } from './pod-resources.ts';

export type Usage = Record<string, string>;

export interface Evaluator {
	/** Whether a quota's resource is one that this kind of object counts towards. */
	counts(name: string): boolean;
	usage(object: KubernetesObject): Usage;
	/** Whether an update can change what an object counts. */
	onUpdate?: boolean;
	/** The resources of `required` that the object says nothing of, each with who should. */
	missing?(object: KubernetesObject, required: readonly string[]): string[];
}

const computed = new Set([
	...['cpu', 'memory', 'ephemeral-storage'].flatMap((name) => [name, `requests.${name}`, `limits.${name}`]),
	'pods',
]);
/** What every container must say something of where a quota limits it. */
const explicit = new Set(['cpu', 'memory'].flatMap((name) => [name, `requests.${name}`, `limits.${name}`]));

const hasEnded = ({ status }: Pod) => status?.phase === 'Failed' || status?.phase === 'Succeeded';

const isExtended = (name: string) => name.includes('/') && !/(^|\.)kubernetes\.io\//.test(name);
const isHugePages = (name: string) => name.startsWith('hugepages-');

const podEvaluator: Evaluator = {
	counts(name) {
		if (computed.has(name) || name === 'count/pods' || isHugePages(name)) return true;
		if (!name.startsWith('requests.')) return false;
		const asked = name.slice('requests.'.length);
		return isHugePages(asked) || isExtended(asked);
	},
	usage(object) {
		const pod = object as Pod;
		const usage: Usage = { 'count/pods': '1' };
		if (hasEnded(pod)) return usage;
		usage.pods = '1';
		for (const [name, quantity] of Object.entries(podResources(pod, 'requests'))) {
			if (computed.has(name) || isHugePages(name)) usage[name] = quantity;
			if (computed.has(name) || isHugePages(name) || isExtended(name)) usage[`requests.${name}`] = quantity;
		}
		for (const [name, quantity] of Object.entries(podResources(pod, 'limits')))
			if (computed.has(name)) usage[`limits.${name}`] = quantity;
		return usage;
	},
	missing(object, required) {
		const { containers, initContainers = [] } = (object as Pod).spec;
		return required
			.filter((name) => explicit.has(name))
			.sort()
			.flatMap((name) => {
				const [, kind = 'requests', resource] = /^(?:(requests|limits)\.)?(.+)$/.exec(
					name,
				) as RegExpExecArray;
				const silent = [...containers, ...initContainers].filter(
					({ resources }) => resources?.[kind as 'requests' | 'limits']?.[resource] === undefined,
				);
				const names = silent.map((container) => container.name).sort();
				return names.length > 0 ? [`${name} for: ${names.join(',')}`] : [];
			});
	},
};

const serviceEvaluator: Evaluator = {
	counts: (name) =>
		['services', 'services.nodeports', 'services.loadbalancers', 'count/services'].includes(name),
	onUpdate: true,
	usage(object) {
		const { type, ports = [], allocateLoadBalancerNodePorts = true } = (object as Service).spec;
		const balanced = type === 'LoadBalancer';
		const onNodes = type === 'NodePort' || (balanced && allocateLoadBalancerNodePorts);
		const given = ports.filter(({ nodePort }) => nodePort).length;
		const nodePorts = onNodes ? ports.length : balanced ? given : 0;
		return {
			'count/services': '1',
			services: '1',
			'services.nodeports': String(nodePorts),
			'services.loadbalancers': balanced ? '1' : '0',
		};
	},
};

const classSuffix = '.storageclass.storage.k8s.io/';

const claimEvaluator: Evaluator = {
	counts: (name) =>
		['persistentvolumeclaims', 'requests.storage', 'count/persistentvolumeclaims'].includes(name) ||
		name.endsWith(`${classSuffix}requests.storage`) ||
		name.endsWith(`${classSuffix}persistentvolumeclaims`),
	onUpdate: true,
	usage(object) {
		const { spec, status, metadata } = object as PersistentVolumeClaim;
		const storage = spec?.resources?.requests?.storage ?? status?.capacity?.storage ?? '0';
		const storageClass =
			metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec?.storageClassName;
		return {
			'count/persistentvolumeclaims': '1',
			persistentvolumeclaims: '1',
			'requests.storage': storage,
			...(storageClass && {
				[`${storageClass}${classSuffix}persistentvolumeclaims`]: '1',
				[`${storageClass}${classSuffix}requests.storage`]: storage,
			}),
		};
	},
};

/** Resources that a quota can name without `count/` as well. */
const named = new Set(['configmaps', 'replicationcontrollers', 'resourcequotas', 'secrets']);

function objectCount(key: string): Evaluator {
	const names = named.has(key) ? [`count/${key}`, key] : [`count/${key}`];
	return {
		counts: (name) => names.includes(name),
		usage: () => Object.fromEntries(names.map((name) => [name, '1'])),
	};
}

const evaluators = new Map<string, Evaluator>([
	['pods', podEvaluator],
	['services', serviceEvaluator],
	['persistentvolumeclaims', claimEvaluator],
]);

/** Events come and go too often to be counted. */
const uncounted = new Set(['events', 'events.events.k8s.io']);

/** By a resource's key; undefined where its objects are not counted. */
export function evaluatorOf(key: string): Evaluator | undefined {
	if (uncounted.has(key)) return undefined;
	let evaluator = evaluators.get(key);
	if (!evaluator) {
		evaluator = objectCount(key);
		evaluators.set(key, evaluator);
	}
	return evaluator;
}
