// Every kind that the lab serves; discovery lists them in this order.
import { type Resource, ResourceRegistry } from '../registry.ts';
import { configMaps } from './config-map.ts';
import { controllerRevisions } from './controller-revision.ts';
import { customResourceDefinitions } from './custom-resource-definition.ts';
import { endpointSlices } from './endpoint-slice.ts';
import { endpoints } from './endpoints.ts';
import { events } from './event.ts';
import { leases } from './lease.ts';
import { namespaces } from './namespace.ts';
import { nodes } from './node.ts';
import { pods } from './pod.ts';
import { secrets } from './secret.ts';
import { selfSubjectReviews } from './self-subject-review.ts';
import { services } from './service.ts';
import { serviceAccounts } from './service-account.ts';
import { statefulSets } from './stateful-set.ts';

const resources: readonly Resource[] = [
	configMaps,
	endpoints,
	events,
	namespaces,
	nodes,
	pods,
	secrets,
	serviceAccounts,
	services,
	controllerRevisions,
	statefulSets,
	selfSubjectReviews,
	leases,
	endpointSlices,
	customResourceDefinitions,
];

export const registry = new ResourceRegistry(resources);
