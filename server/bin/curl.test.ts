import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const curl = fileURLToPath(new URL('curl', import.meta.url));
const server = createServer(async (request, response) => {
	let body = '';
	for await (const part of request) body += part;
	if (request.url === '/old') response.writeHead(301, { location: '/new' }).end();
	else if (request.url === '/gone') response.writeHead(404).end('nothing\n');
	else {
		response.write(`${request.method} ${request.url} ${request.headers['x-from'] ?? ''}\n`);
		response.end(body);
	}
});
let origin = '';

before(async () => {
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	origin = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => server.close());

function run(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
	return new Promise((resolve) => {
		const child = spawn(curl, args, { stdio: ['ignore', 'pipe', 'pipe'] });
		const said = { stdout: '', stderr: '' };
		child.stdout.setEncoding('utf8').on('data', (text) => {
			said.stdout += text;
		});
		child.stderr.setEncoding('utf8').on('data', (text) => {
			said.stderr += text;
		});
		child.on('close', (code) => resolve({ code, ...said }));
	});
}

const good = (stdout: string) => ({ code: 0, stdout, stderr: '' });

test('it gets and posts', async () => {
	assert.deepEqual(await run('-s', `${origin}/a?b=1`), good('GET /a?b=1 \n'));
	assert.deepEqual(await run('-s', origin), good('GET / \n'));
	assert.deepEqual(await run('-s', '-d', 'Grüße!', `http://${origin}/`), good('POST / \nGrüße!'));
	assert.deepEqual(
		await run('-s', '-X', 'PUT', '-d', 'a', '-d', 'b', '-H', 'X-From: me', `${origin}/`),
		good('PUT / me\na&b'),
	);
});

test('it follows, and tells the code', async () => {
	assert.deepEqual(
		await run('-s', '-o', '/dev/null', '-w', '%{http_code}\\n', `${origin}/old`),
		good('301\n'),
	);
	assert.deepEqual(await run('-sL', `${origin}/old`), good('GET /new \n'));
	assert.match((await run('-si', `${origin}/x`)).stdout, /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nGET \/x \n$/);
});

test('failures have the codes of curl', async () => {
	assert.deepEqual(await run('-sf', `${origin}/gone`), { code: 22, stdout: '', stderr: '' });
	assert.match(
		(await run('-sSf', `${origin}/gone`)).stderr,
		/^curl: \(22\) The requested URL returned error: 404\n$/,
	);
	assert.equal((await run('-s', '127.0.0.1:1/')).code, 7);
	assert.match((await run('https://127.0.0.1/')).stderr, /\(1\) Protocol "https" not supported/);
	assert.equal((await run('--unknown', origin)).code, 2);
});
