import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestPods, type TestPod } from '../test-pods.ts';

const image = 'hashicorp/consul:1.20';
const serverArgs = (expect: number, ...joins: string[]) => [
	'agent',
	'-server',
	`-bootstrap-expect=${expect}`,
	...joins.map((address) => `-retry-join=${address}`),
];

/** A cluster of servers that have a leader, each in a pod of its own. */
async function createServers(count: number) {
	const pods = createTestPods();
	const servers: TestPod[] = [];
	for (let at = 0; at < count; at++) {
		const joins = servers.slice(0, 1).map(({ ip }) => ip);
		servers.push(await pods.start(`consul-${at}`, image, { args: serverArgs(count, ...joins) }));
	}
	const leaderOf = (pod: TestPod) =>
		/New leader elected: payload=(\S+)\n(?![\s\S]*New leader elected)/.exec(pod.log())?.[1];
	await pods.clock.advanceUntil(() => servers.every(leaderOf));
	await pods.clock.advance(5000);
	const consul = (pod: TestPod, ...args: string[]) => pod.run(['consul', ...args]);
	/** Moves time on until a command of consul prints what is wanted. */
	const until = async (pod: TestPod, args: string[], wanted: RegExp, seconds = 120) => {
		for (let waited = 0; waited <= seconds; waited++) {
			const { stdout } = await consul(pod, ...args);
			if (wanted.test(stdout)) return stdout;
			await pods.clock.advance(1000);
		}
		throw new Error(`consul ${args.join(' ')} never printed ${wanted}\n${pod.log()}`);
	};
	return { ...pods, servers, consul, until, leaderOf };
}

test('the image starts its agent under dumb-init, in development mode without arguments', async () => {
	const { start, clock } = createTestPods();
	const pod = await start('dev', image);
	await clock.advanceUntil(() => pod.log().includes('Synced node info'));
	assert.match(pod.log(), /^==> Starting Consul agent\.\.\.\n +Version: '1\.20\.6'\n/);
	const { stdout } = await pod.run(['ps', '-o', 'pid,args']);
	assert.match(
		stdout,
		/ 1 \/usr\/bin\/dumb-init \/bin\/sh .*\n +2 consul agent -data-dir=\/consul\/data -config-dir=\/consul\/config -dev -client 0\.0\.0\.0\n/,
	);
	assert.equal((await pod.run(['consul', 'kv', 'put', 'a', 'b'])).code, 0);
	assert.match((await pod.run(['wget', '-qO-', 'localhost:8500/ui/'])).stdout, /<li>a<\/li>/);
	assert.equal((await pod.run(['ls', '/consul/data'])).stdout, '', 'it keeps nothing');
	pod.container.signal('TERM');
	await clock.advanceUntil(() => pod.container.state === 'exited');
	assert.equal(pod.container.exit?.code, 1);
	assert.match(
		pod.log(),
		/agent: Caught: signal=terminated\n.*Graceful shutdown disabled\. Exiting\n[\s\S]*agent: Exit code: code=1\n$/,
	);
});

test('the entry point takes interfaces, a configuration and subcommands', async () => {
	const { start, clock } = createTestPods();
	const env = new Map([
		['CONSUL_BIND_INTERFACE', 'eth0'],
		['CONSUL_LOCAL_CONFIG', '{"datacenter": "north", "skip_leave_on_interrupt": true}'],
	]);
	const pod = await start('one', image, { args: ['agent', '-server', '-bootstrap'], env });
	await clock.advanceUntil(() => pod.log().includes('Synced node info'));
	assert.match(
		pod.log(),
		new RegExp(`^==> Found address '${pod.ip}' for interface 'eth0', setting bind option\\.\\.\\.\n`),
	);
	assert.match((await pod.run(['consul', 'members'])).stdout, / north /);
	const version = await start('version', image, { args: ['version'] });
	await clock.advanceUntil(() => version.container.state === 'exited');
	assert.match(version.log(), /^Consul v1\.20\.6\n/);
	const other = await start('other', image, { args: ['echo', 'hello'] });
	await clock.advanceUntil(() => other.container.state === 'exited');
	assert.equal(other.log(), 'hello\n');
});

test('wrong configurations are refused in words', async () => {
	const { start, clock } = createTestPods();
	const pod = await start('shell', image, { command: ['sleep', '100000'] });
	const agent = async (...args: string[]) => {
		const { code, stderr } = await pod.run(['consul', 'agent', ...args]);
		assert.equal(code, 1);
		return stderr;
	};
	assert.equal(await agent('-server'), '==> data_dir cannot be empty\n');
	assert.equal(await agent('-nope'), '==> flag needs an argument: -nope\n');
	assert.equal(await agent('-nope=1'), '==> flag provided but not defined: -nope\n');
	assert.equal(
		await agent('-data-dir=/tmp/a', '-bootstrap-expect=3'),
		'==> bootstrap_expect requires server mode\n',
	);
	await pod.run(['tee', '/tmp/wrong.hcl'], 'server = true\nretry_jion = ["a"]\n');
	assert.equal(
		await agent('-config-file=/tmp/wrong.hcl'),
		'==> failed to parse /tmp/wrong.hcl: invalid config key retry_jion\n',
	);
	await pod.run(['tee', '/tmp/broken.hcl'], 'server = true\nports {\n  http = 1 =\n}\n');
	assert.equal(
		await agent('-config-file=/tmp/broken.hcl'),
		'==> failed to parse /tmp/broken.hcl: At 3: object expected key, got: =\n',
	);
	assert.equal(
		await agent('-dev', '-config-file=/tmp/none.json'),
		'==> config: Open failed on /tmp/none.json. open /tmp/none.json: no such file or directory\n',
	);
	const members = await pod.run(['consul', 'members']);
	assert.deepEqual(members, {
		code: 1,
		stdout: '',
		stderr:
			'Error retrieving members: Get "http://127.0.0.1:8500/v1/agent/members?segment=_all": dial tcp 127.0.0.1:8500: connect: connection refused\n',
	});
	await clock.advance(1);
});

test('files of HCL and JSON configure an agent, in the order of their names', async () => {
	const { start, clock } = createTestPods();
	const pod = await start('shell', image, { command: ['sleep', '100000'] });
	await pod.run(
		['tee', '/consul/config/a.hcl'],
		'# comment\nserver = true\nbootstrap = true\nnode_name = "a"\nports { http = 9500 }\nui_config { enabled = true }\n',
	);
	await pod.run(
		['tee', '/consul/config/b.json'],
		'{"node_name": "b", "data_dir": "/tmp/data", "client_addr": "0.0.0.0"}',
	);
	await pod.run(['sh', '-c', 'consul agent -config-dir /consul/config > /tmp/log 2>&1 &']);
	await clock.advance(30_000);
	const { stdout } = await pod.run(['consul', 'catalog', 'nodes', '-http-addr=127.0.0.1:9500']);
	assert.match(stdout, /^Node +ID +Address +DC\nb /);
	assert.match(
		(await pod.run(['cat', '/tmp/data/node-id'])).stdout,
		/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
	);
});

test('keys are put, got, listed, deleted, exported and imported', async () => {
	const { servers, consul } = await createServers(3);
	const [a, b] = servers;
	const said = async (pod: TestPod, ...args: string[]) => {
		const { stdout, stderr } = await consul(pod, 'kv', ...args);
		return stdout + stderr;
	};
	assert.equal(await said(a, 'put', 'app/name', 'shop'), 'Success! Data written to: app/name\n');
	assert.equal(await said(b, 'put', 'app/db/host', 'db-0'), 'Success! Data written to: app/db/host\n');
	assert.equal(await said(b, 'get', 'app/name'), 'shop\n');
	assert.equal(await said(a, 'get', '-recurse', 'app/'), 'app/db/host:db-0\napp/name:shop\n');
	assert.equal(await said(a, 'get', '-keys', 'app/'), 'app/db/\napp/name\n');
	assert.match(
		await said(a, 'get', '-detailed', 'app/name'),
		/^CreateIndex {6}\d+\nFlags {12}0\nKey {14}app\/name\nLockIndex {8}0\nModifyIndex {6}\d+\nSession {10}-\nValue {12}shop\n$/,
	);
	assert.equal((await b.run(['consul', 'kv', 'put', 'input', '-'], 'from stdin')).code, 0);
	assert.equal(await said(a, 'get', 'input'), 'from stdin\n');
	assert.equal(
		await said(a, 'put', '-cas', '-modify-index=1', 'app/name', 'x'),
		'Error! Did not write to app/name: CAS failed\n',
	);
	const exported = await said(a, 'export', 'app/');
	assert.deepEqual(JSON.parse(exported)[1], { key: 'app/name', flags: 0, value: btoa('shop') });
	assert.equal(await said(a, 'delete', '-recurse', 'app/'), 'Success! Deleted keys with prefix: app/\n');
	assert.deepEqual(await consul(b, 'kv', 'get', 'app/name'), {
		code: 1,
		stdout: '',
		stderr: 'Error! No key exists at: app/name\n',
	});
	const imported = await b.run(['consul', 'kv', 'import', '-'], exported);
	assert.equal(imported.stdout, 'Imported: app/db/host\nImported: app/name\n');
	assert.equal(await said(a, 'get', 'app/db/host'), 'db-0\n');
	assert.equal((await a.run(['wget', '-qO-', 'http://127.0.0.1:8500/v1/kv/app/name?raw'])).stdout, 'shop');
});

test('the API tells of leader, peers, members, nodes and health', async () => {
	const { servers, start, until } = await createServers(3);
	const [a, b, c] = servers;
	const get = async (path: string) =>
		JSON.parse((await a.run(['wget', '-qO-', `http://127.0.0.1:8500/v1/${path}`])).stdout);
	const addresses = servers.map(({ ip }) => `${ip}:8300`);
	assert.ok(addresses.includes(await get('status/leader')));
	assert.deepEqual((await get('status/peers')).sort(), addresses.toSorted());
	const { Servers: peers } = await get('operator/raft/configuration');
	assert.equal(peers.filter(({ Leader }: { Leader: boolean }) => Leader).length, 1);
	assert.equal((await get('agent/self')).Config.NodeName, 'consul-0');
	assert.deepEqual(await get('catalog/services'), { consul: [] });
	const [check] = await get('health/node/consul-2');
	assert.deepEqual(
		[check.CheckID, check.Status, check.Output],
		['serfHealth', 'passing', 'Agent alive and reachable'],
	);
	c.container.signal('KILL');
	const client = await start('client', image, { args: ['agent', `-retry-join=${b.ip}`] });
	await until(client, ['members'], /client .* client /);
	assert.match((await client.run(['consul', 'kv', 'put', 'by', 'client'])).stdout, /^Success/);
	assert.match(
		await until(client, ['catalog', 'nodes'], /client/),
		new RegExp(`client +\\S+ +${client.ip} +dc1`),
	);
});

test('members that fail are told from those that leave', async () => {
	const { servers, consul, until, clock } = await createServers(5);
	const [a, b, c, d, e] = servers;
	assert.equal((await consul(e, 'leave')).stdout, 'Graceful leave complete\n');
	await until(a, ['members', '-status=left'], /consul-4/, 5);
	await until(a, ['operator', 'raft', 'list-peers'], /^(?![\s\S]*consul-4)(.*\n){5}$/, 10);
	await clock.advanceUntil(() => e.container.state === 'exited');
	assert.equal(e.container.exit?.code, 0);
	d.container.signal('KILL');
	await until(a, ['members', '-status=failed'], /consul-3/, 40);
	assert.match(a.log(), /Suspect consul-3 has failed|Marking consul-3 as failed/);
	// Autopilot removes it, since the rest is a quorum.
	await until(a, ['members', '-status=left'], /consul-3/, 40);
	await until(a, ['operator', 'raft', 'list-peers'], /^(?![\s\S]*consul-3)(.*\n){4}$/, 30);
	assert.equal((await consul(a, 'force-leave', '-prune', 'consul-3')).code, 0);
	assert.doesNotMatch((await consul(a, 'members')).stdout, /consul-3/);
	assert.deepEqual(await consul(a, 'force-leave', 'nobody'), {
		code: 1,
		stdout: '',
		stderr: "Error force leaving: Unexpected response code: 500 (agent: No node found with name 'nobody')\n",
	});
	for (const pod of [b, c]) assert.equal(pod.container.state, 'running');
});

test('another server leads when the leader is gone, and leadership can be handed over', async () => {
	const { servers, consul, until, leaderOf } = await createServers(3);
	const old = servers.find((pod, at) => leaderOf(pod) === `consul-${at}`) as TestPod;
	const [survivor, other] = servers.filter((pod) => pod !== old);
	assert.equal((await consul(survivor, 'kv', 'put', 'k', 'v')).code, 0);
	old.container.signal('KILL');
	await until(survivor, ['operator', 'raft', 'list-peers'], / leader /, 60);
	assert.notEqual(leaderOf(survivor), leaderOf(old));
	assert.equal((await consul(other, 'kv', 'get', 'k')).stdout, 'v\n');
	const before = leaderOf(survivor);
	assert.deepEqual(await consul(survivor, 'operator', 'raft', 'transfer-leader'), {
		code: 0,
		stdout: 'Success\n',
		stderr: '',
	});
	assert.notEqual(leaderOf(survivor), before);
});

test('snapshots are checked before they are restored', async () => {
	const { servers, consul } = await createServers(1);
	const [a] = servers;
	await consul(a, 'kv', 'put', 'k', 'old');
	assert.match(
		(await consul(a, 'snapshot', 'save', '/tmp/s')).stdout,
		/^Saved and verified snapshot to index \d+\n$/,
	);
	assert.equal((await a.run(['tar', 'tzf', '/tmp/s'])).stdout, 'meta.json\nstate.bin\nSHA256SUMS\n');
	assert.match(
		(await consul(a, 'snapshot', 'inspect', '/tmp/s')).stdout,
		/^ ID +\d+-\d+-\d+\n Size +\d+\n Index +\d+\n Term +2\n Version +1\n\n Type +Count +Size\n/,
	);
	await consul(a, 'kv', 'put', 'k', 'new');
	await a.run(['sh', '-c', 'echo nonsense > /tmp/bad']);
	assert.match(
		(await consul(a, 'snapshot', 'restore', '/tmp/bad')).stderr,
		/^Error restoring snapshot: Unexpected response code: 500 \(failed to decompress snapshot: gzip: invalid header\)\n$/,
	);
	assert.equal((await consul(a, 'kv', 'get', 'k')).stdout, 'new\n');
	assert.equal((await consul(a, 'snapshot', 'restore', '/tmp/s')).stdout, 'Restored snapshot\n');
	assert.equal((await consul(a, 'kv', 'get', 'k')).stdout, 'old\n');
	assert.equal(
		(await consul(a, 'snapshot', 'inspect', '/tmp/none')).stderr,
		'Error opening snapshot file: open /tmp/none: no such file or directory\n',
	);
});

test('a wrong peers.json keeps the server from starting, and says why', async () => {
	const { start, clock } = createTestPods();
	const pod = await start('shell', image, { command: ['sleep', '100000'] });
	const agent =
		'timeout 20 consul agent -server -bootstrap -data-dir=/tmp/data > /tmp/log 2>&1; cat /tmp/log';
	await pod.run(['sh', '-c', agent]);
	for (const [peers, words] of [
		['[{"id": "", "address": "1.2.3.4:8300"}]', 'empty ID in configuration'],
		[
			'[{"id": "a", "address": "1.2.3.4:8300", "non_voter": true}]',
			'need at least one voter in configuration',
		],
	]) {
		await pod.run(['tee', '/tmp/data/raft/peers.json'], peers);
		const { stdout } = await pod.run(['sh', '-c', agent]);
		assert.match(
			stdout,
			new RegExp(
				`agent: Error starting agent: error="Failed to start Consul server: Failed to start Raft: recovery failed to parse peers\\.json: ${words}"\n$`,
			),
		);
	}
	await clock.advance(1);
});

test('tags are those of the two repositories', async () => {
	const { registry } = createTestPods();
	for (const reference of ['hashicorp/consul', 'hashicorp/consul:1.21', 'consul:1.15.4', 'consul:1.11'])
		assert.equal((await registry.pull(reference)).config.entrypoint[0], 'docker-entrypoint.sh');
	for (const reference of ['consul', 'consul:1.16', 'hashicorp/consul:1', 'hashicorp/consul:1.20.99'])
		await assert.rejects(registry.pull(reference), /not found/);
});
