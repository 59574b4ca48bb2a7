// The scale subresource of workloads: how many replicas are asked for, and which pods they are.
import type { KubernetesObject, LabelSelector } from '../../schema/types.ts';
import type { ScaleAccess } from '../registry.ts';
import { formatLabelSelector } from '../selectors/label-selector.ts';

interface Replicated extends KubernetesObject {
	spec: { replicas?: number };
	status?: { replicas?: number };
}

export const replicaScale = <T extends Replicated>(
	selectorOf: (object: T) => LabelSelector | undefined,
): ScaleAccess<T> => ({
	get: (object) => ({
		replicas: object.spec.replicas ?? 0,
		statusReplicas: object.status?.replicas ?? 0,
		selector: formatLabelSelector(selectorOf(object)),
	}),
	set({ spec }, replicas) {
		spec.replicas = replicas;
	},
});
