// What lives in the cluster: sets whose pods keep diaries on their claims, and one of every other workload.
import type { Container, PersistentVolumeClaim, StatefulSetSpec } from '../../lab/schema/types.ts';
import { sleeper, type TestCluster } from '../../lab/test-cluster.ts';

/** A number from 0 to below the limit. */
export type Pick = (limit: number) => number;

export const setNames = ['orders', 'ledger', 'cache'] as const;
/** How many ordinals a set ever has: the highest start with the most replicas. */
export const mostOrdinals = 6;

export const images = ['busybox:1.35', 'busybox:1.36', 'busybox:1.37'] as const;
export const brokenImage = 'nowhere/nothing:1';

/**
 * Writes its name and the number of the line to its claim when it starts, every five minutes, and when it is
 * told to stop. A line that is lost, written over, written by another pod or by two at once shows in the numbers.
 */
const diarist = `
lines=$(wc -l </data/diary 2>/dev/null || echo 0)
write() { lines=$((lines+1)); echo "$HOSTNAME $lines" >>/data/diary; }
trap 'write; exit 0' TERM
write
while :; do
	sleep 300 &
	wait $!
	write
done`;

const claim = {
	metadata: { name: 'data' },
	spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
} as unknown as PersistentVolumeClaim;

const container: Container = {
	name: 'main',
	image: images[0],
	command: ['sh', '-c', diarist],
	volumeMounts: [{ name: 'data', mountPath: '/data' }],
};

/** Looks at the diary itself, so that a pod is ready some time after it runs. */
const readinessProbe = { exec: { command: ['test', '-s', '/data/diary'] }, periodSeconds: 20 };

/** What may be changed of a set while it lives. */
export function chooseSpec(pick: Pick): Partial<StatefulSetSpec> {
	const retention = () => (pick(3) === 0 ? 'Delete' : 'Retain');
	return {
		replicas: 1 + pick(4),
		minReadySeconds: [0, 0, 5, 30][pick(4)],
		ordinals: { start: pick(3) },
		updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: [0, 0, 1, 3][pick(4)] } },
		persistentVolumeClaimRetentionPolicy: { whenDeleted: retention(), whenScaled: retention() },
	};
}

/** Creates a set of diarists; whether its pods are managed in order or at once is chosen anew each time. */
export function createDiarists(cluster: TestCluster, name: string, pick: Pick): void {
	const spec: Partial<StatefulSetSpec> = {
		...chooseSpec(pick),
		podManagementPolicy: pick(2) === 0 ? 'OrderedReady' : 'Parallel',
		volumeClaimTemplates: [claim],
	};
	const probed = name === 'cache' ? container : { ...container, readinessProbe };
	cluster.createSet(name, spec, { containers: [probed], terminationGracePeriodSeconds: 5 });
}

export const chore = { name: 'main', image: images[1], command: ['sleep', '20'] };

/** Everything beside the sets, and a Service for each. */
export function createOthers({ client }: TestCluster): void {
	const namespace = 'default';
	const template = (app: string) => ({
		metadata: { labels: { app } },
		spec: { containers: [sleeper], terminationGracePeriodSeconds: 1 },
	});
	const selector = (app: string) => ({ matchLabels: { app } });
	for (const name of [...setNames, 'web'])
		client.create('services', {
			apiVersion: 'v1',
			kind: 'Service',
			metadata: { name, namespace },
			spec: {
				selector: { app: name },
				ports: [{ port: 80 }],
				...(name === 'web' ? {} : { clusterIP: 'None' }),
			},
		} as never);
	client.create('deployments.apps', {
		apiVersion: 'apps/v1',
		kind: 'Deployment',
		metadata: { name: 'web', namespace },
		spec: { replicas: 3, selector: selector('web'), template: template('web') },
	} as never);
	client.create('daemonsets.apps', {
		apiVersion: 'apps/v1',
		kind: 'DaemonSet',
		metadata: { name: 'agent', namespace },
		spec: { selector: selector('agent'), template: template('agent') },
	} as never);
	client.create('cronjobs.batch', {
		apiVersion: 'batch/v1',
		kind: 'CronJob',
		metadata: { name: 'report', namespace },
		spec: {
			schedule: '*/10 * * * *',
			concurrencyPolicy: 'Forbid',
			jobTemplate: { spec: { template: { spec: { containers: [chore], restartPolicy: 'OnFailure' } } } },
		},
	} as never);
}

/** A Job of three chores, which is kept for ten minutes when it has finished. */
export function createChores({ client }: TestCluster, name: string): void {
	client.create('jobs.batch', {
		apiVersion: 'batch/v1',
		kind: 'Job',
		metadata: { name, namespace: 'default' },
		spec: {
			completions: 3,
			parallelism: 2,
			backoffLimit: 1000,
			ttlSecondsAfterFinished: 600,
			template: { spec: { containers: [chore], restartPolicy: 'Never' } },
		},
	} as never);
}
