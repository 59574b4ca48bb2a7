// What the pods of a node refer to, which is what its kubelet may read
// (k8s.io/kubernetes/plugin/pkg/auth/authorizer/node, the graph).
import type { Client } from '../../api/client.ts';
import type {
	Container,
	PersistentVolume,
	PersistentVolumeClaim,
	Pod,
	Volume,
	VolumeAttachment,
} from '../../schema/types.ts';

type Reader = Pick<Client, 'get' | 'list'>;

/** Marks the pods that a kubelet has from files of its node; they refer to nothing. */
export const mirrorAnnotation = 'kubernetes.io/config.mirror';

const podsOf = (objects: Reader, node: string, namespace?: string) =>
	objects
		.list<Pod>('pods', namespace)
		.filter(({ metadata, spec }) => spec.nodeName === node && !metadata.annotations?.[mirrorAnnotation]);

const containersOf = ({ spec }: Pod) =>
	[
		...(spec.initContainers ?? []),
		...(spec.containers ?? []),
		...(spec.ephemeralContainers ?? []),
	] as Container[];

const present = (names: readonly (string | undefined)[]): string[] =>
	names.filter((name) => name !== undefined);

function secretsOfVolume(volume: Volume): (string | undefined)[] {
	return [
		volume.secret?.secretName,
		...(volume.projected?.sources ?? []).map(({ secret }) => secret?.name),
		volume.csi?.nodePublishSecretRef?.name,
		volume.cephfs?.secretRef?.name,
		volume.flexVolume?.secretRef?.name,
		volume.iscsi?.secretRef?.name,
		volume.rbd?.secretRef?.name,
		volume.azureFile?.secretName,
	];
}

/** The names of the secrets that a pod refers to itself. */
export const secretsOf = (pod: Pod): string[] =>
	present([
		...(pod.spec.imagePullSecrets ?? []).map(({ name }) => name),
		...containersOf(pod).flatMap(({ env = [], envFrom = [] }) => [
			...env.map(({ valueFrom }) => valueFrom?.secretKeyRef?.name),
			...envFrom.map(({ secretRef }) => secretRef?.name),
		]),
		...(pod.spec.volumes ?? []).flatMap(secretsOfVolume),
	]);

export const configMapsOf = (pod: Pod): string[] =>
	present([
		...containersOf(pod).flatMap(({ env = [], envFrom = [] }) => [
			...env.map(({ valueFrom }) => valueFrom?.configMapKeyRef?.name),
			...envFrom.map(({ configMapRef }) => configMapRef?.name),
		]),
		...(pod.spec.volumes ?? []).flatMap(({ configMap, projected }) => [
			configMap?.name,
			...(projected?.sources ?? []).map((source) => source.configMap?.name),
		]),
	]);

export const claimsOf = ({ metadata, spec }: Pod): string[] =>
	present(
		(spec.volumes ?? []).map(
			({ name, persistentVolumeClaim, ephemeral }) =>
				persistentVolumeClaim?.claimName ?? (ephemeral && `${metadata.name}-${name}`),
		),
	);

/** The volumes that are bound to claims of the node's pods. */
const volumesOf = (objects: Reader, node: string): PersistentVolume[] =>
	podsOf(objects, node).flatMap((pod) =>
		claimsOf(pod).flatMap((name) => {
			const claim = objects.get<PersistentVolumeClaim>(
				'persistentvolumeclaims',
				pod.metadata.namespace,
				name,
			);
			const volume =
				claim?.spec?.volumeName &&
				objects.get<PersistentVolume>('persistentvolumes', '', claim.spec.volumeName);
			return volume ? [volume] : [];
		}),
	);

const isSecretOf = ({ spec }: PersistentVolume, namespace: string | undefined, name: string | undefined) =>
	[
		spec?.csi?.nodePublishSecretRef,
		spec?.csi?.nodeStageSecretRef,
		spec?.csi?.nodeExpandSecretRef,
		spec?.csi?.controllerExpandSecretRef,
	].some((reference) => reference?.name === name && reference?.namespace === namespace);

/** Whether an object of a kind is one that a pod of the node has to do with, by the kind's plural. */
export const relations: Readonly<
	Record<string, (objects: Reader, node: string, namespace: string, name: string) => boolean>
> = {
	secrets: (objects, node, namespace, name) =>
		podsOf(objects, node, namespace).some((pod) => secretsOf(pod).includes(name)) ||
		volumesOf(objects, node).some((volume) => isSecretOf(volume, namespace, name)),
	configmaps: (objects, node, namespace, name) =>
		podsOf(objects, node, namespace).some((pod) => configMapsOf(pod).includes(name)),
	persistentvolumeclaims: (objects, node, namespace, name) =>
		podsOf(objects, node, namespace).some((pod) => claimsOf(pod).includes(name)),
	persistentvolumes: (objects, node, _, name) =>
		volumesOf(objects, node).some(({ metadata }) => metadata.name === name),
	serviceaccounts: (objects, node, namespace, name) =>
		podsOf(objects, node, namespace).some(({ spec }) => spec.serviceAccountName === name),
	volumeattachments: (objects, node, _, name) =>
		objects.get<VolumeAttachment>('volumeattachments.storage.k8s.io', '', name)?.spec.nodeName === node,
	pods: (objects, node, namespace, name) => objects.get<Pod>('pods', namespace, name)?.spec.nodeName === node,
};
