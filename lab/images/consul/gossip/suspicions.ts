// Who is suspected: a member that does not answer gets time to say that it is alive, and counts as failed when
// that is over (SWIM's suspicion, with the times of Lifeguard).
import type { Timer } from '../../../clock.ts';
import type { Tasks } from '../agent/tasks.ts';
import { probeInterval } from './times.ts';

const suspicionFactor = 4;
const longestSuspicionFactor = 6;

interface Suspicion {
	timer: Timer;
	startedAt: number;
	confirmedBy: Set<string>;
	/** Called with how many others had confirmed it. */
	over(confirmations: number): void;
}

export class Suspicions {
	readonly #tasks: Tasks;
	readonly #byName = new Map<string, Suspicion>();

	constructor(tasks: Tasks) {
		this.#tasks = tasks;
	}

	has(name: string): boolean {
		return this.#byName.has(name);
	}

	/** One of `members` members is suspected; `over` is called when its time is over, with how many others agreed. */
	begin(name: string, from: string, members: number, over: (confirmations: number) => void): void {
		const suspicion: Suspicion = {
			timer: { cancel() {} },
			startedAt: this.#tasks.elapsed,
			confirmedBy: new Set([from]),
			over,
		};
		this.#byName.set(name, suspicion);
		this.#restart(suspicion, members);
	}

	/** Another one suspects it too; says whether that is news. */
	confirm(name: string, from: string, members: number): boolean {
		const suspicion = this.#byName.get(name);
		if (!suspicion || suspicion.confirmedBy.has(from)) return false;
		suspicion.confirmedBy.add(from);
		this.#restart(suspicion, members);
		return true;
	}

	end(name: string): void {
		this.#byName.get(name)?.timer.cancel();
		this.#byName.delete(name);
	}

	/** The more members suspect one, the sooner it counts as failed. */
	#restart(suspicion: Suspicion, members: number): void {
		suspicion.timer.cancel();
		const shortest = suspicionFactor * Math.max(1, Math.log10(members)) * probeInterval;
		const expected = members - 2 < suspicionFactor - 2 ? 0 : suspicionFactor - 2;
		const longest = expected === 0 ? shortest : shortest * longestSuspicionFactor;
		const confirmations = suspicion.confirmedBy.size - 1;
		const share = expected === 0 ? 1 : Math.log(confirmations + 1) / Math.log(expected + 1);
		const total = Math.max(shortest, longest - share * (longest - shortest));
		const left = suspicion.startedAt + total - this.#tasks.elapsed;
		suspicion.timer = this.#tasks.after(left, () => suspicion.over(confirmations));
	}
}
