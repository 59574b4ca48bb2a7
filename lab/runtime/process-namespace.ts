// A PID namespace (pid_namespaces(7)): numbers and table of the processes of one container, or of all that share it.
import type { SimulatedProcess } from './simulated-process.ts';

export class ProcessNamespace {
	/** Its processes by number, zombies included. */
	readonly table = new Map<number, SimulatedProcess>();
	#lastPid = 0;

	nextPid(): number {
		return ++this.#lastPid;
	}

	/** PID 1, which takes orphans in, and whose end is that of all. */
	get init(): SimulatedProcess | undefined {
		return this.table.get(1);
	}

	/** Ends every process at once. */
	killAll(): void {
		for (const process of [...this.table.values()]) process.end({ code: 137, signal: 'KILL' });
		for (const process of [...this.table.values()]) process.kernel.reap(process);
	}
}
