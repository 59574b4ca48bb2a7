import type { PodTemplate } from '../../schema/types.ts';
import { setPodTemplateDefaults } from '../defaults/pod-spec.ts';
import { defineResource } from '../registry.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { validatePodTemplate } from '../validation/pod-template.ts';
import { containerColumns, nameColumn, shownLabels } from './columns.ts';

export const podTemplates = defineResource<PodTemplate>({
	group: '',
	version: 'v1',
	kind: 'PodTemplate',
	plural: 'podtemplates',
	singular: 'podtemplate',
	namespaced: true,
	hasGeneration: true,
	nameRule: dnsSubdomain,
	setDefaults: ({ template }) => setPodTemplateDefaults(template),
	validate: ({ template }) => validatePodTemplate(template ?? {}, 'template'),
	columns: [
		nameColumn,
		...containerColumns<PodTemplate>(({ template }) => template).map((column) => ({
			...column,
			priority: 0,
		})),
		{ name: 'Pod Labels', type: 'string', cell: ({ template }) => shownLabels(template?.metadata?.labels) },
	],
});
