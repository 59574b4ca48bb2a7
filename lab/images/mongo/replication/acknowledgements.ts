// Writes that wait until enough members have them (MongoDB manual, Write Concern).
import type { Process } from '../../../runtime/process.ts';
import { CommandError } from '../documents/errors.ts';
import { compareOpTimes, noOpTime, type OpTime } from './oplog.ts';

interface Waiter {
	opTime: OpTime;
	count: number;
	done(): void;
	fail(error: unknown): void;
}

export class Acknowledgements {
	readonly #process: Process;
	/** The optimes of the members that count, the latest first. */
	readonly #progress: () => readonly OpTime[];
	readonly #waiters = new Set<Waiter>();

	constructor(process: Process, progress: () => readonly OpTime[]) {
		this.#process = process;
		this.#progress = progress;
	}

	/** Resolves when so many members have a point of the oplog; rejects with CommandError when it cannot be. */
	wait(opTime: OpTime, count: number, timeoutMs: number | undefined): Promise<void> {
		if (compareOpTimes(this.#progress()[count - 1] ?? noOpTime, opTime) >= 0) return Promise.resolve();
		return this.#process.block<void>((done, fail) => {
			const late = () =>
				waiter.fail(new CommandError('WriteConcernFailed', 'waiting for replication timed out'));
			const timer = timeoutMs === undefined ? undefined : this.#process.clock.after(timeoutMs, late);
			const end = () => {
				timer?.cancel();
				this.#waiters.delete(waiter);
			};
			const waiter: Waiter = {
				opTime,
				count,
				done: () => {
					end();
					done();
				},
				fail: (error) => {
					end();
					fail(error);
				},
			};
			this.#waiters.add(waiter);
			return end;
		});
	}

	/** Some member has come further. */
	review(): void {
		if (this.#waiters.size === 0) return;
		const progress = this.#progress();
		for (const waiter of this.#waiters)
			if (compareOpTimes(progress[waiter.count - 1] ?? noOpTime, waiter.opTime) >= 0) waiter.done();
	}

	failAll(error: unknown): void {
		for (const waiter of [...this.#waiters]) waiter.fail(error);
	}
}
