// Faults of the lab itself: what no input should cause, and what must not end the other labs of the process.

/** Tells the operator; whoever calls goes on as well as it can. */
export function reportFault(where: string, error: unknown): void {
	console.error(`${where}: a fault of the lab:`, error);
}
