// Who an agent is to the others: its name, its identifier, its address, and what its member tags say.
import type { Tags } from '../gossip/messages.ts';
import type { Configuration } from './configuration.ts';
import type { Storage } from './storage.ts';

export interface Identity {
	nodeId: string;
	nodeName: string;
	/** What others reach it at. */
	address: string;
	version: string;
	datacenter: string;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The identifier given, or the one in the data directory, or a new one, which stays there. Throws Error. */
export function nodeIdOf(given: string, storage: Storage, create: () => string): string {
	if (given !== '') {
		if (!uuid.test(given))
			throw new Error(`Failed to setup node ID: specified NodeID is invalid: uuid string is wrong length`);
		storage.write('node-id', given);
		return given;
	}
	const stored = storage.read('node-id')?.trim().toLowerCase();
	if (stored !== undefined) {
		if (!uuid.test(stored)) throw new Error(`Failed to setup node ID: NodeID is invalid: ${stored}`);
		return stored;
	}
	const created = create();
	storage.write('node-id', created);
	return created;
}

/** The tags of the member in gossip (agent/consul/server_serf.go). */
export function tagsOf(identity: Identity, configuration: Configuration): Tags {
	const common = {
		dc: identity.datacenter,
		id: identity.nodeId,
		vsn: '2',
		vsn_min: '2',
		vsn_max: '3',
		build: `${identity.version}:`,
		segment: '',
	};
	if (!configuration.server) return { role: 'node', ...common };
	return {
		role: 'consul',
		...common,
		port: String(configuration.ports.server),
		raft_vsn: '3',
		...(configuration.bootstrap ? { bootstrap: '1' } : {}),
		...(configuration.bootstrapExpect > 0 ? { expect: String(configuration.bootstrapExpect) } : {}),
	};
}
