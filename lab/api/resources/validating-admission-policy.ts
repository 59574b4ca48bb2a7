import type { ValidatingAdmissionPolicy } from '../../schema/types.ts';
import { defineResource } from '../registry.ts';
import { setPolicyDefaults, validatePolicy } from '../validation/admission-policy.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { ageColumn, nameColumn } from './columns.ts';

export const validatingAdmissionPolicies = defineResource<ValidatingAdmissionPolicy>({
	group: 'admissionregistration.k8s.io',
	version: 'v1',
	kind: 'ValidatingAdmissionPolicy',
	plural: 'validatingadmissionpolicies',
	singular: 'validatingadmissionpolicy',
	categories: ['api-extensions'],
	namespaced: false,
	hasStatus: true,
	hasGeneration: true,
	nameRule: dnsSubdomain,
	hasExpressions: true,
	setDefaults: setPolicyDefaults,
	prepareForCreate(policy) {
		policy.status = {};
	},
	validate: validatePolicy,
	columns: [
		nameColumn,
		{ name: 'Validations', type: 'integer', cell: ({ spec }) => spec.validations?.length ?? 0 },
		{
			name: 'ParamKind',
			type: 'string',
			cell: ({ spec: { paramKind } }) =>
				paramKind ? `${paramKind.apiVersion}/${paramKind.kind}` : '<unset>',
		},
		ageColumn,
	],
});
