import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createVirtualClock } from '../../../clock.ts';
import { createRandom } from '../../../random.ts';
import { settled } from '../../../runtime/test-container.ts';
import { createLogger } from '../agent/log.ts';
import { createMemoryStorage } from '../agent/storage.ts';
import { Tasks } from '../agent/tasks.ts';
import { ExchangeError } from '../messages.ts';
import { LogStore } from '../raft/log-store.ts';
import type { Configuration } from '../raft/messages.ts';
import { Bootstrap } from './bootstrap.ts';
import type { Server } from './server.ts';

/** One of three servers that are there; `ask` is how the others answer it. */
function createOne(ask: (address: string) => Promise<string[]>) {
	const clock = createVirtualClock();
	const lines: string[] = [];
	const begun: Configuration[] = [];
	const server = {
		log: createLogger('agent.server', clock.now, (line) => void lines.push(line)),
		options: {
			configuration: { bootstrapExpect: 3 },
			identity: { nodeId: 's0' },
			tasks: new Tasks(clock, createRandom(1), (error) => assert.ifError(error)),
		},
		servers: ['s0', 's1', 's2'].map((id) => ({
			id,
			name: id,
			address: `${id}:8300`,
			expect: 3,
			bootstrap: false,
			status: 'alive',
		})),
		raft: { bootstrap: (configuration: Configuration) => begun.push(configuration) },
		ask,
	} as unknown as Server;
	const bootstrap = new Bootstrap(server, new LogStore(createMemoryStorage()));
	return { begun, lines, consider: () => settled(clock, bootstrap.consider()) };
}

test('as many servers as are expected begin with the same list', async () => {
	const { begun, consider } = createOne(async () => []);
	await consider();
	assert.deepEqual(
		begun.map(({ servers }) => servers.map(({ id, suffrage }) => `${id} ${suffrage}`)),
		[['s0 Voter', 's1 Voter', 's2 Voter']],
	);
	await consider();
	assert.equal(begun.length, 1, 'a cluster begins once');
});

test('a server that knows of a cluster keeps another from beginning', async () => {
	const { begun, lines, consider } = createOne(async (address) => (address === 's2:8300' ? ['s2:8300'] : []));
	await consider();
	assert.equal(begun.length, 0);
	assert.match(
		lines.at(-1) ?? '',
		/Existing Raft peers reported by server, disabling bootstrap mode: server=s2/,
	);
});

test('a server that never answers is asked six times, and holds nobody up for ever', async () => {
	const { begun, lines, consider } = createOne(async (address) => {
		if (address === 's1:8300') throw new ExchangeError('i/o timeout');
		return [];
	});
	await consider();
	assert.equal(begun.length, 1);
	const failures = lines.filter((line) => line.includes('Failed to confirm peer status'));
	assert.equal(failures.length, 6);
	assert.match(failures[5], /nextRetryInterval=32s/);
});
