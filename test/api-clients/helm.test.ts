// helm against the lab: a chart is installed, upgraded, rolled back and uninstalled.

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createLabHost } from '../../lab/node/host.ts';
import { fetchTool } from '../../server/kubectl/fetch.ts';
import { kubectlPath } from '../../server/kubectl/kubectl.ts';
import { helmRelease } from '../../server/kubectl/releases.ts';
import { createWorkspace } from '../kubectl/workspace.ts';

const chart = fileURLToPath(new URL('chart', import.meta.url));

async function helmPath(t: TestContext): Promise<string | undefined> {
	try {
		return await fetchTool(helmRelease, console.error);
	} catch (error) {
		t.skip(`helm ${helmRelease.version} cannot be had: ${(error as Error).message}`);
		return undefined;
	}
}

test('helm installs, upgrades, rolls back and uninstalls a chart', { timeout: 120_000 }, async (t) => {
	const helm = await helmPath(t);
	if (!helm) return;
	const host = createLabHost();
	t.after(() => host.close());
	const lab = await host.create({ nodes: 2, pace: 'fast' });
	const workspace = await createWorkspace(await kubectlPath(), lab.kubeconfig);
	t.after(() => workspace.remove());
	const run = async (command: string) => {
		const { exit, stdout, stderr } = await workspace.run(command);
		assert.equal(exit, 0, `${command}\n${stdout}${stderr}`);
		return stdout;
	};
	const page = () => run('kubectl exec hi-0 -- sh -c "cat /usr/share/nginx/html/index.html"');

	await t.test('install waits for its hook and until all is ready', async () => {
		const said = await run(`${helm} install hi ${chart} --wait --timeout 60s`);
		assert.match(said, /^STATUS: deployed$/m);
		assert.match(await run('kubectl get statefulset hi'), /^hi +2\/2 /m);
		assert.equal(await run('kubectl get pod hi-before --ignore-not-found'), '');
		assert.equal(await page(), 'hello');
	});
	await t.test('upgrade changes what the values change', async () => {
		await run(`${helm} upgrade hi ${chart} --set greeting=bonjour,replicas=1 --wait --timeout 60s`);
		assert.equal(await page(), 'bonjour');
		assert.match(await run('kubectl get statefulset hi'), /^hi +1\/1 /m);
		assert.match(await run(`${helm} history hi`), /^1 .*superseded.*^2 .*deployed/ms);
		assert.match(await run(`${helm} get values hi`), /^greeting: bonjour$/m);
	});
	await t.test('rollback brings the first release back', async () => {
		await run(`${helm} rollback hi 1 --wait --timeout 60s`);
		assert.equal(await page(), 'hello');
		assert.match(await run('kubectl get statefulset hi'), /^hi +2\/2 /m);
		assert.match(await run(`${helm} list`), /^hi\s+default\s+3\s.*deployed\s+greeter-1\.0\.0/m);
	});
	await t.test('uninstall leaves nothing', async () => {
		assert.match(await run(`${helm} uninstall hi --wait --timeout 60s`), /release "hi" uninstalled/);
		assert.equal(await run('kubectl get statefulset,service,configmap,secret -o name -l app=hi'), '');
		assert.doesNotMatch(await run('kubectl get secrets -o name'), /helm/);
	});
});
