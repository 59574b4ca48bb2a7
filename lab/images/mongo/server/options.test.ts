import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestPods } from '../../test-pods.ts';

test('mongod takes options, and says which it does not know', async () => {
	const { start } = createTestPods();
	const pod = await start('db', 'mongo:8.0', { command: ['sleep', 'infinity'] });
	for (const [args, said] of [
		[['--nonsense'], "Error parsing command line: unrecognised option '--nonsense'"],
		[['--port'], "Error parsing command line: the required argument for option '--port' is missing"],
		[['--port', 'x'], 'error parsing option "port" as int: Bad digit "x"'],
		[['--smallfiles'], "Error parsing command line: unrecognised option '--smallfiles'"],
		[['--config', '/nowhere'], "Error opening config file '/nowhere': No such file or directory"],
	] as const) {
		const { code, stderr } = await pod.run(['mongod', ...args]);
		assert.deepEqual([code, stderr.split('\n')[0]], [2, said]);
	}
	const old = await start('old', 'mongo:3.4', { args: ['--smallfiles', '--noprealloc'] });
	assert.equal(old.container.state, 'running');
	assert.match((await pod.run(['mongod', '--version'])).stdout, /^db version v8\.0\.\d+\n/);
	const missing = await pod.run(['mongod', '--dbpath', '/nowhere']);
	assert.equal(missing.code, 100);
	assert.match(missing.stdout, /NonExistentPath: Data directory \/nowhere not found/);
});

test('a configuration file says the same, and the command line more', async () => {
	const { start, clock } = createTestPods();
	const file =
		'storage: { dbPath: /data/other }\nnet: { port: 27018, bindIp: "127.0.0.1" }\nreplication: { replSetName: rs1 }\n';
	const command = `mkdir /data/other; printf '${file}' > /etc/mongod.conf; exec mongod -f /etc/mongod.conf --port 27019`;
	const pod = await start('db', 'mongo:8.0', { command: ['sh', '-c', command] });
	await clock.advanceUntil(() => pod.log().includes('Waiting for connections'));
	const { stdout } = await pod.run(['mongosh', '--quiet', '--port', '27019', '--eval', 'rs.initiate().ok']);
	assert.equal(stdout, '1\n');
	assert.match(pod.log(), /"dbPath":"\/data\/other"/);
});

test('without --bind_ip_all nobody else reaches a mongod that stands without its entry point', async () => {
	const { start, clock } = createTestPods();
	const closed = await start('closed', 'mongo:8.0', { command: ['mongod'] });
	const open = await start('open', 'mongo:8.0');
	await clock.advanceUntil(() =>
		[closed, open].every((pod) => pod.log().includes('Waiting for connections')),
	);
	assert.match(
		(await open.run(['mongosh', '--host', closed.ip, '--eval', '1'])).stderr,
		/MongoNetworkError: connect ECONNREFUSED/,
	);
	assert.equal((await closed.run(['mongosh', '--quiet', '--host', open.ip, '--eval', '1'])).stdout, '1\n');
});
