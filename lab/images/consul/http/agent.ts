// /v1/agent: this agent, the members that it knows, and what it can be told to do.
import type { Agent } from '../agent/agent.ts';
import { type Level, levels } from '../agent/log.ts';
import type { Member } from '../gossip/serf.ts';
import { formatServers } from '../raft/configuration.ts';
import { ApiError, type Route } from './route.ts';

export interface MemberEntry {
	Name: string;
	Addr: string;
	Port: number;
	Tags: Record<string, string>;
	/** Serf's number for a status: 1 alive, 2 leaving, 3 left, 4 failed. */
	Status: number;
	ProtocolMin: number;
	ProtocolMax: number;
	ProtocolCur: number;
	DelegateMin: number;
	DelegateMax: number;
	DelegateCur: number;
}

export const statuses: readonly Member['status'][] = ['alive', 'leaving', 'left', 'failed'];

function memberEntry({ name, address, port, tags, status }: Member): MemberEntry {
	return {
		Name: name,
		Addr: address,
		Port: port,
		Tags: { ...tags },
		Status: statuses.indexOf(status) + 1,
		ProtocolMin: 1,
		ProtocolMax: 5,
		ProtocolCur: 2,
		DelegateMin: 2,
		DelegateMax: 5,
		DelegateCur: 4,
	};
}

/** What `consul info` shows, by section. */
function statsOf(agent: Agent): Record<string, Record<string, string>> {
	const { server, configuration, release, serf } = agent;
	const { members } = serf;
	const count = (...wanted: Member['status'][]) =>
		String(members.filter(({ status }) => wanted.includes(status)).length);
	const stats: Record<string, Record<string, string>> = {
		agent: { check_monitors: '0', check_ttls: '0', checks: '0', services: '0' },
		build: { prerelease: '', revision: release.revision, version: release.version, version_metadata: '' },
		consul: {
			acl: 'disabled',
			...(server
				? {
						bootstrap: String(configuration.bootstrap),
						known_datacenters: '1',
						leader: String(server.raft.role === 'Leader'),
						leader_addr: server.raft.leader?.address ?? '',
					}
				: { known_servers: String(members.filter(({ tags }) => tags.role === 'consul').length) }),
			server: String(configuration.server),
		},
	};
	if (server) {
		const { raft } = server;
		const { replicatedLog } = raft;
		const { store, snapshots } = raft.options;
		const latest = snapshots.latest()?.snapshot;
		const others = raft.configuration.servers.filter(({ id }) => id !== agent.identity.nodeId);
		stats.raft = {
			applied_index: String(replicatedLog.lastApplied),
			commit_index: String(replicatedLog.commitIndex),
			fsm_pending: '0',
			last_contact:
				raft.role === 'Leader' ? '0' : raft.leader ? `${Math.round(raft.sinceContact)}ms` : 'never',
			last_log_index: String(store.lastIndex),
			last_log_term: String(store.lastTerm),
			last_snapshot_index: String(latest?.index ?? 0),
			last_snapshot_term: String(latest?.term ?? 0),
			latest_configuration: formatServers(raft.configuration),
			latest_configuration_index: String(replicatedLog.configurationIndex),
			num_peers: String(others.filter(({ suffrage }) => suffrage === 'Voter').length),
			protocol_version: '3',
			protocol_version_max: '3',
			protocol_version_min: '0',
			state: raft.role,
			term: String(store.term),
		};
	}
	stats.serf_lan = {
		failed: count('failed'),
		left: count('left'),
		member_time: String(Math.max(...members.map(({ statusTime }) => statusTime), 1)),
		members: String(members.length),
	};
	return stats;
}

/** The log from now on, as lines that come. */
async function* linesOf(agent: Agent, level: Level): AsyncGenerator<Uint8Array> {
	const encoder = new TextEncoder();
	const waiting: string[] = [];
	let wake = () => {};
	const stop = agent.monitor(level, (line) => {
		waiting.push(line);
		wake();
	});
	try {
		for (;;) {
			while (waiting.length > 0) yield encoder.encode(waiting.shift());
			await new Promise<void>((resolve) => {
				wake = resolve;
			});
		}
	} finally {
		stop();
	}
}

export const agentRoutes: readonly Route[] = [
	{
		method: 'GET',
		path: '/v1/agent/members',
		answer: ({ agent, query }) => ({
			json: agent.serf.members
				.filter(({ tags }) => !query.has('wan') || tags.role === 'consul')
				.map(memberEntry),
		}),
	},
	{
		method: 'GET',
		path: '/v1/agent/self',
		answer({ agent }) {
			const { configuration, identity, release, serf } = agent;
			const own = serf.members.find(({ name }) => name === identity.nodeName);
			return {
				json: {
					Config: {
						Datacenter: configuration.datacenter,
						PrimaryDatacenter: configuration.datacenter,
						NodeName: identity.nodeName,
						NodeID: identity.nodeId,
						Revision: release.revision,
						Server: configuration.server,
						Version: release.version,
						BuildDate: release.built,
					},
					DebugConfig: {
						BootstrapExpect: configuration.bootstrapExpect,
						DataDir: configuration.dataDirectory,
						DevMode: configuration.development,
						LeaveOnTerm: configuration.leaveOnTerminate,
						RetryJoinLAN: configuration.retryJoin,
						UIConfig: { Enabled: configuration.ui },
					},
					Member: own && memberEntry(own),
					Stats: statsOf(agent),
					Meta: configuration.nodeMeta,
				},
			};
		},
	},
	{
		method: 'GET',
		path: '/v1/agent/monitor',
		answer({ agent, query }) {
			const wanted = (query.get('loglevel') ?? 'info').toLowerCase();
			const level = levels.find((each) => each === wanted);
			if (!level) throw new ApiError(400, `Unknown log level: ${wanted}`);
			return { stream: linesOf(agent, level) };
		},
	},
	{
		method: 'PUT',
		path: '/v1/agent/join/',
		async answer({ agent, rest }) {
			await agent.join(rest);
			return {};
		},
	},
	{
		method: 'PUT',
		path: '/v1/agent/leave',
		async answer({ agent }) {
			await agent.leave();
			agent.endSoon();
			return {};
		},
	},
	{
		method: 'PUT',
		path: '/v1/agent/force-leave/',
		answer({ agent, rest, query }) {
			agent.log.info('Force leaving node', { node: rest });
			if (!agent.serf.forceLeave(rest)) throw new ApiError(500, `agent: No node found with name '${rest}'`);
			if (query.has('prune')) agent.serf.prune(rest);
			return {};
		},
	},
	{
		method: 'PUT',
		path: '/v1/agent/reload',
		answer({ agent }) {
			agent.reload();
			return {};
		},
	},
];
