// A page of a lab through the server: what is shown, what is kept apart, and what is refused.
import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { after, before, test } from 'node:test';
import type { LabProvider } from '../../labs/lab.ts';
import type { RunningServer } from '../../server.ts';
import { chapter, command, course } from '../../testing/course.ts';
import { TestPage } from '../../testing/page.ts';
import { startTestServer } from '../../testing/server.ts';
import { CookieJar } from './cookie-jar.ts';
import { rewriteHtml, rewriteStyles } from './rewriting.ts';

const manifest = course(
	chapter({
		go: [command('true', { open: 'http://web.default/shop/?q=1' })],
		plain: [command('false')],
		outside: [command('pwd', { open: 'http://github.com/' })],
	}),
);
const digestOf = (exercise: string) =>
	manifest.chapters[0].exercises.find(({ id }) => id === exercise)!.steps[0].digest;
const openPath = (exercise: string, digest = digestOf(exercise)) =>
	`/api/open?${new URLSearchParams({ chapter: 'test', exercise, step: '0', digest })}`;

let application: Server;
let server: RunningServer;
/** What the application was asked, and whom the lab was asked for. */
const asked: { method?: string; url?: string; headers: NodeJS.Dict<string | string[]>; body: string }[] = [];
const visited: string[] = [];

before(async () => {
	application = createServer(async (request, response) => {
		let body = '';
		for await (const part of request) body += part;
		asked.push({ method: request.method, url: request.url, headers: request.headers, body });
		const { pathname } = new URL(request.url ?? '/', 'http://x');
		if (pathname === '/login') {
			response.writeHead(302, { location: '/home', 'set-cookie': 'id=7; Path=/; HttpOnly' }).end();
		} else if (pathname === '/away') {
			response.writeHead(302, { location: 'http://other.default/there' }).end();
		} else if (pathname === '/secure') {
			response.writeHead(302, { location: 'https://web.default/' }).end();
		} else if (pathname === '/hang') {
			request.socket.destroy();
		} else if (pathname === '/events') {
			response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
		} else if (pathname === '/style.css') {
			response.writeHead(200, { 'content-type': 'text/css' }).end('body { background: url(/dot.png) }');
		} else {
			response.writeHead(200, {
				'content-type': 'text/html; charset=utf-8',
				'content-security-policy': "default-src 'none'",
				'clear-site-data': '"*"',
				'www-authenticate': 'Basic',
				'strict-transport-security': 'max-age=1',
			});
			response.end('<p>Grüße</p><a href="/login">in</a><a href="next">on</a><form action=/post></form>');
		}
	});
	await new Promise<void>((resolve) => application.listen(0, '127.0.0.1', resolve));
	const { port } = application.address() as AddressInfo;
	const lab: LabProvider = {
		kind: 'embedded',
		description: 'A lab of the test.',
		create: async () => ({
			kubeconfig: '',
			async visit(host, at) {
				visited.push(`${host}:${at ?? ''}`);
				if (!host.endsWith('.default')) throw new Error(`The lab has nothing by the name ${host}.`);
				return { authority: '172.18.255.200', stream: connect(port, '127.0.0.1') };
			},
			remove: async () => {},
		}),
		close: async () => {},
	};
	server = await startTestServer(manifest, { lab });
});

after(async () => {
	await server.close();
	application.closeAllConnections();
	application.close();
});

const get = (path: string, options: RequestInit = {}) =>
	fetch(new URL(path, server.url), { redirect: 'manual', ...options });

/** The answer to a request for exactly this target, of which fetch would make another. */
function answerTo(path: string): Promise<{ status: number | undefined; headers: IncomingHttpHeaders }> {
	return new Promise((resolve, reject) => {
		const { hostname, port } = new URL(server.url);
		const sent = request({ hostname, port, path }, (answer) => {
			answer.resume();
			resolve({ status: answer.statusCode, headers: answer.headers });
		});
		sent.on('error', reject).end();
	});
}

/** A session whose step is open: the page's path, with a slash at its end. */
async function opened(): Promise<{ page: TestPage; path: string; first: string }> {
	const page = await TestPage.open(server.url, manifest);
	const answer = await get(openPath('go'), { headers: { cookie: page.cookie } });
	assert.equal(answer.status, 303, await answer.text());
	const first = new URL(answer.headers.get('location')!, new URL('/api/open', server.url)).pathname;
	const [path] = /^\/open\/[\w-]{43}\//.exec(first)!;
	return { page, path, first };
}

test('a step leads its session to the page, in a sandbox without any origin of ours', async () => {
	const { page, path, first } = await opened();
	assert.equal(first, `${path}shop/`);
	const answer = await get(`${path}shop/?q=1`, {
		headers: { cookie: page.cookie, authorization: 'Bearer secret', 'x-forwarded-for': '1.2.3.4' },
	});
	assert.equal(answer.status, 200);
	const policy = answer.headers.get('content-security-policy') ?? '';
	const { host } = new URL(server.url);
	assert.match(policy, /^sandbox allow-scripts allow-forms [a-z -]+;/);
	assert.doesNotMatch(policy, /allow-same-origin|allow-top-navigation|escape-sandbox|'none';? *default/);
	assert.ok(policy.includes(`default-src ${host}${path} 'unsafe-inline'`), policy);
	for (const dropped of ['clear-site-data', 'www-authenticate', 'strict-transport-security', 'set-cookie'])
		assert.equal(answer.headers.get(dropped), null, dropped);
	assert.equal(
		await answer.text(),
		`<p>Grüße</p><a href="${path}login">in</a><a href="next">on</a><form action=${path}post></form>`,
	);
	const { url, headers } = asked.at(-1)!;
	assert.equal(url, '/shop/?q=1');
	assert.equal(headers.host, '172.18.255.200');
	for (const kept of ['cookie', 'authorization', 'x-forwarded-for'])
		assert.equal(headers[kept], undefined, kept);
	page.close();
});

test('redirects stay below the path, cookies in the server, forms and events pass', async () => {
	const { page, path } = await opened();
	const login = await get(`${path}login`, {
		method: 'POST',
		body: 'user=me',
		headers: { origin: 'null', 'content-type': 'application/x-www-form-urlencoded' },
	});
	assert.deepEqual(
		[login.status, login.headers.get('location'), login.headers.get('set-cookie')],
		[302, `${path}home`, null],
	);
	assert.deepEqual([asked.at(-1)!.body, asked.at(-1)!.headers.origin], ['user=me', 'http://172.18.255.200']);
	await get(`${path}home`);
	assert.equal(asked.at(-1)!.headers.cookie, 'id=7');
	const other = (await opened()).path;
	await get(`${other}home`);
	assert.equal(asked.at(-1)!.headers.cookie, undefined, 'another session has not logged in');
	const events = await get(`${path}events`);
	const { value } = await events.body!.getReader().read();
	assert.equal(new TextDecoder().decode(value), 'data: 1\n\n');
	assert.equal(await (await get(`${path}style.css`)).text(), `body { background: url(${path}dot.png) }`);
	const font = await get(`${path}shop/`, { headers: { origin: 'null' } });
	assert.equal(font.headers.get('access-control-allow-origin'), 'null');
	page.close();
});

test('another host of the lab gets a path of its own; what leads out is refused', async () => {
	const { page, path } = await opened();
	const away = (await get(`${path}away`)).headers.get('location')!;
	assert.match(away, /^\/open\/[\w-]{43}\/there$/);
	assert.ok(!away.startsWith(path));
	await get(away);
	assert.equal(visited.at(-1), 'other.default:');
	const secure = await get(`${path}secure`);
	assert.equal(secure.status, 502);
	assert.match(await secure.text(), /shown by http only/);
	assert.equal((await get(`${path}hang`)).status, 502);
	const outside = await get(openPath('outside'), { headers: { cookie: page.cookie } });
	const refused = await get(`/open/${outside.headers.get('location')!.slice('../open/'.length)}`);
	assert.equal(refused.status, 502);
	assert.match(await refused.text(), /The lab has nothing by the name github\.com\./);
	page.close();
});

test('only a step of the course leads anywhere, only for the session of the cookie, only while its lab is there', async () => {
	const { page, path } = await opened();
	const status = async (url: string, headers: Record<string, string> = {}) =>
		(await get(url, { headers })).status;
	const { cookie } = page;
	assert.equal(await status(openPath('go')), 403, 'no session');
	assert.equal(await status(openPath('go'), { cookie: 'slidecar-1=x' }), 403);
	assert.equal(await status(openPath('go', 'another'), { cookie }), 404, 'another version of the step');
	assert.equal(await status(openPath('plain'), { cookie }), 503, 'a step without a page');
	assert.equal(await status(`${openPath('go')}&url=http://127.0.0.1/`, { cookie }), 303, 'no URL is taken');
	assert.equal(await status(`/open/${'A'.repeat(43)}/`), 404, 'a guessed token');
	assert.equal(await status(`${path.slice(0, -2)}/`), 404);
	assert.equal(await status(`${path}shop/`, { 'service-worker': 'script' }), 403);
	const id = page.newId();
	page.send({ type: 'reset', id, chapter: 'test' });
	await page.next('lab', (message) => message.id === id && message.state === 'ready');
	assert.equal(await status(`${path}shop/`), 404, 'the lab has gone with its token');
	page.close();
});

test('the path before a token names neither another host nor another policy', async () => {
	const { page, path } = await opened();
	const plain = path.slice(0, -1);
	assert.equal((await answerTo(`/course${plain}`)).headers.location, `/course${plain}/`);
	for (const before of ['//evil.example', '/a//evil.example', '/%2f', '/;connect-src;', '/,'])
		for (const target of [`${before}${plain}`, `${before}${path}`]) {
			const { status, headers } = await answerTo(target);
			assert.ok(status === 404 || status === 400, `${target}: ${status}`);
			assert.equal(headers.location, undefined);
			assert.doesNotMatch(String(headers['content-security-policy'] ?? ''), /connect-src/);
		}
	page.close();
});

test("a document without an origin reaches neither the sockets nor the session's tickets", async () => {
	await assert.rejects(TestPage.connect(server.url, { origin: 'null' }), /refused with 403/);
	const ticket = await get('/api/ticket', { method: 'POST', headers: { origin: 'null' } });
	assert.equal(ticket.status, 403);
	assert.equal(ticket.headers.get('access-control-allow-origin'), null);
	const { page, path } = await opened();
	const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
	const { host } = new URL(server.url);
	socket.write(
		`GET ${path}ws HTTP/1.1\r\nHost: ${host}\r\nOrigin: null\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n`,
	);
	const [data] = await new Promise<[Buffer]>((resolve) => socket.once('data', (first) => resolve([first])));
	assert.match(data.toString(), /^HTTP\/1\.1 403 /);
	socket.destroy();
	page.close();
});

test('links are rewritten where they are links, in time that grows with the text', () => {
	const html = (text: string) => rewriteHtml(text, '/open/T', '10.0.0.1:81');
	assert.equal(html('<img src=\'/a.png\' alt="/b">'), '<img src=\'/open/T/a.png\' alt="/b">');
	assert.equal(html('<a href="http://10.0.0.1:81">'), '<a href="/open/T/">');
	assert.equal(html('<a href="http://10.0.0.1:8100/">'), '<a href="http://10.0.0.1:8100/">');
	assert.equal(html('<a href="//cdn/x"> href="/text"'), '<a href="//cdn/x"> href="/text"');
	assert.equal(
		rewriteStyles('@import "/a.css"; x{y:url( "/b")}', '/p', 'h'),
		'@import "/p/a.css"; x{y:url( "/p/b")}',
	);
	const start = performance.now();
	html('<a '.repeat(1_000_000));
	html(`<a ${' href='.repeat(500_000)}`);
	assert.ok(performance.now() - start < 5_000);
});

test('cookies go where they belong and end when they should', () => {
	const jar = new CookieJar();
	jar.keep('a=1', '/x/y', 0);
	jar.keep('b=2; Path=/; Max-Age=10', '/x/y', 0);
	jar.keep('c=3; Path=/other', '/x/y', 0);
	assert.equal(jar.field('/x/z?q', 0), 'a=1; b=2');
	assert.equal(jar.field('/xx', 0), 'b=2');
	assert.equal(jar.field('/x/z', 10_000), 'a=1');
	jar.keep('a=; Max-Age=0', '/x/y', 0);
	assert.equal(jar.field('/x/z', 10_000), undefined);
});
