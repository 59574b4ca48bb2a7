// Keeps what a ResourceQuota says is used: reckoned anew when a quota changes, and when something that counts
// goes or counts otherwise. What is added, admission adds (api/admission/resource-quota.ts).
import { deepEqual } from '../api/deep-equal.ts';
import { evaluatorOf } from '../api/quota/evaluators.ts';
import { quotaMatches } from '../api/quota/scopes.ts';
import { addQuantities, canonicalQuantity } from '../schema/quantity.ts';
import type { KubernetesObject, Pod, ResourceQuota } from '../schema/types.ts';
import { queueController, type StartController, type StoredKinds } from './controller.ts';
import { createWorkQueue, keyOf, splitKey } from './work-queue.ts';

const hasEnded = (object: KubernetesObject | undefined) =>
	['Failed', 'Succeeded'].includes((object as Pod | undefined)?.status?.phase ?? '');

export const startResourceQuotaController =
	(resources: StoredKinds): StartController =>
	({ client, clock }) => {
		/** The resources that count, known by what else is stored. */
		const counted: string[] = [];

		const usedOf = ({ spec = {}, metadata: { namespace } }: ResourceQuota): Record<string, string> => {
			const used: Record<string, string> = {};
			for (const name of Object.keys(spec.hard ?? {})) used[name] = '0';
			for (const resource of counted) {
				const evaluator = evaluatorOf(resource)!;
				const names = Object.keys(used).filter(evaluator.counts);
				if (names.length === 0) continue;
				for (const object of client.list<KubernetesObject>(resource, namespace)) {
					if (!quotaMatches(spec, resource, object)) continue;
					const usage = evaluator.usage(object);
					for (const name of names) used[name] = addQuantities(used[name], usage[name] ?? '0');
				}
			}
			return used;
		};

		const queue = createWorkQueue({
			name: 'resourcequota',
			clock,
			reconcile(key) {
				const { namespace, name } = splitKey(key);
				const quota = client.get<ResourceQuota>('resourcequotas', namespace, name);
				if (!quota || quota.metadata.deletionTimestamp) return;
				const hard: Record<string, string> = {};
				for (const [limited, quantity] of Object.entries(quota.spec?.hard ?? {}))
					hard[limited] = canonicalQuantity(quantity);
				const status = { hard, used: usedOf(quota) };
				if (!deepEqual(status, quota.status))
					client.updateStatus<ResourceQuota>('resourcequotas', { ...quota, status });
			},
		});

		const replenish = (namespace: string) => {
			for (const quota of client.list<ResourceQuota>('resourcequotas', namespace)) queue.add(keyOf(quota));
		};

		const ends = [
			client.watch<ResourceQuota>('resourcequotas', ({ type, object, previous }) => {
				if (type !== 'DELETED' && !deepEqual(object.spec, previous?.spec)) queue.add(keyOf(object));
			}),
		];
		resources.eachStored(({ key, namespaced }) => {
			const evaluator = namespaced ? evaluatorOf(key) : undefined;
			if (!evaluator) return;
			counted.push(key);
			ends.push(
				client.watch<KubernetesObject>(key, ({ type, object, previous }) => {
					const { namespace } = object.metadata;
					if (type === 'DELETED') replenish(namespace);
					if (type !== 'MODIFIED') return;
					const ended = key === 'pods' && hasEnded(object) && !hasEnded(previous);
					if (ended || evaluator.onUpdate) replenish(namespace);
				}),
			);
		});
		return queueController(queue, ends);
	};
