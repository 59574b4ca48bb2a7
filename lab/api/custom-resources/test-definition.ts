// A kind that a test defines: Gadgets in every namespace, in one version.
import type { Schema } from './schema.ts';

export const definitionsPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** The body that defines it; the schema's properties beside metadata are as given. */
export const gadgetDefinition = (properties: Readonly<Record<string, Schema>>) => ({
	metadata: { name: 'gadgets.example.com' },
	spec: {
		group: 'example.com',
		scope: 'Namespaced',
		names: { plural: 'gadgets', kind: 'Gadget' },
		versions: [
			{
				name: 'v1',
				served: true,
				storage: true,
				schema: { openAPIV3Schema: { type: 'object', properties } },
			},
		],
	},
});
