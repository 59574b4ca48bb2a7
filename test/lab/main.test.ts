// npm run lab, as a person at a terminal uses it.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { ConfigMap } from '../../lab/schema/types.ts';
import { ask } from './clients.ts';

const main = fileURLToPath(new URL('../../lab/node/main.ts', import.meta.url));

async function folder(t: TestContext): Promise<string> {
	const path = await mkdtemp(join(tmpdir(), 'lab-'));
	t.after(() => rm(path, { recursive: true, force: true }));
	return path;
}

function start(t: TestContext, cwd: string, ...args: string[]) {
	const child = spawn(process.execPath, [main, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
	t.after(() => child.kill('SIGKILL'));
	let said = '';
	const listeners = new Set<() => void>();
	for (const stream of [child.stdout, child.stderr])
		stream.setEncoding('utf8').on('data', (text) => {
			said += text;
			for (const listener of listeners) listener();
		});
	const ended = once(child, 'close').then(([code]) => ({ code, said }));
	const says = (words: string) =>
		Promise.race([
			new Promise<void>((resolve) => {
				const look = () => said.includes(words) && resolve();
				listeners.add(look);
				look();
			}),
			ended.then(() => assert.fail(`it ended without saying '${words}': ${said}`)),
		]);
	return { child, ended, says, said: () => said };
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
	test(`serves until ${signal}, by a kubeconfig that only its owner reads`, {
		timeout: 30_000,
	}, async (t) => {
		const cwd = await folder(t);
		await writeFile(join(cwd, 'lab.yaml'), 'what was there', { mode: 0o644 });
		const lab = start(t, cwd, '--kubeconfig', 'lab.yaml', '--nodes', '2', '--pace', 'fast');
		await lab.says('Ctrl-C');
		assert.ok(lab.said().includes(`export KUBECONFIG=${join(cwd, 'lab.yaml')}`), lab.said());
		assert.equal((await stat(join(cwd, 'lab.yaml'))).mode & 0o777, 0o600);
		const kubeconfig = await readFile(join(cwd, 'lab.yaml'), 'utf8');
		const { body } = await ask(kubeconfig, '/api/v1/nodes');
		assert.equal((body.items as unknown[]).length, 2);
		lab.child.kill(signal);
		assert.equal((await lab.ended).code, 0);
	});
}

test('--state keeps the cluster for the same clients, whether it is ended or killed', {
	timeout: 60_000,
}, async (t) => {
	const cwd = await folder(t);
	const begin = async (...args: string[]) => {
		const lab = start(t, cwd, '--state', 'kept', '--kubeconfig', 'lab.yaml', '--pace', 'fast', ...args);
		await lab.says('Ctrl-C ends it, and');
		return lab;
	};
	const names = async (kubeconfig: string) =>
		((await ask(kubeconfig, '/api/v1/namespaces/default/configmaps')).body.items as ConfigMap[]).map(
			({ metadata }) => metadata.name,
		);
	const create = (kubeconfig: string, name: string) =>
		ask(kubeconfig, '/api/v1/namespaces/default/configmaps', {
			method: 'POST',
			body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } },
		});
	const first = await begin('--nodes', '1');
	const kubeconfig = await readFile(join(cwd, 'lab.yaml'), 'utf8');
	await create(kubeconfig, 'one');
	const other = await start(t, cwd, '--state', 'kept').ended;
	assert.equal(other.code, 2);
	assert.match(other.said, /^lab: .*lock says that process \d+ uses this folder/m);
	first.child.kill('SIGINT');
	assert.equal((await first.ended).code, 0);
	const second = await begin();
	assert.match(second.said(), /goes on/);
	// What clients know of the cluster still holds.
	assert.deepEqual(await names(kubeconfig), ['kube-root-ca.crt', 'one']);
	await create(kubeconfig, 'two');
	const file = join(cwd, 'kept', 'cluster.json');
	while (!(await readFile(file, 'utf8')).includes('"two"'))
		await new Promise((next) => setTimeout(next, 100));
	second.child.kill('SIGKILL');
	await second.ended;
	const third = await begin();
	assert.deepEqual(await names(kubeconfig), ['kube-root-ca.crt', 'one', 'two']);
	third.child.kill('SIGTERM');
	assert.equal((await third.ended).code, 0);
	const refused = async (message: RegExp, ...args: string[]) => {
		const { code, said } = await start(t, cwd, '--state', 'kept', ...args).ended;
		assert.equal(code, 2);
		assert.match(said, message);
		assert.ok(!said.includes('    at '), said);
	};
	await refused(/^lab: the cluster in .*cluster\.json was made with --nodes 1 and stays so/m, '--nodes', '2');
	await writeFile(file, 'not a cluster');
	await refused(/^lab: .*cluster\.json is damaged/m);
	assert.equal(await readFile(file, 'utf8'), 'not a cluster');
});

test('says what is wrong with a flag', async (t) => {
	const cwd = await folder(t);
	const fails = async (message: RegExp, ...args: string[]) => {
		const { code, said } = await start(t, cwd, ...args).ended;
		assert.equal(code, 2);
		assert.match(said, message);
		assert.ok(!said.includes('    at '), said);
	};
	await fails(/^lab: --nodes takes a whole number from 1 to 100, not '0'$/m, '--nodes', '0');
	await fails(/^lab: --port takes a whole number from 0 to 65535, not '6443x'$/m, '--port', '6443x');
	await fails(/^lab: --pace is real or fast, not 'slow'$/m, '--pace=slow');
	await fails(/^lab: Unknown option '--stat'/m, '--stat', 'x');
	await fails(/^lab: --state needs the name of a folder$/m, '--state=');
	await fails(
		/^lab: the kubeconfig cannot be written: ENOENT.*--kubeconfig$/m,
		'--kubeconfig',
		'no/such/folder/x',
	);
});

test('says that the port is taken', async (t) => {
	const other = createServer().listen(0, '127.0.0.1');
	await once(other, 'listening');
	t.after(() => other.close());
	const { port } = other.address() as { port: number };
	const { code, said } = await start(t, await folder(t), '--port', String(port)).ended;
	assert.equal(code, 2);
	assert.match(said, new RegExp(`^lab: port ${port} is in use`, 'm'));
});

test('--help names every flag that works', async (t) => {
	const { code, said } = await start(t, await folder(t), '--help').ended;
	assert.equal(code, 0);
	for (const flag of ['--port', '--kubeconfig', '--nodes', '--pace', '--state'])
		assert.ok(said.includes(flag));
});
