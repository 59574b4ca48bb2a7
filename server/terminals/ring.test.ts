import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OutputRing } from './ring.ts';

describe('OutputRing', () => {
	it('keeps the last bytes by their offset, across its end', () => {
		const ring = new OutputRing(10);
		let whole = '';
		for (const part of ['abc', 'defgh', '', 'ijklm', 'nopqrstuvwxyz0123', '4']) {
			ring.append(Buffer.from(part));
			whole += part;
			assert.equal(ring.end, whole.length);
			assert.equal(ring.start, Math.max(0, whole.length - 10));
			for (let offset = ring.start; offset <= ring.end; offset++)
				for (const limit of [0, 1, 4, 100])
					assert.equal(ring.read(offset, limit).toString(), whole.slice(offset, offset + limit));
		}
	});
});
