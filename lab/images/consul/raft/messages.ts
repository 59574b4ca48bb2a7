// What Raft's servers say to each other (the Raft paper, figures 2 and 13; its thesis, 3.10 and 9.6).

export interface RaftServer {
	id: string;
	/** `10.244.1.3:8300` */
	address: string;
	suffrage: 'Voter' | 'Nonvoter';
}

export interface Configuration {
	servers: RaftServer[];
}

export type EntryData =
	| { type: 'command'; command: unknown }
	/** A new leader's first entry: it commits what came before. */
	| { type: 'noop' }
	| { type: 'configuration'; configuration: Configuration };

export interface Entry {
	index: number;
	term: number;
	data: EntryData;
}

/** All that was applied up to an entry. */
export interface Snapshot {
	index: number;
	term: number;
	configuration: Configuration;
	configurationIndex: number;
	/** What the state machine makes of itself. */
	state: string;
}

export interface VoteRequest {
	kind: 'vote' | 'pre-vote';
	term: number;
	candidate: string;
	candidateAddress: string;
	lastIndex: number;
	lastTerm: number;
	/** The leader hands over: its followers may vote although they hear it. */
	transfer: boolean;
}

export interface AppendRequest {
	kind: 'append';
	term: number;
	leader: string;
	leaderAddress: string;
	previousIndex: number;
	previousTerm: number;
	entries: Entry[];
	commitIndex: number;
}

export interface InstallRequest {
	kind: 'install';
	term: number;
	leader: string;
	leaderAddress: string;
	snapshot: Snapshot;
}

/** The leader asks a follower to stand for election at once. */
export interface TimeoutNowRequest {
	kind: 'timeout-now';
	term: number;
}

export type RaftRequest = VoteRequest | AppendRequest | InstallRequest | TimeoutNowRequest;

export interface RaftAnswer {
	term: number;
	success: boolean;
	/** Of an answer to `append` and `install`: the last entry of the follower's log. */
	lastIndex: number;
}
