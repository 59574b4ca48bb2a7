// Run in a process of its own, with --expose-gc: how long labs take to start beside a running server, and what
// they add to its memory. Prints one line of JSON.

import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { createNoLab } from '../../server/labs/none.ts';
import { startServer } from '../../server/server.ts';
import { manifestFormat } from '../../src/course/manifest.ts';

export interface Boot {
	/** From nothing to three Ready nodes that a client can reach. */
	firstMs: number;
	/** The same for a second lab. */
	secondMs: number;
	/** Resident memory above the server without a lab, in MB. */
	firstMegabytes: number;
	/** Above that with one. */
	secondMegabytes: number;
}

async function residentMegabytes(): Promise<number> {
	await sleep(300); // what a start leaves to do
	globalThis.gc?.();
	return process.memoryUsage.rss() / 1e6;
}

const server = await startServer({
	host: '127.0.0.1',
	port: 0,
	lab: createNoLab(),
	course: async () => ({ format: manifestFormat, title: 'Benchmark', chapters: [] }),
	log: pino({ level: 'error' }),
});
const options = { nodes: 3, pace: 'real' } as const;

const before = await residentMegabytes();
const begun = performance.now();
const { createLabHost } = await import('../../lab/node/host.ts');
const host = createLabHost();
await host.create(options);
const firstMs = performance.now() - begun;
const withOne = await residentMegabytes();
const begunAgain = performance.now();
await host.create(options);
const secondMs = performance.now() - begunAgain;
const withTwo = await residentMegabytes();
await host.close();
await server.close();
const result: Boot = {
	firstMs,
	secondMs,
	firstMegabytes: withOne - before,
	secondMegabytes: withTwo - withOne,
};
console.log(JSON.stringify(result));
