import type { CustomResourceDefinition } from '../../schema/types.ts';
import { defineResource } from '../registry.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { nameColumn } from './columns.ts';

/**
 * Read only: the lab has no custom resources, and says so where a client asks (kubectl does, to tell an
 * unknown kind from one that is defined).
 */
export const customResourceDefinitions = defineResource<CustomResourceDefinition>({
	group: 'apiextensions.k8s.io',
	version: 'v1',
	kind: 'CustomResourceDefinition',
	plural: 'customresourcedefinitions',
	singular: 'customresourcedefinition',
	shortNames: ['crd', 'crds'],
	categories: ['api-extensions'],
	namespaced: false,
	verbs: ['get', 'list', 'watch'],
	nameRule: dnsSubdomain,
	validate: () => [],
	columns: [
		nameColumn,
		{
			name: 'Created At',
			type: 'date',
			cell: (definition) => definition.metadata.creationTimestamp,
		},
	],
});
