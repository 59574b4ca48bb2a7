// /v1/operator: Raft's servers.
import type { RaftPeer } from '../server/endpoints.ts';
import { ApiError, type Route } from './route.ts';

export interface RaftServerEntry {
	ID: string;
	Node: string;
	Address: string;
	Leader: boolean;
	ProtocolVersion: string;
	Voter: boolean;
	LastIndex: number;
}

export const operatorRoutes: readonly Route[] = [
	{
		method: 'GET',
		path: '/v1/operator/raft/configuration',
		async answer({ call }) {
			const { index, servers } = (await call('Operator.RaftGetConfiguration', {})) as {
				index: number;
				servers: RaftPeer[];
			};
			const entries: RaftServerEntry[] = servers.map(({ id, node, address, leader, voter, lastIndex }) => ({
				ID: id,
				Node: node,
				Address: address,
				Leader: leader,
				ProtocolVersion: '3',
				Voter: voter,
				LastIndex: lastIndex,
			}));
			return { json: { Servers: entries, Index: index } };
		},
	},
	{
		method: 'DELETE',
		path: '/v1/operator/raft/peer',
		async answer({ query, call }) {
			const id = query.get('id') ?? undefined;
			const address = query.get('address') ?? undefined;
			if (id === undefined && address === undefined)
				throw new ApiError(
					400,
					"Must specify either ?id with the server's ID or ?address with IP:port of peer to remove",
				);
			if (id !== undefined && address !== undefined)
				throw new ApiError(400, 'Must specify only one of ?id or ?address');
			await call('Operator.RaftRemovePeer', { id, address });
			return {};
		},
	},
	{
		method: 'POST',
		path: '/v1/operator/raft/transfer-leader',
		async answer({ call }) {
			await call('Operator.TransferLeader', {});
			return { json: { Success: true } };
		},
	},
];
