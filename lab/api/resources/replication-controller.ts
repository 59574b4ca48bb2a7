import type { ReplicationController } from '../../schema/types.ts';
import { setPodTemplateDefaults } from '../defaults/pod-spec.ts';
import { notSupported, required } from '../field-errors.ts';
import { defineResource } from '../registry.ts';
import { validateNotNegative } from '../validation/metadata.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { validatePodTemplate, validateSelected } from '../validation/pod-template.ts';
import { replicatorCounts, validateReplicaStatus } from '../validation/replica-status.ts';
import { ageColumn, containerColumns, nameColumn, selectorColumn } from './columns.ts';
import { replicaScale } from './replica-scale.ts';

export const replicationControllers = defineResource<ReplicationController>({
	group: '',
	version: 'v1',
	kind: 'ReplicationController',
	plural: 'replicationcontrollers',
	singular: 'replicationcontroller',
	shortNames: ['rc'],
	categories: ['all'],
	namespaced: true,
	hasStatus: true,
	hasGeneration: true,
	defaultPropagation: { policy: 'Orphan' },
	nameRule: dnsSubdomain,
	setDefaults({ metadata, spec }) {
		const labels = spec.template?.metadata?.labels;
		if (labels && Object.keys(spec.selector ?? {}).length === 0) spec.selector = { ...labels };
		if (labels && Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = { ...labels };
		spec.replicas ??= 1;
		setPodTemplateDefaults(spec.template);
	},
	prepareForCreate(controller) {
		controller.status = { replicas: 0 };
	},
	validate({ spec }) {
		const errors = validateNotNegative(spec.minReadySeconds, 'spec.minReadySeconds');
		const empty = Object.keys(spec.selector ?? {}).length === 0;
		if (empty) errors.push(required('spec.selector'));
		errors.push(...validateNotNegative(spec.replicas, 'spec.replicas'));
		const { template } = spec;
		if (!template) return [...errors, required('spec.template')];
		if (!empty) errors.push(...validateSelected(template, { matchLabels: spec.selector }, 'spec.template'));
		errors.push(...validatePodTemplate(template, 'spec.template'));
		if (template.spec?.restartPolicy !== 'Always')
			errors.push(
				notSupported('spec.template.spec.restartPolicy', template.spec?.restartPolicy ?? '', ['Always']),
			);
		return errors;
	},
	validateStatusUpdate: ({ status }) => validateReplicaStatus(status, replicatorCounts),
	scale: replicaScale<ReplicationController>(({ spec }) => ({ matchLabels: spec.selector })),
	selectableFields: { 'status.replicas': ({ status }) => String(status?.replicas ?? 0) },
	columns: [
		nameColumn,
		{ name: 'Desired', type: 'integer', cell: ({ spec }) => spec.replicas ?? 0 },
		{ name: 'Current', type: 'integer', cell: ({ status }) => status?.replicas ?? 0 },
		{ name: 'Ready', type: 'integer', cell: ({ status }) => status?.readyReplicas ?? 0 },
		ageColumn,
		...containerColumns<ReplicationController>(({ spec }) => spec.template),
		selectorColumn<ReplicationController>(({ spec }) => ({ matchLabels: spec.selector })),
	],
});
