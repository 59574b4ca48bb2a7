import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { WebSocket } from 'ws';
import type { ApiResponse, ApiServer, Upgrade } from '../api/http.ts';
import type { ExecStreams, ExitStatus } from '../runtime/streams.ts';
import { createAuthority } from './certificates.ts';
import { serveHttps } from './https.ts';

const authority = createAuthority(Date.now());
const client = authority.issueClient('kubernetes-admin', ['system:masters']);

async function serve(t: TestContext, granted: Upgrade | ApiResponse) {
	const api: ApiServer = {
		handle: async () => ({ status: 404, headers: {}, body: '' }),
		upgrade: async () => granted,
	};
	const front = await serveHttps(api, { authority });
	t.after(() => front.close());
	return front;
}

function open(url: string, protocols: string[]) {
	const socket = new WebSocket(`${url}/exec`.replace('https', 'wss'), protocols, {
		ca: authority.certificate,
		cert: client.certificate,
		key: client.key,
	});
	const channels = new Map<number, string>();
	socket.on('message', (data: Buffer) => {
		channels.set(data[0], (channels.get(data[0]) ?? '') + data.subarray(1).toString());
	});
	return { socket, channels };
}

const message = (channel: number, data: string) => Buffer.concat([Buffer.of(channel), Buffer.from(data)]);

function exec(run: (streams: ExecStreams) => Promise<ExitStatus>, tty = false): Upgrade {
	return { kind: 'exec', stdin: true, stdout: true, stderr: !tty, tty, run };
}

async function status(t: TestContext, run: (streams: ExecStreams) => Promise<ExitStatus>) {
	const front = await serve(t, exec(run));
	const { socket, channels } = open(front.url, ['v5.channel.k8s.io']);
	await once(socket, 'close');
	return JSON.parse(channels.get(3) ?? '');
}

test('carries stdin, stdout, stderr and the end of stdin', async (t) => {
	const front = await serve(
		t,
		exec(async ({ stdin, stdout, stderr }) => {
			for await (const chunk of stdin!) await stdout(chunk);
			await stderr(new TextEncoder().encode('done'));
			return { code: 0 };
		}),
	);
	const { socket, channels } = open(front.url, ['v5.channel.k8s.io', 'v4.channel.k8s.io']);
	await once(socket, 'open');
	assert.equal(socket.protocol, 'v5.channel.k8s.io');
	socket.send(message(0, 'one '));
	socket.send(message(0, 'two'));
	socket.send(Buffer.of(255, 0));
	const [code] = await once(socket, 'close');
	assert.equal(code, 1000);
	assert.equal(channels.get(1), 'one two');
	assert.equal(channels.get(2), 'done');
	assert.deepEqual(JSON.parse(channels.get(3)!), { metadata: {}, status: 'Success' });
});

test('an exit code other than 0 comes as a cause of the Status', async (t) => {
	const end = await status(t, async () => ({ code: 3 }));
	assert.equal(end.reason, 'NonZeroExitCode');
	assert.deepEqual(end.details, { causes: [{ reason: 'ExitCode', message: '3' }] });
});

test('a command that does not start comes in the words of kubelet and API server', async (t) => {
	const end = await status(t, async () => ({ code: 127, startError: 'no such file' }));
	assert.equal(
		end.message,
		'Internal error occurred: Internal error occurred: error executing command in container: no such file',
	);
});

test('an error while it runs comes as an internal error', async (t) => {
	const end = await status(t, async () => {
		throw new Error('the node is gone');
	});
	assert.equal(end.message, 'Internal error occurred: the node is gone');
});

test('sizes come with a tty; what is no size is ignored', async (t) => {
	const front = await serve(
		t,
		exec(async ({ sizes, stdout }) => {
			for await (const { columns, rows } of sizes!) {
				await stdout(new TextEncoder().encode(`${columns}x${rows}`));
				return { code: 0 };
			}
			return { code: 1 };
		}, true),
	);
	const { socket, channels } = open(front.url, ['v4.channel.k8s.io']);
	await once(socket, 'open');
	for (const bad of ['', '{', 'null', '{"Width":-1,"Height":0}']) socket.send(message(4, bad));
	socket.send(message(4, '{"Width":100,"Height":40}'));
	await once(socket, 'close');
	assert.equal(channels.get(1), '100x40');
});

test('a client that goes ends the command', async (t) => {
	let gone = () => {};
	const ended = new Promise<void>((resolve) => {
		gone = resolve;
	});
	const front = await serve(
		t,
		exec(async ({ signal }) => {
			if (!signal.aborted) await once(signal, 'abort');
			gone();
			return { code: 137 };
		}),
	);
	const { socket } = open(front.url, ['v5.channel.k8s.io']);
	await once(socket, 'open');
	socket.terminate();
	await ended;
});

test('stdin that nobody reads stops the client, and goes on when it is read', async (t) => {
	let read = () => {};
	const reading = new Promise<void>((resolve) => {
		read = resolve;
	});
	let received = 0;
	const front = await serve(
		t,
		exec(async ({ stdin }) => {
			await reading;
			for await (const chunk of stdin!) received += chunk.length;
			return { code: 0 };
		}),
	);
	const { socket } = open(front.url, ['v5.channel.k8s.io']);
	await once(socket, 'open');
	const chunk = message(0, 'x'.repeat(999_999));
	for (let sent = 0; sent < 64; sent++) socket.send(chunk);
	await new Promise((resolve) => setTimeout(resolve, 100));
	assert.ok(socket.bufferedAmount > 16_000_000, 'the client could send everything');
	read();
	socket.send(Buffer.of(255, 0));
	await once(socket, 'close');
	assert.equal(received, 64 * 999_999);
});

async function refusal(front: { url: string }, protocols: string[]) {
	const { socket } = open(front.url, protocols);
	const [, response] = await once(socket, 'unexpected-response');
	let body = '';
	for await (const chunk of response) body += chunk;
	socket.on('error', () => {});
	socket.terminate();
	return { code: response.statusCode, body };
}

test('what the API server refuses is answered as it says', async (t) => {
	const front = await serve(t, {
		status: 404,
		headers: { 'content-type': 'text/plain' },
		body: 'no such pod',
	});
	assert.deepEqual(await refusal(front, ['v5.channel.k8s.io']), { code: 404, body: 'no such pod' });
});

test('an unknown protocol is refused with those that are served', async (t) => {
	const front = await serve(
		t,
		exec(async () => ({ code: 0 })),
	);
	const { code, body } = await refusal(front, ['v9.channel.k8s.io']);
	assert.equal(code, 400);
	assert.match(body, /v9\.channel\.k8s\.io.*v5\.channel\.k8s\.io or v4/);
});
