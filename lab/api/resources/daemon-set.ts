import type { DaemonSet } from '../../schema/types.ts';
import { deepEqual } from '../deep-equal.ts';
import { setPodTemplateDefaults } from '../defaults/pod-spec.ts';
import { type FieldError, invalidValue, notSupported, required } from '../field-errors.ts';
import { defineResource } from '../registry.ts';
import {
	intOrPercentValue,
	validateAtMost100Percent,
	validateIntOrPercent,
} from '../validation/int-or-percent.ts';
import { immutable, validateLabelSelector, validateNotNegative } from '../validation/metadata.ts';
import { dnsSubdomain } from '../validation/names.ts';
import {
	isEmptySelector,
	validatePodTemplate,
	validateRunsForever,
	validateSelected,
} from '../validation/pod-template.ts';
import { validateCollisionCount } from '../validation/replica-status.ts';
import { ageColumn, containerColumns, nameColumn, selectorColumn, shownLabels } from './columns.ts';

/** Counts the templates that there have been, from before revisions did. */
export const templateGenerationAnnotation = 'deprecated.daemonset.template.generation';

function setDefaults({ spec }: DaemonSet): void {
	spec.updateStrategy ??= {};
	spec.updateStrategy.type ||= 'RollingUpdate';
	if (spec.updateStrategy.type === 'RollingUpdate') {
		spec.updateStrategy.rollingUpdate ??= {};
		spec.updateStrategy.rollingUpdate.maxUnavailable ??= 1;
		spec.updateStrategy.rollingUpdate.maxSurge ??= 0;
	}
	spec.revisionHistoryLimit ??= 10;
	setPodTemplateDefaults(spec.template);
}

const setTemplateGeneration = ({ metadata }: DaemonSet, generation: number) => {
	metadata.annotations = { ...metadata.annotations, [templateGenerationAnnotation]: String(generation) };
};

function validateUpdateStrategy({ spec }: DaemonSet): FieldError[] {
	const field = 'spec.updateStrategy';
	const { type, rollingUpdate } = spec.updateStrategy ?? {};
	if (type === 'OnDelete') return [];
	if (type !== 'RollingUpdate')
		return [notSupported(field, spec.updateStrategy, ['RollingUpdate', 'OnDelete'])];
	const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate ?? {};
	const at = `${field}.rollingUpdate`;
	const errors = [
		...validateIntOrPercent(maxUnavailable, `${at}.maxUnavailable`),
		...validateIntOrPercent(maxSurge, `${at}.maxSurge`),
		...validateAtMost100Percent(maxUnavailable, `${at}.maxUnavailable`),
		...validateAtMost100Percent(maxSurge, `${at}.maxSurge`),
	];
	const hasUnavailable = intOrPercentValue(maxUnavailable) !== 0;
	const hasSurge = intOrPercentValue(maxSurge) !== 0;
	if (hasUnavailable && hasSurge)
		errors.push(invalidValue(`${at}.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero'));
	if (!hasUnavailable && !hasSurge)
		errors.push(required(`${at}.maxUnavailable`, 'cannot be 0 when maxSurge is 0'));
	return errors;
}

function validate(set: DaemonSet): FieldError[] {
	const { spec } = set;
	const errors = validateLabelSelector(spec.selector, 'spec.selector');
	errors.push(...validateSelected(spec.template, spec.selector, 'spec.template'));
	if (spec.selector && isEmptySelector(spec.selector))
		errors.push(invalidValue('spec.selector', spec.selector, 'empty selector is invalid for daemonset'));
	return [
		...errors,
		...validatePodTemplate(spec.template, 'spec.template'),
		...validateRunsForever(spec.template, 'spec.template', 'DaemonSet'),
		...validateNotNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
		...validateUpdateStrategy(set),
		...validateNotNegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'),
	];
}

const counts = [
	'currentNumberScheduled',
	'numberMisscheduled',
	'desiredNumberScheduled',
	'numberReady',
	'observedGeneration',
	'updatedNumberScheduled',
	'numberAvailable',
	'numberUnavailable',
	'collisionCount',
] as const;

export const daemonSets = defineResource<DaemonSet>({
	group: 'apps',
	version: 'v1',
	kind: 'DaemonSet',
	plural: 'daemonsets',
	singular: 'daemonset',
	shortNames: ['ds'],
	categories: ['all'],
	namespaced: true,
	hasStatus: true,
	hasGeneration: true,
	nameRule: dnsSubdomain,
	setDefaults,
	prepareForCreate(set) {
		set.status = {
			currentNumberScheduled: 0,
			desiredNumberScheduled: 0,
			numberMisscheduled: 0,
			numberReady: 0,
		};
		setTemplateGeneration(set, 1);
	},
	prepareForUpdate(set, old) {
		const before = Number(old.metadata.annotations?.[templateGenerationAnnotation] ?? 1);
		setTemplateGeneration(set, deepEqual(set.spec.template, old.spec.template) ? before : before + 1);
	},
	validate,
	validateUpdate: ({ spec }, old) =>
		deepEqual(spec.selector, old.spec.selector)
			? []
			: [invalidValue('spec.selector', spec.selector, immutable)],
	validateStatusUpdate({ status }, old) {
		const errors = counts.flatMap((count) => validateNotNegative(status?.[count], `status.${count}`));
		return [...errors, ...validateCollisionCount(status, old.status)];
	},
	columns: [
		nameColumn,
		{ name: 'Desired', type: 'integer', cell: ({ status }) => status?.desiredNumberScheduled ?? 0 },
		{ name: 'Current', type: 'integer', cell: ({ status }) => status?.currentNumberScheduled ?? 0 },
		{ name: 'Ready', type: 'integer', cell: ({ status }) => status?.numberReady ?? 0 },
		{ name: 'Up-to-date', type: 'integer', cell: ({ status }) => status?.updatedNumberScheduled ?? 0 },
		{ name: 'Available', type: 'integer', cell: ({ status }) => status?.numberAvailable ?? 0 },
		{
			name: 'Node Selector',
			type: 'string',
			cell: ({ spec }) => shownLabels(spec.template.spec?.nodeSelector),
		},
		ageColumn,
		...containerColumns<DaemonSet>(({ spec }) => spec.template),
		selectorColumn<DaemonSet>(({ spec }) => spec.selector),
	],
});
