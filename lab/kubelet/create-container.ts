// What comes before a container's start: its image, its environment, the container itself.
import type { Image } from '../images/image.ts';
import type { Container as RuntimeContainer } from '../runtime/container.ts';
import type { ContainerStateWaiting, EphemeralContainer, Pod } from '../schema/types.ts';
import { createRuntimeContainer } from './container-options.ts';
import { refuseRoot } from './container-user.ts';
import { environmentOf } from './environment.ts';
import type { KubeletContext, PodEnvironment } from './kubelet-context.ts';
import { resyncMs } from './pace.ts';

/** Tries again while something that the container needs is missing, until the signal is aborted. */
export async function createContainer(options: {
	context: KubeletContext;
	/** The pod as it is now. */
	pod: () => Pod;
	container: EphemeralContainer;
	/** The container's part of the pod, for events. */
	fieldPath: string;
	environment: PodEnvironment;
	/** Shows why the container waits. */
	waiting(state: Required<ContainerStateWaiting>): void;
	signal: AbortSignal;
}): Promise<{ image: Image; created: RuntimeContainer }> {
	const { context, container, fieldPath, environment, waiting, signal } = options;
	const { client, clock, events, images } = context;
	for (;;) {
		const pod = options.pod();
		const image = await images.ensure({ pod, container, fieldPath, waiting, signal });
		let reason = 'CreateContainerConfigError';
		try {
			refuseRoot(pod, container, image);
			const variables = environmentOf(client, pod, container);
			reason = 'CreateContainerError';
			return { image, created: createRuntimeContainer(pod, container, image, variables, environment) };
		} catch (error) {
			const { message } = error as Error;
			events.event(pod, 'Warning', 'Failed', `Error: ${message}`, fieldPath);
			waiting({ reason, message });
			await clock.sleep(resyncMs, signal);
		}
	}
}
