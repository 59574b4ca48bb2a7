// Giving a pod's containers more or less while they run: the pods/resize subresource.
import type { Pod } from '../../schema/types.ts';
import { setPodDefaults } from '../defaults/pod-spec.ts';
import { invalid } from '../errors.ts';
import { validatePod } from '../validation/pod.ts';
import { validatePodResize } from '../validation/pod-resize.ts';

/** The stored pod with the resources and the resize policies that are asked for. Throws Invalid. */
export function resizedPod(stored: Pod, { spec: asked }: Pod): Pod {
	const pod = structuredClone(stored);
	pod.spec.containers = asked.containers.map((container) => {
		const { resources, resizePolicy } = container;
		const known = stored.spec.containers.find(({ name }) => name === container.name);
		if (!known) return container;
		const { resizePolicy: _, ...others } = known;
		return { ...structuredClone(others), resources, ...(resizePolicy && { resizePolicy }) };
	});
	setPodDefaults(pod.spec);
	const errors = [...validatePod(pod), ...validatePodResize(pod, stored)];
	if (errors.length > 0) throw invalid({ group: '', kind: 'Pod' }, stored.metadata.name, errors);
	return pod;
}
