// What a server of Raft is given: its place in the cluster, its times, where it stores, and what it works for.
import type { Logger } from '../agent/log.ts';
import type { Tasks } from '../agent/tasks.ts';
import type { LogStore } from './log-store.ts';
import type { RaftAnswer, RaftRequest, RaftServer } from './messages.ts';
import type { SnapshotStore } from './snapshot-store.ts';

/** In milliseconds. */
export interface RaftTimes {
	/** How long a follower waits for a word of the leader; between once and twice as long. */
	heartbeat: number;
	/** How long a candidate waits for votes; between once and twice as long. */
	election: number;
	/** How long a leader leads without having heard of a quorum. */
	leaderLease: number;
}

/** What the servers agree on the commands for. */
export interface StateMachine {
	/** Applies a committed command and gives its result. */
	apply(command: unknown, index: number): unknown;
	snapshot(): string;
	restore(state: string): void;
}

export interface RaftOptions {
	id: string;
	address: string;
	times: RaftTimes;
	store: LogStore;
	snapshots: SnapshotStore;
	machine: StateMachine;
	tasks: Tasks;
	log: Logger;
	/** Throws ExchangeError. */
	send(server: RaftServer, request: RaftRequest, timeout: number): Promise<RaftAnswer>;
	leadershipChanged(leading: boolean): void;
	leaderChanged(leader: RaftServer | undefined): void;
}

/** How long a vote is waited for, or an answer to who hands the leadership over; in milliseconds. */
export const requestTimeout = 2500;
