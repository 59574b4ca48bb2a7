import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { RunningServer } from '../server.ts';
import { course } from '../testing/course.ts';
import { startTestServer } from '../testing/server.ts';

const script = 'document.title = "inline"';
const page = `<!doctype html><title>Page</title><script>${script}</script><script src="x.js"></script>${'<p>text</p>'.repeat(200)}`;

interface Answer {
	status: number;
	headers: Record<string, string | string[] | undefined>;
	body: string;
}

describe('the site', () => {
	const root = mkdtempSync(join(tmpdir(), 'slidecar-test-'));
	const folder = join(root, 'dist');
	let server: RunningServer;
	before(async () => {
		mkdirSync(join(folder, 'read/first'), { recursive: true });
		mkdirSync(join(folder, '_astro'));
		writeFileSync(join(root, 'secret.txt'), 'secret');
		writeFileSync(join(folder, '.sources'), 'secret');
		writeFileSync(join(folder, 'index.html'), page);
		writeFileSync(join(folder, '404.html'), 'nothing here');
		writeFileSync(join(folder, 'read/first/index.html'), 'first');
		writeFileSync(join(folder, '_astro/page.abc.js'), 'export {}');
		server = await startTestServer(course(), { site: { kind: 'built', folder, base: '/course/' } });
	});
	after(async () => {
		await server.close();
		rmSync(root, { recursive: true, force: true });
	});

	/** The path goes out as it is written. */
	function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
		return new Promise((resolve, reject) => {
			const sent = request(
				{ host: '127.0.0.1', port: server.port, path, headers, method },
				async (response) => {
					const chunks: Buffer[] = [];
					for await (const chunk of response) chunks.push(chunk as Buffer);
					const body = Buffer.concat(chunks).toString('latin1');
					resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
				},
			);
			sent.on('error', reject).end();
		});
	}

	it('is found below its base path', async () => {
		assert.equal((await get('/course/')).body, page);
		assert.equal((await get('/')).headers.location, '/course/');
		assert.equal((await get('/course/read/first')).headers.location, '/course/read/first/');
		assert.equal((await get('/course/read/first/?x=1')).body, 'first');
		const missing = await get('/course/none/');
		assert.deepEqual([missing.status, missing.body], [404, 'nothing here']);
		assert.equal((await get('/index.html')).status, 404);
	});

	it('ends at its folder', async () => {
		for (const path of [
			'/course/../secret.txt',
			'/course/%2e%2e/secret.txt',
			'/course/..%2fsecret.txt',
			'/course/%2e%2e%5csecret.txt',
			'/course//etc/passwd',
			'/course/.sources',
			'/course/%00',
			'/course/%',
			'//evil.example/',
		]) {
			const answer = await get(path);
			assert.equal(answer.status, 404, path);
			assert.doesNotMatch(answer.body, /secret|root:/);
		}
	});

	it('is compressed as the browser takes it, and validated by its ETag', async () => {
		const brotli = await get('/course/', { 'accept-encoding': 'gzip, br' });
		assert.equal(brotli.headers['content-encoding'], 'br');
		assert.ok(brotli.body.length < page.length / 2);
		assert.equal(
			(await get('/course/', { 'accept-encoding': 'gzip, br;q=0' })).headers['content-encoding'],
			'gzip',
		);
		const etag = String(brotli.headers.etag);
		const again = await get('/course/', { 'accept-encoding': 'br', 'if-none-match': `"other", W/${etag}` });
		assert.deepEqual([again.status, again.body], [304, '']);
		const head = await get('/course/', {}, 'HEAD');
		assert.deepEqual([head.headers['content-length'], head.body], [String(Buffer.byteLength(page)), '']);
	});

	it('keeps what has a hash in its name, and asks for the rest', async () => {
		assert.match(String((await get('/course/_astro/page.abc.js')).headers['cache-control']), /immutable/);
		assert.equal((await get('/course/')).headers['cache-control'], 'no-cache');
	});

	it('runs only its own scripts, in its own frames', async () => {
		const { headers } = await get('/course/');
		const policy = String(headers['content-security-policy']);
		const hash = createHash('sha256').update(script).digest('base64');
		assert.match(policy, /default-src 'self'/);
		assert.ok(policy.includes(`script-src 'self' 'wasm-unsafe-eval' 'sha256-${hash}';`), policy);
		assert.equal(headers['x-content-type-options'], 'nosniff');
	});

	it('takes no other method', async () => {
		assert.equal((await get('/course/', {}, 'DELETE')).status, 405);
	});

	it('tells its health and its metrics', async () => {
		assert.equal((await get('/healthz')).body, '{"status":"ok"}');
		assert.match((await get('/metrics')).body, /^# TYPE slidecar_sessions gauge\nslidecar_sessions 0$/m);
	});
});
