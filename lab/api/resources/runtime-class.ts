import type { RuntimeClass } from '../../schema/types.ts';
import { invalidValue } from '../field-errors.ts';
import { defineResource } from '../registry.ts';
import { immutable } from '../validation/metadata.ts';
import { dnsLabel, dnsSubdomain } from '../validation/names.ts';
import { ageColumn, nameColumn } from './columns.ts';

export const runtimeClasses = defineResource<RuntimeClass>({
	group: 'node.k8s.io',
	version: 'v1',
	kind: 'RuntimeClass',
	plural: 'runtimeclasses',
	singular: 'runtimeclass',
	namespaced: false,
	replacesKnownVersion: true,
	nameRule: dnsSubdomain,
	validate: ({ handler = '' }) => dnsLabel(handler).map((fault) => invalidValue('handler', handler, fault)),
	validateUpdate: ({ handler }, old) =>
		handler === old.handler ? [] : [invalidValue('handler', handler, immutable)],
	columns: [nameColumn, { name: 'Handler', type: 'string', cell: ({ handler }) => handler }, ageColumn],
});
