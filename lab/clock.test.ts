import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHostClock, createVirtualClock } from './clock.ts';

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
	assert.equal(clock.waiting, 1);
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

/** How long the host takes, in ms. */
async function timed(work: Promise<unknown>): Promise<number> {
	const started = performance.now();
	await work;
	return performance.now() - started;
}

test('the fast pace shortens waits, in their order', async () => {
	const clock = createHostClock('fast', 100);
	const fired: string[] = [];
	clock.after(2_000, () => fired.push('second'));
	clock.after(1_000, () => fired.push('first'));
	clock.after(1_500, () => fired.push('cancelled')).cancel();
	assert.ok((await timed(clock.sleep(3_000))) < 1_000);
	assert.deepEqual(fired, ['first', 'second']);
});

test('a change of pace takes along the timers that wait', async () => {
	const clock = createHostClock('real', 1_000);
	const minutes = clock.sleep(600_000);
	const cancelled = clock.after(1, () => assert.fail('it was cancelled'));
	clock.pace = 'fast';
	cancelled.cancel();
	assert.equal(clock.pace, 'fast');
	clock.pace = 'real';
	clock.pace = 'fast';
	const second = timed(clock.sleep(20_000));
	assert.ok((await second) < 1_000);
	assert.ok((await timed(minutes)) < 10_000);
});

test('back at the real pace, what is left of a wait takes its own time', async () => {
	const clock = createHostClock('fast', 1_000);
	let fired = false;
	const timer = clock.after(60_000, () => {
		fired = true;
	});
	clock.pace = 'real';
	await clock.sleep(120);
	assert.equal(fired, false);
	timer.cancel();
});

test('a sleep is ended by its signal at either pace', async () => {
	const clock = createHostClock('fast');
	const stop = new AbortController();
	const sleeping = clock.sleep(3_600_000, stop.signal);
	clock.pace = 'real';
	stop.abort(new Error('enough'));
	await assert.rejects(sleeping, /enough/);
});

test('durations pass at the pace of the timers, and timestamps as on a wall', async () => {
	const clock = createHostClock('fast', 1_000);
	const [now, elapsed] = [clock.now(), clock.elapsed()];
	await clock.sleep(10_000);
	const slept = clock.elapsed() - elapsed;
	assert(slept >= 9_000, `only ${slept} ms passed`);
	assert(clock.now() - now < slept / 2);
	const before = clock.elapsed();
	clock.pace = 'real';
	assert(clock.elapsed() >= before);
});
