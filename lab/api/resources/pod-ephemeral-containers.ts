// Putting containers into a pod that runs: the pods/ephemeralcontainers subresource.
import type { Pod } from '../../schema/types.ts';
import { setPodDefaults } from '../defaults/pod-spec.ts';
import { invalid } from '../errors.ts';
import { validateEphemeralContainersUpdate } from '../validation/ephemeral-containers.ts';
import { validatePod } from '../validation/pod.ts';

/** The stored pod with the ephemeral containers that are asked for. Throws Invalid. */
export function podWithEphemeralContainers(stored: Pod, { spec: { ephemeralContainers } }: Pod): Pod {
	const pod = structuredClone(stored);
	if (ephemeralContainers) pod.spec.ephemeralContainers = structuredClone(ephemeralContainers);
	else delete pod.spec.ephemeralContainers;
	setPodDefaults(pod.spec);
	const errors = [...validatePod(pod), ...validateEphemeralContainersUpdate(pod, stored)];
	if (errors.length > 0) throw invalid({ group: '', kind: 'Pod' }, stored.metadata.name, errors);
	return pod;
}
