import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:https';
import { type TestContext, test } from 'node:test';
import type { ApiServer, Upgrade } from '../api/http.ts';
import type { ExecStreams, ExitStatus } from '../runtime/streams.ts';
import { createAuthority } from './certificates.ts';
import { serveHttps } from './https.ts';
import { TestClient } from './spdy/test-client.ts';

const authority = createAuthority(Date.now());
const { certificate: cert, key } = authority.issueClient('kubernetes-admin', ['system:masters']);
const encode = (text: string) => new TextEncoder().encode(text);

async function upgrade(t: TestContext, granted: Upgrade, headers: Record<string, string | string[]>) {
	const api: ApiServer = {
		handle: async () => ({ status: 404, headers: {}, body: '' }),
		upgrade: async () => granted,
	};
	const front = await serveHttps(api, { authority });
	t.after(() => front.close());
	const sent = request(`${front.url}/exec`, {
		method: headers.upgrade === 'websocket' ? 'GET' : 'POST',
		headers: { connection: 'Upgrade', ...headers },
		ca: authority.certificate,
		cert,
		key,
		agent: false,
	});
	sent.end();
	return sent;
}

async function open(t: TestContext, granted: Upgrade, protocols: string[]) {
	const sent = await upgrade(t, granted, {
		upgrade: 'SPDY/3.1',
		'x-stream-protocol-version': protocols,
	});
	const [response, socket] = await once(sent, 'upgrade');
	return { client: new TestClient(socket), protocol: response.headers['x-stream-protocol-version'] };
}

const exec = (run: (streams: ExecStreams) => Promise<ExitStatus>, tty = false): Upgrade => ({
	kind: 'exec',
	stdin: true,
	stdout: true,
	stderr: !tty,
	tty,
	run,
});

const openAll = (client: TestClient, types: string[]) =>
	Object.fromEntries(types.map((streamtype) => [streamtype, client.open({ streamtype })]));

test('exec carries stdin, stdout, stderr, the end of stdin and the status', async (t) => {
	const echo = exec(async ({ stdin, stdout, stderr }) => {
		for await (const chunk of stdin!) await stdout(chunk);
		await stderr(encode('done'));
		return { code: 3 };
	});
	const { client, protocol } = await open(t, echo, ['v5.channel.k8s.io', 'v4.channel.k8s.io']);
	assert.equal(protocol, 'v5.channel.k8s.io');
	const streams = openAll(client, ['error', 'stdin', 'stdout', 'stderr']);
	streams.stdin.send('one ');
	streams.stdin.send('two');
	streams.stdin.end();
	await once(client.socket, 'close');
	assert.equal(streams.stdout.received, 'one two');
	assert.equal(streams.stderr.received, 'done');
	assert.ok(streams.stdout.ended && streams.stderr.ended && streams.error.ended);
	assert.deepEqual(JSON.parse(streams.error.received).details, {
		causes: [{ reason: 'ExitCode', message: '3' }],
	});
	assert.equal(client.frames.at(-1)?.type, 'goAway');
});

test('before v4 the error stream has the message alone', async (t) => {
	for (const [code, said] of [
		[0, ''],
		[3, 'command terminated with non-zero exit code: command terminated with exit code 3'],
	] as const) {
		const ends = exec(async () => ({ code }));
		const { client } = await open(t, ends, ['v9.channel.k8s.io', 'v2.channel.k8s.io']);
		const { error } = openAll(client, ['error', 'stdin', 'stdout', 'stderr']);
		await once(client.socket, 'close');
		assert.equal(error.received, said);
	}
});

test('a terminal gets the sizes that the client sends', async (t) => {
	const sized = exec(async ({ sizes, stdout }) => {
		let count = 0;
		for await (const { columns, rows } of sizes!) {
			await stdout(encode(`${columns}x${rows} `));
			if (++count === 2) break;
		}
		return { code: 0 };
	}, true);
	const { client } = await open(t, sized, ['v4.channel.k8s.io']);
	const { resize, stdout } = openAll(client, ['error', 'stdin', 'stdout', 'resize']);
	resize.send('{"Width":80,"Height":24}\n{"Width":-1,"Height":0}\n{"Wid');
	resize.send('th":100,"Height":40}\n');
	await once(client.socket, 'close');
	assert.equal(stdout.received, '80x24 100x40 ');
});

test('a stream that was not asked for is refused, and a ping answered', async (t) => {
	const { client } = await open(
		t,
		exec(async () => ({ code: 0 })),
		['v4.channel.k8s.io'],
	);
	const strange = client.open({ streamtype: 'sound' });
	client.send({ type: 'ping', id: 1 });
	await client.until(() => client.frames.some(({ type }) => type === 'ping'));
	assert.ok(strange.reset);
	client.socket.destroy();
});

test('a client that goes ends the command', async (t) => {
	let gone = () => {};
	const ended = new Promise<void>((resolve) => {
		gone = resolve;
	});
	const waits = exec(async ({ signal }) => {
		if (!signal.aborted) await once(signal, 'abort');
		gone();
		return { code: 137 };
	});
	const { client } = await open(t, waits, ['v4.channel.k8s.io']);
	const { stdout } = openAll(client, ['error', 'stdin', 'stdout', 'stderr']);
	await client.until(() => client.frames.some((frame) => 'stream' in frame && frame.stream === stdout.id));
	client.socket.destroy();
	await ended;
});

test('stdin that nobody reads stops the client, and goes on when it is read', async (t) => {
	let read = () => {};
	const reading = new Promise<void>((resolve) => {
		read = resolve;
	});
	const counts = exec(async ({ stdin, stdout }) => {
		await reading;
		let received = 0;
		for await (const chunk of stdin!) received += chunk.length;
		await stdout(encode(String(received)));
		return { code: 0 };
	});
	const { client } = await open(t, counts, ['v4.channel.k8s.io']);
	const { stdin, stdout } = openAll(client, ['error', 'stdin', 'stdout', 'stderr']);
	const chunk = Buffer.alloc(999_999);
	for (let sent = 0; sent < 64; sent++) stdin.send(chunk);
	stdin.end();
	// Without a reader the writing stops: two looks with the same total in between turns.
	let before = -1;
	while (before !== client.socket.writableLength) {
		before = client.socket.writableLength;
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	assert.ok(before > 16_000_000, 'the client could send everything');
	read();
	await once(client.socket, 'close');
	assert.equal(stdout.received, String(64 * 999_999));
});

test('a client that grants a window gets no more than it grants', async (t) => {
	const talks = exec(async ({ stdout }) => {
		await stdout(encode('x'.repeat(200_000)));
		return { code: 0 };
	});
	const { client } = await open(t, talks, ['v4.channel.k8s.io']);
	const names = openAll(client, ['error', 'stdin']);
	const stdout = client.open({ streamtype: 'stdout' });
	client.send({ type: 'windowUpdate', stream: stdout.id, delta: 1 });
	openAll(client, ['stderr']);
	await client.until(() => stdout.received.length === 65_537);
	client.send({ type: 'ping', id: 1 });
	await client.until(() => client.frames.some(({ type }) => type === 'ping'));
	assert.equal(stdout.received.length, 65_537);
	client.send({ type: 'windowUpdate', stream: stdout.id, delta: 1_000_000 });
	await client.until(() => names.error.ended);
	assert.equal(stdout.received.length, 200_000);
});

test('a client that grants a window for all streams gets no more than that on all together', async (t) => {
	const talks = exec(async ({ stdout, stderr }) => {
		const text = encode('x'.repeat(50_000));
		await Promise.all([stdout(text), stderr(text)]);
		return { code: 0 };
	});
	const { client } = await open(t, talks, ['v4.channel.k8s.io']);
	client.send({ type: 'windowUpdate', stream: 0, delta: 4464 });
	const { stdout, stderr, error } = openAll(client, ['error', 'stdin', 'stdout', 'stderr']);
	const received = () => stdout.received.length + stderr.received.length;
	await client.until(() => received() === 70_000);
	client.send({ type: 'ping', id: 1 });
	await client.until(() => client.frames.some(({ type }) => type === 'ping'));
	assert.equal(received(), 70_000);
	client.send({ type: 'windowUpdate', stream: 0, delta: 1_000_000 });
	await client.until(() => error.ended);
	assert.equal(received(), 100_000);
});

test('what is no SPDY ends the connection and the command, and nothing else', async (t) => {
	let running = 0;
	const waits = exec(async ({ signal }) => {
		running++;
		if (!signal.aborted) await once(signal, 'abort');
		running--;
		return { code: 137 };
	});
	const word = (...numbers: number[]) => Buffer.from(numbers);
	const header = (type: number, length: number) => word(0x80, 3, 0, type, 0, 0, length >> 8, length & 0xff);
	for (const [what, bytes] of Object.entries({
		'a frame of another version': word(0x80, 2, 0, 6, 0, 0, 0, 4, 0, 0, 0, 1),
		'a control frame without end': word(0x80, 3, 0, 1, 0, 0xff, 0xff, 0xff),
		'a window update that is too short': Buffer.concat([header(9, 2), word(0, 0)]),
		'headers that are no zlib stream': Buffer.concat([header(8, 40), Buffer.alloc(40, 0xff)]),
		'a request of HTTP': Buffer.from(`${String.fromCharCode(0x80)}GET / HTTP/1.1\r\n\r\n`, 'latin1'),
	})) {
		const { client } = await open(t, waits, ['v4.channel.k8s.io']);
		openAll(client, ['error', 'stdin', 'stdout', 'stderr']);
		client.send({ type: 'ping', id: 1 });
		await client.until(() => client.frames.some(({ type }) => type === 'ping'));
		client.socket.write(bytes);
		if (!client.socket.destroyed) await once(client.socket, 'close');
		assert.ok(client.socket.destroyed, what);
	}
	while (running > 0) await new Promise((resolve) => setImmediate(resolve));
});

test('a client that opens streams without end, or sends to none, is answered and kept small', async (t) => {
	const waits = exec(async ({ signal }) => {
		if (!signal.aborted) await once(signal, 'abort');
		return { code: 137 };
	});
	const { client } = await open(t, waits, ['v4.channel.k8s.io']);
	openAll(client, ['error', 'stdin', 'stdout', 'stderr']);
	const strange = Array.from({ length: 2000 }, () => client.open({ streamtype: 'sound' }));
	await client.until(() => strange.every(({ reset }) => reset));
	client.send({ type: 'data', stream: 99_999, data: Buffer.alloc(100), fin: false });
	client.send({ type: 'reset', stream: 77_777, status: 5 });
	client.send({ type: 'windowUpdate', stream: 77_777, delta: 5 });
	await client.until(() => client.frames.some((frame) => frame.type === 'reset' && frame.stream === 99_999));
	client.socket.destroy();
});

test('no common protocol is refused in the words of kubelet', async (t) => {
	const sent = await upgrade(
		t,
		exec(async () => ({ code: 0 })),
		{ upgrade: 'SPDY/3.1', 'x-stream-protocol-version': 'v9.channel.k8s.io' },
	);
	const [response] = await once(sent, 'response');
	let body = '';
	for await (const chunk of response) body += chunk;
	assert.equal(response.statusCode, 403);
	assert.match(
		body,
		/unable to negotiate protocol: client supports \[v9\.channel\.k8s\.io\], server accepts/,
	);
});

/** A pod whose port 80 gives back what it gets, and says goodbye. */
const pod: Upgrade = {
	kind: 'portforward',
	async connect(port) {
		if (port !== 80) throw new Error(`connect: connection refused to ${port}`);
		const chunks: Uint8Array[] = [];
		let finish = () => {};
		const finished = new Promise<void>((resolve) => {
			finish = resolve;
		});
		return {
			readable: (async function* () {
				await finished;
				yield* chunks;
				yield encode(' bye');
			})(),
			write: async (data) => void chunks.push(data),
			end: () => finish(),
		};
	},
};

function openPair(client: TestClient, port: number, requestid: string) {
	const error = client.open({ streamtype: 'error', port: String(port), requestid });
	error.end();
	return { error, data: client.open({ streamtype: 'data', port: String(port), requestid }) };
}

test('port-forward carries connections side by side, and says what goes wrong with one', async (t) => {
	const { client, protocol } = await open(t, pod, ['portforward.k8s.io']);
	assert.equal(protocol, 'portforward.k8s.io');
	const refused = openPair(client, 81, '0');
	const first = openPair(client, 80, '1');
	const second = openPair(client, 80, '2');
	first.data.send('first');
	second.data.send('second');
	second.data.end();
	first.data.end();
	await client.until(() => first.error.ended && second.error.ended && refused.error.ended);
	assert.equal(first.data.received, 'first bye');
	assert.equal(second.data.received, 'second bye');
	assert.ok(first.data.ended && second.data.ended);
	assert.equal(first.error.received, '');
	assert.equal(refused.error.received, 'connect: connection refused to 81');
	const strange = client.open({ streamtype: 'data', port: '99999', requestid: '3' });
	await client.until(() => strange.reset);
	client.socket.destroy();
});

test('a WebSocket tunnel of the protocol that has a slash is opened', async (t) => {
	const sent = await upgrade(t, pod, {
		upgrade: 'websocket',
		'sec-websocket-version': '13',
		'sec-websocket-key': Buffer.alloc(16).toString('base64'),
		'sec-websocket-protocol': 'SPDY/3.1+portforward.k8s.io',
	});
	const [response, socket] = await once(sent, 'upgrade');
	assert.equal(response.headers['sec-websocket-protocol'], 'SPDY/3.1+portforward.k8s.io');
	socket.destroy();
});
