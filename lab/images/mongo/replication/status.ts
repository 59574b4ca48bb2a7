// What rs.status() shows (MongoDB manual, replSetGetStatus).
import { type Document, dateOf, longOf, timestampOf } from '../documents/values.ts';
import { majorityOf, type ReplicaConfiguration, settingOf } from './configuration.ts';
import { memberStates } from './member-state.ts';
import { noOpTime, type OpTime, showOpTime } from './oplog.ts';
import type { Peer, ReplicaSet } from './replica-set.ts';

const never = dateOf(0);
const optimeDate = ({ t }: OpTime) => dateOf(t * 1000);
const electionFields = (electedAt: number): Document => ({
	electionTime: timestampOf({ t: Math.floor(electedAt / 1000), i: 1 }),
	electionDate: dateOf(Math.floor(electedAt / 1000) * 1000),
});

export function statusOf(set: ReplicaSet & { configuration: ReplicaConfiguration }): Document {
	const { configuration, oplog, clock } = set;
	const voting = configuration.members.filter(({ votes }) => votes > 0);
	const idOf = (host: string) => configuration.members.find((member) => member.host === host)?.id ?? -1;
	const source = set.isPrimary ? '' : set.synchronisation.source;
	const applied = showOpTime(oplog.last);
	const wall = dateOf(oplog.lastWall);
	const committed = set.committed;
	const status: Document = {
		set: set.name,
		date: dateOf(clock.now()),
		myState: memberStates[set.state],
		term: longOf(set.term),
		syncSourceHost: source,
		syncSourceId: idOf(source),
		heartbeatIntervalMillis: longOf(settingOf(configuration, 'heartbeatIntervalMillis', 2000)),
		majorityVoteCount: majorityOf(configuration),
		writeMajorityCount: set.writeMajority,
		votingMembersCount: voting.length,
		writableVotingMembersCount: voting.filter(({ arbiterOnly }) => !arbiterOnly).length,
		optimes: {
			lastCommittedOpTime: showOpTime(committed),
			lastCommittedWallTime: optimeDate(committed),
			readConcernMajorityOpTime: showOpTime(committed),
			appliedOpTime: applied,
			durableOpTime: applied,
			lastAppliedWallTime: wall,
			lastDurableWallTime: wall,
		},
	};
	if (set.isPrimary)
		status.electionCandidateMetrics = {
			lastElectionDate: dateOf(set.electedAt),
			electionTerm: longOf(set.term),
			numVotesNeeded: majorityOf(configuration),
			priorityAtElection: set.self?.priority ?? 1,
			electionTimeoutMillis: longOf(set.electionTimeoutMs),
		};
	const own = (): Document => ({
		health: 1,
		state: memberStates[set.state],
		stateStr: set.state,
		uptime: Math.floor((clock.now() - set.startedAt) / 1000),
		...(set.state === 'ARBITER'
			? {}
			: {
					optime: applied,
					optimeDate: optimeDate(oplog.last),
					lastAppliedWallTime: wall,
					lastDurableWallTime: wall,
				}),
		syncSourceHost: source,
		syncSourceId: idOf(source),
		infoMessage: '',
		...(set.isPrimary ? electionFields(set.electedAt) : {}),
		configVersion: configuration.version,
		configTerm: configuration.term,
		self: true,
		lastHeartbeatMessage: '',
	});
	status.members = configuration.members.map(({ id, host, arbiterOnly }) => {
		const peer = set.peers.get(host);
		return { _id: id, name: host, ...(peer ? other(peer, clock.now(), arbiterOnly, idOf) : own()) };
	});
	return status;
}

/** A member as another one sees it. */
function other(peer: Peer, now: number, arbiterOnly: boolean, idOf: (host: string) => number): Document {
	const opTime = peer.isUp ? peer.opTime : noOpTime;
	const state = peer.isUp
		? (peer.state ?? 'UNKNOWN')
		: peer.state === undefined && peer.message === ''
			? 'STARTUP'
			: 'DOWN';
	const optimes: Document = arbiterOnly
		? {}
		: {
				optime: showOpTime(opTime),
				optimeDurable: showOpTime(opTime),
				optimeDate: optimeDate(opTime),
				optimeDurableDate: optimeDate(opTime),
				lastAppliedWallTime: optimeDate(opTime),
				lastDurableWallTime: optimeDate(opTime),
			};
	return {
		health: peer.isUp ? 1 : 0,
		state: memberStates[state],
		stateStr: state === 'DOWN' ? '(not reachable/healthy)' : state,
		uptime: peer.isUp ? Math.floor((now - peer.upSince) / 1000) : 0,
		...optimes,
		lastHeartbeat:
			peer.answeredAt > 0 || peer.message !== '' ? dateOf(peer.isUp ? peer.answeredAt : now) : never,
		lastHeartbeatRecv: dateOf(peer.heardAt),
		pingMs: longOf(peer.pingMs),
		lastHeartbeatMessage: peer.message,
		syncSourceHost: peer.syncSource,
		syncSourceId: idOf(peer.syncSource),
		infoMessage: '',
		...(peer.isUp && peer.state === 'PRIMARY' ? electionFields(peer.electedAt) : {}),
		configVersion: peer.configVersion,
		configTerm: peer.configTerm,
	};
}
