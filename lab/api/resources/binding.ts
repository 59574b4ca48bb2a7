import type { Binding, KubernetesObject } from '../../schema/types.ts';
import { defineResource } from '../registry.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { nameColumn } from './columns.ts';

/** The old way to assign a pod to a node. A binding is never stored: creating one binds the pod of its name. */
export const bindings = defineResource<Binding & KubernetesObject>({
	group: '',
	version: 'v1',
	kind: 'Binding',
	plural: 'bindings',
	singular: 'binding',
	namespaced: true,
	verbs: ['create'],
	nameRule: dnsSubdomain,
	validate: () => [],
	columns: [nameColumn],
});
