import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientMessage, RunInfo, ServerMessage } from '../../server/protocol.ts';
import { notes, type RunStatus, Runs, type Target } from './runs.ts';

const target: Target = { chapter: 'chapter', exercise: 'create', step: 0, digest: 'd' };
const run = { type: 'run', mode: 'run', busy: 'refuse' } as const;

/** Runs over a connection that can be off, with what was sent and what was told. */
function setUp() {
	const sent: ClientMessage[] = [];
	const told: RunStatus[] = [];
	const state = { connected: true, now: 1_000 };
	let ids = 0;
	const send = (message: ClientMessage) => {
		if (state.connected) sent.push(message);
		return state.connected;
	};
	const runs = new Runs(
		send,
		() => state.now,
		() => `id${++ids}`,
	);
	runs.on('status', ({ status }) => told.push(status));
	const info = (change: Partial<RunInfo>): RunInfo => ({
		id: 'id1',
		...target,
		step: 0,
		state: 'running',
		...change,
	});
	const ready = (...known: RunInfo[]): ServerMessage => ({
		type: 'ready',
		lab: { kind: 'embedded', description: '' },
		terminals: [],
		runs: known,
	});
	return { runs, sent, told, state, info, ready };
}

test('a run is sent once, and told from its start to its end', () => {
	const { runs, sent, told, info } = setUp();
	runs.start(target, run);
	assert.deepEqual(sent, [{ id: 'id1', ...target, ...run }]);
	runs.receive({ type: 'command', run: info({ state: 'passed', exitCode: 0, durationMs: 7 }) });
	assert.deepEqual(
		told.map(({ state }) => state),
		['running', 'passed'],
	);
});

test('without a connection nothing is sent, then or later', () => {
	const { runs, sent, told, state, ready } = setUp();
	state.connected = false;
	runs.start(target, run);
	assert.deepEqual(told, [{ state: 'idle', note: notes.notConnected }]);
	state.connected = true;
	runs.receive(ready());
	assert.deepEqual(sent, []);
	assert.equal(told.length, 1);
});

test('a run that never arrived is shown as not sent, and not sent again', () => {
	const { runs, sent, told, ready } = setUp();
	runs.start(target, run);
	runs.receive(ready());
	assert.deepEqual(told.at(-1), { state: 'idle', note: notes.lost });
	assert.equal(sent.length, 1);
});

test('an end that was missed is learned after the reconnect', () => {
	const { runs, told, info, ready } = setUp();
	runs.start(target, run);
	runs.receive(ready(info({ state: 'failed', exitCode: 1, reason: 'No.' })));
	assert.equal(told.at(-1)!.state, 'failed');
});

test('a run that goes on is told with the time that it has taken', () => {
	const { runs, told, info, ready, state } = setUp();
	runs.start(target, run);
	state.now = 9_000;
	runs.receive(ready(info({ durationMs: 5_000 })));
	assert.deepEqual(told.at(-1), { state: 'running', run: 'id1', since: 4_000 });
});

test('where the server has forgotten a run that it had begun, its end is unknown', () => {
	const { runs, told, info, ready } = setUp();
	runs.start(target, run);
	runs.receive({ type: 'command', run: info({}) });
	runs.receive(ready());
	assert.deepEqual(told.at(-1), { state: 'idle', note: notes.forgotten });
});

test('a former page’s run is taken up; ended runs of nobody are not', () => {
	const { runs, told, info, ready } = setUp();
	runs.adopt(target, 'id1');
	runs.receive(ready(info({ state: 'passed' }), info({ id: 'other', exercise: 'else', state: 'passed' })));
	assert.equal(told.length, 1);
	assert.equal(told[0].state, 'passed');
});

test('what another page runs is told as well, but not as our own', () => {
	const { runs, info } = setUp();
	const owned: boolean[] = [];
	runs.on('status', ({ own }) => owned.push(own));
	runs.receive({ type: 'command', run: info({ id: 'theirs' }) });
	runs.start(target, run);
	assert.deepEqual(owned, [false, true]);
});

test('a busy terminal is an offer; any other refusal is a note', () => {
	const { runs, told } = setUp();
	runs.start(target, run);
	runs.receive({ type: 'error', id: 'id1', code: 'busy', message: 'It runs.' });
	assert.deepEqual(told.at(-1), { state: 'idle', note: 'It runs.', busy: true });
	runs.start(target, run);
	runs.receive({ type: 'error', id: 'id2', code: 'old-digest', message: 'Reload.' });
	assert.deepEqual(told.at(-1), { state: 'idle', note: 'Reload.', busy: false });
});

test('a dry run is done when it is typed', () => {
	const { runs, told } = setUp();
	runs.start(target, { type: 'run', mode: 'dry', busy: 'refuse' });
	assert.equal(told.length, 0);
	const terminal = {
		terminal: 1,
		chapter: 'chapter',
		name: 'main',
		title: '',
		state: 'idle',
		offset: 0,
	} as const;
	runs.receive({ type: 'opened', id: 'id1', terminal });
	assert.deepEqual(told, [{ state: 'idle', note: notes.typed }]);
});
