import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { giveBackMemory } from './spare-memory.ts';

test('a thread that has come to rest gives back what its busy time has left behind', {
	timeout: 60_000,
}, async () => {
	giveBackMemory();
	const garbage: Record<string, number>[][] = [];
	for (let count = 0; count < 300; count++)
		garbage.push(Array.from({ length: 2000 }, (_, at) => ({ [`field${at % 10}`]: at })));
	const busy = process.memoryUsage().heapTotal;
	garbage.length = 0;
	while (process.memoryUsage().heapTotal > busy / 2) await sleep(200);
});
