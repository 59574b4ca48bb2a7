// What the cluster has of its storage from the start: the driver, where it runs, and the default class.
import { defaultClassAnnotation } from '../api/admission/default-storage-class.ts';
import type { Client } from '../api/client.ts';
import type { CSIDriver, CSINode, Node, StorageClass } from '../schema/types.ts';
import { defaultClassName, driverName } from './names.ts';

/** As with kind and minikube, one class, which claims get that name none; on all nodes that there are. */
export function installStorage(client: Client): void {
	client.create<CSIDriver>('csidrivers.storage.k8s.io', {
		apiVersion: 'storage.k8s.io/v1',
		kind: 'CSIDriver',
		metadata: { name: driverName },
		spec: { attachRequired: true, podInfoOnMount: false },
	});
	client.create<StorageClass>('storageclasses.storage.k8s.io', {
		apiVersion: 'storage.k8s.io/v1',
		kind: 'StorageClass',
		metadata: { name: defaultClassName, annotations: { [defaultClassAnnotation]: 'true' } },
		provisioner: driverName,
		reclaimPolicy: 'Delete',
		volumeBindingMode: 'Immediate',
	});
	for (const { apiVersion, kind, metadata } of client.list<Node>('nodes')) {
		const { name, uid } = metadata;
		client.create<CSINode>('csinodes.storage.k8s.io', {
			apiVersion: 'storage.k8s.io/v1',
			kind: 'CSINode',
			metadata: { name, ownerReferences: [{ apiVersion, kind, name, uid }] },
			spec: { drivers: [{ name: driverName, nodeID: name, topologyKeys: [] }] },
		});
	}
}
