// Elections: a member that has not heard of a primary for long enough asks the others for their votes, and each
// gives one in a term (MongoDB manual, Replica Set Elections; pv1 follows Raft).
import { CommandError } from '../documents/errors.ts';
import { type Document, isDocument, longOf, numberOf } from '../documents/values.ts';
import { Alarm } from './alarm.ts';
import { majorityOf } from './configuration.ts';
import { Countdown } from './countdown.ts';
import { Unreachable } from './links.ts';
import { compareOpTimes, readOpTime, showOpTime } from './oplog.ts';
import type { Peer, ReplicaSet } from './replica-set.ts';

/** Up to so much of the timeout is added at random, so that not all stand at once. */
const randomPart = 0.15;
/** Elections tried in a term that nobody won are rare; a candidate waits this long for votes. */
const voteTimeoutMs = 5000;
/** What has to be done rings; this is for what rings nobody. */
const longestSleepMs = 3_600_000;

export class Elections {
	readonly #set: ReplicaSet;
	readonly #alarm: Alarm;
	/** Over when the member stands for election, having heard of no primary. */
	readonly #patience: Countdown;
	/** Over when it takes over from a primary with a lower priority. */
	readonly #takeover: Countdown;
	#running = false;

	constructor(set: ReplicaSet) {
		this.#set = set;
		this.#alarm = new Alarm(set.process);
		this.#patience = new Countdown(set.clock, () => this.reconsider());
		this.#takeover = new Countdown(set.clock, () => this.reconsider());
		this.#takeover.stop();
	}

	/** Begins the wait for a primary anew. */
	postpone(): void {
		this.#patience.restart(this.#set.electionTimeoutMs * (1 + randomPart * this.#set.process.random()));
	}

	/** Looks again at once at what is to be done. */
	reconsider(): void {
		this.#alarm.ring();
	}

	/** A primary is there: no election, unless this member comes before it. */
	sawPrimary(peer: Peer): void {
		const set = this.#set;
		this.postpone();
		const theirs = set.configuration?.members.find(({ host }) => host === peer.host)?.priority ?? 0;
		const own = set.self?.priority ?? 0;
		if (own <= theirs || !this.#electable()) this.#takeover.stop();
		else if (!this.#takeover.isRunning && !this.#takeover.isOver) {
			const higher = set.configuration!.members.filter(({ priority }) => priority > own).length;
			this.#takeover.restart(set.electionTimeoutMs * (1 + higher));
		}
	}

	/** Watches over what is to be done, for as long as the process lives. */
	async watch(): Promise<void> {
		const set = this.#set;
		while (!set.stopping) {
			await this.#act();
			await this.#alarm.sleep(longestSleepMs);
		}
	}

	async #act(): Promise<void> {
		const set = this.#set;
		const { configuration, self } = set;
		if (!configuration || !self) return;
		if (set.isPrimary) {
			if (set.votersInTouch >= majorityOf(configuration)) return;
			set.log.write({
				component: 'REPL',
				id: 21809,
				context: 'ReplCoord-0',
				message: "Can't see a majority of the set, relinquishing primary",
			});
			set.stepDown('Stepping down from primary');
			return;
		}
		if (!this.#electable()) return;
		const alone = configuration.members.filter(({ votes }) => votes > 0).length === 1;
		if (alone && set.quiet.isOver) await this.stand('single node');
		else if (this.#takeover.isOver) {
			this.#takeover.stop();
			await this.stand('priority takeover');
		} else if (this.#patience.isOver && set.quiet.isOver) {
			set.log.write({
				component: 'ELECTION',
				id: 4615652,
				context: 'ReplCoord-0',
				message: "Starting an election, since we've seen no PRIMARY in election timeout period",
				attributes: { electionTimeoutPeriodMillis: set.electionTimeoutMs },
				plain: `Starting an election, since we've seen no PRIMARY in the past ${set.electionTimeoutMs}ms`,
			});
			await this.stand('election timeout');
		}
	}

	#electable(): boolean {
		const { state, self } = this.#set;
		return state === 'SECONDARY' && self !== undefined && self.priority > 0 && self.votes > 0;
	}

	/** Stands for election: first only asks, then in a new term counts. Whether it was elected. */
	async stand(reason: string, dryRun = true): Promise<boolean> {
		const set = this.#set;
		if (this.#running || !this.#electable()) return false;
		this.#running = true;
		try {
			this.postpone();
			if (set.votersInTouch < majorityOf(set.configuration!)) return this.#lost('dry run');
			if (dryRun && !(await this.#poll(set.term, true))) return this.#lost('dry run');
			const term = set.term + 1;
			set.enterTerm(term);
			set.voteFor(set.self!.id);
			const elected = await this.#poll(term, false);
			if (!elected || set.term !== term || !this.#electable()) return this.#lost('election');
			this.#won(term, reason);
			return true;
		} finally {
			this.#running = false;
		}
	}

	#lost(stage: string): boolean {
		const { log, term } = this.#set;
		log.write({
			component: 'ELECTION',
			id: 21434,
			context: 'ReplCoord-0',
			message: 'Not becoming primary, we received insufficient votes',
			attributes: { stage, term },
			plain: 'not becoming primary, we received insufficient votes',
		});
		return false;
	}

	#won(term: number, reason: string): void {
		const set = this.#set;
		set.electedAt = set.clock.now();
		set.primary = set.self!.host;
		this.#takeover.stop();
		set.log.write({
			component: 'ELECTION',
			id: 21450,
			context: 'ReplCoord-0',
			message: 'Election succeeded, assuming primary role',
			attributes: { term, reason },
			plain: `election succeeded, assuming primary role in term ${term}`,
		});
		set.become('PRIMARY');
		set.oplog.write([{ op: 'n', ns: '', o: { msg: 'new primary' } }], term);
		// From 4.4 on a configuration tells the term of the primary that has it.
		if (set.line >= 4.4) {
			set.configuration = { ...set.configuration!, term };
			set.storeConfiguration();
		}
		set.log.write({
			component: 'REPL',
			id: 21331,
			context: 'OplogApplier-0',
			message: 'Transition to primary complete; database writes are now permitted',
			attributes: { term },
			plain: 'transition to primary complete; database writes are now permitted',
		});
	}

	/** Asks all voters; true as soon as a majority, itself included, says yes. */
	async #poll(term: number, dryRun: boolean): Promise<boolean> {
		const set = this.#set;
		const { configuration, self } = set;
		const needed = majorityOf(configuration!);
		const others = configuration!.members.filter(({ host, votes }) => votes > 0 && host !== self!.host);
		let votes = 1;
		let open = others.length;
		if (votes >= needed) return true;
		return set.process.block<boolean>((done) => {
			for (const { host } of others)
				set.run(async () => {
					if (await this.#ask(host, term, dryRun)) votes++;
					open--;
					if (votes >= needed) done(true);
					else if (votes + open < needed || open === 0) done(false);
				});
			return () => {};
		});
	}

	async #ask(host: string, term: number, dryRun: boolean): Promise<boolean> {
		const set = this.#set;
		const request: Document = {
			replSetRequestVotes: 1,
			$db: 'admin',
			setName: set.name,
			dryRun,
			term: longOf(term),
			candidate: set.self!.id,
			configVersion: set.configuration!.version,
			configTerm: set.configuration!.term,
			lastAppliedOpTime: showOpTime(set.oplog.last),
		};
		try {
			const reply = await set.links.request(host, request, voteTimeoutMs);
			set.enterTerm(numberOf(reply.term) ?? 0);
			return reply.voteGranted === true;
		} catch (error) {
			if (error instanceof Unreachable || error instanceof CommandError) return false;
			throw error;
		}
	}

	/** Answers a candidate. */
	answer(request: Document): Document {
		const set = this.#set;
		const term = numberOf(request.term) ?? 0;
		const dryRun = request.dryRun === true;
		const candidate = numberOf(request.candidate) ?? -1;
		if (!dryRun) set.enterTerm(term);
		const refuse = (reason: string): Document => ({ term: longOf(set.term), voteGranted: false, reason });
		if (!set.configuration || request.setName !== set.name) return refuse('no configuration');
		if (term < set.term) return refuse(`candidate's term (${term}) is lower than mine (${set.term})`);
		if (
			isDocument(request.lastAppliedOpTime) &&
			compareOpTimes(readOpTime(request.lastAppliedOpTime), set.oplog.last) < 0
		)
			return refuse("candidate's data is staler than mine");
		if (!dryRun && set.votedFor !== undefined && set.votedFor !== -1 && set.votedFor !== candidate)
			return refuse(`already voted for another candidate this term (${set.votedFor})`);
		if (!dryRun) {
			set.voteFor(candidate);
			this.postpone();
		}
		return { term: longOf(set.term), voteGranted: true, reason: '' };
	}
}
