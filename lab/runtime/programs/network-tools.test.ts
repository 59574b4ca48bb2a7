// curl, wget, nslookup, nc, ping and hostname in a cluster: their words and exit codes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestPods, serviceOf, sliceOf } from '../../images/test-pods.ts';

async function cluster() {
	const pods = createTestPods();
	const web = await pods.start('web-0', 'nginx:1.27', { domain: 'web.default.svc.cluster.local' });
	pods.announce('services', { type: 'ADDED', object: serviceOf('web', { clusterIP: 'None' }) });
	pods.announce('endpointslices.discovery.k8s.io', {
		type: 'ADDED',
		object: sliceOf('web', {
			ports: [{ port: 80 }],
			endpoints: [{ addresses: [web.ip], hostname: 'web-0', conditions: { ready: true } }],
		}),
	});
	await pods.clock.advanceUntil(() => web.log().includes('start worker process '));
	await pods.clock.advance(10);
	await web.run(['sh', '-c', 'echo hello > /usr/share/nginx/html/index.html']);
	const client = (image: string) => pods.start('client', image, { command: ['sleep', 'infinity'] });
	return { ...pods, web, client };
}

test('curl fails with its own codes and words', async () => {
	const { client, web } = await cluster();
	const pod = await client('curlimages/curl');
	const curl = (...args: string[]) => pod.run(['curl', '-sS', ...args]);
	assert.deepEqual(await curl('web-0.web'), { code: 0, stdout: 'hello\n', stderr: '' });
	assert.deepEqual(await curl('nope'), {
		code: 6,
		stdout: '',
		stderr: 'curl: (6) Could not resolve host: nope\n',
	});
	assert.deepEqual(await curl('web-0.web:81'), {
		code: 7,
		stdout: '',
		stderr: 'curl: (7) Failed to connect to web-0.web port 81 after 0 ms: Could not connect to server\n',
	});
	assert.deepEqual(await curl('-f', 'web-0.web/nope'), {
		code: 22,
		stdout: '',
		stderr: 'curl: (22) The requested URL returned error: 404\n',
	});
	assert.deepEqual(await curl('-m', '2', 'http://10.244.0.99'), {
		code: 28,
		stdout: '',
		stderr: 'curl: (28) Connection timed out after 2000 milliseconds\n',
	});
	assert.equal((await curl('ftp://x')).code, 1);
	assert.equal((await curl('http://')).code, 3);
	assert.deepEqual(
		(await curl('--nope')).stderr,
		"curl: option --nope: is unknown\ncurl: try 'curl --help' or 'curl --manual' for more information\n",
	);
	const written = await curl(
		'-o',
		'/dev/null',
		'-w',
		'%{http_code} %{size_download} %{remote_ip}\\n',
		'web-0.web',
	);
	assert.equal(written.stdout, `200 6 ${web.ip}\n`);
	await web.run(['sh', '-c', 'mkdir /usr/share/nginx/html/d; echo in > /usr/share/nginx/html/d/index.html']);
	assert.equal((await curl('-L', 'web-0.web/d')).stdout, 'in\n');
	assert.match(
		(await curl('-v', 'web-0.web')).stderr,
		/\n> GET \/ HTTP\/1\.1\n> Host: web-0\.web\n[\s\S]*\n< HTTP\/1\.1 200 OK\n/,
	);
});

test("wget has busybox' words", async () => {
	const { client, web } = await cluster();
	const pod = await client('busybox:1.36');
	assert.deepEqual(await pod.run(['wget', '-qO-', 'web-0.web']), { code: 0, stdout: 'hello\n', stderr: '' });
	assert.deepEqual(await pod.run(['wget', 'nope']), {
		code: 1,
		stdout: '',
		stderr: "wget: bad address 'nope'\n",
	});
	assert.equal(
		(await pod.run(['wget', 'web-0.web:81'])).stderr,
		`Connecting to web-0.web:81 (${web.ip}:81)\nwget: can't connect to remote host (${web.ip}): Connection refused\n`,
	);
	assert.match(
		(await pod.run(['wget', '-q', 'web-0.web/nope'])).stderr,
		/^wget: server returned error: HTTP\/1\.1 404 Not Found\n$/,
	);
	assert.match(
		(await pod.run(['sh', '-c', 'cd /tmp && wget web-0.web && cat index.html'])).stderr,
		/saving to 'index\.html'\nindex\.html {11}100% \|\*{32}\| {5}6 {2}0:00:00 ETA\n'index\.html' saved\n$/,
	);
	assert.equal(
		(await pod.run(['sh', '-c', 'cd /tmp && wget -q web-0.web'])).stderr,
		"wget: can't open 'index.html': File exists\n",
	);
	assert.equal(
		(await pod.run(['wget', '-T', '2', '-q', 'http://10.244.0.99'])).stderr,
		'wget: download timed out\n',
	);
});

test('nslookup follows the search list as the release of its busybox does', async () => {
	const { client, web } = await cluster();
	const modern = await client('busybox:1.36');
	assert.deepEqual(await modern.run(['nslookup', 'web-0.web']), {
		code: 1,
		stdout:
			"Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n** server can't find web-0.web: NXDOMAIN\n\n** server can't find web-0.web: NXDOMAIN\n\n",
		stderr: '',
	});
	const full = await modern.run(['nslookup', 'web-0.web.default.svc.cluster.local']);
	assert.deepEqual(
		[full.code, full.stdout],
		[
			0,
			`Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\nName:\tweb-0.web.default.svc.cluster.local\nAddress: ${web.ip}\n\n\n`,
		],
	);
	const old = await (await client('busybox:1.28')).run(['nslookup', 'web-0.web']);
	assert.deepEqual(
		[old.code, old.stdout],
		[
			0,
			`Server:    10.96.0.10\nAddress 1: 10.96.0.10\n\nName:      web-0.web\nAddress 1: ${web.ip} web-0.web.default.svc.cluster.local\n`,
		],
	);
	const musl = await (await client('alpine:3.8')).run(['nslookup', 'nope']);
	assert.deepEqual(
		[musl.code, musl.stderr],
		[
			1,
			"nslookup: can't resolve '(null)': Name does not resolve\nnslookup: can't resolve 'nope': Name does not resolve\n",
		],
	);
});

test('nc, ping and netstat see the same network', async () => {
	const { client, web, network } = await cluster();
	const pod = await client('busybox:1.36');
	assert.equal((await pod.run(['nc', '-zv', 'web-0.web', '80'])).stderr, `web-0.web (${web.ip}:80) open\n`);
	assert.equal((await pod.run(['nc', '-w', '1', 'web-0.web', '81'])).code, 1);
	assert.match(
		(await pod.run(['nc', 'web-0.web', '80'], 'GET / HTTP/1.0\r\n\r\n')).stdout,
		/^HTTP\/1\.1 200 OK\r\n[\s\S]*hello\n$/,
	);
	const ping = await pod.run(['ping', '-c', '2', 'web-0.web']);
	assert.equal(ping.code, 0);
	assert.match(ping.stdout, /2 packets transmitted, 2 packets received, 0% packet loss/);
	assert.equal(
		(await pod.run(['ping', '-c', '1', '192.0.2.1'])).stderr,
		'ping: sendto: Network is unreachable\n',
	);
	const inWeb = network.createNamespace({ node: 'node1' });
	assert.deepEqual(inWeb.listeners(), []);
});

test('processes are seen, found and ended', async () => {
	const { client, web } = await cluster();
	assert.equal(
		(await web.run(['sh', '-c', 'tr "\\0" " " < /proc/1/cmdline'])).stdout,
		'nginx: master process nginx -g daemon off; ',
	);
	const pod = await client('busybox:1.36');
	assert.match(
		(await pod.run(['ps'])).stdout,
		/^PID {3}USER {5}TIME {2}COMMAND\n {4}1 root {6}0:00 sleep infinity\n/,
	);
	const ended = await pod.run(['sh', '-c', 'sleep 1000 & sleep 1; pkill -f "^sleep 1000"; wait $!; echo $?']);
	assert.equal(ended.stdout.split('\n').at(-2), '143');
	assert.equal((await pod.run(['kill', '4711'])).stderr, "kill: can't kill pid 4711: No such process\n");
	assert.equal((await pod.run(['kill', '-l', '15'])).stdout, 'TERM\n');
});

test('files are followed while they grow', async () => {
	const { client } = await cluster();
	const pod = await client('debian');
	const followed = await pod.run([
		'bash',
		'-c',
		'echo one > /tmp/f; tail -f /tmp/f & sleep 1.5; echo two >> /tmp/f; sleep 2; kill $!; wait',
	]);
	assert.equal(followed.stdout, 'one\ntwo\n');
});

test('perl and sed change a file in place and keep its mode; what perl does not know it names', async () => {
	const { client } = await cluster();
	const pod = await client('debian');
	const script =
		'echo abc > /tmp/f; chmod 640 /tmp/f; perl -i.bak -ple "s/b/B/" /tmp/f; sed -i s/c/C/ /tmp/f; cat /tmp/f /tmp/f.bak; stat -c %a /tmp/f';
	assert.equal((await pod.run(['sh', '-c', script])).stdout, 'aBC\nabc\n640\n');
	const unknown = await pod.run(['perl', '-e', 'use strict; print 1']);
	assert.equal(unknown.code, 255);
	assert.match(unknown.stderr, /it does not know: use strict; print 1\n$/);
});

test('a name server that is not there is waited for, and named', async () => {
	const { client, clock, web } = await cluster();
	const pod = await client('busybox:1.36');
	const start = clock.now();
	const silent = await pod.run(['nslookup', 'web', '192.0.2.53']);
	assert.deepEqual(silent, {
		code: 1,
		stdout: ';; connection timed out; no servers could be reached\n\n',
		stderr: '',
	});
	assert.equal(clock.now() - start >= 10_000, true);
	const node = await pod.run(['nslookup', 'web-0.web.default.svc.cluster.local', '172.18.0.1']);
	assert.match(node.stdout, /can't find web-0\.web\.default\.svc\.cluster\.local: NXDOMAIN/);
	assert.match(
		(await pod.run(['nslookup', 'github.com', '172.18.0.1'])).stdout,
		/Address: 203\.0\.113\.10\n/,
	);
	await pod.run(['sh', '-c', 'echo nameserver 192.0.2.53 > /etc/resolv.conf']);
	assert.equal((await pod.run(['wget', '-q', 'http://web'])).stderr, "wget: bad address 'web'\n");
	await web.run(['sh', '-c', 'echo nameserver 192.0.2.53 > /etc/resolv.conf']);
	const late = 'curl: (28) Resolving timed out after 3000 milliseconds\n';
	assert.equal((await web.run(['curl', '-sS', '-m', '3', 'http://web'])).stderr, late);
	const unknown = 'curl: (6) Could not resolve host: web\n';
	assert.equal((await web.run(['curl', '-sS', 'http://web'])).stderr, unknown);
	await pod.run(['sh', '-c', 'echo nameserver 10.96.0.10 >> /etc/resolv.conf']);
	assert.equal((await pod.run(['wget', '-qO-', 'http://web.default.svc.cluster.local'])).stdout, 'hello\n');
});
