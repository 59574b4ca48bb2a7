// The set of servers that Raft counts.
import type { Configuration, RaftServer } from './messages.ts';

export const noServers: Configuration = { servers: [] };

export function votersOf({ servers }: Configuration): RaftServer[] {
	return servers.filter(({ suffrage }) => suffrage === 'Voter');
}

/** More than half of the voters. */
export function quorumOf(configuration: Configuration): number {
	return Math.floor(votersOf(configuration).length / 2) + 1;
}

/** As Go prints a server. */
export function formatServer({ suffrage, id, address }: RaftServer): string {
	return `{${suffrage} ${id} ${address}}`;
}

export function formatServers({ servers }: Configuration): string {
	return `[${servers.map(({ suffrage, id, address }) => `{Suffrage:${suffrage} ID:${id} Address:${address}}`).join(' ')}]`;
}

/** With a server added, or changed where its ID is known already. */
export function withServer({ servers }: Configuration, server: RaftServer): Configuration {
	const known = servers.some(({ id }) => id === server.id);
	return {
		servers: known ? servers.map((each) => (each.id === server.id ? server : each)) : [...servers, server],
	};
}

export function withoutServer({ servers }: Configuration, id: string): Configuration {
	return { servers: servers.filter((each) => each.id !== id) };
}

/** Reads raft/peers.json in the form of Raft protocol 3. Throws Error with Raft's words. */
export function parsePeers(text: string): Configuration {
	const list: unknown = JSON.parse(text);
	if (!Array.isArray(list)) throw new Error('json: cannot unmarshal into a list of peers');
	const servers = list.map((each: { id?: unknown; address?: unknown; non_voter?: unknown }): RaftServer => {
		const { id, address, non_voter } = each ?? {};
		if (typeof id !== 'string' || id === '') throw new Error('empty ID in configuration');
		if (typeof address !== 'string' || address === '')
			throw new Error(`empty address in configuration: ${id}`);
		return { id, address, suffrage: non_voter === true ? 'Nonvoter' : 'Voter' };
	});
	for (const [at, { id, address }] of servers.entries()) {
		const earlier = servers.slice(0, at);
		if (earlier.some((other) => other.id === id))
			throw new Error(`found duplicate ID in configuration: ${id}`);
		if (earlier.some((other) => other.address === address))
			throw new Error(`found duplicate address in configuration: ${address}`);
	}
	if (!servers.some(({ suffrage }) => suffrage === 'Voter'))
		throw new Error('need at least one voter in configuration');
	return { servers };
}
