// What moving bytes costs a process in steps: a program that only reads or writes spins as much as one that counts.
import type { Process } from './process.ts';

const bytesPerStep = 4096;

/** Charges the caller for bytes; where its turn is over, gives a promise to await. */
export function chargeTransfer(caller: Process, bytes: number): Promise<void> | undefined {
	return caller.step(1 + Math.floor(bytes / bytesPerStep));
}
