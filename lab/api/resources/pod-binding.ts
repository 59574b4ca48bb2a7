// Assigning a pod to a node: the pods/binding subresource.
import { formatTime } from '../../schema/time.ts';
import type { Pod } from '../../schema/types.ts';
import { conflict } from '../errors.ts';
import type { ObjectOperations, OperationOptions } from '../operations.ts';
import type { Resource } from '../registry.ts';

/** Throws NotFound, and Conflict where the pod is assigned or going. */
export function bindPod(
	operations: ObjectOperations,
	pods: Resource,
	namespace: string,
	name: string,
	node: string,
	options: OperationOptions,
): void {
	operations.update(
		pods,
		namespace,
		name,
		'binding',
		(stored) => {
			const pod = structuredClone(stored) as Pod;
			if (pod.metadata.deletionTimestamp)
				throw conflict(
					{ group: '', plural: 'pods/binding' },
					name,
					`pod ${name} is being deleted, cannot be assigned to a host`,
				);
			if (pod.spec.nodeName)
				throw conflict(
					{ group: '', plural: 'pods/binding' },
					name,
					`pod ${name} is already assigned to node ${JSON.stringify(pod.spec.nodeName)}`,
				);
			pod.spec.nodeName = node;
			pod.status ??= {};
			// Once it has a node, the one where room was made says nothing any more.
			delete pod.status.nominatedNodeName;
			const others = (pod.status.conditions ?? []).filter((each) => each.type !== 'PodScheduled');
			pod.status.conditions = [
				...others,
				{
					type: 'PodScheduled',
					status: 'True',
					lastTransitionTime: formatTime(operations.now()),
					observedGeneration: pod.metadata.generation,
				},
			];
			return pod;
		},
		options,
	);
}
