// consul operator raft: the servers that Raft counts.
import type { RaftServerEntry } from '../http/operator.ts';
import { isAtLeast } from '../releases.ts';
import type { Command } from './command.ts';
import { tableOf } from './table.ts';

interface RaftConfiguration {
	Servers: RaftServerEntry[];
	Index: number;
}

/** `version` decides which columns there are. */
export function operatorCommands(version: string): readonly Command[] {
	const withIndexes = isAtLeast(version, '1.16');
	const listPeers: Command = {
		name: 'operator raft list-peers',
		synopsis: 'Display the current Raft peer configuration',
		usage: '[options]',
		async run(call) {
			const { Servers: servers } = await call.attempt(
				'Error getting peers: Failed to retrieve raft configuration',
				() => call.client.get<RaftConfiguration>(`/v1/operator/raft/configuration${call.query()}`),
			);
			const newest = servers.find(({ Leader }) => Leader)?.LastIndex ?? 0;
			const behind = ({ Leader, LastIndex }: RaftServerEntry) => {
				const count = newest - LastIndex;
				return Leader ? '-' : `${count} commit${count === 1 ? '' : 's'}`;
			};
			const rows = servers.map((server) => [
				server.Node,
				server.ID,
				server.Address,
				server.Leader ? 'leader' : 'follower',
				String(server.Voter),
				server.ProtocolVersion,
				...(withIndexes ? [String(server.LastIndex), behind(server)] : []),
			]);
			const columns = ['Node', 'ID', 'Address', 'State', 'Voter', 'RaftProtocol'];
			if (withIndexes) columns.push('Commit Index', 'Trails Leader By');
			await call.print(tableOf([columns, ...rows]));
			return 0;
		},
	};
	const removePeer: Command = {
		name: 'operator raft remove-peer',
		synopsis: 'Remove a Consul server from the Raft configuration',
		usage: '[options]',
		flags: {
			'address=': 'The address to remove from the Raft configuration.',
			'id=': 'The ID to remove from the Raft configuration.',
		},
		async run(call) {
			const id = call.value('id');
			const address = call.value('address');
			if ((id === undefined) === (address === undefined))
				call.fail(
					id === undefined
						? 'Error removing peer: an address or id is required for the peer to remove'
						: 'Error removing peer: cannot give both an address and id',
				);
			await call.attempt('Error removing peer', () =>
				call.client.request(
					'DELETE',
					`/v1/operator/raft/peer${call.query(id === undefined ? { address: address ?? '' } : { id })}`,
				),
			);
			await call.print(
				id === undefined ? `Removed peer with address "${address}"` : `Removed peer with id "${id}"`,
			);
			return 0;
		},
	};
	const transferLeader: Command = {
		name: 'operator raft transfer-leader',
		synopsis: 'Transfer raft leadership to another node',
		usage: '[options]',
		async run(call) {
			await call.attempt('Error transfering leadership', () =>
				call.client.request('POST', `/v1/operator/raft/transfer-leader${call.query()}`),
			);
			await call.print('Success');
			return 0;
		},
	};
	return [listPeers, removePeer, ...(isAtLeast(version, '1.13') ? [transferLeader] : [])];
}
