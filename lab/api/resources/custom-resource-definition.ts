import type { CustomResourceDefinition } from '../../schema/types.ts';
import { validateDefinition, validateDefinitionUpdate } from '../custom-resources/definition-validation.ts';
import { isBeyondUs } from '../custom-resources/rules.ts';
import { type Schema, schemasWithin } from '../custom-resources/schema.ts';
import { defineResource, type RequestContext } from '../registry.ts';
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

/** Warns of the rules that use what the lab's evaluator does not have. */
function warnOfRules({ spec }: CustomResourceDefinition, { warn }: RequestContext): void {
	spec.versions.forEach((version, index) => {
		const schema = version.schema?.openAPIV3Schema as Schema | undefined;
		if (!schema) return;
		for (const each of schemasWithin(schema))
			for (const rule of each['x-kubernetes-validations'] ?? [])
				if (isBeyondUs(rule))
					warn(
						`spec.versions[${index}].schema.openAPIV3Schema: the rule ${JSON.stringify(rule.rule)} is stored, but this cluster does not evaluate it: it has not all its functions`,
					);
	});
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
	setDefaults,
	prepareForCreate(definition, context) {
		const storage = definition.spec.versions?.find((version) => version.storage)?.name;
		definition.status = {
			acceptedNames: { kind: '', plural: '' },
			storedVersions: storage ? [storage] : [],
		};
		warnOfRules(definition, context);
	},
	prepareForUpdate: (definition, _, context) => warnOfRules(definition, context),
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
