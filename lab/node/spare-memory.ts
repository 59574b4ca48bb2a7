// V8 collects garbage when something is allocated, so a worker whose labs have come to rest would keep all that
// their busy time has left behind, several times what they need.
import { performance } from 'node:perf_hooks';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const lookMs = 2000;
/** Part of the time in which a thread at rest does something. */
const restingUtilization = 0.1;
/** A heap that has grown by less, in bytes, is not worth it. */
const worthwhileBytes = 16 * 2 ** 20;

type Collect = (options: { type: 'major'; flavor: 'last-resort' }) => void;

/** From now on gives memory back to the host whenever this thread comes to rest after a busy time. */
export function giveBackMemory(): void {
	setFlagsFromString('--expose-gc');
	const collect = runInNewContext('gc') as Collect;
	let after = getHeapStatistics().total_heap_size;
	let seen = performance.eventLoopUtilization();
	setInterval(() => {
		const now = performance.eventLoopUtilization();
		const { utilization } = performance.eventLoopUtilization(now, seen);
		seen = now;
		if (utilization > restingUtilization) return;
		if (getHeapStatistics().total_heap_size < after + worthwhileBytes) return;
		collect({ type: 'major', flavor: 'last-resort' });
		after = getHeapStatistics().total_heap_size;
	}, lookMs).unref();
}
