import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createContainerRuntime } from '../../runtime/runtime.ts';
import { createTestPods, serviceOf, sliceOf } from '../test-pods.ts';

/** Pods of a set `kubia` with their governing service, and a pod to ask them from. */
async function cluster(image: string, names: readonly string[]) {
	const pods = createTestPods();
	const { clock } = pods;
	const runtime = createContainerRuntime({ clock, random: () => 0 });
	const started = [];
	for (const name of names) {
		const volume = runtime.createVolume({ type: 'disk', source: name });
		const mounts = [{ path: '/var/data', volume, readOnly: false }];
		started.push(await pods.start(name, image, { domain: 'kubia.default.svc.cluster.local', mounts }));
	}
	pods.announce('services', {
		type: 'ADDED',
		object: serviceOf('kubia', { clusterIP: 'None', ports: [{ name: 'http', port: 80 }] }),
	});
	pods.announce('endpointslices.discovery.k8s.io', {
		type: 'ADDED',
		object: sliceOf('kubia', {
			ports: [{ name: 'http', port: 80 }],
			endpoints: started.map(({ ip }, index) => ({
				addresses: [ip],
				hostname: names[index],
				conditions: { ready: true },
			})),
		}),
	});
	const client = await pods.start('client', 'curlimages/curl', { command: ['sleep', 'infinity'] });
	const curl = async (...args: string[]) => (await client.run(['curl', '-s', ...args])).stdout;
	return { ...pods, started, curl };
}

test('a pet stores what is posted to it, and says where', async () => {
	const { started, curl } = await cluster('luksa/kubia-pet', ['kubia-0', 'kubia-1']);
	const [first, second] = started.map(({ ip }) => `http://${ip}:8080/`);
	assert.equal(await curl(first), "You've hit kubia-0\nData stored on this pod: No data posted yet\n");
	assert.equal(await curl('-d', 'a greeting', first), 'Data stored on pod kubia-0\n');
	assert.equal(await curl(`${first}any`), "You've hit kubia-0\nData stored on this pod: a greeting\n");
	assert.match(await curl(second), /kubia-1\n.*No data posted yet/);
	assert.equal((await started[0].run(['cat', '/var/data/kubia.txt'])).stdout, 'a greeting');
	assert.equal(started[0].log(), 'New data has been received and stored.\n');
	assert.match(
		await curl('-i', first),
		/^HTTP\/1\.1 200 OK\r\nDate: .*\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n/,
	);
	assert.match((await started[0].run(['ps', '-ef'])).stdout, / 1 .* node app\.js\n/);
});

test('as PID 1 it does not end by SIGTERM', async () => {
	const { started, clock, curl } = await cluster('luksa/kubia-pet', ['kubia-0']);
	const [{ container, ip }] = started;
	container.signal('TERM');
	await clock.advance(30_000);
	assert.equal(container.state, 'running');
	assert.match(await curl(`http://${ip}:8080/`), /kubia-0/);
	container.signal('KILL');
	await clock.advanceUntil(() => container.state === 'exited');
	assert.equal(container.exit?.code, 137);
});

test('without a volume a POST ends it, as an error event that nobody handles', async () => {
	const pods = createTestPods();
	const pet = await pods.start('pet', 'luksa/kubia-pet');
	await pet.run(['curl', '-s', '-d', 'lost', 'localhost:8080']);
	await pods.clock.advanceUntil(() => pet.container.state === 'exited');
	assert.equal(pet.container.exit?.code, 1);
	assert.match(pet.log(), /Error: ENOENT: no such file or directory, open '\/var\/data\/kubia\.txt'\n/);
});

test('peers answer with the data of all', async () => {
	const names = ['kubia-0', 'kubia-1', 'kubia-2'];
	const { started, curl } = await cluster('luksa/kubia-pet-peers', names);
	const [first, second] = started.map(({ ip }) => `http://${ip}:8080/`);
	assert.equal(await curl('-d', 'sun', second), 'Data stored on pod kubia-1\n');
	assert.equal(await curl(`${second}data`), 'sun');
	const lines = (await curl(first)).split('\n');
	assert.deepEqual(lines.slice(0, 2), ["You've hit kubia-0", 'Data stored in the cluster:']);
	assert.deepEqual(lines.slice(2, -1).toSorted(), [
		'- kubia-0.kubia.default.svc.cluster.local: No data posted yet',
		'- kubia-1.kubia.default.svc.cluster.local: sun',
		'- kubia-2.kubia.default.svc.cluster.local: No data posted yet',
	]);
	started[2].container.signal('KILL');
	assert.match(await curl(first), /- kubia-2\.\S+: Error: connect ECONNREFUSED \d+\.\d+\.\d+\.\d+:8080\n/);
});

test('without its service it finds no peers', async () => {
	const pods = createTestPods();
	const pet = await pods.start('pet', 'luksa/kubia-pet-peers');
	assert.equal(
		(await pet.run(['curl', '-s', 'localhost:8080'])).stdout,
		"You've hit pet\nData stored in the cluster:\nCould not look up DNS SRV records: Error: querySrv ENOTFOUND kubia.default.svc.cluster.local",
	);
});
