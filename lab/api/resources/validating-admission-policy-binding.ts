import type { ParamRef, ValidatingAdmissionPolicyBinding } from '../../schema/types.ts';
import { duplicate, type FieldError, invalidValue, notSupported, required } from '../field-errors.ts';
import { defineResource } from '../registry.ts';
import { formatLabelSelector } from '../selectors/label-selector.ts';
import { setMatchDefaults, validateMatchResources, validateParamRef } from '../validation/match-resources.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { ageColumn, nameColumn } from './columns.ts';

const actions = ['Audit', 'Deny', 'Warn'];

function validateActions(given: readonly string[]): FieldError[] {
	const field = 'spec.validationActions';
	const errors = given.flatMap((action, index) => [
		...(actions.includes(action) ? [] : [notSupported(`${field}[${index}]`, action, actions)]),
		...(given.indexOf(action) < index ? [duplicate(`${field}[${index}]`, action)] : []),
	]);
	if (given.includes('Deny') && given.includes('Warn'))
		errors.push(
			invalidValue(
				field,
				given,
				'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
			),
		);
	if (given.length === 0) errors.push(required(field, 'at least one validation action is required'));
	return errors;
}

function validate({ spec }: ValidatingAdmissionPolicyBinding): FieldError[] {
	const { policyName, paramRef, matchResources, validationActions } = spec;
	const errors = policyName
		? dnsSubdomain(policyName).map((fault) => invalidValue('spec.policyName', policyName, fault))
		: [required('spec.policyName')];
	return [
		...errors,
		...validateParamRef(paramRef, 'spec.paramRef'),
		// The server misses a letter.
		...validateMatchResources(matchResources, 'spec.matchResouces'),
		...validateActions(validationActions ?? []),
	];
}

function describeReference(reference: ParamRef | undefined): string {
	if (!reference) return '<unset>';
	const { namespace = '*', name, selector } = reference;
	return name ? `${namespace}/${name}` : formatLabelSelector(selector);
}

export const validatingAdmissionPolicyBindings = defineResource<ValidatingAdmissionPolicyBinding>({
	group: 'admissionregistration.k8s.io',
	version: 'v1',
	kind: 'ValidatingAdmissionPolicyBinding',
	plural: 'validatingadmissionpolicybindings',
	singular: 'validatingadmissionpolicybinding',
	categories: ['api-extensions'],
	namespaced: false,
	hasGeneration: true,
	nameRule: dnsSubdomain,
	setDefaults: ({ spec }) => setMatchDefaults(spec?.matchResources),
	validate,
	columns: [
		nameColumn,
		{ name: 'PolicyName', type: 'string', cell: ({ spec }) => spec.policyName },
		{ name: 'ParamRef', type: 'string', cell: ({ spec }) => describeReference(spec.paramRef) },
		ageColumn,
	],
});
