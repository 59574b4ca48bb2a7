import type { IntOrString, PodDisruptionBudget } from '../../schema/types.ts';
import { type FieldError, invalidValue, notSupported } from '../field-errors.ts';
import { defineResource } from '../registry.ts';
import { validateAtMost100Percent, validateIntOrPercent } from '../validation/int-or-percent.ts';
import { notNegative, validateLabelSelector } from '../validation/metadata.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { ageColumn, nameColumn } from './columns.ts';

const policies = ['AlwaysAllow', 'IfHealthyBudget'];

function validate({ spec }: PodDisruptionBudget): FieldError[] {
	const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy: policy } = spec ?? {};
	const errors: FieldError[] = [];
	if (minAvailable !== undefined && maxUnavailable !== undefined)
		errors.push(
			invalidValue(
				'spec',
				// The server shows its own struct, whose fields have Go's names.
				{
					MinAvailable: minAvailable,
					Selector: selector ?? null,
					MaxUnavailable: maxUnavailable,
					UnhealthyPodEvictionPolicy: policy ?? null,
				},
				'minAvailable and maxUnavailable cannot be both set',
			),
		);
	const amount = (value: IntOrString | undefined, field: string) => {
		if (value !== undefined)
			errors.push(...validateIntOrPercent(value, field), ...validateAtMost100Percent(value, field));
	};
	amount(minAvailable, 'spec.minAvailable');
	amount(maxUnavailable, 'spec.maxUnavailable');
	errors.push(...validateLabelSelector(selector, 'spec.selector'));
	if (policy !== undefined && !policies.includes(policy))
		errors.push(notSupported('spec.unhealthyPodEvictionPolicy', policy, policies));
	return errors;
}

const shown = (value: IntOrString | undefined) => (value === undefined ? 'N/A' : String(value));

export const podDisruptionBudgets = defineResource<PodDisruptionBudget>({
	group: 'policy',
	version: 'v1',
	kind: 'PodDisruptionBudget',
	plural: 'poddisruptionbudgets',
	singular: 'poddisruptionbudget',
	shortNames: ['pdb'],
	namespaced: true,
	hasStatus: true,
	hasGeneration: true,
	replacesKnownVersion: true,
	nameRule: dnsSubdomain,
	prepareForCreate(budget) {
		delete budget.status;
	},
	validate,
	validateStatusUpdate: ({ status }) =>
		(['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'] as const)
			.filter((field) => (status?.[field] ?? 0) < 0)
			.map((field) => invalidValue(`status.${field}`, status?.[field], notNegative)),
	columns: [
		nameColumn,
		{ name: 'Min Available', type: 'string', cell: ({ spec }) => shown(spec?.minAvailable) },
		{ name: 'Max Unavailable', type: 'string', cell: ({ spec }) => shown(spec?.maxUnavailable) },
		{
			name: 'Allowed Disruptions',
			type: 'integer',
			cell: ({ status }) => status?.disruptionsAllowed ?? 0,
		},
		ageColumn,
	],
});
