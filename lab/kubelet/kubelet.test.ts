import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Container, Pod } from '../schema/types.ts';
import { createTestCluster, logOf, sleeper, statusOf, type TestCluster } from '../test-cluster.ts';

const busybox = (name: string, ...command: string[]): Container => ({ name, image: 'busybox:1.36', command });

const waitingFor = (cluster: TestCluster, pod: string, container?: string) =>
	statusOf(cluster, pod, container)?.state?.waiting?.reason;

const condition = (pod: Pod, type: string) => pod.status!.conditions!.find((each) => each.type === type)!;

test('a pod comes up with address, conditions, and the events of its way', async () => {
	const cluster = createTestCluster();
	cluster.createPod('one', {});
	await cluster.until(() => cluster.isReady('one'));
	const pod = cluster.pod('one')!;
	assert.equal(pod.status!.phase, 'Running');
	assert.match(pod.status!.podIP!, /^10\.244\.\d+\.\d+$/);
	assert.match(pod.status!.hostIP!, /^172\.18\.0\.\d+$/);
	assert.equal(pod.status!.qosClass, 'BestEffort');
	assert.deepEqual(
		pod.status!.conditions!.map(({ type, status, observedGeneration }) => [type, status, observedGeneration]),
		['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => [
			type,
			'True',
			1,
		]),
	);
	const { state, started, imageID, containerID, image } = statusOf(cluster, 'one')!;
	assert(state!.running);
	assert.equal(started, true);
	assert.equal(image, 'docker.io/library/busybox:1.36');
	assert.match(imageID, /^docker\.io\/library\/busybox@sha256:[0-9a-f]{64}$/);
	assert.match(containerID!, /^containerd:\/\/[0-9a-f]{64}$/);
	assert.deepEqual(
		cluster
			.events('one')
			.map((event) => event.replace(/\d+(\.\d+)?(ms|s)|\d+ bytes/g, 'N').replace(/node\d/, 'NODE')),
		[
			'Scheduled Successfully assigned default/one to NODE',
			'Pulling Pulling image "busybox:1.36"',
			'Pulled Successfully pulled image "busybox:1.36" in N (N including waiting). Image size: N.',
			'Created Container created',
			'Started Container started',
		],
	);
	cluster.lab.stop();
});

test('a crashing container is started again after 10, 20, 40 s … at most 5 min, and says so', async () => {
	const cluster = createTestCluster();
	cluster.createPod('crash', { containers: [busybox('main', 'false')] });
	await cluster.until(() => statusOf(cluster, 'crash')?.state?.terminated !== undefined);
	assert.deepEqual(
		[
			statusOf(cluster, 'crash')!.state!.terminated!.reason,
			statusOf(cluster, 'crash')!.state!.terminated!.exitCode,
		],
		['Error', 1],
	);
	const startedAt: number[] = [];
	for (let restart = 1; restart <= 9; restart++) {
		await cluster.until(() => statusOf(cluster, 'crash')!.restartCount === restart);
		startedAt.push(cluster.elapsed());
	}
	const gaps = startedAt.slice(1).map((at, index) => Math.round((at - startedAt[index]) / 1000));
	assert.deepEqual(gaps, [10, 20, 40, 80, 160, 300, 300, 300]);

	await cluster.until(() => waitingFor(cluster, 'crash') === 'CrashLoopBackOff');
	const { uid } = cluster.pod('crash')!.metadata;
	assert.equal(
		statusOf(cluster, 'crash')!.state!.waiting!.message,
		`back-off 5m0s restarting failed container=main pod=crash_default(${uid})`,
	);
	assert.equal(statusOf(cluster, 'crash')!.lastState!.terminated!.exitCode, 1);
	assert(
		cluster
			.events('crash')
			.includes(`BackOff Back-off restarting failed container main in pod crash_default(${uid})`),
	);
	assert.equal(cluster.pod('crash')!.status!.phase, 'Running');
	assert.equal(condition(cluster.pod('crash')!, 'Ready').message, 'containers with unready status: [main]');
	cluster.lab.stop();
});

test('the back-off is forgotten when a container has run for ten minutes', async () => {
	const cluster = createTestCluster();
	cluster.createPod('slow', { containers: [busybox('main', 'sleep', '601')] });
	const restarts = async (count: number) => {
		await cluster.until(() => statusOf(cluster, 'slow')?.restartCount === count);
		return cluster.elapsed();
	};
	const gaps: number[] = [];
	for (let count = 1, last = await restarts(1); count < 4; count++) {
		const at = await restarts(count + 1);
		gaps.push(at - last);
		last = at;
	}
	assert(
		gaps.every((gap) => gap < 604_000),
		String(gaps),
	);
	cluster.lab.stop();
});

test('init containers run one after another before the others, and hold them up while they fail', async () => {
	const cluster = createTestCluster();
	cluster.createPod('init', {
		initContainers: [busybox('first', 'sleep', '5'), busybox('second', 'sleep', '5')],
	});
	await cluster.until(() => statusOf(cluster, 'init', 'first')?.state?.running !== undefined);
	assert.equal(waitingFor(cluster, 'init', 'second'), 'PodInitializing');
	assert.equal(waitingFor(cluster, 'init'), 'PodInitializing');
	assert.equal(cluster.pod('init')!.status!.phase, 'Pending');
	assert.equal(
		condition(cluster.pod('init')!, 'Initialized').message,
		'containers with incomplete status: [first second]',
	);
	await cluster.until(() => cluster.isReady('init'));
	assert.equal(statusOf(cluster, 'init', 'second')!.state!.terminated!.reason, 'Completed');
	assert.equal(statusOf(cluster, 'init', 'second')!.ready, true);

	cluster.createPod('stuck', { initContainers: [busybox('first', 'false')] });
	await cluster.until(() => waitingFor(cluster, 'stuck', 'first') === 'CrashLoopBackOff');
	assert.equal(waitingFor(cluster, 'stuck'), 'PodInitializing');

	cluster.createPod('failed', { restartPolicy: 'Never', initContainers: [busybox('first', 'false')] });
	await cluster.until(() => cluster.pod('failed')!.status!.phase === 'Failed');
	cluster.lab.stop();
});

test('a sidecar starts before the containers and ends after them', async () => {
	const cluster = createTestCluster();
	cluster.createPod('side', {
		restartPolicy: 'Never',
		initContainers: [{ ...busybox('proxy', 'sleep', '100000'), restartPolicy: 'Always' }],
		containers: [busybox('main', 'sleep', '5')],
	});
	await cluster.until(() => statusOf(cluster, 'side')?.state?.running !== undefined);
	assert(statusOf(cluster, 'side', 'proxy')!.state!.running);
	assert.equal(statusOf(cluster, 'side', 'proxy')!.started, true);
	await cluster.until(() => cluster.pod('side')!.status!.phase === 'Succeeded');
	await cluster.until(() => statusOf(cluster, 'side', 'proxy')!.state!.terminated !== undefined);
	cluster.lab.stop();
});

test('restart policies decide whether a pod succeeds, fails or goes on', async () => {
	const cluster = createTestCluster();
	const phase = (name: string) => cluster.pod(name)!.status!.phase;
	cluster.createPod('done', { restartPolicy: 'OnFailure', containers: [busybox('main', 'true')] });
	cluster.createPod('failed', { restartPolicy: 'Never', containers: [busybox('main', 'false')] });
	cluster.createPod('again', { restartPolicy: 'OnFailure', containers: [busybox('main', 'false')] });
	await cluster.until(() => phase('done') === 'Succeeded' && phase('failed') === 'Failed');
	assert.equal(condition(cluster.pod('done')!, 'Ready').reason, 'PodCompleted');
	await cluster.until(() => statusOf(cluster, 'again')!.restartCount === 2);
	assert.equal(phase('again'), 'Running');
	assert.equal(statusOf(cluster, 'failed')!.restartCount, 0);
	cluster.lab.stop();
});

test('a container is asked to stop, and killed when its grace period is over', async () => {
	const cluster = createTestCluster();
	const gone = async (name: string, seconds: number) => {
		const exits: (number | undefined)[] = [];
		const end = cluster.client.watch<Pod>('pods', ({ type, object }) => {
			if (object.metadata.name === name && type === 'DELETED')
				exits.push(object.status!.containerStatuses![0].state!.terminated?.exitCode);
		});
		const from = cluster.elapsed();
		cluster.client.delete('pods', 'default', name, { gracePeriodSeconds: seconds });
		await cluster.until(() => exits.length > 0);
		end();
		return { exit: exits[0], ms: cluster.elapsed() - from };
	};
	// PID 1 without a handler ignores TERM.
	cluster.createPod('deaf', {});
	await cluster.until(() => cluster.isReady('deaf'));
	assert.deepEqual(await gone('deaf', 7), { exit: 137, ms: 7000 });

	cluster.createPod('hurried', {});
	await cluster.until(() => cluster.isReady('hurried'));
	cluster.client.delete('pods', 'default', 'hurried', { gracePeriodSeconds: 30 });
	await cluster.clock.advance(5000);
	assert(cluster.pod('hurried')!.metadata.deletionTimestamp);
	assert.deepEqual(await gone('hurried', 2), { exit: 137, ms: 2000 });
	assert(cluster.events('hurried').includes('Killing Stopping container main'));
	cluster.lab.stop();
});

test('an image that cannot be pulled is told of and tried again', async () => {
	const cluster = createTestCluster();
	cluster.createPod('typo', { containers: [{ ...sleeper, image: 'nginx:9.9.9-none' }] });
	await cluster.until(() => waitingFor(cluster, 'typo') === 'ErrImagePull');
	const { message } = statusOf(cluster, 'typo')!.state!.waiting!;
	assert.match(
		message!,
		/^rpc error: code = NotFound desc = failed to pull and unpack image "docker\.io\/library\/nginx:9\.9\.9-none": .*: not found$/,
	);
	await cluster.until(() => waitingFor(cluster, 'typo') === 'ImagePullBackOff');
	assert.equal(
		statusOf(cluster, 'typo')!.state!.waiting!.message,
		`Back-off pulling image "nginx:9.9.9-none": ErrImagePull: ${message}`,
	);
	assert.equal(cluster.pod('typo')!.status!.phase, 'Pending');
	assert.deepEqual(cluster.events('typo').slice(1), [
		'Pulling Pulling image "nginx:9.9.9-none"',
		`Failed Failed to pull image "nginx:9.9.9-none": ${message}`,
		'Failed Error: ErrImagePull',
		'BackOff Back-off pulling image "nginx:9.9.9-none"',
		'Failed Error: ImagePullBackOff',
	]);

	cluster.createPod('never', {
		containers: [{ ...sleeper, image: 'alpine:3.20', imagePullPolicy: 'Never' }],
	});
	await cluster.until(() => waitingFor(cluster, 'never') === 'ErrImageNeverPull');
	cluster.client.delete('pods', 'default', 'typo');
	await cluster.until(() => cluster.pod('typo') === undefined, 5000);
	cluster.lab.stop();
});

test('a command that is not there shows as a start error and backs off', async () => {
	const cluster = createTestCluster();
	cluster.createPod('wrong', { containers: [busybox('main', 'no-such-command')] });
	await cluster.until(() => waitingFor(cluster, 'wrong') === 'RunContainerError');
	const { reason, exitCode, message } = statusOf(cluster, 'wrong')!.lastState!.terminated!;
	assert.deepEqual([reason, exitCode], ['StartError', 128]);
	assert.match(message!, /exec: "no-such-command": executable file not found in \$PATH/);
	await cluster.until(() => waitingFor(cluster, 'wrong') === 'CrashLoopBackOff');
	cluster.lab.stop();
});

test('logs are read from the end, with times, and of the instance before', async () => {
	const cluster = createTestCluster();
	cluster.createPod('log', { containers: [busybox('main', 'echo', '-e', 'one\\ntwo\\nthree')] });
	await cluster.until(() => statusOf(cluster, 'log')?.restartCount === 1);
	assert.equal(await logOf(cluster, 'log', { tailLines: 2 }), 'two\nthree\n');
	assert.equal(await logOf(cluster, 'log', { previous: true, tailLines: 1 }), 'three\n');
	assert.match(
		await logOf(cluster, 'log', { timestamps: true, tailLines: 1 }),
		/^2026-01-01T00:00:\d\d\.\d{9}Z three\n$/,
	);
	cluster.lab.stop();
});

test('a pod that is active for too long fails', async () => {
	const cluster = createTestCluster();
	cluster.createPod('late', { activeDeadlineSeconds: 30 });
	await cluster.until(() => cluster.pod('late')?.status?.phase === 'Failed');
	assert.equal(cluster.pod('late')!.status!.reason, 'DeadlineExceeded');
	assert.equal(statusOf(cluster, 'late')!.state!.terminated!.exitCode, 137);
	cluster.lab.stop();
});

test("a pod's image can be changed, which starts the container anew", async () => {
	const cluster = createTestCluster();
	const setImage = (name: string, image: string) => {
		const pod = structuredClone(cluster.pod(name)!);
		pod.spec.containers[0].image = image;
		cluster.client.update('pods', pod);
	};
	cluster.createPod('one', {});
	await cluster.until(() => cluster.isReady('one'));
	setImage('one', 'busybox:1.29');
	await cluster.until(() => statusOf(cluster, 'one')!.restartCount === 1 && cluster.isReady('one'), 40_000);
	assert.equal(statusOf(cluster, 'one')!.image, 'docker.io/library/busybox:1.29');
	assert(cluster.events('one').includes('Killing Container main definition changed, will be restarted'));

	cluster.createPod('typo', { containers: [{ ...sleeper, image: 'bussybox' }] });
	await cluster.until(() => waitingFor(cluster, 'typo') === 'ImagePullBackOff');
	setImage('typo', 'busybox:1.29');
	await cluster.until(() => cluster.isReady('typo'), 3000);
	cluster.lab.stop();
});
