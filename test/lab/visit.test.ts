// A connection from the server's thread into a lab of its worker: bytes both ways, ends, refusals.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLabHost } from '../../lab/node/host.ts';
import { ask } from './clients.ts';

const base = '/api/v1/namespaces/default';

test('a page of a lab is read across the threads, however large', { timeout: 60_000 }, async (t) => {
	const host = createLabHost();
	t.after(() => host.close());
	const lab = await host.create({ nodes: 1, pace: 'fast' });
	while ((await ask(lab.kubeconfig, `${base}/serviceaccounts/default`)).status !== 200) await sleep(20);
	const script =
		'yes a line of text | head -c 3000000 > /usr/share/nginx/html/large; exec nginx -g "daemon off;"';
	const container = { name: 'web', image: 'nginx:1.27', command: ['sh', '-c', script] };
	const labels = { app: 'web' };
	const create = async (path: string, body: object) => {
		const answer = await ask(lab.kubeconfig, `${base}/${path}`, { method: 'POST', body });
		assert.equal(answer.status, 201, JSON.stringify(answer.body));
	};
	await create('pods', { metadata: { name: 'web', labels }, spec: { containers: [container] } });
	await create('services', {
		metadata: { name: 'web' },
		spec: { type: 'NodePort', selector: labels, ports: [{ port: 80 }] },
	});
	const get = async (path: string) => {
		const { stream, authority } = await lab.visit('web.default');
		const sent = request({ createConnection: () => stream, path, headers: { host: authority } }).end();
		const [response] = (await once(sent, 'response')) as [IncomingMessage];
		return { status: response.statusCode, body: await text(response), stream };
	};
	for (;;) {
		const answer = await get('/large').catch(() => undefined);
		if (answer?.status === 200 && answer.body.length === 3_000_000) break;
		await sleep(50);
	}
	const { status, stream } = await get('/');
	assert.equal(status, 200);
	stream.destroy();

	await assert.rejects(lab.visit('10.96.0.1', 443), /10\.96\.0\.1 is not reached from outside the cluster/);
	await assert.rejects(lab.visit('node1', 9), /^Error: node1: Connection refused\.$/);
	const open = (await lab.visit('web.default')).stream;
	const gone = new Promise((resolve) => open.once('close', resolve));
	open.on('error', () => {});
	await lab.remove();
	await gone;
	await assert.rejects(lab.visit('web.default'), /The lab has ended/);
});
