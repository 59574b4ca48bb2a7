import type { StatefulSet } from '../../schema/types.ts';
import { deepEqual } from '../deep-equal.ts';
import { setPodTemplateDefaults } from '../defaults/pod-spec.ts';
import { type FieldError, forbiddenField, invalidValue, notSupported, required } from '../field-errors.ts';
import { defineResource } from '../registry.ts';
import { selectorMatches } from '../selectors/label-selector.ts';
import { notNegative, validateLabelSelector } from '../validation/metadata.ts';
import { dnsLabel } from '../validation/names.ts';
import { validatePodTemplate } from '../validation/pod-template.ts';
import { ageColumn, listed, nameColumn, shownLabels } from './columns.ts';

function setDefaults({ spec }: StatefulSet): void {
	spec.podManagementPolicy ||= 'OrderedReady';
	spec.updateStrategy ??= {};
	spec.updateStrategy.type ||= 'RollingUpdate';
	if (spec.updateStrategy.type === 'RollingUpdate') {
		spec.updateStrategy.rollingUpdate ??= {};
		spec.updateStrategy.rollingUpdate.partition ??= 0;
	}
	spec.persistentVolumeClaimRetentionPolicy ??= {};
	spec.persistentVolumeClaimRetentionPolicy.whenDeleted ||= 'Retain';
	spec.persistentVolumeClaimRetentionPolicy.whenScaled ||= 'Retain';
	spec.replicas ??= 1;
	spec.revisionHistoryLimit ??= 10;
	setPodTemplateDefaults(spec.template);
	for (const claim of spec.volumeClaimTemplates ?? []) {
		claim.apiVersion ||= 'v1';
		claim.kind ||= 'PersistentVolumeClaim';
		claim.spec.volumeMode ??= 'Filesystem';
		claim.status ??= {};
		claim.status.phase ||= 'Pending';
	}
}

function validateUpdateStrategy({ spec }: StatefulSet): FieldError[] {
	const field = 'spec.updateStrategy';
	const { type, rollingUpdate } = spec.updateStrategy ?? {};
	if (!type) return [required(field)];
	if (type === 'OnDelete')
		return rollingUpdate
			? [
					invalidValue(
						`${field}.rollingUpdate`,
						rollingUpdate,
						"only allowed for updateStrategy 'RollingUpdate'",
					),
				]
			: [];
	if (type !== 'RollingUpdate')
		return [invalidValue(field, spec.updateStrategy, "must be 'RollingUpdate' or 'OnDelete'")];
	const partition = rollingUpdate?.partition ?? 0;
	return partition < 0 ? [invalidValue(`${field}.rollingUpdate.partition`, partition, notNegative)] : [];
}

function validateClaimRetention({ spec }: StatefulSet): FieldError[] {
	const field = 'spec.persistentVolumeClaimRetentionPolicy';
	return (['whenDeleted', 'whenScaled'] as const).flatMap((part) => {
		const value = spec.persistentVolumeClaimRetentionPolicy?.[part];
		return value === undefined || value === 'Retain' || value === 'Delete'
			? []
			: [notSupported(`${field}.${part}`, value, ['Retain', 'Delete'])];
	});
}

function validate(set: StatefulSet): FieldError[] {
	const { spec } = set;
	const errors: FieldError[] = [];
	if (spec.podManagementPolicy !== 'OrderedReady' && spec.podManagementPolicy !== 'Parallel')
		errors.push(
			invalidValue(
				'spec.podManagementPolicy',
				spec.podManagementPolicy,
				"must be 'OrderedReady' or 'Parallel'",
			),
		);
	errors.push(...validateUpdateStrategy(set), ...validateClaimRetention(set));
	for (const [field, value] of [
		['spec.replicas', spec.replicas],
		['spec.minReadySeconds', spec.minReadySeconds],
		['spec.ordinals.start', spec.ordinals?.start],
	] as const)
		if ((value ?? 0) < 0) errors.push(invalidValue(field, value, notNegative));
	if (!spec.selector) errors.push(required('spec.selector'));
	else {
		errors.push(...validateLabelSelector(spec.selector, 'spec.selector'));
		if (!spec.selector.matchExpressions?.length && Object.keys(spec.selector.matchLabels ?? {}).length === 0)
			errors.push(invalidValue('spec.selector', spec.selector, 'empty selector is invalid for statefulset'));
		else if (!selectorMatches(spec.selector, spec.template.metadata?.labels))
			errors.push(
				invalidValue(
					'spec.template.metadata.labels',
					spec.template.metadata?.labels ?? null,
					'`selector` does not match template `labels`',
				),
			);
	}
	const claims = (spec.volumeClaimTemplates ?? []).map((claim) => claim.metadata.name);
	errors.push(...validatePodTemplate(spec.template, 'spec.template', claims));
	const { restartPolicy, activeDeadlineSeconds } = spec.template.spec ?? {};
	if (restartPolicy !== 'Always')
		errors.push(notSupported('spec.template.spec.restartPolicy', restartPolicy ?? '', ['Always']));
	if (activeDeadlineSeconds !== undefined)
		errors.push(
			forbiddenField(
				'spec.template.spec.activeDeadlineSeconds',
				'activeDeadlineSeconds in StatefulSet is not Supported',
			),
		);
	return errors;
}

const changeable = [
	'replicas',
	'ordinals',
	'template',
	'updateStrategy',
	'revisionHistoryLimit',
	'persistentVolumeClaimRetentionPolicy',
	'minReadySeconds',
] as const;

function validateUpdate(set: StatefulSet, old: StatefulSet): FieldError[] {
	const fixed = ({ spec }: StatefulSet) => {
		const rest: Partial<StatefulSet['spec']> = { ...spec };
		for (const field of changeable) delete rest[field];
		return rest;
	};
	if (deepEqual(fixed(set), fixed(old))) return [];
	const names = changeable.map((field) => `'${field}'`);
	const last = names.pop();
	return [
		forbiddenField(
			'spec',
			`updates to statefulset spec for fields other than ${names.join(', ')} and ${last} are forbidden`,
		),
	];
}

export const statefulSets = defineResource<StatefulSet>({
	group: 'apps',
	version: 'v1',
	kind: 'StatefulSet',
	plural: 'statefulsets',
	singular: 'statefulset',
	shortNames: ['sts'],
	categories: ['all'],
	namespaced: true,
	hasStatus: true,
	hasGeneration: true,
	nameRule: dnsLabel,
	setDefaults,
	prepareForCreate(set) {
		set.status = { replicas: 0, availableReplicas: 0 };
	},
	validate,
	validateUpdate,
	validateStatusUpdate: ({ status }) =>
		(['replicas', 'readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'] as const)
			.filter((field) => (status?.[field] ?? 0) < 0)
			.map((field) => invalidValue(`status.${field}`, status?.[field], notNegative)),
	scale: {
		get: (set) => ({
			replicas: set.spec.replicas ?? 0,
			statusReplicas: set.status?.replicas ?? 0,
			selector: shownLabels(set.spec.selector.matchLabels),
		}),
		set(set, replicas) {
			set.spec.replicas = replicas;
		},
	},
	columns: [
		nameColumn,
		{
			name: 'Ready',
			type: 'string',
			cell: (set) => `${set.status?.readyReplicas ?? 0}/${set.spec.replicas ?? 0}`,
		},
		ageColumn,
		{
			name: 'Containers',
			type: 'string',
			priority: 1,
			cell: (set) => listed((set.spec.template.spec?.containers ?? []).map((each) => each.name)),
		},
		{
			name: 'Images',
			type: 'string',
			priority: 1,
			cell: (set) => listed((set.spec.template.spec?.containers ?? []).map((each) => each.image ?? '')),
		},
	],
});
