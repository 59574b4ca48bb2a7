// A replica set's configuration: its defaults, what is refused, and which of two is newer (MongoDB manual,
// Replica Set Configuration).
import { CommandError } from '../documents/errors.ts';
import { type Document, isDocument, longOf, numberOf, typeName, type Value } from '../documents/values.ts';

export interface MemberConfiguration {
	id: number;
	/** `host:port`. */
	host: string;
	arbiterOnly: boolean;
	hidden: boolean;
	priority: number;
	votes: number;
	/** As it came, with what is only kept. */
	rest: Document;
}

export interface ReplicaConfiguration {
	name: string;
	version: number;
	/** The term in which it was made; -1 where it was forced. */
	term: number;
	members: MemberConfiguration[];
	settings: Document;
}

const mostMembers = 50;
const mostVotes = 7;

const refused = (message: string) => new CommandError('InvalidReplicaSetConfig', message);

function readMember(value: Value): MemberConfiguration {
	if (!isDocument(value))
		throw new CommandError(
			'TypeMismatch',
			`Expected elements of members array to be objects, but found ${typeName(value)}`,
		);
	const { _id, host, arbiterOnly = false, hidden = false, priority, votes = 1, ...rest } = value;
	const id = numberOf(_id);
	if (id === undefined)
		throw new CommandError('NoSuchKey', `BSON field 'MemberConfig._id' is missing but a required field`);
	if (typeof host !== 'string')
		throw new CommandError('NoSuchKey', `BSON field 'MemberConfig.host' is missing but a required field`);
	if (!/^[^:]+(:\d{1,5})?$/.test(host))
		throw new CommandError(
			'FailedToParse',
			`Bad digit "${host.split(':').at(-1)}" while parsing ${host.split(':').at(-1)}`,
		);
	if (!Number.isInteger(id) || id < 0 || id > 255) throw refused(`_id field value of ${id} is out of range.`);
	const isArbiter = arbiterOnly === true;
	const weight = numberOf(priority) ?? (isArbiter ? 0 : 1);
	if (weight < 0 || weight > 1000) throw refused(`priority field value of ${weight} is out of range`);
	if (hidden === true && weight > 0) throw refused('priority must be 0 when hidden=true');
	if (numberOf(votes) === 0 && weight > 0) throw refused('priority must be 0 when non-voting (votes:0)');
	return {
		id,
		host: host.includes(':') ? host : `${host}:27017`,
		arbiterOnly: isArbiter,
		hidden: hidden === true,
		priority: weight,
		votes: numberOf(votes) ?? 1,
		rest,
	};
}

/** Reads a configuration as a client gives it; throws CommandError. */
export function readConfiguration(document: Document, name: string): ReplicaConfiguration {
	if (document._id !== name)
		throw refused(
			`Rejecting initiate with a set name that differs from command line set name, initiate set name: ${String(document._id)}, command line set name: ${name}`,
		);
	if (!Array.isArray(document.members))
		throw new CommandError('NoSuchKey', `BSON field 'ReplSetConfig.members' is missing but a required field`);
	const members = document.members.map((member) => readMember(member));
	if (members.length === 0 || members.length > mostMembers)
		throw refused(
			`Replica set configuration must contain at least one member and at most ${mostMembers}, but found ${members.length}`,
		);
	for (const [at, member] of members.entries())
		for (const [other, { id, host }] of members.slice(0, at).entries()) {
			if (id === member.id)
				throw refused(
					`Found two member configurations with same _id field, members.${other}._id == members.${at}._id == ${id}`,
				);
			if (host === member.host)
				throw refused(
					`Found two member configurations with same host field, members.${other}.host == members.${at}.host == ${host}`,
				);
		}
	const votes = members.filter((member) => member.votes > 0).length;
	if (votes === 0 || votes > mostVotes)
		throw refused(
			`Replica set configuration contains ${votes} voting members, but must be at least 1 and no more than ${mostVotes}`,
		);
	if (!members.some((member) => member.priority > 0 && !member.arbiterOnly))
		throw refused('Replica set configuration must contain at least one non-arbiter member with priority > 0');
	return {
		name,
		version: numberOf(document.version) ?? 1,
		term: numberOf(document.term) ?? 0,
		members,
		settings: isDocument(document.settings) ? document.settings : {},
	};
}

/** The configuration as `rs.conf()` shows it, with every default. */
export function showConfiguration(configuration: ReplicaConfiguration, line: number): Document {
	const { name, version, term, members, settings } = configuration;
	const delay = line >= 5 ? 'secondaryDelaySecs' : 'slaveDelay';
	return {
		_id: name,
		version,
		...(line >= 4.4 ? { term } : {}),
		members: members.map(({ id, host, arbiterOnly, hidden, priority, votes, rest }) => ({
			_id: id,
			host,
			arbiterOnly,
			buildIndexes: rest.buildIndexes ?? true,
			hidden,
			priority,
			tags: rest.tags ?? {},
			[delay]: rest[delay] ?? longOf(0),
			votes,
		})),
		protocolVersion: longOf(1),
		writeConcernMajorityJournalDefault: true,
		settings: {
			chainingAllowed: true,
			heartbeatIntervalMillis: 2000,
			heartbeatTimeoutSecs: 10,
			electionTimeoutMillis: 10_000,
			catchUpTimeoutMillis: -1,
			catchUpTakeoverDelayMillis: 30_000,
			getLastErrorModes: {},
			getLastErrorDefaults: { w: 1, wtimeout: 0 },
			...settings,
		},
	};
}

/** Milliseconds, or seconds, of a setting. */
export function settingOf(
	configuration: ReplicaConfiguration | undefined,
	name: string,
	standard: number,
): number {
	return numberOf(configuration?.settings[name]) ?? standard;
}

/** Whether `other` comes after `own`: by term and version, or by the version alone where one was forced. */
export function isNewer(
	other: { version: number; term: number },
	own: { version: number; term: number },
): boolean {
	if (other.term < 0 || own.term < 0 || other.term === own.term) return other.version > own.version;
	return other.term > own.term;
}

/** Throws where a reconfiguration without force changes the votes of more than one member. */
export function assertSafeChange(old: ReplicaConfiguration, changed: ReplicaConfiguration): void {
	const voters = ({ members }: ReplicaConfiguration) =>
		members.filter(({ votes }) => votes > 0).map(({ id }) => id);
	const [before, after] = [voters(old), voters(changed)];
	const changes = [
		...before.filter((id) => !after.includes(id)),
		...after.filter((id) => !before.includes(id)),
	].length;
	if (changes > 1)
		throw new CommandError(
			'NewReplicaSetConfigurationIncompatible',
			'Non force replica set reconfig can only add or remove at most 1 voting member.',
		);
}

/** How many votes elect a primary. */
export function majorityOf({ members }: ReplicaConfiguration): number {
	return Math.floor(members.filter(({ votes }) => votes > 0).length / 2) + 1;
}
