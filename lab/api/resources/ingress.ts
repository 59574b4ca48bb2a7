import type { Ingress, IngressClass, IngressRule } from '../../schema/types.ts';
import { defineResource, type RequestContext } from '../registry.ts';
import { classAnnotation, validateIngress, validateIngressStatus } from '../validation/ingress.ts';
import { dnsSubdomain } from '../validation/names.ts';
import { ageColumn, nameColumn } from './columns.ts';
import { defaultClassAnnotation } from './ingress-class.ts';

/** DefaultIngressClass admission: the newest of the classes that are marked as default. */
function admit({ metadata, spec }: Ingress, { objects }: RequestContext): void {
	if (spec.ingressClassName !== undefined || metadata.annotations?.[classAnnotation] !== undefined) return;
	const [newest] = objects
		.list<IngressClass>('ingressclasses.networking.k8s.io', '', (each) => {
			return each.metadata.annotations?.[defaultClassAnnotation] === 'true';
		})
		.toSorted((a, b) =>
			a.metadata.creationTimestamp === b.metadata.creationTimestamp
				? a.metadata.name < b.metadata.name
					? -1
					: 1
				: a.metadata.creationTimestamp > b.metadata.creationTimestamp
					? -1
					: 1,
		);
	if (newest) spec.ingressClassName = newest.metadata.name;
}

/** At most three hosts, and how many rules more there are. */
function hosts(rules: readonly IngressRule[]): string {
	const shown = rules.map(({ host }) => host).filter(Boolean);
	if (shown.length === 0) return '*';
	const more = rules.length > 3 && shown.length >= 3 ? ` + ${rules.length - 3} more...` : '';
	return shown.slice(0, 3).join(',') + more;
}

const addresses = ({ status }: Ingress) =>
	[...new Set((status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || ''))]
		.filter(Boolean)
		.sort()
		.join(',');

export const ingresses = defineResource<Ingress>({
	group: 'networking.k8s.io',
	version: 'v1',
	kind: 'Ingress',
	plural: 'ingresses',
	singular: 'ingress',
	shortNames: ['ing'],
	namespaced: true,
	hasStatus: true,
	hasGeneration: true,
	nameRule: dnsSubdomain,
	admit,
	prepareForCreate(ingress, { warn }) {
		ingress.status = {};
		if (ingress.metadata.annotations?.[classAnnotation] !== undefined)
			warn(`annotation "${classAnnotation}" is deprecated, please use 'spec.ingressClassName' instead`);
	},
	validate: validateIngress,
	validateStatusUpdate: validateIngressStatus,
	columns: [
		nameColumn,
		{ name: 'Class', type: 'string', cell: ({ spec }) => spec.ingressClassName ?? '<none>' },
		{ name: 'Hosts', type: 'string', cell: ({ spec }) => hosts(spec.rules ?? []) },
		{ name: 'Address', type: 'string', cell: addresses },
		{ name: 'Ports', type: 'string', cell: ({ spec }) => (spec.tls?.length ? '80, 443' : '80') },
		ageColumn,
	],
});
