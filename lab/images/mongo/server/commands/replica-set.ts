// Commands of replica sets: those of people, and those that members send each other (MongoDB manual, Replication
// Commands).
import { CommandError } from '../../documents/errors.ts';
import { type Document, isDocument, numberOf } from '../../documents/values.ts';
import {
	assertSafeChange,
	majorityOf,
	type ReplicaConfiguration,
	readConfiguration,
	showConfiguration,
} from '../../replication/configuration.ts';
import { Unreachable } from '../../replication/links.ts';
import type { ReplicaSet } from '../../replication/replica-set.ts';
import { findSelf } from '../../replication/self.ts';
import { statusOf } from '../../replication/status.ts';
import type { Command } from '../command.ts';
import type { DatabaseServer } from '../database-server.ts';

/** The replica set of a server that has been started with one. */
function setOf(server: DatabaseServer): ReplicaSet {
	if (server.replicaSet) return server.replicaSet;
	throw new CommandError('NoReplicationEnabled', 'not running with --replSet');
}

/** The same, where it has a configuration. */
function initiated(server: DatabaseServer): ReplicaSet & { configuration: ReplicaConfiguration } {
	const set = setOf(server);
	if (set.configuration) return set as ReplicaSet & { configuration: ReplicaConfiguration };
	throw new CommandError('NotYetInitialized', 'no replset config has been received');
}

/** Throws unless every member (or, where that is enough, a majority) of a new configuration answers. */
async function assertAnswers(
	set: ReplicaSet,
	configuration: ReplicaConfiguration,
	command: 'replSetInitiate' | 'replSetReconfig',
): Promise<void> {
	const self = await findSelf(set.process, set.port, configuration.members);
	if (!self)
		throw new CommandError(
			'InvalidReplicaSetConfig',
			`No host described in new configuration with {version: ${configuration.version}, term: ${configuration.term}} for replica set ${configuration.name} maps to this node`,
		);
	const initiating = command === 'replSetInitiate';
	const failures: string[] = [];
	let answered = 1;
	for (const { host } of configuration.members) {
		if (host === self.host) continue;
		try {
			const request = {
				replSetHeartbeat: set.name,
				$db: 'admin',
				configVersion: -2,
				configTerm: -1,
				from: '',
			};
			const reply = await set.links.request(host, request, 10_000);
			answered++;
			if (!initiating) continue;
			if (numberOf(reply.v) !== -2)
				throw new CommandError(
					'AlreadyInitialized',
					`'${host}' has a replica set configuration already, cannot initiate set.`,
				);
			if (reply.hasData === true)
				throw new CommandError(
					'CannotSatisfyWriteConcern',
					`'${host}' has data already, cannot initiate set.`,
				);
		} catch (error) {
			if (error instanceof CommandError && error.codeName === 'AlreadyInitialized') throw error;
			if (!(error instanceof Unreachable) && !(error instanceof CommandError)) throw error;
			failures.push(`${host} failed with ${error.message}`);
		}
	}
	if (failures.length === 0 || (!initiating && answered >= majorityOf(configuration))) return;
	throw new CommandError(
		'NodeNotFound',
		`${command} quorum check failed because not all proposed set members responded affirmatively: ${failures.join(', ')}`,
	);
}

const initiate: Command = {
	async run(server, request): Promise<Document> {
		const set = setOf(server);
		if (set.configuration) throw new CommandError('AlreadyInitialized', 'already initialized');
		const given = isDocument(request.replSetInitiate) ? request.replSetInitiate : {};
		const me = `${set.process.hostname}:${set.port}`;
		const isDefault = Object.keys(given).length === 0;
		const document: Document = isDefault
			? { _id: set.name, version: 1, members: [{ _id: 0, host: me }] }
			: { ...given, version: given.version ?? 1 };
		const configuration: ReplicaConfiguration = {
			...readConfiguration(document, set.name),
			term: 0,
		};
		configuration.settings = { ...configuration.settings, replicaSetId: server.newObjectId() };
		await assertAnswers(set, configuration, 'replSetInitiate');
		set.log.write({
			component: 'REPL',
			id: 21356,
			context: 'conn1',
			message: 'replSetInitiate admin command received from client',
			plain: 'replSetInitiate admin command received from client',
		});
		set.oplog.write([{ op: 'n', ns: '', o: { msg: 'initiating set' } }], 0);
		await set.adopt(configuration);
		return isDefault
			? { info2: 'no configuration specified. Using a default configuration for the set', me }
			: {};
	},
};

const reconfigure: Command = {
	async run(server, request) {
		const set = initiated(server);
		const force = request.force === true;
		if (!force && !set.isPrimary)
			throw new CommandError(
				'NotWritablePrimary',
				`New config is rejected :: caused by :: replSetReconfig should only be run on a writable PRIMARY. Current state ${set.state};`,
			);
		if (!isDocument(request.replSetReconfig))
			throw new CommandError('BadValue', 'no configuration specified');
		const read = readConfiguration(request.replSetReconfig, set.name);
		const old = set.configuration;
		const changed: ReplicaConfiguration = {
			...read,
			settings: { ...read.settings, replicaSetId: old.settings.replicaSetId ?? null },
			// A forced configuration must come after any that the missing members may have made.
			version: force
				? Math.max(read.version, old.version) + 10_000 + Math.floor(server.process.random() * 50_000)
				: read.version,
			term: force ? -1 : set.line >= 4.4 ? set.term : old.term,
		};
		if (!force && changed.version <= old.version)
			throw new CommandError(
				'NewReplicaSetConfigurationIncompatible',
				`New replica set configuration version must be greater than old, but ${changed.version} is not greater than ${old.version} for replica set ${set.name}`,
			);
		if (!force && set.line >= 4.4) assertSafeChange(old, changed);
		if (!force) await assertAnswers(set, changed, 'replSetReconfig');
		await set.adopt(changed);
		return {};
	},
};

const stepDown: Command = {
	async run(server, request) {
		const set = initiated(server);
		if (!set.isPrimary) throw new CommandError('NotWritablePrimary', "not primary so can't step down");
		const seconds = numberOf(request.replSetStepDown) ?? 60;
		const heir = set.heir();
		if (!heir && request.force !== true) {
			const wait = numberOf(request.secondaryCatchUpPeriodSecs) ?? 10;
			await set.process.sleep(wait * 1000);
			if (!set.heir())
				throw new CommandError(
					'ExceededTimeLimit',
					`No electable secondaries caught up as of ${new Date(set.clock.now()).toISOString()}. Please use the replSetStepDown command with the argument {force: true} to force node to step down.`,
				);
		}
		set.quiet.restart(seconds * 1000);
		await set.handOver('Stepping down from primary in response to replSetStepDown command');
		return {};
	},
};

export const replicaSetCommands: Readonly<Record<string, Command>> = {
	replSetInitiate: initiate,
	replSetReconfig: reconfigure,
	replSetStepDown: stepDown,
	replSetGetStatus: { run: (server) => statusOf(initiated(server)) },
	replSetGetConfig: {
		run(server) {
			const set = initiated(server);
			return { config: showConfiguration(set.configuration, set.line) };
		},
	},
	replSetFreeze: {
		run(server, request) {
			const set = initiated(server);
			if (set.isPrimary)
				throw new CommandError(
					'BadValue',
					'cannot freeze node when primary or running for election. state: Primary',
				);
			set.quiet.restart((numberOf(request.replSetFreeze) ?? 0) * 1000);
			set.elections.reconsider();
			return {};
		},
	},
	replSetStepUp: {
		async run(server) {
			const set = initiated(server);
			if (await set.elections.stand('step up request', false)) return {};
			throw new CommandError('BadValue', 'Election failed.');
		},
	},
	replSetHeartbeat: { run: (server, request) => setOf(server).heartbeats.answer(request) },
	replSetRequestVotes: { run: (server, request) => setOf(server).elections.answer(request) },
	replSetClone: { run: (server) => setOf(server).synchronisation.clone() },
	replSetFetch: { run: (server, request) => setOf(server).synchronisation.fetch(request) },
};
