// A hostile page of a lab in a real browser: its scripts, pictures and forms work, and reach nothing of ours.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { test } from 'node:test';
import { chapter, command, course } from '../../server/testing/course.ts';
import { TestPage } from '../../server/testing/page.ts';
import { startTestServer } from '../../server/testing/server.ts';
import { launchBrowser } from '../browser.ts';

const manifest = course(chapter({ go: [command('true', { open: 'http://web.default/' })] }));
const [{ digest }] = manifest.chapters[0].exercises[0].steps;
const dot = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

const html = `<!doctype html><title>Hostile</title>
<link rel="stylesheet" href="/style.css">
<img id="own" src="/dot.gif"><img id="relative" src="dot.gif">
<form action="/login" method="post"><input name="user" value="me"><button>Log in</button></form>
<a id="popup" href="/popup" target="_blank">popup</a>
<script src="/script.js"></script>`;

test('the page works, in an origin of its own', async (t) => {
	const posted: string[] = [];
	const application = createServer(async (request, response) => {
		let body = '';
		for await (const part of request) body += part;
		const path = request.url ?? '/';
		if (path === '/login') {
			posted.push(body);
			response.writeHead(303, { location: '/home', 'set-cookie': 'user=me; Path=/' }).end();
		} else if (path === '/style.css') {
			response.writeHead(200, { 'content-type': 'text/css' }).end('body { color: rgb(1, 2, 3) }');
		} else if (path === '/script.js') {
			response.writeHead(200, { 'content-type': 'text/javascript' }).end('window.ran = true');
		} else if (path === '/dot.gif') {
			response.writeHead(200, { 'content-type': 'image/gif' }).end(dot);
		} else if (path === '/data.json') {
			response.writeHead(200, { 'content-type': 'application/json' }).end('{"own":true}');
		} else if (path === '/home') {
			response.writeHead(200, { 'content-type': 'text/html' }).end(`<p>${request.headers.cookie}</p>`);
		} else response.writeHead(200, { 'content-type': 'text/html' }).end(html);
	});
	await new Promise<void>((resolve) => application.listen(0, '127.0.0.1', resolve));
	const { port } = application.address() as AddressInfo;
	const server = await startTestServer(manifest, {
		lab: {
			kind: 'embedded',
			description: 'A lab of the test.',
			create: async () => ({
				kubeconfig: '',
				visit: async () => ({ authority: '172.18.255.200', stream: connect(port, '127.0.0.1') }),
				remove: async () => {},
			}),
			close: async () => {},
		},
	});
	const browser = await launchBrowser();
	t.after(async () => {
		await browser.close();
		await server.close();
		application.closeAllConnections();
		application.close();
	});
	const session = await TestPage.open(server.url, manifest);
	const [name, value] = session.cookie.split('=');
	const context = await browser.newContext();
	await context.addCookies([
		{ name, value, url: server.url, httpOnly: true, sameSite: 'Strict' },
		{ name: 'readable', value: 'x', url: server.url },
	]);
	const page = await context.newPage();
	const { origin } = new URL(server.url);
	await page.goto(`${origin}/api/open?chapter=test&exercise=go&step=0&digest=${encodeURIComponent(digest)}`);
	assert.match(page.url(), /\/open\/[\w-]{43}\/$/);
	const pageUrl = page.url();

	const seen = await page.evaluate(async (server) => {
		const attempt = async (action: () => unknown) => {
			try {
				return String(await action());
			} catch (error) {
				return (error as Error).name;
			}
		};
		const status = (url: string, options: RequestInit = {}) =>
			attempt(async () => (await fetch(url, options)).status);
		const socket = () =>
			new Promise<string>((resolve) => {
				const made = new WebSocket(`${server.replace('http', 'ws')}/ws`, 'slidecar.v1');
				made.onopen = () => resolve('open');
				made.onerror = () => resolve('refused');
			});
		const width = (id: string) => (document.getElementById(id) as HTMLImageElement).naturalWidth;
		return {
			origin: window.origin,
			ran: (window as unknown as { ran?: boolean }).ran,
			color: getComputedStyle(document.body).color,
			pictures: [width('own'), width('relative')],
			data: await attempt(async () => (await (await fetch('data.json')).json()).own),
			cookie: await attempt(() => document.cookie),
			storage: await attempt(() => localStorage.length),
			worker: await attempt(() => navigator.serviceWorker.register('script.js')),
			ticket: await status(`${server}/api/ticket`, { method: 'POST', credentials: 'include' }),
			health: await status(`${server}/healthz`),
			socket: await attempt(socket),
			opener: String(window.opener),
		};
	}, origin);
	assert.deepEqual(seen, {
		origin: 'null',
		ran: true,
		color: 'rgb(1, 2, 3)',
		pictures: [1, 1],
		data: 'true',
		cookie: 'SecurityError',
		storage: 'SecurityError',
		worker: 'SecurityError',
		ticket: 'TypeError',
		health: 'TypeError',
		socket: 'refused',
		opener: 'null',
	});

	const [popup] = await Promise.all([context.waitForEvent('page'), page.click('#popup')]);
	await popup.waitForLoadState();
	assert.equal(await popup.evaluate(() => window.origin), 'null', 'a page that it opens is in its sandbox');
	// Our own pages, opened by the lab's, are no way back to the session.
	await popup.goto('about:blank');
	await popup.close();

	await page.click('button');
	await page.waitForURL(`${pageUrl}home`);
	assert.deepEqual(posted, ['user=me']);
	assert.equal(await page.textContent('p'), 'user=me', 'only its own cookie goes to the lab');
	assert.equal((await context.cookies()).length, 2, 'and stays on the server');
	session.close();
});
