// Recovery after the loss of a quorum: an operator says in raft/peers.json who the servers are, and a server that
// starts takes it up (developer.hashicorp.com/consul/tutorials/operate-consul/recovery-outage).
import type { Logger } from '../agent/log.ts';
import type { Storage } from '../agent/storage.ts';
import { parsePeers } from './configuration.ts';
import type { LogStore } from './log-store.ts';
import type { StateMachine } from './options.ts';
import type { SnapshotStore } from './snapshot-store.ts';

const peersPath = 'raft/peers.json';
const infoPath = 'raft/peers.info';

const info = `Since Consul 0.7.0 raft/peers.json is not kept up to date: the log and the snapshots in
this folder say who the servers are. A server that finds the file when it starts takes its
servers from it, and deletes it. Use it only where a quorum is lost for good, and with the
agents stopped. The form for Raft protocol 3 is

[
  {
    "id": "<node id>",
    "address": "<address>:8300",
    "non_voter": false
  }
]
`;

/** Takes up raft/peers.json where there is one. Throws Error in Consul's words. */
export function recover(options: {
	storage: Storage;
	store: LogStore;
	snapshots: SnapshotStore;
	machine: StateMachine;
	log: Logger;
	now: number;
}): void {
	const { storage, store, snapshots, machine, log, now } = options;
	const text = storage.read(peersPath);
	if (storage.read(infoPath) === undefined) {
		storage.write(infoPath, info);
		// A file from before the first start under this version is not the operator's word.
		if (text !== undefined) {
			storage.remove(peersPath);
			log.info('deleted peers.json file (see peers.info for details)');
		}
		return;
	}
	if (text === undefined) return;
	log.info('found peers.json file, recovering Raft configuration...');
	const configuration = attempt('recovery failed to parse peers.json', () => parsePeers(text));
	attempt('recovery failed', () => {
		const latest = snapshots.latest()?.snapshot;
		if (!latest && store.isEmpty)
			throw new Error('refused to recover cluster with no initial state, this is probably an operator error');
		if (latest) machine.restore(latest.state);
		const from = (latest?.index ?? store.base.index) + 1;
		for (const { index, data } of store.entriesFrom(from, store.size))
			if (data.type === 'command') machine.apply(data.command, index);
		const index = store.lastIndex;
		const term = store.lastTerm;
		snapshots.save({ index, term, configuration, configurationIndex: 1, state: machine.snapshot() }, now);
		store.compact(index, term);
	});
	storage.remove(peersPath);
	log.info('deleted peers.json file after successful recovery');
}

function attempt<T>(what: string, action: () => T): T {
	try {
		return action();
	} catch (error) {
		throw new Error(`${what}: ${(error as Error).message}`);
	}
}
