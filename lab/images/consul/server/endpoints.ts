// What servers answer to agents and to each other, by method, in the names of Consul's RPC.
import type { Server } from './server.ts';
import type { Command } from './state.ts';

/** How a method may be answered: by any server for itself, by any that is asked for stale data, or by the leader. */
type Where = 'local' | 'default' | 'leader';

interface Endpoint {
	where: Where;
	run(server: Server, args: never): unknown;
}

function local<A>(run: (server: Server, args: A) => unknown): Endpoint {
	return { where: 'local', run };
}

function read<A>(run: (server: Server, args: A) => unknown): Endpoint {
	return { where: 'default', run };
}

function write<A>(run: (server: Server, args: A) => unknown): Endpoint {
	return { where: 'leader', run };
}

export interface RaftPeer {
	id: string;
	/** `(unknown)` where the gossip knows no such server. */
	node: string;
	address: string;
	leader: boolean;
	voter: boolean;
	lastIndex: number;
}

export const endpoints: Readonly<Record<string, Endpoint>> = {
	'Status.Leader': local((server) => server.raft.leader?.address ?? ''),
	'Status.Peers': local((server) => server.raft.configuration.servers.map(({ address }) => address)),
	'KVS.Apply': write((server, command: Command) => server.raft.apply(command)),
	'KVS.Get': read((server, { key }: { key: string }) => ({
		index: server.state.index,
		entry: server.state.key(key) ?? null,
	})),
	'KVS.List': read((server, { prefix }: { prefix: string }) => ({
		index: server.state.index,
		entries: server.state.keysUnder(prefix),
	})),
	'Catalog.Register': write((server, command: Command) => server.raft.apply(command)),
	'Catalog.ListNodes': read((server) => ({ index: server.state.index, nodes: server.state.nodes })),
	'Catalog.ListServices': read((server) => ({ index: server.state.index, services: server.state.services })),
	'Health.NodeChecks': read((server, { node }: { node: string }) => ({
		index: server.state.index,
		check: server.state.check(node) ?? null,
	})),
	'Operator.RaftGetConfiguration': read((server): { index: number; servers: RaftPeer[] } => {
		const { raft } = server;
		return {
			index: raft.replicatedLog.configurationIndex,
			servers: raft.configuration.servers.map(({ id, address, suffrage }) => ({
				id,
				node: server.servers.find((known) => known.id === id)?.name ?? '(unknown)',
				address,
				leader: raft.leader?.id === id,
				voter: suffrage === 'Voter',
				lastIndex: raft.leadership?.progress(id)?.matchIndex ?? 0,
			})),
		};
	}),
	'Operator.RaftRemovePeer': write(async (server, { id, address }: { id?: string; address?: string }) => {
		const peer = server.raft.configuration.servers.find((each) => each.id === id || each.address === address);
		if (!peer) {
			const [what, value] = id === undefined ? ['address', address] : ['id', id];
			throw new Error(`${what} "${value}" was not found in the Raft configuration`);
		}
		await server.raft.removeServer(peer.id);
		server.log.warn(
			`Removed Raft peer by ${id === undefined ? 'address' : 'ID'}`,
			id === undefined ? { 'peer-address': peer.address } : { 'peer-id': peer.id },
		);
		return true;
	}),
	'Operator.TransferLeader': write(async (server) => {
		await server.raft.transfer();
		return true;
	}),
	'Snapshot.Save': read((server) => server.saveSnapshot()),
	'Snapshot.Restore': write((server, { archive }: { archive: string }) => server.restoreSnapshot(archive)),
};
