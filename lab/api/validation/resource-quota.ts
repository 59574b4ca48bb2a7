// The scopes of a ResourceQuota (k8s.io/kubernetes/pkg/apis/core/validation, validateResourceQuotaScopes).
import type { ResourceQuotaSpec } from '../../schema/types.ts';
import { type FieldError, invalidValue, notSupported, required } from '../field-errors.ts';

const podScopes = [
	...['Terminating', 'NotTerminating', 'BestEffort', 'NotBestEffort', 'PriorityClass'],
	'CrossNamespacePodAffinity',
];
const scopes = new Set([...podScopes, 'VolumeAttributesClass']);
const operators = ['DoesNotExist', 'Exists', 'In', 'NotIn'];

/** Scopes of which nothing can be in both. */
const opposites = [
	['BestEffort', 'NotBestEffort'],
	['Terminating', 'NotTerminating'],
];

/** What every pod has, and pods that ask for nothing as well. */
const countsBestEffort = (name: string) => name === 'pods' || name.startsWith('count/');
const isOfPods = (name: string) =>
	countsBestEffort(name) || /^(requests\.|limits\.)?(cpu|memory|ephemeral-storage)$/.test(name);

export function validateQuotaScopes(spec: ResourceQuotaSpec): FieldError[] {
	const names = Object.keys(spec.hard ?? {});
	const validateScope = (scope: string, field: string, shown: unknown = scope): FieldError[] => {
		if (!scopes.has(scope)) return [invalidValue(field, shown, 'unsupported scope')];
		const fits = scope === 'BestEffort' ? countsBestEffort : podScopes.includes(scope) ? isOfPods : undefined;
		if (!fits || names.every(fits)) return [];
		return [invalidValue(field, shown, 'unsupported scope applied to resource')];
	};
	const given = spec.scopes ?? [];
	const selected = spec.scopeSelector?.matchExpressions ?? [];
	return [
		...given.flatMap((scope) => validateScope(scope, 'spec.scopes', given)),
		...opposites
			.filter((pair) => pair.every((scope) => given.includes(scope)))
			.map(() => invalidValue('spec.scopes', given, 'conflicting scopes')),
		...selected.flatMap(({ scopeName, operator, values = [] }, index) => {
			const field = `spec.scopeSelector.matchExpressions[${index}]`;
			const errors = validateScope(scopeName, `${field}.scopeName`);
			const takesValues = operator === 'In' || operator === 'NotIn';
			if (scopeName !== 'PriorityClass' && scopeName !== 'VolumeAttributesClass' && operator !== 'Exists')
				errors.push(
					invalidValue(
						`${field}.operator`,
						operator,
						"must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity",
					),
				);
			if (!operators.includes(operator)) errors.push(notSupported(`${field}.operator`, operator, operators));
			else if (takesValues && values.length === 0)
				errors.push(
					required(
						`${field}.values`,
						"must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
					),
				);
			else if (!takesValues && values.length > 0)
				errors.push(
					invalidValue(
						`${field}.values`,
						values,
						"must be no value when `operator` is 'Exists' or 'DoesNotExist' for scope selector",
					),
				);
			return errors;
		}),
	];
}
