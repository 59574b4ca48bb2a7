// What the leader does beside Raft: the catalogue follows the gossip, servers join and leave Raft, and those that
// are dead are cleaned up (agent/consul/leader.go).
import type { Timer } from '../../../clock.ts';
import type { Member, MemberEvent } from '../gossip/serf.ts';
import { NotLeader } from '../raft/raft.ts';
import { Autopilot } from './autopilot.ts';
import type { Server } from './server.ts';
import { serverOf } from './server-members.ts';
import type { Command, HealthCheck } from './state.ts';

const reconcileInterval = 60_000;
const alive = 'Agent alive and reachable';
const notAlive = 'Agent not live or unreachable';

export class LeaderDuties {
	readonly #server: Server;
	readonly #autopilot: Autopilot;
	#timer: Timer = { cancel() {} };
	/** Members are taken one after another, in the order of their news. */
	#queue: Promise<void> = Promise.resolve();

	constructor(server: Server) {
		this.#server = server;
		this.#autopilot = new Autopilot(server);
	}

	begin(): void {
		const { log, options, raft } = this.#server;
		log.info('cluster leadership acquired');
		log.named('autopilot').info('reconciliation now enabled');
		this.#autopilot.begin();
		this.#timer = options.tasks.every(reconcileInterval, () => this.reconcileAll());
		options.tasks.run(async () => {
			// What is committed in earlier terms is so by the first entry of this one.
			while (raft.role === 'Leader' && raft.replicatedLog.commitIndex < raft.options.store.lastIndex)
				await options.tasks.sleep(10);
			await this.reconcileAll();
		});
	}

	end(): void {
		this.#timer.cancel();
		if (!this.#autopilot.end()) return;
		this.#server.log.named('autopilot').info('reconciliation now disabled');
		this.#server.log.info('cluster leadership lost');
	}

	/** Brings the catalogue and Raft up to what the gossip says of everybody. */
	async reconcileAll(): Promise<void> {
		const { options, state } = this.#server;
		for (const member of options.serf.members) this.#take(member);
		const known = new Set(options.serf.members.map(({ name }) => name));
		// Nodes that are registered by hand have no check of the gossip's.
		for (const { name } of state.nodes)
			if (!known.has(name) && state.check(name)) this.#later(() => this.#deregister(name, 'reaped'));
		await this.#queue;
	}

	memberChanged(event: MemberEvent, member: Member): void {
		this.#take(member, event === 'reap');
	}

	#take(seen: Member, reaped = false): void {
		// As it is now: another member of that name may take its place before its turn comes.
		const member = { ...seen };
		this.#later(async () => {
			if (reaped || member.status === 'left') await this.#gone(member, reaped ? 'reaped' : 'left');
			else if (member.status === 'failed') await this.#failed(member);
			else if (member.status === 'alive') await this.#alive(member);
		});
	}

	#later(work: () => Promise<void>): void {
		const { raft, log, options } = this.#server;
		this.#queue = this.#queue.then(async () => {
			if (raft.role !== 'Leader' || options.tasks.stopped) return;
			try {
				await work();
			} catch (error) {
				if (!(error instanceof Error)) throw error;
				if (!(error instanceof NotLeader)) log.error('failed to reconcile member', { error: error.message });
			}
		});
		this.#queue.catch(() => {});
	}

	async #alive(member: Member): Promise<void> {
		const { log, state, options } = this.#server;
		const server = serverOf(member);
		if (server && server.id !== options.identity.nodeId) await this.#autopilot.addServer(server);
		const { name, address, tags } = member;
		const known = state.nodes.find((node) => node.name === name);
		const current = known && known.address === address && known.id === tags.id;
		if (current && state.check(name)?.status === 'passing') return;
		log.info('member joined, marking health alive', { member: name, partition: 'default' });
		await this.#register(member, 'passing', alive);
	}

	async #failed(member: Member): Promise<void> {
		const { log, state } = this.#server;
		const check = state.check(member.name);
		if (!check || check.status === 'critical') return;
		log.info('member failed, marking health critical', { member: member.name, partition: 'default' });
		await this.#register(member, 'critical', notAlive);
	}

	async #gone(member: Member, reason: string): Promise<void> {
		const { log, raft, options } = this.#server;
		const { name, tags } = member;
		if (name === options.identity.nodeName) {
			log.warn('deregistering self should be done by follower', { name });
			return;
		}
		if (tags.role === 'consul' && raft.configuration.servers.some(({ id }) => id === tags.id)) {
			log.info('removing server by ID', { id: tags.id });
			await raft.removeServer(tags.id);
		}
		if (this.#server.state.nodes.some((node) => node.name === name && node.id === tags.id))
			await this.#deregister(name, reason);
	}

	async #deregister(name: string, reason: string): Promise<void> {
		this.#server.log.info('deregistering member', { member: name, partition: 'default', reason });
		await this.#server.raft.apply({ type: 'deregister', node: name } satisfies Command);
	}

	async #register(member: Member, status: HealthCheck['status'], output: string): Promise<void> {
		const { name, address, tags } = member;
		const known = this.#server.state.nodes.find((node) => node.name === name);
		await this.#server.raft.apply({
			type: 'register',
			node: { id: tags.id, name, address, meta: known?.id === tags.id ? known.meta : {} },
			...(tags.role === 'consul'
				? { service: { id: 'consul', name: 'consul', port: Number(tags.port), tags: [] } }
				: {}),
			check: { status, output },
		} satisfies Command);
	}
}
