// Giving a pod's containers more or less while they run: the pods/resize subresource.
import type { Container, Pod } from '../../schema/types.ts';
import { setPodDefaults } from '../defaults/pod-spec.ts';
import { invalid } from '../errors.ts';
import { validatePod } from '../validation/pod.ts';
import { validatePodResize } from '../validation/pod-resize.ts';

/** The known container of the name with the resources and the resize policy that are asked for. */
function resized(asked: Container, known: readonly Container[]): Container {
	const { resources, resizePolicy } = asked;
	const container = known.find(({ name }) => name === asked.name);
	if (!container) return asked;
	const { resizePolicy: _, ...others } = container;
	return { ...structuredClone(others), resources, ...(resizePolicy && { resizePolicy }) };
}

/** The stored pod with the resources and the resize policies that are asked for. Throws Invalid. */
export function resizedPod(stored: Pod, { spec: asked }: Pod): Pod {
	const pod = structuredClone(stored);
	pod.spec.containers = asked.containers.map((container) => resized(container, stored.spec.containers));
	const { initContainers } = stored.spec;
	if (initContainers)
		pod.spec.initContainers = asked.initContainers?.map((container) => resized(container, initContainers));
	setPodDefaults(pod.spec);
	const errors = [...validatePod(pod), ...validatePodResize(pod, stored)];
	if (errors.length > 0) throw invalid({ group: '', kind: 'Pod' }, stored.metadata.name, errors);
	return pod;
}
