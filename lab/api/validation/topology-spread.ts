// How pods may ask to be spread over zones and nodes.
import type { LabelSelector, PodSpec } from '../../schema/types.ts';
import {
	duplicate,
	type FieldError,
	forbiddenField,
	invalidValue,
	notSupported,
	required,
} from '../field-errors.ts';
import { validateLabelSelector } from './metadata.ts';
import { qualifiedName } from './names.ts';

const actions = ['DoNotSchedule', 'ScheduleAnyway'];
const inclusionPolicies = ['Honor', 'Ignore'];

export function validateTopologySpread(
	{ topologySpreadConstraints: constraints = [] }: PodSpec,
	field: string,
): FieldError[] {
	return constraints.flatMap((constraint, index) => {
		const at = `${field}[${index}]`;
		const errors: FieldError[] = [];
		const { maxSkew, topologyKey, whenUnsatisfiable, minDomains, matchLabelKeys, labelSelector } = constraint;
		if (maxSkew <= 0) errors.push(invalidValue(`${at}.maxSkew`, maxSkew, 'must be greater than zero'));
		if (!topologyKey) errors.push(required(`${at}.topologyKey`, 'can not be empty'));
		if (!actions.includes(whenUnsatisfiable))
			errors.push(notSupported(`${at}.whenUnsatisfiable`, whenUnsatisfiable ?? '', actions));
		const repeated = constraints
			.slice(index + 1)
			.some((each) => each.topologyKey === topologyKey && each.whenUnsatisfiable === whenUnsatisfiable);
		if (repeated)
			errors.push(
				duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, `{${topologyKey}, ${whenUnsatisfiable}}`),
			);
		if (minDomains !== undefined && minDomains <= 0)
			errors.push(invalidValue(`${at}.minDomains`, minDomains, 'must be greater than zero'));
		if (minDomains !== undefined && whenUnsatisfiable !== 'DoNotSchedule')
			errors.push(
				invalidValue(
					`${at}.minDomains`,
					minDomains,
					`can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`,
				),
			);
		for (const part of ['nodeAffinityPolicy', 'nodeTaintsPolicy'] as const) {
			const policy = constraint[part];
			if (policy !== undefined && !inclusionPolicies.includes(policy))
				errors.push(notSupported(`${at}.${part}`, policy, inclusionPolicies));
		}
		return [
			...errors,
			...validateMatchLabelKeys(matchLabelKeys, labelSelector, `${at}.matchLabelKeys`),
			...validateLabelSelector(labelSelector, `${at}.labelSelector`),
		];
	});
}

/** Labels whose values the pod itself gives: the selector must not name them too. */
function validateMatchLabelKeys(
	keys: readonly string[] = [],
	selector: LabelSelector | undefined,
	field: string,
): FieldError[] {
	if (keys.length === 0) return [];
	const errors = selector
		? []
		: [forbiddenField(field, 'must not be specified when labelSelector is not set')];
	const selected = new Set([
		...Object.keys(selector?.matchLabels ?? {}),
		...(selector?.matchExpressions ?? []).map(({ key }) => key),
	]);
	keys.forEach((key, index) => {
		const at = `${field}[${index}]`;
		errors.push(...qualifiedName(key).map((fault) => invalidValue(at, key, fault)));
		if (selected.has(key))
			errors.push(invalidValue(at, key, 'exists in both matchLabelKeys and labelSelector'));
	});
	return errors;
}
