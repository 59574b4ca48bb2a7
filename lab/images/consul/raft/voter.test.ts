import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createVirtualClock } from '../../../clock.ts';
import { createRandom } from '../../../random.ts';
import { createLogger } from '../agent/log.ts';
import { createMemoryStorage } from '../agent/storage.ts';
import { Tasks } from '../agent/tasks.ts';
import { LogStore } from './log-store.ts';
import type { RaftServer, VoteRequest } from './messages.ts';
import { SnapshotStore } from './snapshot-store.ts';
import { grantsVote } from './voter.ts';

const servers: RaftServer[] = ['a', 'b', 'c'].map((id) => ({
	id,
	address: `${id}:8300`,
	suffrage: id === 'c' ? 'Nonvoter' : 'Voter',
}));

/** A server in term 3 whose log ends with an entry of term 2. */
function createVoter(leader?: RaftServer) {
	const clock = createVirtualClock();
	const storage = createMemoryStorage();
	const store = new LogStore(storage);
	store.append([{ index: 1, term: 2, data: { type: 'noop' } }]);
	store.setTerm(3);
	const options = {
		id: 'self',
		address: 'self:8300',
		times: { heartbeat: 1000, election: 1000, leaderLease: 500 },
		store,
		snapshots: new SnapshotStore(storage),
		machine: { apply() {}, snapshot: () => '', restore() {} },
		tasks: new Tasks(clock, createRandom(1), (error) => assert.ifError(error)),
		log: createLogger('raft', clock.now, () => {}),
		send: () => Promise.reject(new Error('a voter asks nobody')),
		leadershipChanged() {},
		leaderChanged() {},
	};
	const voter = {
		options,
		configuration: { servers },
		leader,
		newerTerm: (term: number) => store.setTerm(term),
	};
	const asks = (request: Partial<VoteRequest>) =>
		grantsVote(voter, {
			kind: 'vote',
			term: 4,
			candidate: 'a',
			candidateAddress: 'a:8300',
			lastIndex: 1,
			lastTerm: 2,
			transfer: false,
			...request,
		});
	return { store, asks };
}

test('one candidate gets the vote of a term, and gets it again', () => {
	const { store, asks } = createVoter();
	assert.equal(asks({}), true);
	assert.deepEqual([store.term, store.votedFor], [4, 'a']);
	assert.equal(asks({ candidate: 'b' }), false);
	assert.equal(asks({}), true);
	assert.equal(asks({ candidate: 'b', term: 5 }), true);
});

test('a pre-vote binds nobody', () => {
	const { store, asks } = createVoter();
	assert.equal(asks({ kind: 'pre-vote' }), true);
	assert.equal(asks({ kind: 'pre-vote', candidate: 'b' }), true);
	assert.deepEqual([store.term, store.votedFor], [3, undefined]);
});

test('a candidate of an earlier term, with less of the log or without a vote of its own gets none', () => {
	const { asks } = createVoter();
	assert.equal(asks({ term: 2 }), false);
	assert.equal(asks({ lastTerm: 1, lastIndex: 9 }), false);
	assert.equal(asks({ lastIndex: 0 }), false);
	assert.equal(asks({ candidate: 'c' }), false);
	assert.equal(asks({ candidate: 'stranger' }), false);
});

test('whoever hears a leader votes for nobody else, unless the leader hands over', () => {
	const { asks, store } = createVoter(servers[0]);
	assert.equal(asks({ candidate: 'b', term: 9 }), false);
	assert.equal(store.term, 3, 'a server that was cut off does not raise the term');
	assert.equal(asks({ candidate: 'b', transfer: true }), true);
});
