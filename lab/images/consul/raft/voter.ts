// Giving one's vote: to one candidate a term, and only to one whose log has all that may be committed (the Raft
// paper, 5.2 and 5.4.1); whoever hears a leader votes for nobody else (its thesis, 4.2.3).
import { votersOf } from './configuration.ts';
import type { Configuration, RaftServer, VoteRequest } from './messages.ts';
import type { RaftOptions } from './options.ts';

export interface Voter {
	options: RaftOptions;
	configuration: Configuration;
	/** The leader, where it was heard of lately. */
	leader: RaftServer | undefined;
	/** Follows, in a term that is newer than ours. */
	newerTerm(term: number): void;
}

/** Whether the candidate gets the vote; it is stored where it is more than a pre-vote. */
export function grantsVote(
	{ options, configuration, leader, newerTerm }: Voter,
	request: VoteRequest,
): boolean {
	const { store, log } = options;
	const { kind, term, candidate, candidateAddress: from } = request;
	const rejected = kind === 'vote' ? 'rejecting vote request' : 'rejecting pre-vote request';
	if (leader && leader.id !== candidate && !request.transfer) {
		log.warn(`${rejected} since we have a leader`, {
			from,
			leader: leader.address,
			'leader-id': leader.id,
		});
		return false;
	}
	if (term < store.term) return false;
	if (configuration.servers.length > 0 && !votersOf(configuration).some(({ id }) => id === candidate)) {
		log.warn(`${rejected} since node is not in configuration`, { from });
		return false;
	}
	if (kind === 'vote' && term > store.term) newerTerm(term);
	if (kind === 'vote' && store.votedFor !== undefined && store.votedFor !== candidate) return false;
	const { lastIndex, lastTerm } = store;
	if (request.lastTerm < lastTerm) {
		log.warn(`${rejected} since our last term is greater`, {
			candidate: from,
			'last-term': lastTerm,
			'last-candidate-term': request.lastTerm,
		});
		return false;
	}
	if (request.lastTerm === lastTerm && request.lastIndex < lastIndex) {
		log.warn(`${rejected} since our last index is greater`, {
			candidate: from,
			'last-index': lastIndex,
			'last-candidate-index': request.lastIndex,
		});
		return false;
	}
	if (kind === 'vote') store.setTerm(store.term, candidate);
	return true;
}
