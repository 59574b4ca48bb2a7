// Faults of the lab itself: what no input should cause, and what must not end the other labs of the process.

/** Lets work go on by itself; a fault of it is told and ends nothing else. */
export function inBackground(where: string, work: Promise<void>): void {
	work.catch((error) => reportFault(where, error));
}

/** Tells the operator; whoever calls goes on as well as it can. */
export function reportFault(where: string, error: unknown): void {
	console.error(`${where}: a fault of the lab:`, error);
}
