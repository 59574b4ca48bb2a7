import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constants, deflateSync } from 'node:zlib';
import { encodeFrame, type Frame, FrameError, FrameReader } from './frames.ts';
import { dictionary, HeaderReader, HeaderWriter } from './headers.ts';

const frames: Frame[] = [
	{ type: 'synStream', stream: 1, block: Buffer.from('block'), fin: true },
	{ type: 'synReply', stream: 1, block: Buffer.from('reply'), fin: false },
	{ type: 'headers', stream: 3, block: Buffer.from('more'), fin: false },
	{ type: 'data', stream: 1, data: Buffer.from('hello'), fin: false },
	{ type: 'data', stream: 1, data: Buffer.alloc(0), fin: true },
	{ type: 'reset', stream: 3, status: 5 },
	{ type: 'ping', id: 7 },
	{ type: 'windowUpdate', stream: 1, delta: 65_536 },
	{ type: 'goAway', lastStream: 3, status: 0 },
];

test('frames are read as they were written, in whatever chunks they come', () => {
	const bytes = Buffer.concat(frames.map(encodeFrame));
	for (const size of [1, 7, 8, 9, bytes.length]) {
		const reader = new FrameReader();
		const read: Frame[] = [];
		for (let at = 0; at < bytes.length; at += size) read.push(...reader.read(bytes.subarray(at, at + size)));
		assert.deepEqual(read, frames, `in chunks of ${size}`);
	}
});

test('a frame that asks nothing of us is passed over', () => {
	const settings = Buffer.from('8003000400000004' + '00000000', 'hex');
	const ping = encodeFrame({ type: 'ping', id: 1 });
	assert.deepEqual([...new FrameReader().read(Buffer.concat([settings, ping]))], [{ type: 'ping', id: 1 }]);
});

test('what is no SPDY/3.1 is refused', () => {
	const read = (hex: string) => [...new FrameReader().read(Buffer.from(hex, 'hex'))];
	assert.throws(() => read('8002000600000004' + '00000001'), FrameError);
	assert.throws(() => read('8003000600000002' + '0000'), /too short/);
	assert.throws(() => read('80030001007fffff'), /longer than/);
});

test('header blocks share the compression of all blocks before them', () => {
	const writer = new HeaderWriter();
	const reader = new HeaderReader();
	const sizes = [];
	for (let request = 0; request < 100; request++) {
		const headers = new Map([
			['streamtype', 'data'],
			['port', '8080'],
			['requestid', String(request)],
			['accept-encoding', 'x'.repeat(1000)],
		]);
		const block = writer.write(headers);
		sizes.push(block.length);
		assert.deepEqual(reader.read(block), headers);
	}
	assert.ok(Math.max(...sizes.slice(1)) < sizes[0]);
});

test('reads what zlib itself writes with the dictionary', () => {
	const text = Buffer.from('\0\0\0\x01\0\0\0\x0aStreamType\0\0\0\x07one\0two', 'latin1');
	const block = deflateSync(text, { dictionary, finishFlush: constants.Z_SYNC_FLUSH });
	assert.deepEqual(new HeaderReader().read(block), new Map([['streamtype', 'one, two']]));
});

test('a damaged block is refused, and one that grows without end', () => {
	assert.throws(() => new HeaderReader().read(Buffer.from('nothing of the kind')));
	const bomb = deflateSync(Buffer.alloc(1_000_000), { dictionary, finishFlush: constants.Z_SYNC_FLUSH });
	assert.throws(() => new HeaderReader().read(bomb));
	const short = deflateSync(Buffer.from('\0\0\0\x01\0\0\xff\xffx', 'latin1'), {
		dictionary,
		finishFlush: constants.Z_SYNC_FLUSH,
	});
	assert.throws(() => new HeaderReader().read(short), /longer than its block/);
});
