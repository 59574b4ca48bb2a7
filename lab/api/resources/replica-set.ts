import type { ReplicaSet } from '../../schema/types.ts';
import { deepEqual } from '../deep-equal.ts';
import { setPodTemplateDefaults } from '../defaults/pod-spec.ts';
import { invalidValue } from '../field-errors.ts';
import { defineResource } from '../registry.ts';
import { immutable, validateNotNegative } from '../validation/metadata.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { validateReplicatedTemplate, validateWorkloadSelector } from '../validation/pod-template.ts';
import { replicatorCounts, validateReplicaStatus } from '../validation/replica-status.ts';
import { ageColumn, containerColumns, nameColumn, selectorColumn } from './columns.ts';
import { replicaScale } from './replica-scale.ts';

export const replicaSets = defineResource<ReplicaSet>({
	group: 'apps',
	version: 'v1',
	kind: 'ReplicaSet',
	plural: 'replicasets',
	singular: 'replicaset',
	shortNames: ['rs'],
	categories: ['all'],
	namespaced: true,
	hasStatus: true,
	hasGeneration: true,
	nameRule: dnsSubdomain,
	setDefaults({ spec }) {
		spec.replicas ??= 1;
		setPodTemplateDefaults(spec.template);
	},
	prepareForCreate(set) {
		set.status = { replicas: 0 };
	},
	validate: ({ spec }) => [
		...validateNotNegative(spec.replicas, 'spec.replicas'),
		...validateNotNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
		...validateWorkloadSelector(spec.selector, 'spec.selector', 'deployment'),
		...validateReplicatedTemplate(spec.template, spec.selector, 'spec.template'),
	],
	validateUpdate: ({ spec }, old) =>
		deepEqual(spec.selector, old.spec.selector)
			? []
			: [invalidValue('spec.selector', spec.selector, immutable)],
	validateStatusUpdate: ({ status }) => validateReplicaStatus(status, replicatorCounts),
	scale: replicaScale<ReplicaSet>(({ spec }) => spec.selector),
	columns: [
		nameColumn,
		{ name: 'Desired', type: 'integer', cell: ({ spec }) => spec.replicas ?? 0 },
		{ name: 'Current', type: 'integer', cell: ({ status }) => status?.replicas ?? 0 },
		{ name: 'Ready', type: 'integer', cell: ({ status }) => status?.readyReplicas ?? 0 },
		ageColumn,
		...containerColumns<ReplicaSet>(({ spec }) => spec.template),
		selectorColumn<ReplicaSet>(({ spec }) => spec.selector),
	],
});
