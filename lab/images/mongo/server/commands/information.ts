// Commands that tell about the server (MongoDB manual, Diagnostic Commands).
import { CommandError } from '../../documents/errors.ts';
import { type Document, dateOf, longOf, numberOf } from '../../documents/values.ts';
import type { Command } from '../command.ts';
import type { DatabaseServer } from '../database-server.ts';

/** The wire versions of release lines: what clients judge a server's age by. */
const wireVersions: Readonly<Record<string, number>> = {
	'3.2': 4,
	'3.3': 5,
	'3.4': 5,
	'3.6': 6,
	'4.0': 7,
	'4.2': 8,
	'4.4': 9,
	'5.0': 13,
	'6.0': 17,
	'7.0': 21,
	'8.0': 25,
	'8.1': 26,
	'8.2': 27,
};

/** What a driver asks first: who is there, and as what. */
function hello(server: DatabaseServer, modern: boolean, connectionId: number): Document {
	const { replicaSet } = server;
	const configuration = replicaSet?.configuration;
	const isPrimary = replicaSet ? replicaSet.isPrimary : true;
	const member: Document = {};
	if (replicaSet && configuration) {
		const visible = configuration.members.filter(({ hidden }) => !hidden);
		const hosts = (test: (member: (typeof visible)[number]) => boolean) =>
			visible.filter(test).map(({ host }) => host);
		const passives = hosts(({ arbiterOnly, priority }) => !arbiterOnly && priority === 0);
		const arbiters = hosts(({ arbiterOnly }) => arbiterOnly);
		Object.assign(member, {
			hosts: hosts(({ arbiterOnly, priority }) => !arbiterOnly && priority > 0),
			...(passives.length > 0 ? { passives } : {}),
			...(arbiters.length > 0 ? { arbiters } : {}),
			setName: replicaSet.name,
			setVersion: configuration.version,
			[modern ? 'isWritablePrimary' : 'ismaster']: isPrimary,
			secondary: replicaSet.state === 'SECONDARY',
			...(replicaSet.state === 'ARBITER' ? { arbiterOnly: true } : {}),
			...(replicaSet.primary ? { primary: replicaSet.primary } : {}),
			me: replicaSet.self?.host ?? '',
			lastWrite: { lastWriteDate: dateOf(replicaSet.oplog.lastWall) },
		});
	} else if (replicaSet)
		Object.assign(member, {
			[modern ? 'isWritablePrimary' : 'ismaster']: false,
			secondary: false,
			info: 'Does not have a valid replica set config',
			isreplicaset: true,
		});
	else member[modern ? 'isWritablePrimary' : 'ismaster'] = true;
	return {
		...member,
		maxBsonObjectSize: 16_777_216,
		maxMessageSizeBytes: 48_000_000,
		maxWriteBatchSize: 100_000,
		localTime: dateOf(server.process.clock.now()),
		logicalSessionTimeoutMinutes: 30,
		connectionId,
		minWireVersion: 0,
		maxWireVersion: wireVersions[server.version.split('.').slice(0, 2).join('.')] ?? 0,
		readOnly: false,
	};
}

function serverStatus(server: DatabaseServer): Document {
	const { process, replicaSet, connections } = server;
	const seconds = Math.floor((process.clock.now() - server.startedAt) / 1000);
	return {
		host: process.hostname,
		version: server.version,
		process: 'mongod',
		service: ['mongod'],
		pid: longOf(process.pid),
		uptime: seconds,
		uptimeMillis: longOf(process.clock.now() - server.startedAt),
		localTime: dateOf(process.clock.now()),
		connections: {
			current: connections.size,
			available: 838_860 - connections.size,
			totalCreated: server.connectionsCreated,
		},
		opcounters: { ...server.counters },
		...(replicaSet?.configuration
			? {
					repl: {
						setName: replicaSet.name,
						setVersion: replicaSet.configuration.version,
						isWritablePrimary: replicaSet.isPrimary,
						secondary: replicaSet.state === 'SECONDARY',
						primary: replicaSet.primary ?? '',
						me: replicaSet.self?.host ?? '',
					},
				}
			: {}),
		storageEngine: { name: 'wiredTiger', persistent: true, supportsCommittedReads: true },
		mem: { bits: 64, resident: 85, virtual: 2600, supported: true },
	};
}

const fcvNamespace = 'admin.system.version';

export const informationCommands: Readonly<Record<string, Command>> = {
	hello: { run: (server, _, { id }) => hello(server, true, id) },
	isMaster: { run: (server, _, { id }) => hello(server, false, id) },
	ismaster: { run: (server, _, { id }) => hello(server, false, id) },
	ping: { run: () => ({}) },
	buildInfo: {
		run: ({ version }) => ({
			version,
			gitVersion: '0'.repeat(40),
			modules: [],
			allocator: 'tcmalloc-google',
			javascriptEngine: 'mozjs',
			sysInfo: 'deprecated',
			versionArray: [...version.split('.').map(Number), 0],
			bits: 64,
			debug: false,
			maxBsonObjectSize: 16_777_216,
			storageEngines: ['devnull', 'wiredTiger'],
		}),
	},
	serverStatus: { run: serverStatus },
	hostInfo: {
		run: ({ process }) => ({
			system: {
				currentTime: dateOf(process.clock.now()),
				hostname: `${process.hostname}:27017`,
				cpuAddrSize: 64,
				numCores: 2,
				cpuArch: 'x86_64',
			},
			os: { type: 'Linux', name: 'Ubuntu', version: '24.04' },
			extra: {},
		}),
	},
	connectionStatus: {
		run: () => ({ authInfo: { authenticatedUsers: [], authenticatedUserRoles: [] } }),
	},
	whatsmyuri: { run: (_, __, { address }) => ({ you: address }) },
	getCmdLineOpts: {
		run: ({ process, settings }) => ({
			argv: [...process.argv],
			parsed: settings.given as Document,
		}),
	},
	getLog: {
		run(server, request): Document {
			if (request.getLog === '*') return { names: ['global', 'startupWarnings'] };
			const log = request.getLog === 'startupWarnings' ? server.startupWarnings() : [];
			return { totalLinesWritten: log.length, log };
		},
	},
	getParameter: {
		run(server, request) {
			if (request.featureCompatibilityVersion === undefined)
				throw new CommandError('InvalidOptions', 'no option found to get');
			const [document] = server.engine.collection(fcvNamespace)?.documents.values() ?? [];
			return { featureCompatibilityVersion: { version: document?.version ?? '' } };
		},
	},
	setFeatureCompatibilityVersion: {
		needs: 'primary',
		async run(server, request) {
			const version = String(request.setFeatureCompatibilityVersion);
			if (server.line >= 7 && request.confirm !== true)
				throw new CommandError(
					'BadValue',
					`Once you have ${numberOf(version) ?? 'changed'} the feature compatibility version, going back may need help. To continue, set the 'confirm' parameter to true.`,
				);
			if (!server.readsDataOf(version))
				throw new CommandError(
					'BadValue',
					`Invalid command argument '${version}', expected '${server.release}' or the version before it`,
				);
			server.write([{ op: 'u', ns: fcvNamespace, o: { _id: 'featureCompatibilityVersion', version } }]);
			return server.concerned(request, {});
		},
	},
	endSessions: { run: () => ({}) },
	shutdown: {
		run(server) {
			server.askToStop();
			return {};
		},
	},
};
