// The ingress controller's part that the API shows: the addresses at which network/ingress-proxy.ts serves an Ingress
// (kubernetes.io/docs/concepts/services-networking/ingress).
import type { Client } from '../api/client.ts';
import { deepEqual } from '../api/deep-equal.ts';
import { defaultClassAnnotation } from '../api/resources/ingress-class.ts';
import { classAnnotation } from '../api/validation/ingress.ts';
import type { Ingress, IngressClass, Node } from '../schema/types.ts';
import { queueController, type StartController } from './controller.ts';
import { createWorkQueue, keyOf, splitKey } from './work-queue.ts';

const ingresses = 'ingresses.networking.k8s.io';
const classes = 'ingressclasses.networking.k8s.io';
const controllerName = 'k8s.io/ingress-nginx';
/** How long after a change the status follows. */
const publishMs = 1000;

/** The class of the cluster's ingress controller, which Ingresses without one get. */
export function createDefaultIngressClass(client: Client): void {
	client.create<IngressClass>(classes, {
		apiVersion: 'networking.k8s.io/v1',
		kind: 'IngressClass',
		metadata: { name: 'nginx', annotations: { [defaultClassAnnotation]: 'true' } },
		spec: { controller: controllerName },
	});
}

/** Whether the cluster's ingress controller serves it: by its class, or the old annotation. */
export function isServed(client: Pick<Client, 'get'>, { metadata, spec }: Ingress): boolean {
	const name = spec.ingressClassName ?? metadata.annotations?.[classAnnotation];
	const found = name ? client.get<IngressClass>(classes, '', name) : undefined;
	return found?.spec.controller === controllerName;
}

export const startIngressController: StartController = ({ client, clock, events }) => {
	const recorder = events.recorder('nginx-ingress-controller');

	/** It listens on every node that is ready; the first one's address stands for all. */
	const addresses = () =>
		client
			.list<Node>('nodes')
			.filter(({ status }) =>
				status?.conditions?.some((each) => each.type === 'Ready' && each.status === 'True'),
			)
			.flatMap(({ status }) => status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? [])
			.slice(0, 1)
			.map((ip) => ({ ip }));

	const reconcile = (key: string) => {
		const { namespace, name } = splitKey(key);
		const ingress = client.get<Ingress>(ingresses, namespace, name);
		if (!ingress) return;
		const present = ingress.status?.loadBalancer?.ingress ?? [];
		const wanted = isServed(client, ingress) ? addresses() : [];
		if (!deepEqual(present, wanted))
			client.updateStatus<Ingress>(ingresses, {
				...ingress,
				status: { loadBalancer: wanted.length > 0 ? { ingress: wanted } : {} },
			});
	};

	const queue = createWorkQueue({ name: 'ingress', clock, reconcile });
	const enqueueAll = () => {
		for (const ingress of client.list<Ingress>(ingresses)) queue.addAfter(keyOf(ingress), publishMs);
	};
	const ends = [
		client.watch<Ingress>(ingresses, ({ type, object, previous }) => {
			if (type === 'DELETED' || (previous && deepEqual(previous.spec, object.spec))) return;
			if (isServed(client, object)) recorder.event(object, 'Normal', 'Sync', 'Scheduled for sync');
			queue.addAfter(keyOf(object), publishMs);
		}),
		client.watch<IngressClass>(classes, enqueueAll),
		client.watch<Node>('nodes', ({ object, previous }) => {
			const facts = ({ status }: Node) => [status?.addresses, status?.conditions];
			if (!previous || !deepEqual(facts(object), facts(previous))) enqueueAll();
		}),
	];
	return queueController(queue, ends);
};
