import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flowControl } from '../../server/protocol.ts';
import { OutputStream } from './output-stream.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (accepted: Uint8Array | 'gap') =>
	accepted === 'gap' ? 'gap' : new TextDecoder().decode(accepted);

test('output that comes in order is new', () => {
	const stream = new OutputStream();
	assert.equal(text(stream.accept(0, bytes('abc'))), 'abc');
	assert.equal(text(stream.accept(3, bytes('de'))), 'de');
	assert.equal(stream.received, 5);
});

test('what was seen before is cut off, so that nothing is shown twice', () => {
	const stream = new OutputStream();
	stream.accept(0, bytes('abcdef'));
	assert.equal(text(stream.accept(4, bytes('efgh'))), 'gh');
	assert.equal(text(stream.accept(0, bytes('abc'))), '');
	assert.equal(stream.received, 8);
});

test('missing output is a gap, and is not skipped', () => {
	const stream = new OutputStream();
	stream.accept(0, bytes('abc'));
	assert.equal(stream.accept(5, bytes('fg')), 'gap');
	assert.equal(stream.received, 3);
});

test('acknowledges what was parsed, not what came, and not each byte', () => {
	const stream = new OutputStream();
	const { ackEvery } = flowControl;
	stream.accept(0, new Uint8Array(3 * ackEvery));
	assert.equal(stream.parsed(ackEvery - 1), undefined);
	assert.equal(stream.parsed(ackEvery), ackEvery);
	assert.equal(stream.parsed(ackEvery + 10), undefined);
	assert.equal(stream.parsed(3 * ackEvery), 3 * ackEvery);
});

test('never leaves more unacknowledged than the server goes on at', () => {
	const stream = new OutputStream();
	let acknowledged = 0;
	for (let offset = 0; offset < 300_000; offset += 1_024) {
		stream.accept(offset, new Uint8Array(1_024));
		acknowledged = stream.parsed(offset + 1_024) ?? acknowledged;
		assert.ok(offset + 1_024 - acknowledged <= flowControl.low);
	}
});

test('a replay lasts until the old output is parsed', () => {
	const stream = new OutputStream();
	stream.replayUntil(6);
	assert.equal(stream.replaying, true);
	stream.accept(0, bytes('abcdefgh'));
	assert.equal(stream.replaying, true);
	stream.parsed(8);
	assert.equal(stream.replaying, false);
});

test('after a snapshot, output goes on at its offset', () => {
	const stream = new OutputStream();
	stream.accept(0, bytes('abc'));
	stream.restart(1_000);
	assert.equal(text(stream.accept(1_000, bytes('x'))), 'x');
	assert.equal(stream.parsed(1_001), undefined);
});
