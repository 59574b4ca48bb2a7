// As whom a container's processes run (kubernetes.io/docs/tasks/configure-pod-container/security-context).
import type { Image } from '../images/image.ts';
import type { ContainerOptions } from '../runtime/container.ts';
import type { Container, Pod } from '../schema/types.ts';

/** The user by the container, the pod or the image, in this order, and the groups that the pod adds. */
export function userOf(pod: Pod, container: Container, image: Image): Required<ContainerOptions>['user'] {
	const ofPod = pod.spec.securityContext ?? {};
	const { user } = image.config;
	const uid = container.securityContext?.runAsUser ?? ofPod.runAsUser;
	const gid = container.securityContext?.runAsGroup ?? ofPod.runAsGroup;
	const groups = [
		...(ofPod.supplementalGroups ?? []),
		...(ofPod.fsGroup === undefined ? [] : [ofPod.fsGroup]),
	];
	return {
		uid: uid ?? user?.uid ?? 0,
		gid: gid ?? (uid === undefined ? (user?.gid ?? 0) : undefined),
		groups,
	};
}

/** Throws, in the kubelet's words, where the container must not run as root and would. */
export function refuseRoot(pod: Pod, container: Container, image: Image): void {
	const context = { ...pod.spec.securityContext, ...container.securityContext };
	if (!context.runAsNonRoot) return;
	const { name, namespace, uid } = pod.metadata;
	const where = `(pod: "${name}_${namespace}(${uid})", container: ${container.name})`;
	const { user } = image.config;
	if (context.runAsUser === 0) throw new Error(`container's runAsUser breaks non-root policy ${where}`);
	if (context.runAsUser !== undefined) return;
	if (user?.name)
		throw new Error(
			`container has runAsNonRoot and image has non-numeric user (${user.name}), cannot verify user is non-root ${where}`,
		);
	if ((user?.uid ?? 0) === 0)
		throw new Error(`container has runAsNonRoot and image will run as root ${where}`);
}
