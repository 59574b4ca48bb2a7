// Short ways to make and look at claims, volumes and classes in tests.
import type {
	PersistentVolume,
	PersistentVolumeClaim,
	PersistentVolumeClaimSpec,
	PersistentVolumeSpec,
	StorageClass,
} from '../schema/types.ts';
import type { TestCluster } from '../test-cluster.ts';
import { driverName } from './names.ts';

/** A claim for a gibibyte that one node may write, unless `spec` says otherwise. */
export function createClaim(
	{ client }: TestCluster,
	name: string,
	spec: PersistentVolumeClaimSpec = {},
): PersistentVolumeClaim {
	return client.create<PersistentVolumeClaim>('persistentvolumeclaims', {
		apiVersion: 'v1',
		kind: 'PersistentVolumeClaim',
		metadata: { name, namespace: 'default' },
		spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
	});
}

/** A volume made by hand: a directory of the node, of one gibibyte and of no class. */
export function createVolume(
	{ client }: TestCluster,
	name: string,
	spec: PersistentVolumeSpec = {},
	labels: Record<string, string> = {},
): PersistentVolume {
	return client.create<PersistentVolume>('persistentvolumes', {
		apiVersion: 'v1',
		kind: 'PersistentVolume',
		metadata: { name, labels },
		spec: {
			accessModes: ['ReadWriteOnce'],
			capacity: { storage: '1Gi' },
			...(spec.csi || spec.local || spec.nfs ? {} : { hostPath: { path: `/data/${name}` } }),
			...spec,
		},
	});
}

/** A class of the lab's own driver. */
export function createClass(
	{ client }: TestCluster,
	name: string,
	fields: Partial<StorageClass> = {},
): StorageClass {
	return client.create<StorageClass>('storageclasses.storage.k8s.io', {
		apiVersion: 'storage.k8s.io/v1',
		kind: 'StorageClass',
		metadata: { name },
		provisioner: driverName,
		...fields,
	});
}

export const claim = ({ client }: TestCluster, name: string) =>
	client.get<PersistentVolumeClaim>('persistentvolumeclaims', 'default', name);

export const volume = ({ client }: TestCluster, name: string) =>
	client.get<PersistentVolume>('persistentvolumes', '', name);

export const volumePhase = (cluster: TestCluster, name: string) => volume(cluster, name)?.status?.phase;

/** The volume behind a claim, undefined where it is not bound. */
export const volumeOf = (cluster: TestCluster, name: string) =>
	claim(cluster, name)?.status?.phase === 'Bound'
		? volume(cluster, claim(cluster, name)?.spec.volumeName ?? '')
		: undefined;

/** A pod's volumes from claims, mounted at /data, /data1 … in its container. */
export function claimVolumes(...names: string[]) {
	const path = (index: number) => (index === 0 ? '/data' : `/data${index}`);
	return {
		volumes: names.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })),
		volumeMounts: names.map((name, index) => ({ name, mountPath: path(index) })),
	};
}
