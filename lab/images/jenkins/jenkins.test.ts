import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createContainerRuntime } from '../../runtime/runtime.ts';
import { createTestPods, type TestPod } from '../test-pods.ts';

const up = /Jenkins is fully up and running\n$/;
const status = async (pod: TestPod, path: string, ...more: string[]) =>
	(await pod.run(['curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', ...more, `localhost:8080${path}`]))
		.stdout;

test('it takes its time to start, and says 503 until it is up', async () => {
	const { start, clock } = createTestPods();
	const env = new Map([
		['JENKINS_OPTS', '--prefix=/jenkins'],
		['JAVA_OPTS', '-Xmx1024m -XshowSettings:vm'],
	]);
	const pod = await start('jenkins-0', 'jenkins/jenkins:lts', { env });
	const startedAt = clock.now();
	await clock.advanceUntil(() => pod.log().includes('Starting version 2.541.2'));
	assert.match(
		pod.log(),
		/^VM settings:\n {4}Max\. Heap Size: 1\.00G\n[\s\S]*Running from: \/usr\/share\/jenkins\/jenkins\.war\n/,
	);
	assert.equal(await status(pod, '/jenkins/login'), '503');
	assert.match(
		(await pod.run(['curl', '-s', 'localhost:8080/jenkins/'])).stdout,
		/Please wait while Jenkins is getting ready to work/,
	);
	await clock.advanceUntil(() => up.test(pod.log()));
	const seconds = (clock.now() - startedAt) / 1000;
	assert(seconds > 25 && seconds < 60, `${seconds} s`);
	assert.equal(await status(pod, '/jenkins/login'), '200');
	assert.equal(await status(pod, '/jenkins/api/json'), '403');
	assert.equal(await status(pod, '/login'), '404');
	assert.match(
		(await pod.run(['curl', '-s', 'localhost:8080/jenkins/whoAmI/api/json'])).stdout,
		/"name":"anonymous"/,
	);
	assert.match((await pod.run(['curl', '-s', 'localhost:50000'])).stdout, /Jenkins-Version: 2\.541\.2\n/);

	const file = await pod.run(['cat', '/var/jenkins_home/secrets/initialAdminPassword']);
	const password = file.stdout.trim();
	assert.match(password, /^[0-9a-f]{32}$/);
	assert(pod.log().includes(`proceed to installation:\n\n${password}\n`));
	assert.equal(await status(pod, '/jenkins/api/json', '-u', `admin:${password}`), '200');
	const form = (given: string) => [
		`j_username=admin&j_password=${given}`,
		'localhost:8080/jenkins/j_spring_security_check',
	];
	assert.match(
		(await pod.run(['curl', '-si', '-d', ...form('wrong')])).stdout,
		/Location: \/jenkins\/loginError\r\n/,
	);
	const cookie = /Set-Cookie: ([^;]+)/.exec(
		(await pod.run(['curl', '-si', '-d', ...form(password)])).stdout,
	)?.[1];
	assert(cookie);
	assert.equal(await status(pod, '/jenkins/', '-b', cookie), '200');
});

test('its home outlives it on a volume, and it ends by SIGTERM with 143', async () => {
	const { start, clock } = createTestPods();
	const volume = createContainerRuntime({ clock, random: () => 0 }).createVolume({
		type: 'disk',
		source: 'home',
	});
	const mounts = [{ path: '/var/jenkins_home', volume, readOnly: false }];
	const first = await start('jenkins-0', 'jenkins/jenkins:lts-alpine', { mounts });
	await clock.advanceUntil(() => up.test(first.log()));
	const password = ['cat', '/var/jenkins_home/secrets/initialAdminPassword'];
	const before = (await first.run(password)).stdout;
	first.container.signal('TERM');
	await clock.advanceUntil(() => first.container.state === 'exited');
	assert.equal(first.container.exit?.code, 143);
	assert.match(first.log(), /JVM is terminating\. Shutting down Jetty\n[\s\S]*Jenkins stopped\n$/);
	const second = await start('jenkins-1', 'jenkins/jenkins:lts-alpine', { mounts });
	await clock.advanceUntil(() => up.test(second.log()));
	assert.equal((await second.run(password)).stdout, before);
	assert.doesNotMatch(second.log(), /Beginning extraction/);
});

test('what cannot work is refused in the words of its script and of java', async () => {
	const { start, clock } = createTestPods();
	const volume = createContainerRuntime({ clock, random: () => 0 }).createVolume({
		type: 'disk',
		source: 'home',
		mode: 0o755,
	});
	const mounts = [{ path: '/var/jenkins_home', volume, readOnly: false }];
	const denied = await start('jenkins-0', 'jenkins/jenkins:lts', { mounts });
	await clock.advanceUntil(() => denied.container.state === 'exited');
	assert.equal(denied.container.exit?.code, 1);
	assert.match(
		denied.log(),
		/Can not write to \/var\/jenkins_home\/copy_reference_file\.log\. Wrong volume permissions\?\n$/,
	);
	const env = new Map([['JAVA_OPTS', '-Xmxplenty']]);
	const refused = await start('jenkins-1', 'jenkins/jenkins:lts', { env });
	await clock.advanceUntil(() => refused.container.state === 'exited');
	assert.match(
		refused.log(),
		/^Invalid maximum heap size: -Xmxplenty\nError: Could not create the Java Virtual Machine\.\n/,
	);
	const small = await start('jenkins-2', 'jenkins/jenkins:lts', { memoryLimitBytes: 128 * 1024 * 1024 });
	await clock.advanceUntil(() => small.container.state === 'exited');
	assert.equal(small.container.exit?.code, 137);
});

test('tags are those of its lines', async () => {
	const { registry } = createTestPods();
	for (const [tag, version] of [
		['lts', '2.541.2'],
		['2.440.3-lts-jdk17', '2.440.3'],
		['2.541.1', '2.541.1'],
		['2.540', '2.540'],
		['alpine', '2.552'],
	])
		assert.equal((await registry.pull(`jenkins/jenkins:${tag}`)).config.env.JENKINS_VERSION, version);
	for (const tag of ['2.441.1', '2.9999', '3', 'lts-windows'])
		await assert.rejects(registry.pull(`jenkins/jenkins:${tag}`), /not found/);
});
