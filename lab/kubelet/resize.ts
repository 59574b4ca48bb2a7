// A change of a running container's resources (kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources).
import type { Container } from '../schema/types.ts';

/** Whether the container's resize policy wants a restart for what changes. */
export function resizeRestarts({ resources: before = {} }: Container, changed: Container): boolean {
	const { resources: after = {}, resizePolicy = [] } = changed;
	return resizePolicy.some(
		({ resourceName, restartPolicy }) =>
			restartPolicy === 'RestartContainer' &&
			(before.requests?.[resourceName] !== after.requests?.[resourceName] ||
				before.limits?.[resourceName] !== after.limits?.[resourceName]),
	);
}
