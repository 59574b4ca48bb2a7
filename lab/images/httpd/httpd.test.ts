import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestPods, type TestPod } from '../test-pods.ts';

const document = '/usr/local/apache2/htdocs';
const configuration = '/usr/local/apache2/conf/httpd.conf';

async function server(image = 'httpd:2.4') {
	const pods = createTestPods();
	const web = await pods.start('web', image);
	const client = await pods.start('client', 'curlimages/curl', { command: ['sleep', 'infinity'] });
	await pods.clock.advanceUntil(() => web.log().includes('AH00094'));
	const curl = async (path: string, ...args: string[]) =>
		(await client.run(['curl', '-s', ...args, `http://${web.ip}${path}`])).stdout;
	const status = (path: string, ...args: string[]) =>
		curl(path, '-o', '/dev/null', '-w', '%{http_code}', ...args);
	return { ...pods, web, client, curl, status };
}

const sh = (pod: TestPod, script: string) => pod.run(['sh', '-c', script]);

test('it starts as its namesake, serves its page and logs', async () => {
	const { web, client, curl } = await server();
	assert.match(
		web.log(),
		/^AH00558: httpd: Could not reliably determine the server's fully qualified domain name, using 10\.\S+\. Set the 'ServerName' directive globally to suppress this message\n\[Thu Jan 01 00:00:00\.\d{6} 2026\] \[mpm_event:notice\] \[pid 1:tid 1\] AH00489: Apache\/2\.4\.65 \(Unix\) configured -- resuming normal operations\n.*AH00094: Command line: 'httpd -D FOREGROUND'\n$/,
	);
	assert.equal(await curl('/'), '<html><body><h1>It works!</h1></body></html>\n');
	assert(web.log().endsWith(`${client.ip} - - [01/Jan/2026:00:00:00 +0000] "GET / HTTP/1.1" 200 45\n`));
	assert.match(
		await curl('/', '-i'),
		/^HTTP\/1\.1 200 OK\r\nDate: .*\r\nServer: Apache\/2\.4\.65 \(Unix\)\r\nLast-Modified: .*\r\nETag: "2d-\w+"\r\nAccept-Ranges: bytes\r\nContent-Type: text\/html\r\nContent-Length: 45\r\n/,
	);
});

test('files, folders and failures are answered as by httpd', async () => {
	const { web, curl, status } = await server();
	await sh(
		web,
		`cd ${document}; mkdir docs; echo a > docs/a.txt; echo s > secret; chmod 600 secret; echo x > .htpasswd`,
	);
	assert.equal(await curl('/docs/a.txt'), 'a\n');
	assert.match(
		await curl('/docs', '-i'),
		/301 Moved Permanently\r\n[\s\S]*Location: http:\/\/10\.\S+\/docs\/\r\n/,
	);
	assert.match(
		await curl('/docs/'),
		/<h1>Index of \/docs<\/h1>\n<ul><li><a href="\/"> Parent Directory<\/a><\/li>\n<li><a href="a\.txt"> a\.txt<\/a><\/li>\n<\/ul>/,
	);
	assert.match(
		await curl('/nope'),
		/<title>404 Not Found<\/title>[\s\S]*<p>The requested URL was not found on this server\.<\/p>/,
	);
	assert.match(await curl('/secret'), /You don't have permission to access this resource\./);
	assert.match(
		web.log(),
		/\[core:error\] \[pid 1:tid 1\] \[client 10\.\S+:\d+\] \(13\)Permission denied: AH00132: file permissions deny server access: \/usr\/local\/apache2\/htdocs\/secret\n/,
	);
	assert.equal(await status('/.htpasswd'), '403');
	assert.match(web.log(), /AH01630: client denied by server configuration/);
	assert.equal(await status('/', '-X', 'DELETE'), '405');
	assert.equal(await status('/', '-d', 'posted'), '200');
	const etag = /ETag: (\S+)/.exec(await curl('/', '-I'))?.[1] ?? '';
	assert.equal(await status('/', '-H', `If-None-Match: ${etag}`), '304');
	assert.equal(await curl('/', '-r', '0-5'), '<html>');
	assert.equal(await status('/../../etc/passwd', '--path-as-is'), '400');
});

test('a configuration decides, and a graceful restart takes it over', async () => {
	const { web, clock, curl, status } = await server();
	await sh(
		web,
		`mkdir /srv/b; echo b > /srv/b/start.html
cat >> ${configuration} <<'END'
ServerName web.example
Listen 8080
ErrorDocument 404 "gone fishing"
Redirect permanent /old http://web.example/new
<IfModule mod_ssl.c>
    Unheard of
</IfModule>
<VirtualHost *:8080>
    DocumentRoot /srv/b
    DirectoryIndex start.html
    Header set X-Host b
    CustomLog /var/log/b.log "%m %U %>s"
    <Directory /srv/b>
        Require all granted
    </Directory>
</VirtualHost>
END`,
	);
	assert.deepEqual(await web.run(['httpd', '-t']), { code: 0, stdout: '', stderr: 'Syntax OK\n' });
	assert.equal((await web.run(['httpd', '-k', 'graceful'])).code, 0);
	await clock.advance(100);
	assert.match(web.log(), /AH00493: SIGUSR1 received\. {2}Doing graceful restart\n/);
	assert.equal(await curl('/nope'), 'gone fishing');
	assert.match(await curl('/old/x', '-i'), /Location: http:\/\/web\.example\/new\/x\r\n/);
	assert.match(await curl(':8080/', '-i'), /X-Host: b\r\n[\s\S]*\r\n\r\nb\n$/);
	assert.equal((await web.run(['cat', '/var/log/b.log'])).stdout, 'GET / 200\n');
	assert.equal(await status('/'), '200');
});

test('sections grant and deny by file and by path', async () => {
	const { web, clock, status, curl } = await server();
	await sh(
		web,
		`cd ${document}; mkdir private; echo p > private/p.txt; echo k > a.key; echo v > v.vtt
cat >> ${configuration} <<'END'
AddType text/vtt .vtt
<FilesMatch "\\.key$">
    Require all denied
</FilesMatch>
<Location /private>
    <RequireAll>
        Require all denied
    </RequireAll>
</Location>
END
httpd -k graceful`,
	);
	await clock.advance(100);
	assert.equal(await status('/a.key'), '403');
	assert.equal(await status('/private/p.txt'), '403');
	assert.equal(await status('/privately'), '404');
	assert.match(await curl('/v.vtt', '-i'), /Content-Type: text\/vtt\r\n/);
});

test('a wrong configuration is refused with its place', async () => {
	const { web } = await server();
	const tested = async (text: string) => {
		await web.run(['tee', '/tmp/httpd.conf'], text);
		return (await web.run(['httpd', '-t', '-f', '/tmp/httpd.conf'])).stderr;
	};
	const start = 'AH00526: Syntax error on line 2 of /tmp/httpd.conf:\n';
	assert.equal(
		await tested('Listen 80\nLisen 81\n'),
		`${start}Invalid command 'Lisen', perhaps misspelled or defined by a module not included in the server configuration\n`,
	);
	assert.equal(await tested('Listen 80\n<Directory />\n'), `${start}<Directory> was not closed.\n`);
	assert.equal(await tested('Listen 80\nListen 0\n'), `${start}Port must be specified\n`);
});

test('WINCH ends it gracefully, TERM at once, both with 0', async () => {
	for (const [signal, said] of [
		['WINCH', 'AH00492: caught SIGWINCH, shutting down gracefully\n'],
		['TERM', 'AH00491: caught SIGTERM, shutting down\n'],
	] as const) {
		const { web, clock } = await server('registry.k8s.io/e2e-test-images/httpd:2.4.38-4');
		assert.match(web.log(), /Apache\/2\.4\.38/);
		web.container.signal(signal);
		await clock.advanceUntil(() => web.container.state === 'exited');
		assert.equal(web.container.exit?.code, 0);
		assert(web.log().endsWith(said));
	}
});

test('tags are those of its line', async () => {
	const { registry } = createTestPods();
	for (const tag of ['latest', '2', '2.4', '2.4.62-alpine', 'alpine', '2.4-bookworm'])
		await registry.pull(`httpd:${tag}`);
	for (const tag of ['2.2', '2.4.9', '2.4.99', '3'])
		await assert.rejects(registry.pull(`httpd:${tag}`), /not found/);
});
