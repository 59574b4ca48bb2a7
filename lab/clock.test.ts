import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createVirtualClock } from './clock.ts';

test('virtual time waits for the work of the host, and goes on in the order of asking', async () => {
	const clock = createVirtualClock();
	const start = clock.now();
	const seen: string[] = [];
	let finishSlow = () => {};
	const slow = new Promise<void>((resolve) => {
		finishSlow = resolve;
	});
	clock.outside(slow).then(() => seen.push(`slow at ${clock.now() - start}`));
	clock.outside(Promise.resolve()).then(() => seen.push(`quick at ${clock.now() - start}`));
	clock.after(10, () => seen.push('timer'));
	const advanced = clock.advance(10);
	setImmediate(() => setImmediate(finishSlow));
	await advanced;
	assert.deepEqual(seen, ['slow at 0', 'quick at 0', 'timer']);
});

test('what fails outside fails where it is awaited', async () => {
	const clock = createVirtualClock();
	const failed = assert.rejects(clock.outside(Promise.reject(new Error('no such module'))), /no such module/);
	await clock.advance(1);
	await failed;
});
