// The servers among the members of the gossip, as their tags describe them.
import type { Member } from '../gossip/serf.ts';

export interface ServerMember {
	id: string;
	name: string;
	/** `10.244.1.3:8300` */
	address: string;
	/** How many servers it waits for before the first election; 0 where it does not. */
	expect: number;
	bootstrap: boolean;
	status: Member['status'];
}

/** Undefined for a member that is no server. */
export function serverOf({ name, address, tags, status }: Member): ServerMember | undefined {
	if (tags.role !== 'consul') return undefined;
	return {
		id: tags.id,
		name,
		address: `${address}:${tags.port}`,
		expect: Number(tags.expect ?? 0),
		bootstrap: tags.bootstrap === '1',
		status,
	};
}

export function serversOf(members: readonly Member[]): ServerMember[] {
	return members.flatMap((member) => serverOf(member) ?? []);
}
