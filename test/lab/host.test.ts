// Labs in a worker thread: apart from each other, and from the process that hosts them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLabHost } from '../../lab/node/host.ts';
import { ask } from './clients.ts';

const pods = '/api/v1/namespaces/default/pods';

function pod(name: string, image: string, ...command: string[]) {
	const container = { name, image, ...(command.length > 0 && { command }) };
	return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers: [container] } };
}

/** Creates the pod, as soon as its namespace's service account is there, and waits until it runs. */
async function start(kubeconfig: string, body: ReturnType<typeof pod>): Promise<void> {
	const { name } = body.metadata;
	const phase = async () =>
		((await ask(kubeconfig, `${pods}/${name}`)).body.status as { phase?: string })?.phase;
	while ((await ask(kubeconfig, '/api/v1/namespaces/default/serviceaccounts/default')).status !== 200)
		await sleep(20);
	const { status, body: answer } = await ask(kubeconfig, pods, { method: 'POST', body });
	assert.equal(status, 201, JSON.stringify(answer));
	while ((await phase()) !== 'Running') await sleep(20);
}

test('labs of one host know nothing of each other', { timeout: 60_000 }, async (t) => {
	const host = createLabHost();
	t.after(() => host.close());
	const [one, other] = await Promise.all([
		host.create({ nodes: 1, pace: 'fast' }),
		host.create({ nodes: 2, pace: 'fast' }),
	]);
	await start(one.kubeconfig, pod('web', 'nginx:1.27'));
	assert.equal((await ask(other.kubeconfig, `${pods}/web`)).status, 404);

	await t.test('a client of one is a stranger to the other', async () => {
		assert.equal((await ask(one.kubeconfig, pods, { server: other.server })).status, 401);
		assert.equal((await ask(one.kubeconfig, pods, { server: one.server })).status, 200);
	});

	await t.test('a removed one is gone, and the other stays', async () => {
		await one.remove();
		await assert.rejects(ask(one.kubeconfig, pods), /ECONNREFUSED/);
		assert.equal((await ask(other.kubeconfig, pods)).status, 200);
	});
});

test('a lab changes its pace while its phases last', { timeout: 60_000 }, async (t) => {
	const host = createLabHost();
	t.after(() => host.close());
	const lab = await host.create({ nodes: 1, pace: 'real' });
	const once = pod('once', 'busybox:1.29', 'sleep', '60');
	await start(lab.kubeconfig, { ...once, spec: { ...once.spec, restartPolicy: 'Never' } } as typeof once);
	await lab.setPace('fast');
	const started = performance.now();
	for (;;) {
		const { status } = (await ask(lab.kubeconfig, `${pods}/once`)).body as { status: { phase: string } };
		if (status.phase === 'Succeeded') break;
		await sleep(20);
	}
	assert.ok(performance.now() - started < 30_000, 'it has slept at the real pace');
});

/** Programs that would take all there is of processor time, processes and bytes. */
const greedy = {
	loop: 'while :; do :; done',
	flood: 'yes | cat > /dev/null',
	fork: 'f() { f | f & }; f; sleep 1000',
};

test('endless loops in one lab do not keep another from answering', { timeout: 60_000 }, async (t) => {
	const host = createLabHost();
	t.after(() => host.close());
	const busy = await host.create({ nodes: 1, pace: 'fast' });
	const calm = await host.create({ nodes: 1, pace: 'fast' });
	for (const [name, script] of Object.entries(greedy))
		await start(busy.kubeconfig, pod(name, 'busybox:1.29', 'sh', '-c', script));
	const started = performance.now();
	for (let count = 0; count < 20; count++) assert.equal((await ask(calm.kubeconfig, pods)).status, 200);
	await start(calm.kubeconfig, pod('web', 'nginx:1.27'));
	assert.ok(performance.now() - started < 10_000, 'the other lab was slow');
	assert.equal((await ask(busy.kubeconfig, `${pods}/loop`)).status, 200);
});

test('a worker that runs out of memory is reported, and the next lab gets a new one', {
	timeout: 60_000,
}, async (t) => {
	const crashes: Error[] = [];
	const host = createLabHost({ memoryMegabytes: 1024, onCrash: (error) => crashes.push(error) });
	t.after(() => host.close());
	const tight = createLabHost({ memoryMegabytes: 4, onCrash: (error) => crashes.push(error) });
	t.after(() => tight.close());
	await assert.rejects(
		tight.create({ nodes: 1, pace: 'fast' }),
		/the worker that hosts the labs has ended: .*memory/,
	);
	assert.equal(crashes.length, 1);
	await assert.rejects(tight.create({ nodes: 1, pace: 'fast' }), /memory/, 'a second worker was started');
	const lab = await host.create({ nodes: 1, pace: 'fast' });
	assert.equal((await ask(lab.kubeconfig, pods)).status, 200);
});
