// Long work of a program that is no system call, cut into pieces so that it takes its turns.
import type { Process } from '../process.ts';

/** Gives now and then how many steps it has taken, and at last its result. */
export type Work<T> = Generator<number, T, void>;

/** Does it all at once, where little is to be done. */
export function complete<T>(work: Work<T>): T {
	for (;;) {
		const { done, value } = work.next();
		if (done) return value;
	}
}

/** Does it in the turns of a process. */
export async function inTurns<T>(process: Pick<Process, 'step'>, work: Work<T>): Promise<T> {
	for (;;) {
		const { done, value } = work.next();
		if (done) return value;
		const wait = process.step(value);
		if (wait) await wait;
	}
}
