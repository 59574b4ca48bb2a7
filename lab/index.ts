// A whole cluster as one object.

import type { Client } from './api/client.ts';
import type { ApiServer } from './api/http.ts';
import type { Clock } from './clock.ts';

export interface LabOptions {
	/** How many nodes (named node1, node2, …). */
	nodes: number;
	clock: Clock;
	/** Equal seeds and equal inputs give equal names, addresses and versions under a virtual clock. */
	seed: number;
}

export interface Lab {
	readonly api: ApiServer;
	readonly client: Client;
	readonly clock: Clock;
	/** Ends every process and timer of the lab. */
	stop(): void;
}
