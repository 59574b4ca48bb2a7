import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../random.ts';
import type { PersistentVolume, PersistentVolumeClaim, Pod, VolumeAttachment } from '../../schema/types.ts';
import {
	claim,
	claimVolumes,
	createClaim,
	createClass,
	createVolume,
	volume,
} from '../../storage/test-storage.ts';
import { createTestCluster, type TestCluster } from '../../test-cluster.ts';

type Pick = (limit: number) => number;

const classes = ['', 'standard', 'late', 'missing'];

const free = (cluster: TestCluster, resource: string, namespace: string, name: string) =>
	cluster.client.get(resource, namespace, name) === undefined;

/** What users do to claims, volumes and the pods that use them; each takes numbers below a limit from `pick`. */
const disturbances: readonly ((cluster: TestCluster, pick: Pick) => unknown)[] = [
	(cluster, pick) => {
		const name = `claim${pick(4)}`;
		if (!free(cluster, 'persistentvolumeclaims', 'default', name)) return;
		createClaim(cluster, name, {
			storageClassName: classes[pick(4)],
			resources: { requests: { storage: `${1 + pick(3)}Gi` } },
			...(pick(4) === 0 ? { volumeName: `volume${pick(4)}` } : {}),
		});
	},
	(cluster, pick) => {
		const name = `volume${pick(4)}`;
		if (!free(cluster, 'persistentvolumes', '', name)) return;
		createVolume(cluster, name, {
			capacity: { storage: `${1 + pick(3)}Gi` },
			storageClassName: classes[pick(3)],
			persistentVolumeReclaimPolicy: ['Delete', 'Retain'][pick(2)],
			...(pick(3) === 0 ? { claimRef: { namespace: 'default', name: `claim${pick(4)}` } } : {}),
		});
	},
	(cluster, pick) => {
		const name = `pod${pick(3)}`;
		if (!cluster.pod(name)) cluster.createPod(name, { volumes: claimVolumes(`claim${pick(4)}`).volumes });
	},
	({ client, podNames }, pick) => {
		const names = podNames();
		if (names.length > 0) client.delete('pods', 'default', names[pick(names.length)]);
	},
	({ client }, pick) => {
		const [resource, namespace, prefix] = [
			['persistentvolumeclaims', 'default', 'claim'],
			['persistentvolumes', '', 'volume'],
		][pick(2)];
		const name = `${prefix}${pick(4)}`;
		if (client.get(resource, namespace, name)) client.delete(resource, namespace, name);
	},
	(cluster, pick) => {
		const stored = volume(cluster, `volume${pick(4)}`);
		if (stored?.status?.phase !== 'Released') return;
		const { claimRef: _, ...spec } = stored.spec;
		cluster.client.update('persistentvolumes', { ...stored, spec });
	},
	({ clock }, pick) => clock.advance(pick(3000)),
];

test('whatever is done to claims and volumes, each binding has two ends, and a volume one claim', async () => {
	for (let seed = 1; seed <= 15; seed++) {
		const random = createRandom(seed);
		const pick = (limit: number) => Math.floor(random() * limit);
		const cluster = createTestCluster({ nodes: 2, seed });
		const { client } = cluster;
		createClass(cluster, 'late', { volumeBindingMode: 'WaitForFirstConsumer' });
		for (let step = 0; step < 80; step++) await disturbances[pick(disturbances.length)](cluster, pick);
		await cluster.clock.advance(600_000);

		const where = `seed ${seed}`;
		for (const each of client.list<PersistentVolumeClaim>('persistentvolumeclaims', 'default')) {
			if (each.status?.phase !== 'Bound') continue;
			const { claimRef } = volume(cluster, each.spec.volumeName ?? '')!.spec;
			assert.equal(claimRef!.uid, each.metadata.uid, where);
		}
		for (const { metadata, spec, status } of client.list<PersistentVolume>('persistentvolumes')) {
			const holder = spec.claimRef?.uid ? claim(cluster, spec.claimRef.name ?? '') : undefined;
			const held = holder?.metadata.uid === spec.claimRef?.uid && holder?.spec.volumeName === metadata.name;
			assert.equal(status!.phase === 'Bound', held, `${where}: ${metadata.name} is ${status!.phase}`);
			if (!held && metadata.name.startsWith('pvc-'))
				assert.fail(`${where}: ${metadata.name} was left behind`);
		}
		const running = client.list<Pod>('pods', 'default', (pod) => cluster.isReady(pod.metadata.name));
		for (const { spec } of client.list<VolumeAttachment>('volumeattachments.storage.k8s.io'))
			assert(
				running.some((pod) => pod.spec.nodeName === spec.nodeName),
				`${where}: an attachment to ${spec.nodeName} was left behind`,
			);
		for (const pod of client.list<Pod>('pods', 'default')) {
			const used = claim(cluster, pod.spec.volumes![0].persistentVolumeClaim!.claimName);
			const usable = used?.status?.phase === 'Bound' && !used.metadata.deletionTimestamp;
			if (usable) assert(pod.spec.nodeName, `${where}: ${pod.metadata.name} has no node`);
		}
		cluster.lab.stop();
	}
});
