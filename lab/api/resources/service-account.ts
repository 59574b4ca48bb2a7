import type { ServiceAccount } from '../../schema/types.ts';
import { defineResource } from '../registry.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { ageColumn, nameColumn } from './columns.ts';

export const serviceAccounts = defineResource<ServiceAccount>({
	group: '',
	version: 'v1',
	kind: 'ServiceAccount',
	plural: 'serviceaccounts',
	singular: 'serviceaccount',
	shortNames: ['sa'],
	namespaced: true,
	returnsDeleted: true,
	nameRule: dnsSubdomain,
	validate: () => [],
	columns: [
		nameColumn,
		{ name: 'Secrets', type: 'string', cell: (account) => account.secrets?.length ?? 0 },
		ageColumn,
	],
	subresources: [
		{
			name: 'token',
			kind: 'TokenRequest',
			group: 'authentication.k8s.io',
			version: 'v1',
			verbs: ['create'],
		},
	],
});
