// A Consul cluster as a StatefulSet: it finds itself by DNS, survives the loss of one of three, is repaired by hand
// after the loss of two, and is brought back from a snapshot, or from its claims, after the loss of all.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { createLabHost } from '../../lab/node/host.ts';
import type { Pod, StatefulSet } from '../../lab/schema/types.ts';
import { logOf } from '../../lab/test-cluster.ts';
import { createStoryCluster, manifest, type StoryCluster } from './cluster.ts';
import { execute } from './execute.ts';
import { tell } from './terminal.ts';

const host = createLabHost();
after(() => host.close());

const consulYaml = manifest('consul.yaml');

/** The same set with a claim for each server instead of a directory that goes with the pod. */
function withClaims(text: string): string {
	const [service, set] = parseAllDocuments(text).map((document) => document.toJS());
	const { spec } = set as StatefulSet;
	delete spec.template.spec?.volumes;
	const claim = {
		metadata: { name: 'data' },
		spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
	};
	Object.assign(spec, { volumeClaimTemplates: [claim] });
	return [service, set].map((object) => JSON.stringify(object)).join('\n---\n');
}

const servers = ['consul-0', 'consul-1', 'consul-2'];

async function start(text = consulYaml) {
	const cluster = createStoryCluster(3);
	await cluster.create(text);
	const consul = (pod: string, ...args: string[]) => execute(cluster, pod, ['consul', ...args]);
	/** Moves time on by seconds until a command of consul says what is wanted. */
	const says = async (pod: string, args: string[], wanted: RegExp, seconds = 180) => {
		for (let waited = 0; ; waited++) {
			const { stdout, stderr } = await consul(pod, ...args);
			if (wanted.test(stdout + stderr)) return stdout;
			assert(
				waited < seconds,
				`consul ${args.join(' ')} on ${pod}: ${stdout}${stderr}\n${await logOf(cluster, pod)}`,
			);
			await cluster.clock.advance(1000);
		}
	};
	/** Three servers that vote, one of them leading. */
	const complete = /^(?=[\s\S]*leader)(?:.*\n)(?:.* true .*\n){3}$/;
	await cluster.until(() => servers.every(cluster.isReady));
	await says('consul-0', ['operator', 'raft', 'list-peers'], complete);
	return { ...cluster, consul, says, complete };
}

/** Deletes pods as a crash of their nodes does: nothing in them has time to say goodbye. */
async function crash(cluster: StoryCluster, ...pods: string[]): Promise<void> {
	const uids = pods.map((name) => cluster.pod(name)?.metadata.uid);
	for (const name of pods)
		await cluster.request('DELETE', `/api/v1/namespaces/default/pods/${name}?gracePeriodSeconds=0`);
	await cluster.until(() =>
		pods.every((name, at) => cluster.isReady(name) && cluster.pod(name)?.metadata.uid !== uids[at]),
	);
}

test('three servers on three nodes find each other one by one and agree', async () => {
	const { lab, client, consul, clock, ...cluster } = await start();
	const nodes = client.list<Pod>('pods', 'default').map(({ spec }) => spec.nodeName);
	assert.equal(new Set(nodes).size, 3);
	const started = servers.map((name) => Date.parse(cluster.pod(name)?.status?.startTime ?? ''));
	assert.deepEqual(
		started,
		started.toSorted((a, b) => a - b),
	);
	await clock.advance(10_000);
	const log = await logOf({ lab, clock, client, ...cluster }, 'consul-0');
	for (const line of [
		/\[WARN\] {2}agent: bootstrap_expect > 0: expecting 3 servers\n/,
		/\[INFO\] {2}agent: \(LAN\) joining: lan_addresses=\["consul-0\.consul\.default\.svc\.cluster\.local", /,
		/memberlist: Failed to resolve consul-2\.consul\.default\.svc\.cluster\.local: lookup .*: no such host\n/,
		/agent\.server\.serf\.lan: serf: EventMemberJoin: consul-2 10\.244\.\d+\.\d+\n/,
		/agent\.server: Found expected number of peers, attempting bootstrap: peers=/,
		/agent\.server: New leader elected: payload=consul-\d\n/,
		/\[INFO\] {2}agent: Synced node info\n/,
	])
		assert.match(log, line);
	const { stdout } = await consul('consul-0', 'members');
	const rows = stdout.trimEnd().split('\n');
	assert.match(rows[0], /^Node {6}Address +Status {2}Type {4}Build +Protocol {2}DC {3}Partition {2}Segment$/);
	servers.forEach((name, at) => {
		assert.match(
			rows[at + 1],
			new RegExp(
				`^${name} {2}10\\.244\\.\\d+\\.\\d+:8301 +alive +server +1\\.20\\.6 +2 +dc1 +default +<all>$`,
			),
		);
	});
	assert.deepEqual(await consul('consul-1', 'kv', 'put', 'course/name', 'Stateful'), {
		code: 0,
		stdout: 'Success! Data written to: course/name\n',
		stderr: '',
	});
	assert.equal((await consul('consul-2', 'kv', 'get', 'course/name')).stdout, 'Stateful\n');
	lab.stop();
});

test('one server that is lost comes back empty and gets the data again', async () => {
	const cluster = await start();
	const { consul, says, complete } = cluster;
	await consul('consul-0', 'kv', 'put', 'course/name', 'Stateful');
	await crash(cluster, 'consul-1');
	// The others do not take a new address for the name of a member that may be alive.
	await says('consul-0', ['members', '-status=failed|left'], /consul-1/, 30);
	assert.equal((await consul('consul-0', 'kv', 'get', 'course/name')).stdout, 'Stateful\n');
	await says('consul-0', ['operator', 'raft', 'list-peers'], complete);
	await says('consul-1', ['kv', 'get', '-stale', 'course/name'], /^Stateful\n$/);
	const log = await logOf(cluster, 'consul-1');
	assert.match(log, /Existing Raft peers reported by server, disabling bootstrap mode/);
	cluster.lab.stop();
});

test('a server that leaves in its preStop hook is missed by nobody', async () => {
	const cluster = await start();
	const { says, complete, pod } = cluster;
	const uid = pod('consul-2')?.metadata.uid;
	await cluster.request('DELETE', '/api/v1/namespaces/default/pods/consul-2');
	await says('consul-0', ['members', '-status=left'], /consul-2/, 20);
	await says('consul-0', ['operator', 'raft', 'list-peers'], /^(?![\s\S]*consul-2)[\s\S]*consul-1/, 5);
	await cluster.until(() => cluster.isReady('consul-2') && pod('consul-2')?.metadata.uid !== uid);
	await says('consul-0', ['operator', 'raft', 'list-peers'], complete, 60);
	assert.doesNotMatch(await logOf(cluster, 'consul-0'), /EventMemberFailed|Conflicting address/);
	cluster.lab.stop();
});

test('a survivor without a quorum is told to act alone, and the others join it', async () => {
	const cluster = await start();
	const { consul, says, complete, pod } = cluster;
	await consul('consul-0', 'kv', 'put', 'course/name', 'Stateful');
	await crash(cluster, 'consul-1', 'consul-2');
	await says('consul-0', ['kv', 'get', 'course/name'], /No cluster leader/, 30);
	assert.deepEqual(await consul('consul-0', 'kv', 'get', 'course/name'), {
		code: 1,
		stdout: '',
		stderr: 'Error querying Consul agent: Unexpected response code: 500 (No cluster leader)\n',
	});
	assert.deepEqual(await consul('consul-0', 'operator', 'raft', 'list-peers'), {
		code: 1,
		stdout: '',
		stderr:
			'Error getting peers: Failed to retrieve raft configuration: Unexpected response code: 500 (No cluster leader)\n',
	});
	assert.equal((await consul('consul-0', 'kv', 'get', '-stale', 'course/name')).stdout, 'Stateful\n');
	// It does not mend itself, however long one waits.
	await cluster.clock.advance(600_000);
	assert.match((await consul('consul-0', 'kv', 'get', 'course/name')).stderr, /No cluster leader/);

	const script = `id=$(cat /consul/data/node-id)
echo "[{\\"id\\": \\"$id\\", \\"address\\": \\"$(hostname -i):8300\\", \\"non_voter\\": false}]" > /consul/data/raft/peers.json
kill 1`;
	await execute(cluster, 'consul-0', ['sh', '-c', script]);
	await cluster.until(() => pod('consul-0')?.status?.containerStatuses?.[0].restartCount === 1);
	await cluster.until(() => cluster.isReady('consul-0'));
	await says('consul-0', ['kv', 'get', 'course/name'], /^Stateful\n$/);
	const log = await logOf(cluster, 'consul-0');
	assert.match(log, /agent\.server: found peers\.json file, recovering Raft configuration\.\.\.\n/);
	assert.match(log, /agent\.server: deleted peers\.json file after successful recovery\n/);
	assert.equal((await execute(cluster, 'consul-0', ['ls', '/consul/data/raft/peers.json'])).code, 1);
	await says('consul-0', ['operator', 'raft', 'list-peers'], complete, 300);
	assert.equal((await consul('consul-2', 'kv', 'get', '-stale', 'course/name')).stdout, 'Stateful\n');
	cluster.lab.stop();
});

test('all three lost: the data is gone without storage, and comes back from a snapshot', async () => {
	const cluster = await start();
	const { consul, says, complete } = cluster;
	await consul('consul-0', 'kv', 'put', 'course/name', 'Stateful');
	assert.match(
		(await consul('consul-0', 'snapshot', 'save', '/tmp/backup.snap')).stdout,
		/^Saved and verified snapshot to index \d+\n$/,
	);
	assert.match((await consul('consul-0', 'snapshot', 'inspect', '/tmp/backup.snap')).stdout, / KVS +1 /);
	const saved = (await execute(cluster, 'consul-0', ['base64', '/tmp/backup.snap'])).stdout;
	await crash(cluster, ...servers);
	await says('consul-0', ['operator', 'raft', 'list-peers'], complete);
	assert.deepEqual(await consul('consul-0', 'kv', 'get', 'course/name'), {
		code: 1,
		stdout: '',
		stderr: 'Error! No key exists at: course/name\n',
	});
	await execute(cluster, 'consul-0', ['sh', '-c', 'base64 -d > /tmp/backup.snap'], saved);
	assert.equal(
		(await consul('consul-0', 'snapshot', 'restore', '/tmp/backup.snap')).stdout,
		'Restored snapshot\n',
	);
	assert.equal((await consul('consul-0', 'kv', 'get', 'course/name')).stdout, 'Stateful\n');
	await says('consul-2', ['kv', 'get', '-stale', 'course/name'], /^Stateful\n$/);
	// What the snapshot says of nodes that are gone gives way to those that are there.
	const { stdout } = await consul('consul-0', 'catalog', 'nodes');
	for (const name of servers)
		assert.match(stdout, new RegExp(`${name} .* ${cluster.pod(name)?.status?.podIP} `));
	cluster.lab.stop();
});

test('all three lost: with claims the data is there again, at new addresses', async () => {
	const cluster = await start(withClaims(consulYaml));
	const { consul, says, complete, pod } = cluster;
	await consul('consul-0', 'kv', 'put', 'course/name', 'Stateful');
	const before = servers.map((name) => pod(name)?.status?.podIP);
	const ids = await consul('consul-0', 'operator', 'raft', 'list-peers');
	await crash(cluster, ...servers);
	assert.notDeepEqual(
		servers.map((name) => pod(name)?.status?.podIP),
		before,
	);
	await says('consul-0', ['operator', 'raft', 'list-peers'], complete);
	assert.equal((await consul('consul-0', 'kv', 'get', 'course/name')).stdout, 'Stateful\n');
	const idsOf = (table: string) => table.match(/[0-9a-f]{8}-[0-9a-f-]{27}/g)?.sort();
	const now = await consul('consul-0', 'operator', 'raft', 'list-peers');
	assert.deepEqual(idsOf(now.stdout), idsOf(ids.stdout));
	assert.match(await logOf(cluster, 'consul-0'), /Raft data found, disabling bootstrap mode/);
	cluster.lab.stop();
});

test('an idle cluster writes nothing and keeps its leader', async () => {
	const cluster = await start();
	await cluster.clock.advance(120_000);
	const size = () => execute(cluster, 'consul-0', ['wc', '-c', '/consul/data/raft/raft.db']);
	const before = await size();
	const log = await logOf(cluster, 'consul-0');
	await cluster.clock.advance(900_000);
	assert.deepEqual(await size(), before);
	assert.equal(await logOf(cluster, 'consul-0'), log);
	cluster.lab.stop();
});

test('the same with a real kubectl', { timeout: 300_000 }, async (t) => {
	const exec = (pod: string, command: string) => `kubectl exec ${pod} -- ${command}`;
	/** Asks again and again until the answer has what is wanted. */
	const until = (command: string, wanted: string) =>
		`for i in $(seq 150); do OUT=$(${command} 2>&1); grep -qE '${wanted}' <<< "$OUT" && break; sleep 0.2; done; echo "$OUT"`;
	const voters = until(
		`${exec('consul-0', 'consul operator raft list-peers')} 2>/dev/null | grep -c ' true '`,
		'^3$',
	);
	const get = (pod: string) => exec(pod, 'consul kv get -stale course/name');
	// In one request: a new pod that finds an old one still there joins it, and is left alone with what it knew.
	const loseAll = `kubectl delete --raw '/api/v1/namespaces/default/pods?labelSelector=app%3Dconsul&gracePeriodSeconds=0'`;
	await tell(
		t,
		host,
		{ 'consul.yaml': consulYaml, 'claims.yaml': withClaims(consulYaml) },
		[
			{
				run: 'kubectl apply -f consul.yaml',
				expect: 'service/consul created\nstatefulset.apps/consul created\n',
			},
			{ run: 'kubectl rollout status statefulset consul --timeout=60s', expect: /3 (new )?pods/ },
			{ run: voters, expect: '3\n' },
			{
				run: exec('consul-0', 'consul members'),
				expect: /^Node +Address +Status[^\n]*\n(consul-\d .* alive .*\n){3}$/,
			},
			{
				run: exec('consul-0', 'consul kv put course/name Stateful'),
				expect: 'Success! Data written to: course/name\n',
			},
			{
				run: exec('consul-0', 'consul snapshot save /tmp/backup.snap'),
				expect: /^Saved and verified snapshot to index \d+\n$/,
			},
			{
				run: 'kubectl cp consul-0:/tmp/backup.snap backup.snap && gzip -t backup.snap',
				expect: /^(tar: .*\n)?$/,
			},
			{ run: 'kubectl delete pod consul-1', expect: /^pod "consul-1" deleted/ },
			{ run: 'kubectl rollout status statefulset consul --timeout=60s', expect: /3 (new )?pods/ },
			{ run: voters, expect: '3\n' },
			{ run: until(get('consul-1'), '^Stateful$'), expect: 'Stateful\n' },
			{
				run: 'kubectl delete pod consul-1 consul-2 --grace-period=0 --force 2>/dev/null',
				expect: /^pod "consul-1" force deleted.*\npod "consul-2" force deleted.*\n$/,
			},
			{
				run: until(exec('consul-0', 'consul kv get course/name'), 'No cluster leader'),
				expect:
					/Error querying Consul agent: Unexpected response code: 500 \(No cluster leader\)\n.*exit code 1\n$/,
			},
			{
				run: exec(
					'consul-0',
					`sh -c 'echo "[{\\"id\\": \\"$(cat /consul/data/node-id)\\", \\"address\\": \\"$(hostname -i):8300\\"}]" > /consul/data/raft/peers.json; kill 1'`,
				),
				expect: '',
			},
			{
				run: until(`kubectl logs consul-0`, 'deleted peers.json file after successful recovery'),
				expect: /found peers\.json file, recovering/,
			},
			{ run: voters, expect: '3\n' },
			{ run: until(get('consul-2'), '^Stateful$'), expect: 'Stateful\n' },
			{ run: loseAll, expect: /consul-2/ },
			{ run: 'kubectl rollout status statefulset consul --timeout=60s', expect: /3 (new )?pods/ },
			{ run: voters, expect: '3\n' },
			{ run: get('consul-0'), expect: /No key exists at: course\/name/, fails: true },
			{ run: 'kubectl cp backup.snap consul-0:/tmp/backup.snap', expect: '' },
			{ run: exec('consul-0', 'consul snapshot restore /tmp/backup.snap'), expect: 'Restored snapshot\n' },
			{ run: get('consul-0'), expect: 'Stateful\n' },
			{
				run: 'kubectl delete -f consul.yaml && kubectl wait --for=delete pod/consul-0 pod/consul-1 pod/consul-2 && kubectl apply -f claims.yaml',
				expect: /statefulset.apps\/consul created/,
			},
			{ run: 'kubectl rollout status statefulset consul --timeout=60s', expect: /3 (new )?pods/ },
			{ run: voters, expect: '3\n' },
			{ run: exec('consul-0', 'consul kv put course/name Stateful'), expect: /Success/ },
			{ run: loseAll, expect: /consul-2/ },
			{ run: 'kubectl rollout status statefulset consul --timeout=60s', expect: /3 (new )?pods/ },
			{ run: until(exec('consul-0', 'consul kv get course/name'), '^Stateful$'), expect: 'Stateful\n' },
		],
		{ nodes: 3 },
	);
});
