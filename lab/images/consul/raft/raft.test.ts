import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createVirtualClock } from '../../../clock.ts';
import { createRandom } from '../../../random.ts';
import { settled } from '../../../runtime/test-container.ts';
import { createLogger } from '../agent/log.ts';
import { createMemoryStorage } from '../agent/storage.ts';
import { Tasks } from '../agent/tasks.ts';
import { ExchangeError } from '../messages.ts';
import { LogStore } from './log-store.ts';
import type { RaftServer } from './messages.ts';
import { NotLeader, Raft } from './raft.ts';
import { SnapshotStore } from './snapshot-store.ts';

/** Servers that talk through a network which can be cut; each keeps a list of the commands it has applied. */
function createServers(count: number, seed = 1) {
	const clock = createVirtualClock();
	const random = createRandom(seed);
	const lines: string[] = [];
	const log = createLogger('raft', clock.now, (line) => void lines.push(line));
	const ids = Array.from({ length: count }, (_, at) => `s${at}`);
	const servers: RaftServer[] = ids.map((id) => ({ id, address: `${id}:8300`, suffrage: 'Voter' }));
	/** Who reaches whom: servers of one part reach each other. */
	let parts: string[][] = [ids];
	const reaches = (from: string, to: string) =>
		parts.some((part) => part.includes(from) && part.includes(to));
	const storages = new Map(ids.map((id) => [id, createMemoryStorage()]));
	const applied = new Map<string, unknown[]>();
	const rafts = new Map<string, Raft>();
	const tasks = new Map<string, Tasks>();
	const start = (id: string): Raft => {
		const storage = storages.get(id) ?? createMemoryStorage();
		const own = new Tasks(clock, random, (error) => {
			throw error;
		});
		let commands: unknown[] = [];
		applied.set(id, commands);
		const raft = new Raft({
			id,
			address: `${id}:8300`,
			times: { heartbeat: 1000, election: 1000, leaderLease: 500 },
			store: new LogStore(storage),
			snapshots: new SnapshotStore(storage),
			machine: {
				apply: (command) => commands.push(command),
				snapshot: () => JSON.stringify(commands),
				restore(state) {
					commands = JSON.parse(state) as unknown[];
					applied.set(id, commands);
				},
			},
			tasks: own,
			log,
			async send(server, request, timeout) {
				await clock.sleep(1);
				const target = rafts.get(server.id);
				if (!target || !reaches(id, server.id)) {
					await clock.sleep(timeout);
					throw new ExchangeError('i/o timeout');
				}
				return structuredClone(target.handle(structuredClone(request)));
			},
			leadershipChanged() {},
			leaderChanged() {},
		});
		raft.start();
		rafts.set(id, raft);
		tasks.set(id, own);
		return raft;
	};
	for (const id of ids) start(id).bootstrap({ servers });
	const leaders = () => [...rafts.values()].filter(({ role }) => role === 'Leader');
	return {
		clock,
		lines,
		rafts,
		applied,
		leaders,
		start,
		stop(id: string) {
			rafts.get(id)?.stop();
			tasks.get(id)?.stop();
			rafts.delete(id);
		},
		/** Lets the servers of a part reach each other, and no others. */
		cut(...given: string[][]) {
			parts = given;
		},
		async leader(among = ids): Promise<Raft> {
			const found = () => leaders().find(({ options }) => among.includes(options.id));
			await clock.advanceUntil(() => found()?.leadership !== undefined, 60_000);
			return found() as Raft;
		},
		apply: (raft: Raft, command: unknown) => settled(clock, raft.apply(command)),
	};
}

test('one leader is elected, and what it takes is applied everywhere in one order', async () => {
	const { leader, leaders, apply, applied, clock } = createServers(3);
	const first = await leader();
	for (let command = 0; command < 100; command++) await apply(first, command);
	await clock.advance(5000);
	assert.equal(leaders().length, 1);
	const wanted = Array.from({ length: 100 }, (_, command) => command);
	for (const commands of applied.values()) assert.deepEqual(commands, wanted);
});

test('cut off from the majority, a leader steps down, and what it took alone is forgotten', async () => {
	const { leader, apply, applied, clock, cut, leaders, rafts } = createServers(5);
	const old = await leader();
	await apply(old, 'before');
	const others = [...rafts.keys()].filter((id) => id !== old.options.id);
	cut([old.options.id, others[0]], others.slice(1));
	const lost = assert.rejects(old.apply('lost'), NotLeader);
	const next = await leader(others.slice(1));
	await settled(clock, lost);
	assert.equal(old.role !== 'Leader', true);
	await apply(next, 'after');
	cut([...rafts.keys()]);
	await clock.advance(20_000);
	assert.equal(leaders().length, 1);
	for (const commands of applied.values()) assert.deepEqual(commands, ['before', 'after']);
});

test('a server that was cut off does not unseat the leader when it comes back', async () => {
	const { leader, clock, cut, rafts } = createServers(3);
	const first = await leader();
	const { term } = first.options.store;
	const away = [...rafts.keys()].find((id) => id !== first.options.id) ?? '';
	cut(
		[...rafts.keys()].filter((id) => id !== away),
		[away],
	);
	await clock.advance(60_000);
	cut([...rafts.keys()]);
	await clock.advance(10_000);
	assert.equal(first.role, 'Leader');
	assert.equal(first.options.store.term, term, 'pre-votes leave the term as it is');
});

test('what is stored is enough to go on after all servers were restarted', async () => {
	const { leader, apply, applied, stop, start, rafts, clock } = createServers(3);
	const first = await leader();
	await apply(first, 'kept');
	const ids = [...rafts.keys()];
	for (const id of ids) stop(id);
	for (const id of ids) start(id);
	const next = await leader();
	await apply(next, 'more');
	await clock.advance(3000);
	for (const commands of applied.values()) assert.deepEqual(commands, ['kept', 'more']);
});

test('a log is cut behind a snapshot, and a server that missed it is sent the snapshot', async () => {
	const { leader, apply, applied, cut, rafts, clock, lines } = createServers(3);
	const first = await leader();
	const away = [...rafts.keys()].find((id) => id !== first.options.id) ?? '';
	cut(
		[...rafts.keys()].filter((id) => id !== away),
		[away],
	);
	for (let batch = 0; batch < 20; batch++)
		await settled(clock, Promise.all(Array.from({ length: 100 }, (_, at) => first.apply(100 * batch + at))));
	assert.ok(first.options.store.size < 1400, 'the log stays small');
	assert.equal(applied.get(away)?.length, 0);
	cut([...rafts.keys()]);
	await clock.advance(20_000);
	assert.ok(lines.some((line) => line.includes('Installed remote snapshot')));
	assert.deepEqual(applied.get(away), applied.get(first.options.id));
	assert.equal(applied.get(away)?.length, 2000);
	await apply(first, 'next');
});

test('servers are added and removed one by one, and a removed one is not heard any more', async () => {
	const { leader, apply, rafts, clock, start, cut } = createServers(3);
	const first = await leader();
	const [removed] = [...rafts.keys()].filter((id) => id !== first.options.id);
	await settled(clock, first.removeServer(removed));
	await clock.advance(60_000);
	assert.equal(first.role, 'Leader');
	assert.equal(first.configuration.servers.length, 2);
	start('new');
	cut([...rafts.keys()]);
	await settled(clock, first.addServer({ id: 'new', address: 'new:8300', suffrage: 'Nonvoter' }));
	await clock.advance(3000);
	assert.equal(
		rafts.get('new')?.replicatedLog.lastApplied,
		first.replicatedLog.lastApplied,
		'it has the log without having a vote',
	);
	await settled(clock, first.addServer({ id: 'new', address: 'new:8300', suffrage: 'Voter' }));
	await apply(first, 'x');
});

test('leadership is handed over without an election being waited for', async () => {
	const { leader, clock, leaders } = createServers(3);
	const first = await leader();
	await clock.advance(3000);
	const at = clock.now();
	await settled(clock, first.transfer());
	await clock.advanceUntil(() => leaders().length === 1);
	assert.notEqual(leaders()[0], first);
	assert.ok(clock.now() - at < 500);
});

test('whatever is cut and stopped, no two leaders share a term, and no two servers disagree', async () => {
	for (let seed = 1; seed <= 10; seed++) {
		const world = createServers(5, seed);
		const random = createRandom(seed);
		const ids = [...world.rafts.keys()];
		const leaderOf = new Map<number, string>();
		for (let round = 0; round < 30; round++) {
			const mixed = ids
				.map((id) => ({ id, at: random() }))
				.sort((a, b) => a.at - b.at)
				.map(({ id }) => id);
			const size = Math.floor(random() * 5);
			world.cut(mixed.slice(0, size), mixed.slice(size));
			if (random() < 0.3) {
				world.stop(mixed[0]);
				world.start(mixed[0]);
			}
			for (const raft of world.leaders()) raft.apply(round).catch(() => {});
			for (let step = 0; step < 10; step++) {
				await world.clock.advance(random() * 1000);
				for (const { options } of world.leaders()) {
					const { term } = options.store;
					assert.equal(leaderOf.get(term) ?? options.id, options.id, `seed ${seed}, term ${term}`);
					leaderOf.set(term, options.id);
				}
			}
		}
		world.cut(ids);
		const last = await world.leader();
		await world.apply(last, 'end');
		await world.clock.advance(20_000);
		const [longest] = world.applied.values();
		assert.ok(longest.length > 1, `seed ${seed}`);
		for (const commands of world.applied.values()) assert.deepEqual(commands, longest, `seed ${seed}`);
	}
});
