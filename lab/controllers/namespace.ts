// A namespace that is being deleted is emptied; then its finalizer is taken off, which lets it go.

import { deepEqual } from '../api/deep-equal.ts';
import { ApiError } from '../api/errors.ts';
import { formatTime } from '../schema/time.ts';
import type { KubernetesObject, Namespace, NamespaceCondition } from '../schema/types.ts';
import { queueController, type StartController, type StoredKinds } from './controller.ts';
import { createWorkQueue } from './work-queue.ts';

export const startNamespaceController =
	(resources: StoredKinds): StartController =>
	({ client, clock }) => {
		const reconcile = (name: string) => {
			const namespace = client.get<Namespace>('namespaces', '', name);
			if (!namespace?.metadata.deletionTimestamp) return;
			const remaining = new Map<string, readonly KubernetesObject[]>();
			for (const { key: resource, namespaced } of resources.stored) {
				if (!namespaced) continue;
				for (const object of client.list<KubernetesObject>(resource, name))
					if (!object.metadata.deletionTimestamp) deleteQuietly(resource, object);
				const left = client.list<KubernetesObject>(resource, name);
				if (left.length > 0) remaining.set(resource, left);
			}
			const status = {
				...namespace.status,
				phase: 'Terminating',
				conditions: conditionsOf(namespace, remaining),
			};
			const told = deepEqual(status, namespace.status)
				? namespace
				: client.updateStatus<Namespace>('namespaces', { ...namespace, status });
			if (remaining.size > 0) return;
			const finalizers = (told.spec.finalizers ?? []).filter((finalizer) => finalizer !== 'kubernetes');
			client.update<Namespace>('namespaces/finalize', { ...told, spec: { ...told.spec, finalizers } });
		};

		const deleteQuietly = (resource: string, { metadata: { namespace, name, uid } }: KubernetesObject) => {
			try {
				client.delete(resource, namespace, name, { propagationPolicy: 'Background', preconditions: { uid } });
			} catch (error) {
				// Another deletion may have taken it along.
				if (!(error instanceof ApiError && error.reason === 'NotFound')) throw error;
			}
		};

		/** What `kubectl get namespace -o yaml` tells of why it is still there. */
		const conditionsOf = (
			namespace: Namespace,
			remaining: ReadonlyMap<string, readonly KubernetesObject[]>,
		): NamespaceCondition[] => {
			const counts = [...remaining].map(
				([resource, objects]) => `${resource} has ${objects.length} resource instances`,
			);
			const finalizers = new Map<string, number>();
			for (const { metadata } of [...remaining.values()].flat())
				for (const finalizer of metadata.finalizers ?? [])
					finalizers.set(finalizer, (finalizers.get(finalizer) ?? 0) + 1);
			const held = [...finalizers].map(([finalizer, count]) => `${finalizer} in ${count} resource instances`);
			const condition = (type: string, status: boolean, reason: string, message: string) => {
				const earlier = namespace.status?.conditions?.find((known) => known.type === type);
				const changed = earlier?.status !== (status ? 'True' : 'False');
				return {
					type,
					status: status ? 'True' : 'False',
					lastTransitionTime: changed ? formatTime(clock.now()) : earlier?.lastTransitionTime,
					reason,
					message,
				};
			};
			return [
				condition(
					'NamespaceDeletionDiscoveryFailure',
					false,
					'ResourcesDiscovered',
					'All resources successfully discovered',
				),
				condition(
					'NamespaceDeletionGroupVersionParsingFailure',
					false,
					'ParsedGroupVersions',
					'All legacy kube types successfully parsed',
				),
				condition(
					'NamespaceDeletionContentFailure',
					false,
					'ContentDeleted',
					'All content successfully deleted, may be waiting on finalization',
				),
				counts.length > 0
					? condition(
							'NamespaceContentRemaining',
							true,
							'SomeResourcesRemain',
							`Some resources are remaining: ${counts.join(', ')}`,
						)
					: condition(
							'NamespaceContentRemaining',
							false,
							'ContentRemoved',
							'All content successfully removed',
						),
				held.length > 0
					? condition(
							'NamespaceFinalizersRemaining',
							true,
							'SomeFinalizersRemain',
							`Some content in the namespace has finalizers remaining: ${held.join(', ')}`,
						)
					: condition(
							'NamespaceFinalizersRemaining',
							false,
							'ContentHasNoFinalizers',
							'All content-preserving finalizers finished',
						),
			];
		};

		const queue = createWorkQueue({ name: 'namespace', clock, reconcile });
		const ends = [
			client.watch<Namespace>('namespaces', ({ object }) => {
				if (object.metadata.deletionTimestamp) queue.add(object.metadata.name);
			}),
		];
		resources.eachStored(({ key, namespaced }) => {
			if (!namespaced) return;
			ends.push(
				client.watch(key, ({ type, object }) => {
					const { namespace } = object.metadata;
					if (type === 'DELETED' && client.get('namespaces', '', namespace)?.metadata.deletionTimestamp)
						queue.add(namespace);
				}),
			);
		});
		return queueController(queue, ends);
	};
