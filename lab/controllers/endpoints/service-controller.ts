// The frame of the two controllers that follow services and the pods behind them.
import type { Client } from '../../api/client.ts';
import { matchesLabels } from '../../api/selectors/label-selector.ts';
import type { Pod, Service } from '../../schema/types.ts';
import { queueController, type StartController } from '../controller.ts';
import { createWorkQueue, keyOf, splitKey } from '../work-queue.ts';
import { hasSelector } from './selected-pods.ts';
import { TriggerTimes } from './trigger-times.ts';

/**
 * Calls `publish` for a service with a selector when it or one of its pods has changed, and `withdraw` when
 * a service is gone. `resource` is what is published: where someone else changes it, it is published again.
 */
export function startServiceController(
	name: string,
	resource: string,
	serviceOf: (object: { metadata: { name: string; labels?: Record<string, string> } }) => string | undefined,
	actions: {
		/** `triggeredAt` is since when there is what has changed, where that is known. */
		publish(client: Client, service: Service, triggeredAt: string | undefined): void;
		withdraw(client: Client, namespace: string, service: string): void;
	},
): StartController {
	return ({ client, clock }) => {
		const triggerTimes = new TriggerTimes();
		const reconcile = (key: string) => {
			const { namespace, name: serviceName } = splitKey(key);
			const service = client.get<Service>('services', namespace, serviceName);
			if (!service) {
				triggerTimes.forget(key);
				actions.withdraw(client, namespace, serviceName);
			} else if (hasSelector(service)) {
				const pods = client.list<Pod>('pods', namespace, ({ metadata }) =>
					matchesLabels(service.spec.selector!, metadata.labels),
				);
				actions.publish(client, service, triggerTimes.latest(service, pods));
			}
		};
		const queue = createWorkQueue({ name, clock, reconcile });
		const enqueueServicesOf = (pod: Pod) => {
			for (const service of client.list<Service>('services', pod.metadata.namespace))
				if (hasSelector(service) && matchesLabels(service.spec.selector!, pod.metadata.labels))
					queue.add(keyOf(service));
		};
		const ends = [
			client.watch<Service>('services', ({ object }) => queue.add(keyOf(object))),
			client.watch<Pod>('pods', ({ object, previous }) => {
				enqueueServicesOf(object);
				if (previous) enqueueServicesOf(previous);
			}),
			client.watch(resource, ({ type, object }) => {
				const service = serviceOf(object);
				if (type !== 'ADDED' && service) queue.add(`${object.metadata.namespace}/${service}`);
			}),
		];
		return queueController(queue, ends);
	};
}
