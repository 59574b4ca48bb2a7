// What others got wrong (cross-site WebSocket hijacking, no authentication, DNS rebinding), tried here.
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { FrameType } from './protocol.ts';
import type { RunningServer } from './server.ts';
import { chapter, command, course, file } from './testing/course.ts';
import { TestPage, ticketFor } from './testing/page.ts';
import { startTestServer } from './testing/server.ts';

const manifest = course(
	chapter({
		first: [command('echo hello'), file('../outside.yaml'), file('inside.yaml'), file('/tmp/outside.yaml')],
	}),
);

/** The status of a request with headers that fetch would not let one set. */
function statusOf(url: string, method: string, headers: Record<string, string>): Promise<number> {
	return new Promise((resolve, reject) => {
		const sent = request(url, { method, headers }, (response) => {
			response.resume();
			resolve(response.statusCode ?? 0);
		});
		sent.on('error', reject);
		sent.end();
	});
}

describe('security', () => {
	let server: RunningServer;
	let foreign: string;
	before(async () => {
		server = await startTestServer(manifest, {
			limits: { authenticationMs: 200, message: 4_096, file: 1_024, control: { perSecond: 1, burst: 30 } },
		});
		foreign = 'http://evil.example';
	});
	after(() => server.close());

	it('refuses a socket with a foreign, similar or missing Origin', async () => {
		for (const origin of [
			foreign,
			'null',
			`http://127.0.0.1:${server.port + 1}`,
			`${new URL(server.url).origin}.evil.example`,
		])
			await assert.rejects(TestPage.connect(server.url, { origin }), /refused with 403/, origin);
		const missing = await statusOf(new URL('/ws', server.url).href, 'GET', {
			connection: 'Upgrade',
			upgrade: 'websocket',
			'sec-websocket-version': '13',
			'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
			'sec-websocket-protocol': 'slidecar.v1',
		});
		assert.equal(missing, 403);
	});

	it('refuses a wrong Host, to a socket and to a page', async () => {
		await assert.rejects(TestPage.connect(server.url, { host: 'evil.example' }), /refused with 403/);
		assert.equal(await statusOf(server.url, 'GET', { host: 'evil.example' }), 403);
		assert.equal(
			await statusOf(new URL('/api/ticket', server.url).href, 'POST', {
				host: 'evil.example',
				origin: foreign,
			}),
			403,
		);
	});

	it('gives tickets to its own pages only', async () => {
		const url = new URL('/api/ticket', server.url).href;
		assert.equal(await statusOf(url, 'POST', { origin: foreign }), 403);
		assert.equal(await statusOf(url, 'POST', {}), 403);
		assert.equal(await statusOf(url, 'GET', { origin: new URL(server.url).origin }), 405);
		const response = await fetch(url, { method: 'POST', headers: { origin: new URL(server.url).origin } });
		assert.match(
			response.headers.get('set-cookie') ?? '',
			/^slidecar-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/,
		);
	});

	it('refuses a ticket that is used or forged', async () => {
		const { ticket } = await ticketFor(server.url);
		const first = await TestPage.connect(server.url);
		first.send({ type: 'auth', ticket });
		await first.next('ready');
		for (const bad of [ticket, 'forged', '']) {
			const page = await TestPage.connect(server.url);
			page.send({ type: 'auth', ticket: bad });
			await page.until(() => page.closed === 4401, 'the end');
			assert.deepEqual(
				page.messages.map((message) => message.type),
				['error'],
			);
		}
		first.close();
	});

	it('refuses a ticket that is too old', async () => {
		const strict = await startTestServer(manifest, { limits: { ticketMs: -1 } });
		const { ticket } = await ticketFor(strict.url);
		const page = await TestPage.connect(strict.url);
		page.send({ type: 'auth', ticket });
		await page.until(() => page.closed === 4401, 'the end');
		await strict.close();
	});

	it('cuts off a page that does not authenticate in time, or asks for something first', async () => {
		const silent = await TestPage.connect(server.url);
		await silent.until(() => silent.closed === 4401, 'the end');
		const eager = await TestPage.connect(server.url);
		eager.send({ type: 'open', id: '1', chapter: 'test', name: 'main', columns: 80, rows: 24 });
		await eager.until(() => eager.closed === 4401, 'the end');
		const binary = await TestPage.connect(server.url);
		binary.type(1, 'id\r');
		await binary.until(() => binary.closed === 4401, 'the end');
	});

	it('cuts off a page whose frame is too large', async () => {
		const page = await TestPage.open(server.url, manifest);
		page.sendRaw(new Uint8Array(5_000));
		await page.until(() => page.closed === 1009, 'the end');
	});

	it('answers what it cannot read, and goes on', async () => {
		const page = await TestPage.open(server.url, manifest);
		for (const raw of [
			'{',
			'null',
			'{"type":"nothing"}',
			'{"type":"open","id":"1"}',
			new Uint8Array([9, 0, 1, 2]),
		]) {
			const from = page.messages.length;
			page.sendRaw(raw);
			assert.equal((await page.next('error', () => true, from)).code, 'malformed');
		}
		page.sendRaw(new Uint8Array([FrameType.input, 0]));
		assert.ok(await page.openTerminal());
		page.close();
	});

	it('runs only steps of the course, in their current version', async () => {
		const page = await TestPage.open(server.url, manifest);
		const reference = { chapter: 'test', exercise: 'first', step: 0, digest: command('echo hello').digest };
		const ask = { type: 'run', mode: 'run', busy: 'refuse', ...reference } as const;
		for (const [change, code] of [
			[{ digest: 'of yesterday' }, 'old-digest'],
			[{ step: 9 }, 'unknown-step'],
			[{ step: 2, digest: file('inside.yaml').digest }, 'unknown-step'],
			[{ exercise: 'none' }, 'unknown-step'],
			[{ exercise: '__proto__' }, 'unknown-step'],
			[{ chapter: '../test' }, 'unknown-step'],
		] as const) {
			const id = page.newId();
			page.send({ ...ask, ...change, id });
			assert.equal(await page.error(id), code);
		}
		page.close();
	});

	it('saves inside the working folder only, and nothing large', async () => {
		const page = await TestPage.open(server.url, manifest);
		assert.match((await page.ended(page.save('first', 'kind: Pod\n', 2))).state, /passed/);
		assert.equal(await page.error(page.save('first', 'x', 1)), 'outside');
		assert.equal(await page.error(page.save('first', 'x', 3)), 'outside');
		assert.equal(await page.error(page.save('first', 'x'.repeat(2_000), 2)), 'too-large');
		page.close();
	});

	it('keeps the sessions apart', async () => {
		const one = await TestPage.open(server.url, manifest);
		const terminal = await one.openTerminal();
		const two = await TestPage.open(server.url, manifest);
		for (const message of [
			{ type: 'attach', terminal, offset: 0 },
			{ type: 'resize', terminal, columns: 10, rows: 10 },
			{ type: 'signal', terminal, signal: 'KILL' },
			{ type: 'close', terminal },
		] as const) {
			const from = two.messages.length;
			two.send(message);
			assert.equal((await two.next('error', () => true, from)).code, 'unknown-terminal');
		}
		const from = two.messages.length;
		two.type(terminal, 'echo mine\r');
		assert.equal((await two.next('error', () => true, from)).code, 'unknown-terminal');
		assert.equal((await one.ended(one.run('first'))).state, 'passed');
		assert.ok(!one.textOf(terminal).includes('mine'));
		one.close();
		two.close();
	});

	it('refuses messages that come too fast, and cuts off who goes on', async () => {
		const page = await TestPage.open(server.url, manifest);
		for (let count = 0; count < 40; count++) page.send({ type: 'detach', terminal: 1 });
		assert.equal((await page.next('error')).code, 'rate');
		for (let count = 0; count < 1_200; count++) page.send({ type: 'detach', terminal: 1 });
		await page.until(() => page.closed === 4429, 'the end');
	});

	it('cuts off a page that does not read what it asks for', async () => {
		const small = await startTestServer(manifest, { limits: { unread: 1 << 20 } });
		const page = await TestPage.open(small.url, manifest);
		const terminal = await page.openTerminal();
		page.type(terminal, 'printf "%079d\\n" {1..1200}\r');
		await page.until(() => /0001200\r/.test(page.textOf(terminal)), 'the output');
		const watcher = await page.another();
		page.stall();
		// More than the system's own buffers take.
		for (let count = 0; count < 150; count++) page.send({ type: 'attach', terminal, offset: 1 << 30 });
		const pages = async () =>
			/^slidecar_pages (\d+)$/m.exec(await (await fetch(new URL('/metrics', small.url))).text())?.[1];
		for (let tries = 0; (await pages()) !== '1'; tries++) {
			assert.ok(tries < 200, 'the page is still there');
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
		watcher.close();
		await small.close();
	});

	it('tells of a title at most ten times a second', async () => {
		const page = await TestPage.open(server.url, manifest);
		const terminal = await page.openTerminal();
		const from = page.messages.length;
		page.type(terminal, 'for i in {1..20000}; do printf "\\e]0;t$i\\a"; done\r');
		await page.next('terminal', (message) => message.terminal.title === 't20000', from);
		assert.ok(page.messages.length - from < 200, `${page.messages.length - from} messages`);
		page.close();
	});

	it('has no more sessions, pages and terminals than it may', async () => {
		const small = await startTestServer(manifest, {
			limits: { sessions: 1, pagesPerSession: 1, terminalsPerSession: 1 },
		});
		const page = await TestPage.open(small.url, manifest);
		await assert.rejects(ticketFor(small.url), /503/);
		const { ticket } = await ticketFor(small.url, page.cookie);
		const second = await TestPage.connect(small.url);
		second.send({ type: 'auth', ticket });
		await second.until(() => second.closed === 4429, 'the end');
		await page.openTerminal();
		page.send({ type: 'open', id: 'more', chapter: 'test', name: 'more', columns: 80, rows: 24 });
		assert.equal(await page.error('more'), 'limit');
		await small.close();
	});

	it('gives shells an environment of its own making', async () => {
		process.env.SLIDECAR_TEST_SECRET = 'a secret';
		const page = await TestPage.open(server.url, manifest);
		const terminal = await page.openTerminal();
		page.type(terminal, 'env; echo "[$PATH]"\r');
		await page.until(() => /\n\[.*\]\r/.test(page.textOf(terminal)), 'the environment');
		const text = page.textOf(terminal);
		assert.doesNotMatch(text, /a secret|SLIDECAR_NONCE|node_modules/);
		assert.match(text, /HOME=.*slidecar-\d+-[0-9a-f]{32}\/home/);
		assert.match(text, /server\/bin\]/);
		delete process.env.SLIDECAR_TEST_SECRET;
		page.close();
	});

	describe('with an access code', () => {
		let guarded: RunningServer;
		let enter: (code: string, origin?: string) => Promise<Response>;
		before(async () => {
			guarded = await startTestServer(manifest, { accessCode: 'open sesame' });
			const { origin: own } = new URL(guarded.url);
			enter = (code, origin = own) =>
				fetch(new URL('/access', guarded.url), {
					method: 'POST',
					redirect: 'manual',
					headers: { origin },
					body: new URLSearchParams({ code, next: '//evil.example/' }),
				});
		});
		after(() => guarded.close());

		it('asks for it first, for pages and tickets', async () => {
			const response = await fetch(guarded.url);
			assert.equal(response.status, 401);
			assert.match(await response.text(), /Access code/);
			await assert.rejects(ticketFor(guarded.url), /401/);
			assert.equal((await fetch(new URL('/metrics', guarded.url))).status, 401);
		});

		it('lets in who knows it, from its own page, and sends nobody elsewhere', async () => {
			assert.equal((await enter('open sesame', foreign)).status, 403);
			assert.equal((await enter('wrong')).status, 401);
			const right = await enter('open sesame');
			assert.deepEqual([right.status, right.headers.get('location')], [303, '/']);
			const cookie = right.headers.get('set-cookie')?.split(';')[0] ?? '';
			assert.ok((await ticketFor(guarded.url, cookie)).ticket);
		});

		it('lets nobody without it use up the tickets of the others', async () => {
			const cookie = (await enter('open sesame')).headers.get('set-cookie')?.split(';')[0] ?? '';
			for (let count = 0; count < 150; count++) await assert.rejects(ticketFor(guarded.url), /401/);
			assert.ok((await ticketFor(guarded.url, cookie)).ticket);
		});

		it('stops guessing', async () => {
			for (let guess = 0; guess < 12; guess++) await enter('wrong');
			assert.equal((await enter('open sesame')).status, 429);
		});
	});

	it('serves a site elsewhere that is named, and says so to browsers', async () => {
		const site = 'https://courses.example.org';
		const paired = await startTestServer(manifest, { siteOrigins: [site] });
		const url = new URL('/api/ticket', paired.url);
		const asked = await fetch(url, { method: 'OPTIONS', headers: { origin: site } });
		assert.equal(asked.headers.get('access-control-allow-origin'), site);
		const given = await fetch(url, { method: 'POST', headers: { origin: site } });
		const { session } = (await given.json()) as { session: string };
		const again = await fetch(url, {
			method: 'POST',
			headers: { origin: site, authorization: `Bearer ${session}` },
		});
		assert.equal(((await again.json()) as { session: string }).session, session);
		assert.equal((await fetch(url, { method: 'POST', headers: { origin: foreign } })).status, 403);
		(await TestPage.connect(paired.url, { origin: site })).close();
		await paired.close();
	});
});
