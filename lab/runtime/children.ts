// Waiting for children that have ended or stopped (wait(2)).
import { systemError } from './errors.ts';
import type { WaitResult } from './process.ts';
import { signalNumber } from './signals.ts';
import type { SimulatedProcess } from './simulated-process.ts';

export class Children {
	readonly #parent: SimulatedProcess;
	#waiters: (() => void)[] = [];

	constructor(parent: SimulatedProcess) {
		this.#parent = parent;
	}

	/** One of them has ended or stopped. */
	changed(): void {
		const waiters = this.#waiters;
		this.#waiters = [];
		for (const wake of waiters) wake();
	}

	/** Throws SystemError ECHILD where none is meant. */
	async wait(
		pid: number,
		{ noHang, untraced }: { noHang?: boolean; untraced?: boolean },
	): Promise<WaitResult | undefined> {
		while (true) {
			const meant = this.#meant(pid);
			if (meant.length === 0) throw systemError('ECHILD');
			const ended = meant.find((child) => child.ending);
			if (ended) {
				ended.kernel.reap(ended);
				return { pid: ended.pid, state: 'exited', ...ended.ending! };
			}
			const stopped = untraced && meant.find((child) => child.stop.isNews);
			if (stopped) {
				const signal = stopped.stop.tell();
				return { pid: stopped.pid, state: 'stopped', code: 128 + signalNumber(signal), signal };
			}
			if (noHang) return undefined;
			await this.#parent.block<void>((done) => {
				this.#waiters.push(done);
				return () => {};
			});
		}
	}

	#meant(pid: number): SimulatedProcess[] {
		const { kernel, processGroup } = this.#parent;
		return [...kernel.table.values()].filter(
			(child) =>
				child.parent === this.#parent &&
				!child.reaped &&
				(pid > 0
					? child.pid === pid
					: pid === -1 || child.processGroup === (pid === 0 ? processGroup : -pid)),
		);
	}
}
