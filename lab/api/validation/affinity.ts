// What node affinity, pod affinity and pod anti-affinity may be.
import type {
	Affinity,
	NodeSelectorRequirement,
	NodeSelectorTerm,
	PodAffinity,
	PodAffinityTerm,
} from '../../schema/types.ts';
import { type FieldError, forbiddenField, invalidValue, required } from '../field-errors.ts';
import { validateLabelSelector } from './metadata.ts';
import { dnsLabel, dnsSubdomain, labelValue, type NameRule, qualifiedName } from './names.ts';

export function validateAffinity(affinity: Affinity | undefined, field: string): FieldError[] {
	if (!affinity) return [];
	return [
		...validateNodeAffinity(affinity, `${field}.nodeAffinity`),
		...validatePodAffinity(affinity.podAffinity, `${field}.podAffinity`),
		...validatePodAffinity(affinity.podAntiAffinity, `${field}.podAntiAffinity`),
	];
}

const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';
const needed = 'requiredDuringSchedulingIgnoredDuringExecution';

const validateWeight = (weight: number, field: string) =>
	weight >= 1 && weight <= 100 ? [] : [invalidValue(field, weight, 'must be in the range 1-100')];

function validateNodeAffinity(affinity: Affinity, field: string): FieldError[] {
	const errors: FieldError[] = [];
	const selector = affinity.nodeAffinity?.[needed];
	if (selector && !selector.nodeSelectorTerms?.length)
		errors.push(
			required(`${field}.${needed}.nodeSelectorTerms`, 'must have at least one node selector term'),
		);
	(selector?.nodeSelectorTerms ?? []).forEach((term, index) => {
		errors.push(...validateTerm(term, `${field}.${needed}.nodeSelectorTerms[${index}]`));
	});
	(affinity.nodeAffinity?.[preferred] ?? []).forEach((each, index) => {
		const at = `${field}.${preferred}[${index}]`;
		errors.push(
			...validateWeight(each.weight, `${at}.weight`),
			// Labels that no node can have are let pass: nothing depends on them.
			...validateTerm(each.preference, `${at}.preference`, () => []),
		);
	});
	return errors;
}

/** A term of nodes; `valueRule` is what the values of labels may be. */
export function validateTerm(
	term: NodeSelectorTerm,
	field: string,
	valueRule: NameRule = labelValue,
): FieldError[] {
	return [
		...validateExpressions(term, field, valueRule),
		...(term.matchFields ?? []).flatMap((requirement, index) =>
			validateFieldRequirement(requirement, `${field}.matchFields[${index}]`),
		),
	];
}

/** Of a node's fields only its name can be asked for, and only one at a time. */
function validateFieldRequirement(
	{ key, operator, values = [] }: NodeSelectorRequirement,
	field: string,
): FieldError[] {
	const errors: FieldError[] = [];
	if (operator !== 'In' && operator !== 'NotIn')
		errors.push(invalidValue(`${field}.operator`, operator, 'not a valid selector operator'));
	else if (values.length !== 1)
		errors.push(
			required(
				`${field}.values`,
				"must be only one value when `operator` is 'In' or 'NotIn' for node field selector",
			),
		);
	if (key !== 'metadata.name')
		return [...errors, invalidValue(`${field}.key`, key, 'not a valid field selector key')];
	values.forEach((value, index) => {
		for (const fault of dnsSubdomain(value))
			errors.push(invalidValue(`${field}.values[${index}]`, value, fault));
	});
	return errors;
}

function validateExpressions(term: NodeSelectorTerm, field: string, valueRule: NameRule): FieldError[] {
	return (term.matchExpressions ?? []).flatMap((expression, index) => {
		const at = `${field}.matchExpressions[${index}]`;
		const values = expression.values ?? [];
		const errors: FieldError[] = [];
		switch (expression.operator) {
			case 'In':
			case 'NotIn':
				if (values.length === 0)
					errors.push(required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
				break;
			case 'Exists':
			case 'DoesNotExist':
				if (values.length > 0)
					errors.push(
						forbiddenField(
							`${at}.values`,
							"may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
						),
					);
				break;
			case 'Gt':
			case 'Lt':
				if (values.length !== 1)
					errors.push(
						required(`${at}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'"),
					);
				break;
			default:
				errors.push(invalidValue(`${at}.operator`, expression.operator, 'not a valid selector operator'));
		}
		errors.push(
			...qualifiedName(expression.key).map((fault) => invalidValue(`${at}.key`, expression.key, fault)),
		);
		values.forEach((value, position) => {
			for (const fault of valueRule(value))
				errors.push(invalidValue(`${at}.values[${position}]`, value, fault));
		});
		return errors;
	});
}

function validatePodAffinity(affinity: PodAffinity | undefined, field: string): FieldError[] {
	if (!affinity) return [];
	return [
		...(affinity[needed] ?? []).flatMap((term, index) =>
			validatePodTerm(term, `${field}.${needed}[${index}]`),
		),
		...(affinity[preferred] ?? []).flatMap((each, index) => {
			const at = `${field}.${preferred}[${index}]`;
			return [
				...validateWeight(each.weight, `${at}.weight`),
				...validatePodTerm(each.podAffinityTerm, `${at}.podAffinityTerm`),
			];
		}),
	];
}

function validatePodTerm(term: PodAffinityTerm, field: string): FieldError[] {
	const errors = validateLabelSelector(term.labelSelector, `${field}.labelSelector`);
	errors.push(...validateLabelSelector(term.namespaceSelector, `${field}.namespaceSelector`));
	for (const namespace of term.namespaces ?? [])
		for (const fault of dnsLabel(namespace))
			errors.push(invalidValue(`${field}.namespace`, namespace, fault));
	const { matchLabelKeys = [], mismatchLabelKeys = [], labelSelector, topologyKey = '' } = term;
	for (const [name, keys] of Object.entries({ matchLabelKeys, mismatchLabelKeys }))
		if (keys.length > 0 && !labelSelector)
			errors.push(forbiddenField(`${field}.${name}`, 'must not be specified when labelSelector is not set'));
		else
			keys.forEach((key, index) => {
				for (const fault of qualifiedName(key))
					errors.push(invalidValue(`${field}.${name}[${index}]`, key, fault));
			});
	matchLabelKeys.forEach((key, index) => {
		if (mismatchLabelKeys.includes(key))
			errors.push(
				invalidValue(
					`${field}.matchLabelKeys[${index}]`,
					key,
					'exists in both matchLabelKeys and mismatchLabelKeys',
				),
			);
	});
	if (!topologyKey) errors.push(required(`${field}.topologyKey`, 'can not be empty'));
	for (const fault of qualifiedName(topologyKey))
		errors.push(invalidValue(`${field}.topologyKey`, topologyKey, fault));
	return errors;
}
