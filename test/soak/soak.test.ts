// An hour of a hundred clusters' lives. `npm run soak` goes on for weeks.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { queryObjects } from 'node:v8';
import { ContainerWorker } from '../../lab/kubelet/container-worker.ts';
import { PodWorker } from '../../lab/kubelet/pod-worker.ts';
import { SimulatedContainer } from '../../lab/runtime/simulated-container.ts';
import { SimulatedProcess } from '../../lab/runtime/simulated-process.ts';
import { live } from './life.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

/** The digest of each seed's hour, from a process of its own. */
async function digestsOf(first: number, seeds: number): Promise<Map<number, string>> {
	const env = { ...process.env, SOAK_SEED: `${first}`, SOAK_SEEDS: `${seeds}`, SOAK_HOURS: '1' };
	const { stdout } = await promisify(execFile)(process.execPath, [main], { env });
	const lines = [...stdout.matchAll(/^seed (\d+): well after 1 h, .* digest (\w+)/gm)];
	return new Map(lines.map(([, seed, digest]) => [Number(seed), digest]));
}

test('a hundred clusters live an hour of disturbances, and a seed lives the same hour again', async () => {
	const halves = await Promise.all([digestsOf(1, 50), digestsOf(51, 50)]);
	const digests = new Map(halves.flatMap((half) => [...half]));
	assert.equal(digests.size, 100);
	assert.equal(new Set(digests.values()).size, 100, 'each seed has a life of its own');
	for (const seed of [3, 60]) {
		const { digest, diariesRead, disturbances } = await live({ seed, hours: 1 });
		assert.equal(digest.slice(0, 16), digests.get(seed));
		assert(diariesRead > 20, `${diariesRead} diaries are read`);
		assert(disturbances.length > 20, `${disturbances.length} disturbances`);
	}
});

test('of what has been deleted nothing stays in memory', async () => {
	const types = [PodWorker, ContainerWorker, SimulatedContainer, SimulatedProcess];
	const counts = () => types.map((type) => queryObjects(type, { format: 'count' }));
	let alive: number[] = [];
	let left: number[] = [];
	await live({
		seed: 2,
		hours: 1,
		progress: () => {
			alive = counts();
		},
		emptied: () => {
			left = counts();
		},
	});
	assert(
		alive.every((count) => count > 0),
		`${alive}`,
	);
	assert.deepEqual(left, [0, 0, 0, 0]);
});
