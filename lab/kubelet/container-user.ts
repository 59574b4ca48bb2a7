// As whom a container's processes run (kubernetes.io/docs/tasks/configure-pod-container/security-context).
import type { Image } from '../images/image.ts';
import type { Container, Pod } from '../schema/types.ts';

/** The user by the container, the pod or the image, in this order; undefined leaves it to the image. */
export function userOf(
	pod: Pod,
	container: Container,
	image: Image,
): { uid: number; gid: number } | undefined {
	const uid = container.securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser;
	const gid = container.securityContext?.runAsGroup ?? pod.spec.securityContext?.runAsGroup;
	if (uid === undefined && gid === undefined) return undefined;
	return { uid: uid ?? image.config.user?.uid ?? 0, gid: gid ?? image.config.user?.gid ?? 0 };
}

/** Throws, in the kubelet's words, where the container must not run as root and would. */
export function refuseRoot(pod: Pod, container: Container, image: Image): void {
	const nonRoot = container.securityContext?.runAsNonRoot ?? pod.spec.securityContext?.runAsNonRoot;
	const user = userOf(pod, container, image);
	if (!nonRoot || (user ?? image.config.user ?? { uid: 0 }).uid !== 0) return;
	throw new Error(
		user
			? "container's runAsUser breaks non-root policy"
			: 'container has runAsNonRoot and image will run as root',
	);
}
