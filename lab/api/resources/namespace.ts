import type { Namespace } from '../../schema/types.ts';
import { admitNamespaceDeletion } from '../admission/namespace-lifecycle.ts';
import { defineResource } from '../registry.ts';
import { dnsLabel } from '../validation/names.ts';
import { ageColumn, nameColumn } from './columns.ts';

/** A namespace is held by its finalizer in spec until the namespace controller has emptied it. */
export const namespaces = defineResource<Namespace>({
	group: '',
	version: 'v1',
	kind: 'Namespace',
	plural: 'namespaces',
	singular: 'namespace',
	shortNames: ['ns'],
	namespaced: false,
	hasStatus: true,
	nameRule: dnsLabel,
	prepareForCreate(namespace) {
		namespace.spec = { finalizers: ['kubernetes'] };
		namespace.status = { phase: 'Active' };
		namespace.metadata.labels = {
			...namespace.metadata.labels,
			'kubernetes.io/metadata.name': namespace.metadata.name,
		};
	},
	prepareForUpdate(namespace, old) {
		namespace.spec = structuredClone(old.spec);
		namespace.metadata.labels = {
			...namespace.metadata.labels,
			'kubernetes.io/metadata.name': namespace.metadata.name,
		};
	},
	validate: () => [],
	admitDelete: admitNamespaceDeletion,
	heldBy: (namespace) => (namespace.spec?.finalizers?.length ?? 0) > 0,
	prepareForDelete(namespace) {
		namespace.status = { ...namespace.status, phase: 'Terminating' };
	},
	columns: [
		nameColumn,
		{ name: 'Status', type: 'string', cell: (namespace) => namespace.status?.phase ?? '' },
		ageColumn,
	],
	selectableFields: { 'status.phase': (namespace) => namespace.status?.phase ?? '' },
	subresources: [{ name: 'finalize', kind: 'Namespace', verbs: ['update'] }],
});
