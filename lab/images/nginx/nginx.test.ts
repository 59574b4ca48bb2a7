import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestPods, serviceOf, sliceOf, type TestPod } from '../test-pods.ts';

async function cluster(image = 'nginx:1.27') {
	const pods = createTestPods();
	const web = await pods.start('nginx-0', image, { domain: 'nginx.default.svc.cluster.local' });
	pods.announce('services', { type: 'ADDED', object: serviceOf('nginx', { clusterIP: 'None' }) });
	pods.announce('endpointslices.discovery.k8s.io', {
		type: 'ADDED',
		object: sliceOf('nginx', {
			ports: [{ port: 80 }],
			endpoints: [{ addresses: [web.ip], hostname: 'nginx-0', conditions: { ready: true } }],
		}),
	});
	await pods.clock.advanceUntil(() => web.log().includes('start worker process '));
	await pods.clock.advance(10);
	return { ...pods, web };
}

const write = (pod: TestPod, path: string, text: string) => pod.run(['tee', path], text);

test('the image starts as its namesake and says so', async () => {
	const { web } = await cluster();
	assert.match(
		web.log(),
		/^\/docker-entrypoint\.sh: \/docker-entrypoint\.d\/ is not empty, will attempt to perform configuration\n/,
	);
	assert.match(
		web.log(),
		/Configuration complete; ready for start up\n.*\[notice\] 1#1: using the "epoll" event method\n.*nginx\/1\.27\.5\n/,
	);
});

test('a web application is reached by name, changed by perl, and served as changed', async () => {
	const { web, start } = await cluster();
	await web.run(['sh', '-c', 'echo octocat at $(hostname) > /usr/share/nginx/html/index.html']);
	assert.equal((await web.run(['hostname', '-f'])).stdout, 'nginx-0.nginx.default.svc.cluster.local\n');
	const client = await start('client', 'busybox:1.29', { command: ['sleep', 'infinity'] });
	const page = () => client.run(['wget', '-q', '-O', '-', 'nginx-0.nginx.default.svc.cluster.local']);
	assert.deepEqual(await page(), { code: 0, stdout: 'octocat at nginx-0\n', stderr: '' });
	assert.deepEqual(
		await web.run(['perl', '-i', '-ple', 's/octocat/kubernetesio/g', '/usr/share/nginx/html/index.html']),
		{ code: 0, stdout: '', stderr: '' },
	);
	assert.equal((await page()).stdout, 'kubernetesio at nginx-0\n');
	assert.match(web.log(), /"GET \/ HTTP\/1\.1" 200 24 "-" "Wget" "-"\n$/);
});

test('status codes, fields and log are those of nginx', async () => {
	const { web } = await cluster();
	const head = async (...args: string[]) => (await web.run(['curl', '-sI', ...args])).stdout.split('\r\n');
	const [status, server, date, type, length, modified, connection, etag, ranges] = await head('localhost');
	assert.deepEqual(
		[status, server, type, connection, ranges],
		[
			'HTTP/1.1 200 OK',
			'Server: nginx/1.27.5',
			'Content-Type: text/html',
			'Connection: keep-alive',
			'Accept-Ranges: bytes',
		],
	);
	assert.match(date, /^Date: \w{3}, \d\d \w{3} 2026 /);
	assert.match(`${length} ${modified}`, /^Content-Length: \d+ Last-Modified: /);
	const tag = etag.replace('ETag: ', '');
	assert.equal((await head('-H', `If-None-Match: ${tag}`, 'localhost'))[0], 'HTTP/1.1 304 Not Modified');
	const code = async (...args: string[]) =>
		(await web.run(['curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', ...args])).stdout;
	assert.equal(await code('-X', 'POST', 'localhost'), '405');
	assert.equal(await code('localhost/nope'), '404');
	assert.match(
		web.log(),
		/\[error\] \d+#\d+: \*\d+ open\(\) "\/usr\/share\/nginx\/html\/nope" failed \(2: No such file or directory\), client: 127\.0\.0\.1, server: localhost, request: "GET \/nope HTTP\/1\.1", host: "localhost"\n/,
	);
	await web.run(['sh', '-c', 'cd /usr/share/nginx/html; mkdir docs; echo x > secret; chmod 600 secret']);
	assert.equal(await code('localhost/secret'), '403');
	assert.equal(await code('localhost/docs/'), '403');
	assert.match(web.log(), /directory index of "\/usr\/share\/nginx\/html\/docs\/" is forbidden/);
	assert.ok((await head('localhost/docs')).includes('Location: http://localhost/docs/'));
	assert.equal(await code('-r', '0-3', 'localhost'), '206');
	assert.equal(await code('localhost/../../etc/passwd'), '400');
});

test('a configuration decides what is served, and a reload takes it over', async () => {
	const { web, clock } = await cluster();
	await write(
		web,
		'/etc/nginx/conf.d/default.conf',
		`server {
	listen 80;
	listen 8080;
	location /health { return 200 "healthy\\n"; }
	location = /old { return 301 /new; }
	location /files/ { alias /etc/nginx/; autoindex on; }
	location ~ \\.gone$ { return 410; }
	location /up/ { proxy_pass http://127.0.0.1:9000/; }
	location / { try_files $uri /index.html =404; root /usr/share/nginx/html; add_header X-From $hostname; }
}
server { listen 9000; location / { return 200 "upstream $uri $http_host\\n"; } }
`,
	);
	assert.equal((await web.run(['nginx', '-t'])).code, 0);
	await web.run(['nginx', '-s', 'reload']);
	await clock.advance(100);
	const get = async (target: string) => (await web.run(['curl', '-s', `localhost${target}`])).stdout;
	assert.equal(await get('/health'), 'healthy\n');
	assert.equal(await get(':8080/health'), 'healthy\n');
	assert.equal(await get('/up/there'), 'upstream /there 127.0.0.1:9000\n');
	assert.match(await get('/files/'), /<h1>Index of \/files\/<\/h1>[\s\S]*<a href="conf\.d\/">conf\.d\/<\/a>/);
	assert.match(await get('/x.gone'), /410 Gone/);
	const any = (await web.run(['curl', '-si', 'localhost/any'])).stdout;
	assert.match(any, /X-From: nginx-0\r\n[\s\S]*Welcome to nginx/);
	assert.match(
		(await web.run(['curl', '-si', 'localhost/old'])).stdout,
		/Location: http:\/\/localhost\/new\r\n/,
	);
});

test('a wrong configuration is refused with its place, and a running nginx keeps the old one', async () => {
	const { web, clock } = await cluster();
	await write(web, '/etc/nginx/conf.d/default.conf', 'server {\n\tlisten 80;\n\tlisen 81;\n}\n');
	const tested = await web.run(['nginx', '-t']);
	assert.equal(tested.code, 1);
	assert.match(
		tested.stderr,
		/nginx: \[emerg\] unknown directive "lisen" in \/etc\/nginx\/conf\.d\/default\.conf:3\nnginx: configuration file \/etc\/nginx\/nginx\.conf test failed\n$/,
	);
	assert.equal((await web.run(['nginx', '-s', 'reload'])).code, 1);
	await clock.advance(100);
	assert.equal((await web.run(['curl', '-sf', 'localhost'])).code, 0);
});

test('QUIT ends it gracefully with code 0; a worker that is killed is replaced', async () => {
	const { web, clock } = await cluster();
	const worker = () =>
		web.run([
			'sh',
			'-c',
			'for p in /proc/[0-9]*; do grep -q "[w]orker process" $p/cmdline && basename $p; done',
		]);
	const before = (await worker()).stdout;
	assert.match(before, /^\d+\n$/);
	await web.run(['sh', '-c', `kill -9 ${before.trim()}`]);
	await clock.advance(100);
	assert.match(web.log(), new RegExp(`worker process ${before.trim()} exited on signal 9`));
	assert.equal((await web.run(['curl', '-sf', 'localhost'])).code, 0);
	web.container.signal('QUIT');
	await clock.advanceUntil(() => web.container.state === 'exited');
	assert.equal(web.container.exit?.code, 0);
	assert.match(web.log(), /signal 3 \(SIGQUIT\) received, shutting down\n[\s\S]*\[notice\] 1#1: exit\n$/);
});

test('a port that is taken ends it', async () => {
	const { web } = await cluster();
	const second = await web.run(['nginx', '-g', 'daemon off;']);
	assert.equal(second.code, 1);
	assert.match(
		second.stderr,
		/bind\(\) to 0\.0\.0\.0:80 failed \(98: Address already in use\)\n[\s\S]*still could not bind\(\)\n$/,
	);
});

test('each tag has its version, and old ones no entry point', async () => {
	const { registry } = await cluster();
	for (const [tag, version] of [
		['1.13.12', '1.13.12'],
		['1.25', '1.25.5'],
		['mainline', '1.29.3'],
		['1.27-alpine', '1.27.5'],
	])
		assert.equal((await registry.pull(`nginx:${tag}`)).config.env.NGINX_VERSION, version);
	assert.deepEqual((await registry.pull('nginx:1.13.12')).config.entrypoint, []);
	const alpine = await cluster('nginx:1.27-alpine');
	assert.equal((await alpine.web.run(['wget', '-qO-', 'localhost'])).code, 0);
});
