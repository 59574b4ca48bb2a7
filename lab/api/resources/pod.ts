import type { Pod } from '../../schema/types.ts';
import { setPodDefaults } from '../defaults/pod-spec.ts';
import { defineResource } from '../registry.ts';
import { dnsSubdomain } from '../validation/names.ts';
import {
	validatePod,
	validatePodCreation,
	validatePodStatusUpdate,
	validatePodUpdate,
} from '../validation/pod.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { podState, readyContainers, shownRestarts } from './pod-columns.ts';
import { qualityOfService } from './pod-quality.ts';

const create = ['create'] as const;
const stream = ['create', 'get'] as const;
const proxy = ['create', 'delete', 'get', 'patch', 'update'] as const;

export const pods = defineResource<Pod>({
	group: '',
	version: 'v1',
	kind: 'Pod',
	plural: 'pods',
	singular: 'pod',
	shortNames: ['po'],
	categories: ['all'],
	namespaced: true,
	hasStatus: true,
	hasGeneration: true,
	returnsDeleted: true,
	nameRule: dnsSubdomain,
	setDefaults: (pod) => setPodDefaults(pod.spec),
	prepareForCreate(pod) {
		pod.status = { phase: 'Pending', qosClass: qualityOfService(pod.spec) };
		if (pod.spec.schedulingGates?.length)
			pod.status.conditions = [
				{
					type: 'PodScheduled',
					status: 'False',
					reason: 'SchedulingGated',
					message: 'Scheduling is blocked due to non-empty scheduling gates',
				},
			];
	},
	validate: validatePodCreation,
	validatesUpdate: 'change',
	validateUpdate: (pod, old) => [...validatePod(pod), ...validatePodUpdate(pod, old)],
	validateStatusUpdate: validatePodStatusUpdate,
	gracePeriod(pod, { gracePeriodSeconds }) {
		// Nothing runs where no node has it yet, or where everything has ended.
		if (!pod.spec.nodeName || pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') return 0;
		const seconds = gracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30;
		return seconds < 0 ? 1 : seconds;
	},
	columns: [
		nameColumn,
		{ name: 'Ready', type: 'string', cell: readyContainers },
		{ name: 'Status', type: 'string', cell: podState },
		{ name: 'Restarts', type: 'string', cell: shownRestarts },
		ageColumn,
		{
			name: 'IP',
			type: 'string',
			priority: 1,
			cell: (pod) => pod.status?.podIPs?.[0]?.ip || pod.status?.podIP || '<none>',
		},
		{ name: 'Node', type: 'string', priority: 1, cell: (pod) => pod.spec.nodeName || '<none>' },
		{
			name: 'Nominated Node',
			type: 'string',
			priority: 1,
			cell: (pod) => pod.status?.nominatedNodeName || '<none>',
		},
		{
			name: 'Readiness Gates',
			type: 'string',
			priority: 1,
			cell(pod) {
				const gates = pod.spec.readinessGates ?? [];
				const passed = gates.filter((gate) =>
					pod.status?.conditions?.some((each) => each.type === gate.conditionType && each.status === 'True'),
				);
				return gates.length > 0 ? `${passed.length}/${gates.length}` : '<none>';
			},
		},
	],
	selectableFields: {
		'spec.nodeName': (pod) => pod.spec.nodeName ?? '',
		// Its name in the first versions.
		'spec.host': (pod) => pod.spec.nodeName ?? '',
		'spec.restartPolicy': (pod) => pod.spec.restartPolicy ?? '',
		'spec.schedulerName': (pod) => pod.spec.schedulerName ?? '',
		'spec.serviceAccountName': (pod) => pod.spec.serviceAccountName ?? '',
		'spec.hostNetwork': (pod) => String(pod.spec.hostNetwork ?? false),
		'status.phase': (pod) => pod.status?.phase ?? '',
		'status.podIP': (pod) => pod.status?.podIPs?.[0]?.ip ?? '',
		// Taken, but nothing that a pod has is told by it.
		'status.podIPs': () => '',
		'status.nominatedNodeName': (pod) => pod.status?.nominatedNodeName ?? '',
	},
	subresources: [
		{ name: 'attach', kind: 'PodAttachOptions', verbs: stream },
		{ name: 'binding', kind: 'Binding', verbs: create },
		{ name: 'ephemeralcontainers', kind: 'Pod', verbs: ['get', 'patch', 'update'] },
		{ name: 'eviction', kind: 'Eviction', group: 'policy', version: 'v1', verbs: create },
		{ name: 'exec', kind: 'PodExecOptions', verbs: stream },
		{ name: 'log', kind: 'Pod', verbs: ['get'] },
		{ name: 'portforward', kind: 'PodPortForwardOptions', verbs: stream },
		{ name: 'proxy', kind: 'PodProxyOptions', verbs: proxy },
		{ name: 'resize', kind: 'Pod', verbs: ['get', 'patch', 'update'] },
	],
});
