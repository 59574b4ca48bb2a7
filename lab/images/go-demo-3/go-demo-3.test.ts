import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestPods } from '../test-pods.ts';

/** A database and the application, which finds it by its address. */
async function start(image: string, args: string[] = []) {
	const pods = createTestPods();
	const db = await pods.start('db', image, { args: ['mongod', ...args] });
	await pods.clock.advanceUntil(() => /[Ww]aiting for connections/.test(db.log()));
	const api = await pods.start('api', 'vfarcic/go-demo-3', { env: new Map([['DB', db.ip]]) });
	return { ...pods, api };
}

test('it keeps names, and counts its requests', async () => {
	const { api, clock, start: startPod } = await start('mongo:5.0');
	await clock.advance(1000);
	const client = await startPod('client', 'curlimages/curl', { command: ['sleep', 'infinity'] });
	const ask = async (...args: string[]) => (await client.run(['curl', '-s', ...args])).stdout;
	const person = `http://${api.ip}:8080/demo/person`;
	assert.equal(await ask(`http://${api.ip}:8080/demo/hello`), 'hello, world!\n');
	assert.equal(await ask('-X', 'PUT', `${person}?name=Ada`), 'Everything is OK');
	assert.equal(await ask('-X', 'PUT', `${person}?name=Grace`), 'Everything is OK');
	assert.equal(await ask('-X', 'PUT', `${person}?name=Ada`), 'Everything is OK');
	assert.equal(await ask(person), 'Ada\nGrace');
	assert.match(
		await ask(`http://${api.ip}:8080/metrics`),
		/http_server_resp_time_count\{code="200",method="PUT",path="\/demo\/person",service="go-demo"\} 3/,
	);
	assert.equal(await ask(`http://${api.ip}:8080/nothing`), '404 page not found\n');
	assert.match(api.log(), /GET request to \/demo\/hello\n/);
});

test('without a primary it panics after ten seconds', async () => {
	const { api, clock } = await start('mongo:5.0', ['--replSet', 'rs0']);
	const startedAt = clock.now();
	await clock.advanceUntil(() => api.container.state === 'exited');
	assert.equal((await api.container.wait()).code, 2);
	assert(clock.now() - startedAt <= 10_500);
	assert.match(api.log(), /^panic: no reachable servers\n\ngoroutine 1 \[running\]:\n/);
});

test('its driver is too old for a MongoDB after 5.0', async () => {
	const { api, clock } = await start('mongo:6.0');
	await clock.advanceUntil(() => api.container.state === 'exited');
	assert.equal((await api.container.wait()).code, 2);
	assert.match(
		api.log(),
		/^panic: Unsupported OP_QUERY command: ping\. The client driver may require an upgrade\./,
	);
});
