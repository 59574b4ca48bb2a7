// Standing for election: a pre-vote that disturbs nobody, then the vote itself (the Raft paper, 5.2; its thesis,
// 9.6).
import { ExchangeError } from '../messages.ts';
import { formatServer, quorumOf, votersOf } from './configuration.ts';
import type { VoteRequest } from './messages.ts';
import { type RaftOptions, requestTimeout } from './options.ts';
import type { ReplicatedLog } from './replicated-log.ts';

export interface Candidacy {
	options: RaftOptions;
	replicatedLog: ReplicatedLog;
	/** The leader hands over: there is no pre-vote, and its followers may vote although they hear it. */
	transfer: boolean;
	/** False once it follows, leads, or stands anew. */
	standing(): boolean;
	/** Somebody is in a term that is newer than ours. */
	newerTerm(term: number): void;
}

interface Votes {
	granted: number;
	refused: number;
}

/** Asks for the votes of the next term; says whether the election is won. */
export async function stand(candidacy: Candidacy): Promise<boolean> {
	const { replicatedLog, transfer, standing } = candidacy;
	const { store, log, id } = candidacy.options;
	const term = store.term + 1;
	const needed = quorumOf(replicatedLog.configuration);
	if (!transfer) {
		const { granted, refused } = await poll(candidacy, 'pre-vote', term);
		if (!standing() || store.term >= term) return false;
		const count = { term, tally: granted, refused, votesNeeded: needed };
		if (granted < needed) {
			log.info('pre-vote campaign failed, waiting for election timeout', count);
			return false;
		}
		log.info('pre-vote successful, starting election', count);
	}
	store.setTerm(term, id);
	const { granted } = await poll(candidacy, 'vote', term);
	if (!standing() || store.term !== term || granted < needed) return false;
	log.info('election won', { term, tally: granted });
	return true;
}

/** Asks all voters, and counts until it is decided. */
function poll(
	{ options, replicatedLog: { configuration }, transfer, standing, newerTerm }: Candidacy,
	kind: VoteRequest['kind'],
	term: number,
): Promise<Votes> {
	const { store, log, tasks, id, address, send } = options;
	const { lastIndex, lastTerm } = store;
	const request: VoteRequest = {
		kind,
		term,
		candidate: id,
		candidateAddress: address,
		lastIndex,
		lastTerm,
		transfer,
	};
	const others = votersOf(configuration).filter((server) => server.id !== id);
	const needed = quorumOf(configuration);
	let granted = 1;
	let refused = 0;
	return new Promise((resolve) => {
		const decide = () => {
			if (granted >= needed || others.length + 1 - refused < needed) resolve({ granted, refused });
		};
		const giveUp = () => resolve({ granted: 0, refused: 0 });
		decide();
		for (const server of others)
			tasks.run(async () => {
				try {
					const answer = await send(server, request, requestTimeout);
					if (!standing()) return giveUp();
					if (answer.term > Math.max(store.term, kind === 'pre-vote' ? term : 0)) {
						log.info('newer term discovered, fallback to follower', { term: answer.term });
						newerTerm(answer.term);
						return giveUp();
					}
					if (answer.success) granted++;
					else refused++;
				} catch (error) {
					if (!(error instanceof ExchangeError)) throw error;
					refused++;
					const details = { target: formatServer(server), error: error.message, term };
					log.error('failed to make requestVote RPC', details);
				}
				decide();
			});
	});
}
