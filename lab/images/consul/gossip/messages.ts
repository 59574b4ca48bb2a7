// What members tell each other (github.com/hashicorp/memberlist, net.go).

/** What a member is besides its address: its role, its version, its identifier. */
export type Tags = Readonly<Record<string, string>>;

export interface Alive {
	type: 'alive';
	name: string;
	address: string;
	port: number;
	tags: Tags;
	/** Counts a member's own words about itself: what is newer counts. */
	incarnation: number;
}

export interface Suspect {
	type: 'suspect';
	name: string;
	incarnation: number;
	from: string;
}

/** A member has failed, or has left where it says so itself. */
export interface Dead {
	type: 'dead';
	name: string;
	incarnation: number;
	from: string;
}

/** A member is going to leave, or is to be taken for one that has left; `time` is a Lamport time. */
export interface LeaveIntent {
	type: 'leave-intent';
	name: string;
	time: number;
}

export type Rumour = Alive | Suspect | Dead | LeaveIntent;

export type MemberState = 'alive' | 'suspect' | 'dead' | 'left';

export interface StateEntry extends Omit<Alive, 'type'> {
	state: MemberState;
}

export type GossipRequest = { rumours: Rumour[] } & (
	| { kind: 'ping'; to: string }
	/** Ping somebody in my place. */
	| { kind: 'indirect-ping'; to: string; address: string; port: number }
	| { kind: 'gossip' }
	/** Both sides tell all that they know. */
	| { kind: 'push-pull'; states: StateEntry[]; intents: LeaveIntent[]; join: boolean }
);

export type GossipAnswer = { rumours: Rumour[] } & (
	| { kind: 'ack' }
	| { kind: 'nack' }
	| { kind: 'states'; states: StateEntry[]; intents: LeaveIntent[] }
);
