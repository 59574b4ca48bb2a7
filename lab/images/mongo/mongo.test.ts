import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Volume } from '../../runtime/files.ts';
import { createContainerRuntime } from '../../runtime/runtime.ts';
import { TestTerminal } from '../../runtime/test-terminal.ts';
import { createTestPods, serviceOf, sliceOf, type TestPod } from '../test-pods.ts';

type Pods = ReturnType<typeof createTestPods>;

/** A pod's mount of a volume at /data/db. */
const mounted = (volume: Volume) => ({ mounts: [{ path: '/data/db', volume, readOnly: false }] });

function volumes(pods: Pods): (name: string) => Volume {
	const runtime = createContainerRuntime({ clock: pods.clock, random: () => 0 });
	return (source) => runtime.createVolume({ type: 'disk', source });
}

/** What mongosh says to an expression. */
async function evaluate(pod: TestPod, expression: string, ...more: string[]): Promise<string> {
	const { stdout, stderr } = await pod.run(['mongosh', '--quiet', ...more, '--eval', expression]);
	return (stdout + stderr).trimEnd();
}

test('a standalone keeps its data on its volume, whether it is stopped or killed', async () => {
	const pods = createTestPods();
	const volume = volumes(pods)('data');
	const first = await pods.start('mongo', 'mongo:8.0', mounted(volume));
	await pods.clock.advanceUntil(() => first.log().includes('Waiting for connections'));
	assert.match(
		await evaluate(first, 'db.people.insertOne({ name: "Ada", born: ISODate("1815-12-10") })'),
		/^\{\n {2}acknowledged: true,\n {2}insertedId: ObjectId\('[0-9a-f]{24}'\)\n\}$/,
	);
	first.container.signal('TERM');
	assert.equal((await first.container.wait()).code, 0);
	assert.match(first.log(), /"msg":"Shutting down","attr":\{"exitCode":0\}/);

	const second = await pods.start('mongo', 'mongo:8.0', mounted(volume));
	await pods.clock.advanceUntil(() => second.log().includes('Waiting for connections'));
	await evaluate(second, 'db.people.insertOne({ name: "Grace" })');
	second.container.signal('KILL');
	await second.container.wait();

	const third = await pods.start('mongo', 'mongo:8.0', mounted(volume));
	await pods.clock.advanceUntil(() => third.log().includes('Waiting for connections'));
	assert.match(third.log(), /Detected unclean shutdown/);
	assert.equal(
		await evaluate(third, 'db.people.find({}, { _id: 0 }).sort({ name: 1 })'),
		"[\n  { name: 'Ada', born: ISODate('1815-12-10T00:00:00.000Z') },\n  { name: 'Grace' }\n]",
	);
});

test('a second mongod on one volume ends with 100 and says why', async () => {
	const pods = createTestPods();
	const volume = volumes(pods)('data');
	const first = await pods.start('one', 'mongo:8.0', mounted(volume));
	await pods.clock.advanceUntil(() => first.log().includes('Waiting for connections'));
	const second = await pods.start('two', 'mongo:8.0', mounted(volume));
	assert.equal((await second.container.wait()).code, 100);
	assert.match(
		second.log(),
		/"s":"E", {2}"c":"CONTROL", {2}"id":20557, {3}"ctx":"initandlisten","msg":"DBException in initAndListen, terminating","attr":\{"error":"DBPathInUse: Unable to lock the lock file: \/data\/db\/mongod\.lock \(Resource temporarily unavailable\)\. Another mongod instance is already running on the \/data\/db directory"\}/,
	);
	const old = await pods.start('old', 'mongo:3.4', mounted(volume));
	assert.equal((await old.container.wait()).code, 100);
	assert.match(
		old.log(),
		/E STORAGE {2}\[initandlisten\] exception in initAndListen: DBPathInUse: Unable to lock/,
	);
});

test('data that is damaged or of another release is refused', async () => {
	const pods = createTestPods();
	const volume = volumes(pods)('data');
	const first = await pods.start('one', 'mongo:6.0', mounted(volume));
	await pods.clock.advanceUntil(() => first.log().includes('Waiting for connections'));
	first.container.signal('TERM');
	await first.container.wait();
	const newer = await pods.start('two', 'mongo:8.0', mounted(volume));
	assert.equal((await newer.container.wait()).code, 62);
	assert.match(newer.log(), /Wrong mongod version/);
	const next = await pods.start('three', 'mongo:7.0', mounted(volume));
	await pods.clock.advanceUntil(() => next.log().includes('Waiting for connections'));
	await next.run(['sh', '-c', 'echo nonsense > /data/db/_mdb_catalog.wt']);
	next.container.signal('KILL');
	await next.container.wait();
	const last = await pods.start('four', 'mongo:7.0', mounted(volume));
	assert.equal((await last.container.wait()).code, 14);
	assert.match(last.log(), /WT_ERROR/);
});

/** Three members of a set `db` behind a headless service, and how to start one again. */
async function replicaSet(image = 'mongo:8.0') {
	const pods = createTestPods();
	const volumeOf = volumes(pods);
	const names = ['db-0', 'db-1', 'db-2'];
	const disks = new Map(names.map((name) => [name, volumeOf(name)]));
	const members = new Map<string, TestPod>();
	pods.announce('services', {
		type: 'ADDED',
		object: serviceOf('db', { clusterIP: 'None', ports: [{ port: 27017 }] }),
	});
	const announce = () =>
		pods.announce('endpointslices.discovery.k8s.io', {
			type: 'MODIFIED',
			object: sliceOf('db', {
				ports: [{ port: 27017 }],
				endpoints: [...members].map(([hostname, { ip }]) => ({
					addresses: [ip],
					hostname,
					conditions: { ready: true },
				})),
			}),
		});
	const start = async (name: string) => {
		const pod = await pods.start(name, image, {
			...mounted(disks.get(name)!),
			domain: 'db.default.svc.cluster.local',
			args: ['mongod', '--replSet', 'rs0'],
		});
		members.set(name, pod);
		announce();
		await pods.clock.advanceUntil(() => /[Ww]aiting for connections/.test(pod.log()));
	};
	for (const name of names) await start(name);
	const stop = async (name: string) => {
		members.get(name)!.container.signal('KILL');
		await members.get(name)!.container.wait();
		members.delete(name);
		announce();
	};
	const member = (name: string) => members.get(name)!;
	const states = (name: string) =>
		evaluate(member(name), 'rs.status().members.map((m) => m.name + " " + m.stateStr).join(", ")');
	return { ...pods, start, stop, member, states };
}

const configuration = `rs.initiate({ _id: 'rs0', members: [
  { _id: 0, host: 'db-0.db:27017' }, { _id: 1, host: 'db-1.db:27017' }, { _id: 2, host: 'db-2.db:27017' } ] })`;

test('a replica set is initiated, elects, replicates, loses its primary and gets it back', async () => {
	const { clock, member, states, stop, start } = await replicaSet();
	assert.equal(
		await evaluate(member('db-0'), 'rs.status()'),
		'MongoServerError[NotYetInitialized]: no replset config has been received',
	);
	assert.equal(await evaluate(member('db-0'), configuration), '{ ok: 1 }');
	await clock.advance(15_000);
	assert.equal(
		await states('db-0'),
		'db-0.db:27017 PRIMARY, db-1.db:27017 SECONDARY, db-2.db:27017 SECONDARY',
	);
	assert.match(
		await evaluate(member('db-0'), 'db.people.insertMany([{ _id: 1 }, { _id: 2 }])'),
		/acknowledged: true, insertedIds: \{ '0': 1, '1': 2 \}/,
	);
	assert.equal(await evaluate(member('db-2'), 'db.people.countDocuments()'), '2');
	assert.equal(
		await evaluate(member('db-1'), 'db.people.insertOne({})'),
		'MongoServerError[NotWritablePrimary]: not primary',
	);
	await stop('db-0');
	await clock.advance(15_000);
	const after = await states('db-1');
	assert.match(after, /db-0\.db:27017 \(not reachable\/healthy\)/);
	assert.match(after, /db-[12]\.db:27017 PRIMARY/);
	const uri = 'mongodb://db-1.db,db-2.db/test?replicaSet=rs0';
	assert.match(await evaluate(member('db-2'), 'db.people.insertOne({ _id: 3 })', uri), /acknowledged: true/);
	await start('db-0');
	await clock.advance(15_000);
	assert.match(await states('db-0'), /db-0\.db:27017 SECONDARY/);
	assert.equal(await evaluate(member('db-0'), 'db.people.countDocuments()'), '3');
});

test('a primary without a majority steps down', async () => {
	const { clock, member, states, stop } = await replicaSet();
	await evaluate(member('db-0'), configuration);
	await clock.advance(15_000);
	await stop('db-1');
	await stop('db-2');
	await clock.advance(12_000);
	assert.match(await states('db-0'), /^db-0\.db:27017 SECONDARY/);
	assert.match(member('db-0').log(), /Can't see a majority of the set, relinquishing primary/);
});

test('members are added, weighed and removed', async () => {
	const { clock, member, states } = await replicaSet();
	assert.match(await evaluate(member('db-0'), 'rs.initiate()'), /info2: 'no configuration specified/);
	await clock.advance(1000);
	await evaluate(member('db-0'), 'cfg = rs.conf(); cfg.members[0].host = "db-0.db:27017"; rs.reconfig(cfg)');
	assert.match(await evaluate(member('db-0'), 'rs.add("db-1.db:27017")'), /ok: 1/);
	assert.match(await evaluate(member('db-0'), 'rs.addArb("db-2.db")'), /ok: 1/);
	await clock.advance(15_000);
	assert.equal(await states('db-0'), 'db-0.db:27017 PRIMARY, db-1.db:27017 SECONDARY, db-2.db:27017 ARBITER');
	await evaluate(member('db-0'), 'cfg = rs.conf(); cfg.members[1].priority = 5; rs.reconfig(cfg)');
	await clock.advance(30_000);
	assert.match(await states('db-0'), /db-0\.db:27017 SECONDARY, db-1\.db:27017 PRIMARY/);
	await evaluate(member('db-1'), 'rs.remove("db-2.db:27017")');
	await clock.advance(5000);
	assert.equal(await states('db-1'), 'db-0.db:27017 SECONDARY, db-1.db:27017 PRIMARY');
	assert.match(
		await evaluate(member('db-1'), 'rs.add("nowhere.db:27017")'),
		/^MongoServerError\[NodeNotFound\]: |ok: 1/,
	);
});

test('mongosh talks: prompts, several lines, an endless loop that ^C ends', async () => {
	const { clock, member } = await replicaSet();
	await evaluate(member('db-0'), configuration);
	await clock.advance(15_000);
	const terminal = TestTerminal.exec(clock, member('db-0').container, ['mongosh']);
	await terminal.until('rs0 [direct: primary] test> ');
	assert.match(terminal.shown, /Using MongoDB:\t\t8\.0\.\d+\r\nUsing Mongosh:\t\t2\./);
	terminal.type('db.people.insertOne({\r');
	await terminal.until('... ');
	terminal.type('_id: 1 })\r');
	await terminal.until('{ acknowledged: true, insertedId: 1 }');
	await terminal.until('test> ');
	terminal.type('db.peo\t.countDoc\t()\r');
	await terminal.until('db.people.countDocuments()');
	await terminal.until('1\r\n');
	await terminal.until('test> ');
	terminal.type('while (true) {}\r');
	await clock.advance(500);
	assert.equal((await member('db-0').run(['echo', 'alive'])).stdout, 'alive\n');
	terminal.type('\x03');
	await terminal.until('MongoshInterruptedError: operation was interrupted');
	await terminal.until('test> ');
	terminal.type('use shop\r');
	await terminal.until('switched to db shop');
	await terminal.until('rs0 [direct: primary] shop> ');
	terminal.type('exit\r');
	assert.equal((await terminal.exit).code, 0);
});

test('the old shell speaks its own words', async () => {
	const { clock, member } = await replicaSet('mongo:3.4');
	const { stdout } = await member('db-0').run(['mongo', '--quiet', '--eval', configuration]);
	assert.equal(stdout, '{ "ok" : 1 }\n');
	await clock.advance(15_000);
	const terminal = TestTerminal.exec(clock, member('db-0').container, ['mongo']);
	await terminal.until('rs0:PRIMARY> ');
	terminal.type('db.people.insert({ _id: 1 })\r');
	await terminal.until('WriteResult({ "nInserted" : 1 })');
	terminal.type('db.people.find()\r');
	await terminal.until('{ "_id" : 1 }');
	terminal.type('exit\r');
	await terminal.until('bye');
});
