import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runProbe } from '../../kubelet/probes/probe.ts';
import { settled } from '../../runtime/test-container.ts';
import { createTestPods } from '../test-pods.ts';

const image = 'registry.k8s.io/e2e-test-images/agnhost:2.53';

async function running(args: string[]) {
	const pods = createTestPods();
	const pod = await pods.start('host', image, { args });
	const client = await pods.start('client', 'curlimages/curl', { command: ['sleep', 'infinity'] });
	await pods.clock.advance(10);
	const curl = async (path: string, ...more: string[]) =>
		(await client.run(['curl', '-s', ...more, `http://${pod.ip}${path}`])).stdout;
	const ended = async () => {
		await pods.clock.advanceUntil(() => pod.container.state === 'exited');
		return pod.container.exit?.code;
	};
	return { ...pods, pod, client, curl, ended };
}

test('netexec tells, runs and dials', async () => {
	const { pod, client, curl } = await running(['netexec', '--http-port=8080']);
	assert.equal(await curl(':8080/hostname'), 'host');
	assert.match(await curl(':8080/clientip'), new RegExp(`^${client.ip}:\\d+$`));
	assert.match(await curl(':8080/'), /^NOW: 2026-01-01 /);
	assert.equal(await curl(':8080/echo?msg=there&code=418', '-w', ' %{http_code}'), 'there 418');
	assert.equal(await curl(':8080/healthz', '-w', '%{http_code}'), '200');
	assert.deepEqual(JSON.parse(await curl(':8080/shell?cmd=echo+out;echo+err+>%262;exit+3')), {
		error: 'exit status 3',
		output: 'out\nerr\n',
	});
	const dial = (port: number) => curl(`:8080/dial?host=${pod.ip}&port=${port}&request=hostname&tries=2`);
	assert.deepEqual(JSON.parse(await dial(8080)), { responses: ['host', 'host'] });
	assert.deepEqual(JSON.parse(await dial(81)), {
		errors: Array(2).fill(
			`Get "http://${pod.ip}:81/hostname": dial tcp ${pod.ip}:81: connect: connection refused`,
		),
	});
	assert.match(
		await curl(':8080/redirect?location=/hostname', '-i'),
		/^HTTP\/1\.1 302 Found\r\nLocation: \/hostname\r\n/,
	);
	assert.match(pod.log(), /^2026\/01\/01 00:00:00 Started HTTP server on port 8080\n[\s\S]*GET \/hostname\n/);
});

test('netexec answers datagrams', async () => {
	const { pod, client } = await running(['netexec', '--udp-port=8081']);
	const udp = (text: string) => client.run(['sh', '-c', `echo ${text} | nc -u -w 1 ${pod.ip} 8081`]);
	assert.equal((await udp('hostName')).stdout, 'host');
	assert.equal((await udp('echo hello')).stdout, 'hello');
});

test('grpc-health-checking is healthy until its time, or as it is told', async () => {
	const { pod, curl, network, clock } = await running(['grpc-health-checking', '--delay-unhealthy-sec=20']);
	const kubelet = network.createNamespace({ node: 'node1', hostNetwork: true });
	const probe = (service?: string) => {
		const target = { connect: kubelet.connect, clock, podAddress: pod.ip, container: {}, running: {} };
		return settled(clock, runProbe({ grpc: { port: 5000, service }, timeoutSeconds: 1 }, target as never));
	};
	assert.equal(await probe(), undefined);
	assert.match((await probe('other')) ?? '', /unknown service/);
	await curl(':8080/make-not-serving');
	assert.match((await probe()) ?? '', /NOT_SERVING/);
	await curl(':8080/make-serving');
	await clock.advance(20_000);
	assert.equal(await probe(), undefined);
	pod.container.signal('TERM');
	const late = await running(['grpc-health-checking', '--delay-unhealthy-sec=20']);
	await late.clock.advance(20_000);
	const target = { connect: late.network.createNamespace({ node: 'node1', hostNetwork: true }).connect };
	const failure = runProbe({ grpc: { port: 5000 }, timeoutSeconds: 1 }, {
		...target,
		clock: late.clock,
		podAddress: late.pod.ip,
	} as never);
	assert.match((await settled(late.clock, failure)) ?? '', /NOT_SERVING/);
});

test('netexec ends by request with its code, and as PID 1 by SIGTERM with 2', async () => {
	const first = await running(['netexec']);
	await first.curl(':8080/exit?code=7&wait=2s');
	assert.equal(await first.ended(), 7);
	const second = await running(['netexec']);
	second.pod.container.signal('TERM');
	assert.equal(await second.ended(), 2);
});

test('test-webserver serves the files of its container', async () => {
	const { pod, curl } = await running(['test-webserver']);
	assert.match(await curl('/localhost.crt'), /^-----BEGIN CERTIFICATE-----\n/);
	assert.match(
		await curl('/'),
		/^<!doctype html>\n[\s\S]*<a href="agnhost">agnhost<\/a>\n[\s\S]*<a href="etc\/">etc\/<\/a>\n/,
	);
	assert.equal(await curl('/nope', '-w', '%{http_code}'), '404 page not found\n404');
	assert.match(await curl('/etc', '-i'), /301 Moved Permanently[\s\S]*Location: etc\/\r\n/);
	await pod.run(['sh', '-c', 'echo "<p>home</p>" > /tmp/index.html']);
	assert.equal(await curl('/tmp/'), '<p>home</p>\n');
});

test('serve-hostname waits for its pod to go', async () => {
	const { pod, curl, clock, ended } = await running(['serve-hostname']);
	assert.equal(await curl(':9376/'), 'host');
	pod.container.signal('TERM');
	await clock.advance(59_000);
	assert.match(pod.log(), /Awaiting pod deletion\.\n$/);
	assert.equal(pod.container.state, 'running');
	assert.equal(await ended(), 0);
});

test('liveness falls ill after ten seconds', async () => {
	const { curl, clock } = await running(['liveness']);
	assert.equal(await curl(':8080/healthz'), 'ok');
	await clock.advance(11_000);
	assert.match(await curl(':8080/healthz', '-w', ' %{http_code}'), /^error: 11\.\d+ 500$/);
});

test('commands print, wait and connect', async () => {
	const { pod, client } = await running(['pause']);
	assert.equal(pod.log(), 'Paused\n');
	const run = (...args: string[]) => pod.run(['/agnhost', ...args]);
	assert.equal(
		(await run('dns-suffix')).stdout,
		'default.svc.cluster.local,svc.cluster.local,cluster.local\n',
	);
	assert.match((await run('etc-hosts')).stdout, /host\n/);
	assert.equal((await run('entrypoint-tester', 'a', 'b')).stdout, '[/agnhost entrypoint-tester a b]\n');
	assert.deepEqual(await run('connect', `${client.ip}:1`), { code: 1, stdout: '', stderr: 'REFUSED\n' });
	assert.equal(
		(await run('connect', '--timeout=1s', 'nobody.invalid:80')).stderr,
		'DNS: lookup nobody.invalid: no such host\n',
	);
	const log = await run('logs-generator', '-t', '3', '-d', '3s');
	assert.match(
		log.stderr,
		/^I0101 00:00:\d\d\.\d{6} +\d+ logs_generator\.go:76\] 0 (?:GET|POST|PUT) \/api\/v1\/namespaces\/\S+ \d{3}\n/,
	);
	assert.equal(log.stderr.split('\n').length, 4);
	assert.equal(
		(await run('netexec', '--nope')).stderr,
		'Error: unknown flag: --nope\nUsage:\n  app netexec [flags]\n',
	);
});
