// A copy of the site on another origin pairs with a server that was started for it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { StaticSite } from '../../server/http/static-site.ts';
import { astroCommand, projectFolder, siteEnvironment } from '../../server/site.ts';
import { launchBrowser } from '../browser.ts';
import { startSite } from '../site.ts';

async function buildCopy(folder: string, server: string): Promise<void> {
	const build = spawn(process.execPath, [astroCommand(), 'build', '--outDir', folder], {
		cwd: projectFolder,
		env: { ...siteEnvironment(join(projectFolder, 'content')), SLIDECAR_SERVER: server },
		stdio: 'ignore',
	});
	assert.deepEqual(await once(build, 'exit'), [0, null]);
}

test('a copy elsewhere runs its steps on the server that it was built for, and keeps its session', async (t) => {
	const folder = await mkdtemp(join(tmpdir(), 'slidecar-copy-'));
	const copy = new StaticSite(folder, '/');
	const elsewhere = createServer((request, response) => {
		response.removeHeader('content-security-policy');
		void copy.answer(new URL(request.url ?? '/', 'http://copy').pathname, request, response);
	}).listen(0, '127.0.0.1');
	await once(elsewhere, 'listening');
	const origin = `http://localhost:${(elsewhere.address() as AddressInfo).port}`;
	const site = await startSite('embedded', [origin]);
	const browser = await launchBrowser();
	t.after(async () => {
		await browser.close();
		await site.close();
		elsewhere.close();
		await rm(folder, { recursive: true, force: true });
	});
	await buildCopy(folder, site.url);

	// The copy's host sets no policy of ours: its own would have to name the server.
	const context = await browser.newContext({ bypassCSP: true });
	const page = await context.newPage();
	const ran = page.locator('#exercise-look .step').first();
	await page.goto(`${origin}/present/stateful-web-apps/#the-lab`);
	await ran.locator('button[data-run]').click();
	await ran.and(page.locator('[data-state=passed]')).waitFor();
	await page.reload();
	await page.locator('.terminal[data-terminal=main] .xterm-rows', { hasText: 'kubectl get nodes' }).waitFor();
});
