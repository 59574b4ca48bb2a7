import type { CustomResourceDefinition } from '../../schema/types.ts';
import { validateDefinition, validateDefinitionUpdate } from '../custom-resources/definition-validation.ts';
import { defineResource } from '../registry.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { nameColumn } from './columns.ts';

/** Holds a definition that is being deleted until the kind's objects have gone. */
export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io';

function setDefaults(definition: CustomResourceDefinition): void {
	definition.spec ??= { group: '', scope: '', names: { kind: '', plural: '' }, versions: [] };
	const { spec } = definition;
	spec.names ??= { kind: '', plural: '' };
	spec.versions ??= [];
	const { names } = spec;
	if (names.kind) {
		names.singular ||= names.kind.toLowerCase();
		names.listKind ||= `${names.kind}List`;
	}
	spec.conversion ??= { strategy: 'None' };
}

export const customResourceDefinitions = defineResource<CustomResourceDefinition>({
	group: 'apiextensions.k8s.io',
	version: 'v1',
	kind: 'CustomResourceDefinition',
	plural: 'customresourcedefinitions',
	singular: 'customresourcedefinition',
	shortNames: ['crd', 'crds'],
	categories: ['api-extensions'],
	namespaced: false,
	hasStatus: true,
	hasGeneration: true,
	returnsDeleted: true,
	replacesKnownVersion: true,
	nameRule: dnsSubdomain,
	hasExpressions: true,
	setDefaults,
	prepareForCreate(definition) {
		const storage = definition.spec.versions?.find((version) => version.storage)?.name;
		definition.status = {
			acceptedNames: { kind: '', plural: '' },
			storedVersions: storage ? [storage] : [],
		};
	},
	validate: validateDefinition,
	validateUpdate: validateDefinitionUpdate,
	// Its objects go before it does.
	heldBy: ({ metadata }) => !metadata.deletionTimestamp,
	prepareForDelete(definition) {
		const { metadata, status = {} } = definition;
		if (status.conditions?.some(({ type }) => type === 'Terminating')) return;
		metadata.finalizers = [...new Set([...(metadata.finalizers ?? []), cleanupFinalizer])];
		definition.status = {
			...status,
			conditions: [
				...(status.conditions ?? []),
				{
					lastTransitionTime: metadata.deletionTimestamp,
					message: 'CustomResource deletion is in progress',
					reason: 'InstanceDeletionInProgress',
					status: 'True',
					type: 'Terminating',
				},
			],
		};
	},
	columns: [
		nameColumn,
		{
			name: 'Created At',
			type: 'date',
			cell: (definition) => definition.metadata.creationTimestamp,
		},
	],
});
