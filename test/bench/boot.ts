// Run in a process of its own, with --expose-gc: how long a first lab takes to be ready, and what it and a
// second one cost in memory. Prints one line of JSON.

import type { Lab } from '../../lab/index.ts';
import type { Node } from '../../lab/schema/types.ts';

export interface Boot {
	/** From the first import to the last of three nodes Ready. */
	coldMs: number;
	/** The same for a second lab, with the code loaded. */
	warmMs: number;
	/** Resident memory above the same process without a lab, in MB. */
	firstMegabytes: number;
	secondMegabytes: number;
}

function residentMegabytes(): number {
	globalThis.gc?.();
	globalThis.gc?.();
	return process.memoryUsage.rss() / 1e6;
}

const nodes = 3;

function ready(lab: Lab): Promise<void> {
	return new Promise((resolve) => {
		const seen = new Set<string>();
		lab.client.watch<Node>('nodes', ({ object }) => {
			const isReady = object.status?.conditions?.some(
				({ type, status }) => type === 'Ready' && status === 'True',
			);
			if (isReady) seen.add(object.metadata.name);
			if (seen.size === nodes) resolve();
		});
	});
}

async function boot(): Promise<number> {
	const started = performance.now();
	const [{ createLab }, { createRealClock }, { serveHttps }, { createAuthority }] = await Promise.all([
		import('../../lab/index.ts'),
		import('../../lab/clock.ts'),
		import('../../lab/node/https.ts'),
		import('../../lab/node/certificates.ts'),
	]);
	const lab = createLab({ nodes, clock: createRealClock(), seed: 1 });
	await serveHttps(lab.api, { authority: createAuthority(Date.now()) });
	await ready(lab);
	return performance.now() - started;
}

const before = residentMegabytes();
const coldMs = await boot();
const afterFirst = residentMegabytes();
const warmMs = await boot();
const afterSecond = residentMegabytes();
const result: Boot = {
	coldMs,
	warmMs,
	firstMegabytes: afterFirst - before,
	secondMegabytes: afterSecond - afterFirst,
};
console.log(JSON.stringify(result));
process.exit(0);
