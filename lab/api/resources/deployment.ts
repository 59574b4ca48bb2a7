import type { Deployment } from '../../schema/types.ts';
import { deepEqual } from '../deep-equal.ts';
import { setPodTemplateDefaults } from '../defaults/pod-spec.ts';
import { type FieldError, forbiddenField, invalidValue, notSupported } from '../field-errors.ts';
import { defineResource } from '../registry.ts';
import { asGoStruct } from '../validation/go-struct.ts';
import {
	intOrPercentValue,
	validateAtMost100Percent,
	validateIntOrPercent,
} from '../validation/int-or-percent.ts';
import { immutable, validateNotNegative } from '../validation/metadata.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { validateReplicatedTemplate, validateWorkloadSelector } from '../validation/pod-template.ts';
import { validateCollisionCount, validateReplicaStatus } from '../validation/replica-status.ts';
import { ageColumn, containerColumns, nameColumn, selectorColumn } from './columns.ts';
import { replicaScale } from './replica-scale.ts';

function setDefaults({ spec }: Deployment): void {
	spec.replicas ??= 1;
	spec.strategy ??= {};
	spec.strategy.type ||= 'RollingUpdate';
	if (spec.strategy.type === 'RollingUpdate') {
		spec.strategy.rollingUpdate ??= {};
		spec.strategy.rollingUpdate.maxUnavailable ??= '25%';
		spec.strategy.rollingUpdate.maxSurge ??= '25%';
	}
	spec.revisionHistoryLimit ??= 10;
	spec.progressDeadlineSeconds ??= 600;
	setPodTemplateDefaults(spec.template);
}

function validateStrategy({ spec }: Deployment): FieldError[] {
	const field = 'spec.strategy';
	const { type, rollingUpdate } = spec.strategy ?? {};
	if (type === 'Recreate')
		return rollingUpdate
			? [forbiddenField(`${field}.rollingUpdate`, "may not be specified when strategy `type` is 'Recreate'")]
			: [];
	if (type !== 'RollingUpdate') {
		const shown = asGoStruct('DeploymentStrategy', spec.strategy ?? {}, 'apps');
		return [notSupported(field, shown, ['Recreate', 'RollingUpdate'])];
	}
	const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate ?? {};
	const at = `${field}.rollingUpdate`;
	const errors = [
		...validateIntOrPercent(maxUnavailable, `${at}.maxUnavailable`),
		...validateIntOrPercent(maxSurge, `${at}.maxSurge`),
	];
	if (intOrPercentValue(maxUnavailable) === 0 && intOrPercentValue(maxSurge) === 0)
		errors.push(invalidValue(`${at}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0'));
	return [...errors, ...validateAtMost100Percent(maxUnavailable, `${at}.maxUnavailable`)];
}

function validate(deployment: Deployment): FieldError[] {
	const { spec } = deployment;
	const errors = [
		...validateNotNegative(spec.replicas, 'spec.replicas'),
		...validateWorkloadSelector(spec.selector, 'spec.selector', 'deployment'),
		...validateReplicatedTemplate(spec.template, spec.selector, 'spec.template'),
		...validateStrategy(deployment),
		...validateNotNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
		...validateNotNegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'),
		...validateNotNegative(spec.progressDeadlineSeconds, 'spec.progressDeadlineSeconds'),
	];
	const { progressDeadlineSeconds, minReadySeconds = 0 } = spec;
	if (progressDeadlineSeconds !== undefined && progressDeadlineSeconds <= minReadySeconds)
		errors.push(
			invalidValue(
				'spec.progressDeadlineSeconds',
				progressDeadlineSeconds,
				'must be greater than minReadySeconds',
			),
		);
	return errors;
}

export const deployments = defineResource<Deployment>({
	group: 'apps',
	version: 'v1',
	kind: 'Deployment',
	plural: 'deployments',
	singular: 'deployment',
	shortNames: ['deploy'],
	categories: ['all'],
	namespaced: true,
	hasStatus: true,
	hasGeneration: true,
	nameRule: dnsSubdomain,
	setDefaults,
	prepareForCreate(deployment) {
		deployment.status = {};
	},
	prepareForUpdate({ metadata }, old) {
		// Annotations count as well, since the controller copies them to ReplicaSets.
		if (!deepEqual(metadata.annotations, old.metadata.annotations))
			metadata.generation = (old.metadata.generation ?? 0) + 1;
	},
	validate,
	validateUpdate: ({ spec }, old) =>
		deepEqual(spec.selector, old.spec.selector)
			? []
			: [invalidValue('spec.selector', spec.selector, immutable)],
	validateStatusUpdate({ status }, old) {
		const errors = validateReplicaStatus(status, [
			'observedGeneration',
			'replicas',
			'updatedReplicas',
			'readyReplicas',
			'availableReplicas',
			'unavailableReplicas',
			'collisionCount',
		]);
		return [...errors, ...validateCollisionCount(status, old.status)];
	},
	scale: replicaScale<Deployment>(({ spec }) => spec.selector),
	columns: [
		nameColumn,
		{
			name: 'Ready',
			type: 'string',
			cell: ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
		},
		{ name: 'Up-to-date', type: 'integer', cell: ({ status }) => status?.updatedReplicas ?? 0 },
		{ name: 'Available', type: 'integer', cell: ({ status }) => status?.availableReplicas ?? 0 },
		ageColumn,
		...containerColumns<Deployment>(({ spec }) => spec.template),
		selectorColumn<Deployment>(({ spec }) => spec.selector),
	],
});
