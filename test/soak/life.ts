// The life of a cluster in virtual time: workloads, disturbances by seed, and what must hold all the while.
import { createRandom } from '../../lab/random.ts';
import { createTestCluster } from '../../lab/test-cluster.ts';
import { execute } from '../workloads/execute.ts';
import { disturbances, type Stage } from './disturbances.ts';
import { empty, mend } from './mending.ts';
import { Observers } from './observers.ts';
import { createDiarists, createOthers, mostOrdinals, type Pick, setNames } from './workloads.ts';

const minute = 60_000;
const hour = 60 * minute;
const nodes = 4;

export interface LifeOptions {
	seed: number;
	hours: number;
	/** Called with each hour that has been lived. */
	progress?: (hours: number) => void;
	/** Called when everything has been deleted and the lab still stands. */
	emptied?: () => void;
}

export interface Life {
	/** Of every change of every object, with its time: equal for equal seeds. */
	digest: string;
	changes: number;
	/** What was done to the cluster. */
	disturbances: readonly string[];
	diariesRead: number;
}

/**
 * Disturbs a cluster for so many hours, mends what is broken, sees that all is as specified, and deletes
 * everything. Throws at the first fault, with what was done before it and how to have it again.
 */
export async function live({ seed, hours, progress, emptied }: LifeOptions): Promise<Life> {
	const random = createRandom(seed);
	const pick: Pick = (limit) => Math.floor(random() * limit);
	const bare = createTestCluster({ nodes, seed });
	const { clock, lab, elapsed } = bare;
	const observers = new Observers(bare);
	const cluster = observers.observed;
	const stage: Stage = {
		cluster,
		pick,
		crashed: new Set(),
		removing: (pod, byForce) => observers.removing(pod, byForce),
		// The container may end before the command begins.
		execute: (pod, command) => execute(cluster, pod, command).catch(() => undefined),
	};
	const done: string[] = [];
	const tell = (what: string) => done.push(`${(elapsed() / hour).toFixed(4)} h: ${what}`);

	const disturb = async () => {
		for (const name of setNames) if (!cluster.set(name)) createDiarists(cluster, name, pick);
		const what = await disturbances[pick(disturbances.length)](stage);
		if (what) tell(what);
		await cluster.clock.advance([500, 5000, 30_000, 2 * minute][pick(4)] + pick(1000));
		if (pick(5) === 0) await observers.check();
	};

	try {
		await clock.advance(minute);
		const timers = clock.waiting;
		createOthers(cluster);
		for (let lived = 1; lived <= hours; lived++) {
			while (elapsed() < lived * hour) await disturb();
			progress?.(lived);
		}
		tell('the disturbances stop');
		await mend(stage);
		const { read } = observers.diaries;
		await observers.check();
		const opened = observers.diaries.read - read;
		if (opened !== setNames.length * mostOrdinals) throw new Error(`only ${opened} diaries can be read`);
		tell('all is as specified, and is deleted');
		observers.diaries.mayGo = true;
		await empty(cluster, timers);
		await observers.check();
		emptied?.();
		lab.stop();
		await clock.advance(minute);
		if (clock.waiting > 0) throw new Error(`${clock.waiting} timers wait though the lab has stopped`);
	} catch (error) {
		tell('it fails');
		const again = `SOAK_SEED=${seed} SOAK_SEEDS=1 SOAK_HOURS=${hours} npm run soak`;
		const { message } = error as Error;
		throw new Error(
			`seed ${seed}: ${message}\n\nafter\n${done.slice(-25).join('\n')}\n\nagain by\n${again}`,
			{
				cause: error,
			},
		);
	}
	const { changes, diaries } = observers;
	return { digest: observers.digest(), changes, disturbances: done, diariesRead: diaries.read };
}
