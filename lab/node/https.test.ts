import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:http2';
import { type RequestOptions, request as send } from 'node:https';
import { type TestContext, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { ApiResponse, ApiServer, ClientRequest } from '../api/http.ts';
import { createAuthority } from './certificates.ts';
import { serveHttps } from './https.ts';

const authority = createAuthority(Date.now());
const client = authority.issueClient('jane', ['dev', 'ops']);

async function serve(t: TestContext, handle: (request: ClientRequest) => Promise<ApiResponse>) {
	const errors: unknown[] = [];
	const api: ApiServer = { handle, upgrade: handle };
	const front = await serveHttps(api, { authority, report: (error) => errors.push(error) });
	t.after(() => front.close());
	return { url: front.url, errors };
}

const credentials = { cert: client.certificate, key: client.key, ca: authority.certificate };

async function fetchFrom(url: string, options: RequestOptions = {}, body?: Uint8Array | string) {
	const request = send(url, { ...credentials, agent: false, ...options });
	request.end(body);
	const [response] = await once(request, 'response');
	const chunks: Buffer[] = [];
	for await (const chunk of response) chunks.push(chunk);
	return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) };
}

const text = (body: string): ApiResponse => ({
	status: 200,
	headers: { 'content-type': 'text/plain' },
	body,
});

test('passes on what was asked, and who asks by the client certificate', async (t) => {
	let seen: ClientRequest | undefined;
	const { url } = await serve(t, async (request) => {
		seen = request;
		return text('ok');
	});
	const options = { method: 'POST', headers: { 'Content-Type': 'application/json' } };
	const answer = await fetchFrom(`${url}/api/v1/pods%2Fx?watch=true&limit=5`, options, '{}');
	assert.equal(answer.status, 200);
	assert.equal(answer.body.toString(), 'ok');
	assert.equal(seen?.method, 'POST');
	assert.equal(seen?.path, '/api/v1/pods%2Fx');
	assert.equal(seen?.query.get('limit'), '5');
	assert.equal(seen?.headers['content-type'], 'application/json');
	assert.equal(new TextDecoder().decode(seen?.body), '{}');
	assert.equal(seen?.user?.username, 'jane');
	assert.deepEqual(seen?.user?.groups, ['dev', 'ops', 'system:authenticated']);
	const [credential] = seen?.user?.extra?.['authentication.kubernetes.io/credential-id'] ?? [];
	assert.match(credential, /^X509SHA256=[0-9a-f]{64}$/);
});

test('leaves it to the server what a client may that has no certificate, or one of another authority', async (t) => {
	const seen: ClientRequest[] = [];
	const { url } = await serve(t, async (request) => {
		seen.push(request);
		return text('ok');
	});
	const other = createAuthority(Date.now()).issueClient('jane', ['system:masters']);
	await fetchFrom(url, { cert: undefined, key: undefined });
	await fetchFrom(url, { cert: other.certificate, key: other.key });
	assert.deepEqual(
		seen.map(({ user, credentialsRefused }) => ({ user, credentialsRefused })),
		[
			{ user: undefined, credentialsRefused: undefined },
			{ user: undefined, credentialsRefused: true },
		],
	);
});

test('answers over HTTP/2, streams included', async (t) => {
	const { url } = await serve(t, async () => ({
		status: 200,
		headers: { 'content-type': 'application/json' },
		body: (async function* () {
			yield '{"a":1}\n';
			yield '{"b":2}\n';
		})(),
	}));
	const session = connect(url, credentials);
	t.after(() => session.close());
	const stream = session.request({ ':path': '/api/v1/pods?watch=1' });
	let body = '';
	for await (const chunk of stream) body += chunk;
	assert.equal(body, '{"a":1}\n{"b":2}\n');
});

test('a body larger than 3 MiB gets the answer of kube-apiserver', async (t) => {
	const { url } = await serve(t, async (request) => text(String(request.body?.length)));
	const limit = 3 * 1024 * 1024;
	const most = await fetchFrom(url, { method: 'POST' }, new Uint8Array(limit));
	assert.equal(most.body.toString(), String(limit));
	for (const headers of [{}, { 'transfer-encoding': 'chunked' }]) {
		const answer = await fetchFrom(url, { method: 'POST', headers }, new Uint8Array(limit + 1));
		assert.equal(answer.status, 413);
		const status = JSON.parse(answer.body.toString());
		assert.equal(status.message, 'Request entity too large: limit is 3145728');
		assert.equal(status.reason, 'RequestEntityTooLarge');
	}
});

test('compresses a large answer where the client takes gzip, and only then', async (t) => {
	const large = 'kubernetes '.repeat(20_000);
	const { url } = await serve(t, async (request) => text(request.path === '/small' ? 'small' : large));
	const gzip = { headers: { 'accept-encoding': 'gzip' } };
	const compressed = await fetchFrom(`${url}/large`, gzip);
	assert.equal(compressed.headers['content-encoding'], 'gzip');
	assert.equal(gunzipSync(compressed.body).toString(), large);
	assert.equal((await fetchFrom(`${url}/small`, gzip)).headers['content-encoding'], undefined);
	assert.equal((await fetchFrom(`${url}/large`)).body.toString(), large);
});

test('a stream goes no faster than its reader, and ends when the reader goes', async (t) => {
	let written = 0;
	let ended = () => {};
	const end = new Promise<void>((resolve) => {
		ended = resolve;
	});
	const { url, errors } = await serve(t, async () => ({
		status: 200,
		headers: {},
		body: (async function* () {
			try {
				for (;;) {
					written += 65_536;
					yield new Uint8Array(65_536);
				}
			} finally {
				ended();
			}
		})(),
	}));
	const request = send(url, { ...credentials, agent: false });
	request.end();
	const [response] = await once(request, 'response');
	// Without a reader, writing stops when the buffers are full: two looks with the same total in between turns.
	let before = -1;
	while (before !== written) {
		before = written;
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	assert.ok(written < 64 * 1024 * 1024, `${written} bytes were written to a client that reads nothing`);
	response.destroy();
	await end;
	assert.deepEqual(errors, []);
});

test('the answer begins before the stream has anything to say', async (t) => {
	const { url } = await serve(t, async ({ signal }) => ({
		status: 200,
		headers: { 'content-type': 'application/json' },
		body: (async function* (): AsyncGenerator<string> {
			await new Promise((resolve) => signal.addEventListener('abort', resolve));
		})(),
	}));
	const request = send(url, { ...credentials, agent: false });
	request.end();
	const [response] = await once(request, 'response');
	assert.equal(response.statusCode, 200);
	response.destroy();
});

test('the signal of a request is aborted when its client goes', async (t) => {
	let started = (_: AbortSignal) => {};
	const start = new Promise<AbortSignal>((resolve) => {
		started = resolve;
	});
	const { url } = await serve(t, ({ signal }) => {
		started(signal);
		return new Promise(() => {});
	});
	const request = send(url, { ...credentials, agent: false });
	request.on('error', () => {});
	request.end();
	const signal = await start;
	request.destroy();
	if (!signal.aborted) await once(signal, 'abort');
	assert.equal(signal.aborted, true);
});

test('an error of the API server is reported and answered with 500', async (t) => {
	const { url, errors } = await serve(t, async () => {
		throw new Error('out of order');
	});
	const answer = await fetchFrom(url);
	assert.equal(answer.status, 500);
	assert.match(JSON.parse(answer.body.toString()).message, /^Internal error occurred: .*out of order$/);
	assert.equal(errors.length, 1);
});

test('says so when the port is taken', async (t) => {
	const { url } = await serve(t, async () => text('ok'));
	const api: ApiServer = { handle: async () => text(''), upgrade: async () => text('') };
	await assert.rejects(serveHttps(api, { authority, port: Number(new URL(url).port) }), /EADDRINUSE/);
});
