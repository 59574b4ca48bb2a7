import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRegistry } from './registry.ts';
import { createTestPods } from './test-pods.ts';

const registry = createRegistry();

test('references are normalised as containerd does', () => {
	for (const [given, normal] of [
		['nginx', 'docker.io/library/nginx:latest'],
		['nginx:1.27', 'docker.io/library/nginx:1.27'],
		['alpine/git', 'docker.io/alpine/git:latest'],
		['docker.io/nginx', 'docker.io/library/nginx:latest'],
		['registry.k8s.io/pause:3.9', 'registry.k8s.io/pause:3.9'],
		['localhost:5000/a:b', 'localhost:5000/a:b'],
	])
		assert.equal(registry.normalise(given), normal);
	assert.throws(
		() => registry.normalise('Nginx'),
		/invalid reference format: repository name \(library\/Nginx\) must be lowercase/,
	);
	assert.throws(() => registry.normalise('nginx:'), /invalid reference format/);
});

test('what is not there fails in the words of containerd', async () => {
	await assert.rejects(registry.pull('nginx:9.9.9-none'), {
		message:
			'failed to pull and unpack image "docker.io/library/nginx:9.9.9-none": failed to resolve reference "docker.io/library/nginx:9.9.9-none": docker.io/library/nginx:9.9.9-none: not found',
	});
	await assert.rejects(registry.pull('nobody/nothing'), {
		message:
			'failed to pull and unpack image "docker.io/nobody/nothing:latest": failed to resolve reference "docker.io/nobody/nothing:latest": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
	});
	await assert.rejects(registry.pull('example.com/app:1'), /lookup example\.com on .*: no such host$/);
});

test('an image is made once, and found by its digest', async () => {
	const image = await registry.pull('busybox:1.29');
	assert.equal(await createRegistry().pull('busybox:1.29'), image);
	assert.match(image.digest, /^sha256:[0-9a-f]{64}$/);
	assert.equal(await registry.pull(`busybox@${image.digest}`), image);
	assert.equal((await registry.pull('nginx:1.27')).layers, (await registry.pull('nginx:1.27.5')).layers);
});

test("Kubernetes' old registry leads to the new one", async () => {
	const image = await registry.pull('k8s.gcr.io/pause:3.5');
	assert.equal(image.reference, 'k8s.gcr.io/pause:3.5');
	assert.equal(image.layers, (await registry.pull('registry.k8s.io/pause:3.5')).layers);
	await assert.rejects(registry.pull('k8s.gcr.io/nothing:1'), /k8s\.gcr\.io\/nothing:1: not found$/);
});

test('every image runs a command of its own', async () => {
	const { start } = createTestPods();
	for (const [image, command, output] of [
		['debian', ['cat', '/etc/debian_version'], /^13\.\d+\n$/],
		['debian:bookworm-slim', ['cat', '/etc/os-release'], /VERSION="12 \(bookworm\)"\n/],
		['alpine:3.20', ['cat', '/etc/alpine-release'], /^3\.20\.\d+\n$/],
		['alpine', ['sh', '-c', 'echo $0 | tr a-z A-Z'], /^SH\n$/],
		['busybox', ['busybox', 'ls', '/bin/cat'], /^\/bin\/cat\n$/],
		['curlimages/curl', ['whoami'], /^curl_user\n$/],
		['alpine/git', ['git', '--version'], /^git version 2\./],
		['otomato/alpine-netcat:curl', ['curl', '--version'], /^curl 8\./],
		['registry.k8s.io/e2e-test-images/busybox:1.29-4', ['busybox', 'true'], /^$/],
		['registry.k8s.io/e2e-test-images/nginx:1.15-4', ['printenv', 'NGINX_VERSION'], /^1\.15\.12\n$/],
	] as const) {
		const pod = await start('pod', image, { command: ['sleep', 'infinity'] });
		assert.match((await pod.run(command)).stdout, output, image);
	}
	const pause = await start('pause', 'registry.k8s.io/pause:3.9');
	assert.equal(pause.container.state, 'running');
});

test('git clones Spoon-Knife once, and refuses a folder with something in it', async () => {
	const { start } = createTestPods();
	const pod = await start('git', 'alpine/git', { command: ['sleep', 'infinity'] });
	const clone = ['git', 'clone', 'https://github.com/octocat/Spoon-Knife', '/www'];
	assert.deepEqual(await pod.run(clone), { code: 0, stdout: '', stderr: "Cloning into '/www'...\n" });
	assert.match((await pod.run(['cat', '/www/index.html'])).stdout, /octocat/);
	assert.deepEqual(await pod.run(clone), {
		code: 128,
		stdout: '',
		stderr: "fatal: destination path '/www' already exists and is not an empty directory.\n",
	});
	await pod.run(['sh', '-c', 'echo changed >> /www/index.html']);
	assert.match((await pod.run(['git', '-C', '/www', 'status'])).stdout, /modified: {3}index\.html/);
	const gone = await pod.run(['git', 'clone', 'https://gitlab.example/a/b']);
	assert.deepEqual(gone, {
		code: 128,
		stdout: '',
		stderr:
			"Cloning into 'b'...\nfatal: unable to access 'https://gitlab.example/a/b/': Could not resolve host: gitlab.example\n",
	});
});
