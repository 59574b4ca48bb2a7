import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createVirtualClock } from '../clock.ts';
import { Processor } from './processor.ts';
import { Turns } from './turns.ts';

/** Spins until the time is over, and gives the load then. */
async function spin(limit: number | undefined, processes: number, changed = limit): Promise<number> {
	const clock = createVirtualClock();
	const processor = new Processor(clock, new Turns(clock), limit);
	processor.limit(changed);
	const end = clock.now() + 20_000;
	for (let count = 0; count < processes; count++) {
		const share = { turn: 0, used: 0 };
		const run = () => {
			while (processor.take(share, 100));
			if (clock.now() < end) processor.next(run);
		};
		run();
	}
	await clock.advance(20_000);
	return processor.load.cores;
}

const within = (value: number, low: number, high: number) =>
	assert(value >= low && value <= high, `${value} is not between ${low} and ${high}`);

test('a process that spins has a core, two have two', async () => {
	within(await spin(undefined, 1), 0.95, 1.25);
	within(await spin(undefined, 2), 1.9, 2.5);
});

test('a limit holds, whatever the number of processes', async () => {
	within(await spin(0.1, 1), 0.09, 0.11);
	within(await spin(0.1, 3), 0.09, 0.11);
	within(await spin(0.001, 1), 0.0005, 0.0015);
});

test('a limit may change', async () => {
	within(await spin(0.1, 1, 0.5), 0.45, 0.55);
	within(await spin(undefined, 1, 0.1), 0.09, 0.11);
});
