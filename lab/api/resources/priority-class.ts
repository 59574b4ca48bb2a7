import type { Draft, PriorityClass } from '../../schema/types.ts';
import { type FieldError, forbiddenField, invalidValue, notSupported } from '../field-errors.ts';
import { defineResource } from '../registry.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { ageColumn, nameColumn } from './columns.ts';

const highestOfUsers = 1_000_000_000;

/** The classes that every cluster has, and nobody may define otherwise. */
export const systemPriorityClasses: readonly Omit<Draft<PriorityClass>, 'apiVersion' | 'kind'>[] = [
	{
		metadata: { name: 'system-node-critical' },
		value: 2_000_001_000,
		description: 'Used for system critical pods that must not be moved from their current node.',
	},
	{
		metadata: { name: 'system-cluster-critical' },
		value: 2_000_000_000,
		description:
			'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
	},
];

function validateName({ metadata: { name }, value }: PriorityClass): FieldError[] {
	if (!name?.startsWith('system-')) {
		if ((value ?? 0) <= highestOfUsers) return [];
		return [forbiddenField('value', `maximum allowed value of a user defined priority is ${highestOfUsers}`)];
	}
	const known = systemPriorityClasses.find((each) => each.metadata.name === name);
	const why = known
		? known.value === value
			? undefined
			: `value of ${name} PriorityClass must be ${known.value}`
		: `${name} is not a known system priority class`;
	if (!why) return [];
	return [
		forbiddenField(
			'metadata.name',
			`priority class names with 'system-' prefix are reserved for system use only. error: ${why}`,
		),
	];
}

export const priorityClasses = defineResource<PriorityClass>({
	group: 'scheduling.k8s.io',
	version: 'v1',
	kind: 'PriorityClass',
	plural: 'priorityclasses',
	singular: 'priorityclass',
	shortNames: ['pc'],
	namespaced: false,
	hasGeneration: true,
	nameRule: dnsSubdomain,
	setDefaults(priorityClass) {
		priorityClass.preemptionPolicy ??= 'PreemptLowerPriority';
	},
	validate(priorityClass) {
		const { preemptionPolicy } = priorityClass;
		const policies = ['Never', 'PreemptLowerPriority'];
		return [
			...validateName(priorityClass),
			...(policies.includes(preemptionPolicy ?? '')
				? []
				: [notSupported('preemptionPolicy', preemptionPolicy, policies)]),
		];
	},
	validatesUpdate: 'change',
	validateUpdate(priorityClass, old) {
		const errors: FieldError[] = [];
		if ((priorityClass.value ?? 0) !== (old.value ?? 0))
			errors.push(forbiddenField('value', 'may not be changed in an update.'));
		if (priorityClass.preemptionPolicy !== old.preemptionPolicy)
			errors.push(invalidValue('preemptionPolicy', priorityClass.preemptionPolicy, 'field is immutable'));
		return errors;
	},
	columns: [
		nameColumn,
		{ name: 'Value', type: 'integer', cell: ({ value }) => value ?? 0 },
		{ name: 'Global-Default', type: 'boolean', cell: ({ globalDefault }) => globalDefault ?? false },
		ageColumn,
		{ name: 'PreemptionPolicy', type: 'string', cell: ({ preemptionPolicy }) => preemptionPolicy ?? '' },
	],
});
