// The secrets that a pod's images are pulled with (kubernetes.io/docs/concepts/containers/images/#specifying-imagepullsecrets-on-a-pod).
import type { Pod, Secret } from '../schema/types.ts';
import type { KubeletContext } from './kubelet-context.ts';

/** The registries of the lab ask for none; that one is missing is told all the same. */
export function warnOfMissingPullSecrets({ client, events }: KubeletContext, pod: Pod): void {
	const missing = (pod.spec.imagePullSecrets ?? [])
		.map(({ name = '' }) => name)
		.filter((name) => !client.get<Secret>('secrets', pod.metadata.namespace, name));
	if (missing.length > 0)
		events.event(
			pod,
			'Warning',
			'FailedToRetrieveImagePullSecret',
			`Unable to retrieve some image pull secrets (${missing.join(', ')}); attempting to pull the image may not succeed.`,
		);
}
