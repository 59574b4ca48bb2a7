import type { StatefulSet } from '../../schema/types.ts';
import { deepEqual } from '../deep-equal.ts';
import { setPodTemplateDefaults } from '../defaults/pod-spec.ts';
import { type FieldError, forbiddenField, invalidValue, notSupported, required } from '../field-errors.ts';
import { defineResource } from '../registry.ts';
import { asGoStruct } from '../validation/go-struct.ts';
import {
	intOrPercentValue,
	validateAtMost100Percent,
	validateIntOrPercent,
} from '../validation/int-or-percent.ts';
import { validateNotNegative } from '../validation/metadata.ts';
import { dnsLabel } from '../validation/names.ts';
import {
	isEmptySelector,
	validatePodTemplate,
	validateRunsForever,
	validateSelected,
	validateWorkloadSelector,
} from '../validation/pod-template.ts';
import { validateCollisionCount } from '../validation/replica-status.ts';
import { ageColumn, containerColumns, nameColumn } from './columns.ts';
import { replicaScale } from './replica-scale.ts';

function setDefaults({ spec }: StatefulSet): void {
	spec.podManagementPolicy ||= 'OrderedReady';
	spec.updateStrategy ??= {};
	spec.updateStrategy.type ||= 'RollingUpdate';
	if (spec.updateStrategy.type === 'RollingUpdate') {
		spec.updateStrategy.rollingUpdate ??= {};
		spec.updateStrategy.rollingUpdate.partition ??= 0;
		spec.updateStrategy.rollingUpdate.maxUnavailable ??= 1;
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
		return [
			invalidValue(
				field,
				asGoStruct('StatefulSetUpdateStrategy', spec.updateStrategy ?? {}, 'apps'),
				"must be 'RollingUpdate' or 'OnDelete'",
			),
		];
	const { partition, maxUnavailable } = rollingUpdate ?? {};
	const errors = validateNotNegative(partition, `${field}.rollingUpdate.partition`);
	if (maxUnavailable === undefined) return errors;
	const at = `${field}.rollingUpdate.maxUnavailable`;
	errors.push(...validateIntOrPercent(maxUnavailable, at));
	if (intOrPercentValue(maxUnavailable) === 0) errors.push(invalidValue(at, maxUnavailable, 'cannot be 0'));
	return [...errors, ...validateAtMost100Percent(maxUnavailable, at)];
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
	errors.push(
		...validateNotNegative(spec.replicas, 'spec.replicas'),
		...validateNotNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
		...validateNotNegative(spec.ordinals?.start, 'spec.ordinals.start'),
		...validateWorkloadSelector(spec.selector, 'spec.selector', 'statefulset'),
	);
	if (spec.selector && !isEmptySelector(spec.selector))
		errors.push(...validateSelected(spec.template, spec.selector, 'spec.template'));
	const claims = (spec.volumeClaimTemplates ?? []).map((claim) => claim.metadata.name);
	return [
		...errors,
		...validatePodTemplate(spec.template, 'spec.template', claims),
		...validateRunsForever(spec.template, 'spec.template', 'StatefulSet'),
	];
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
	validateStatusUpdate({ status }, old) {
		const errors = (
			['replicas', 'readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'] as const
		).flatMap((count) => validateNotNegative(status?.[count], `status.${count}`));
		for (const part of ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'] as const)
			if ((status?.[part] ?? 0) > (status?.replicas ?? 0))
				errors.push(invalidValue(`status.${part}`, status?.[part], 'cannot be greater than status.replicas'));
		if ((status?.availableReplicas ?? 0) > (status?.readyReplicas ?? 0))
			errors.push(
				invalidValue(
					'status.availableReplicas',
					status?.availableReplicas,
					'cannot be greater than status.readyReplicas',
				),
			);
		return [...errors, ...validateCollisionCount(status, old.status)];
	},
	scale: replicaScale<StatefulSet>(({ spec }) => spec.selector),
	columns: [
		nameColumn,
		{
			name: 'Ready',
			type: 'string',
			cell: (set) => `${set.status?.readyReplicas ?? 0}/${set.spec.replicas ?? 0}`,
		},
		ageColumn,
		...containerColumns<StatefulSet>(({ spec }) => spec.template),
	],
});
