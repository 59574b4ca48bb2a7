import type { ConfigMap } from '../../schema/types.ts';
import { defineResource } from '../registry.ts';
import { validateDataKeys, validateImmutableData } from '../validation/data-keys.ts';
import { configMapKey, dnsSubdomain } from '../validation/names.ts';
import { ageColumn, nameColumn } from './columns.ts';

export const configMaps = defineResource<ConfigMap>({
	group: '',
	version: 'v1',
	kind: 'ConfigMap',
	plural: 'configmaps',
	singular: 'configmap',
	shortNames: ['cm'],
	namespaced: true,
	nameRule: dnsSubdomain,
	validate: (map) => validateDataKeys(map, configMapKey),
	validateUpdate: (map, old) => validateImmutableData(map, old, ['data', 'binaryData']),
	columns: [
		nameColumn,
		{
			name: 'Data',
			type: 'string',
			cell: (map) => Object.keys(map.data ?? {}).length + Object.keys(map.binaryData ?? {}).length,
		},
		ageColumn,
	],
});
