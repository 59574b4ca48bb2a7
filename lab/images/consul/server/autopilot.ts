// Autopilot: new servers vote once they have been healthy for a while, and dead ones are removed, as long as
// a minority is dead (developer.hashicorp.com/consul/docs/manage/scale/autopilot).
import type { Timer } from '../../../clock.ts';
import { votersOf } from '../raft/configuration.ts';
import { NotLeader } from '../raft/raft.ts';
import type { Server } from './server.ts';
import type { ServerMember } from './server-members.ts';

const reconcileInterval = 10_000;
const serverStabilizationTime = 10_000;
const maxTrailingLogs = 250;

export class Autopilot {
	readonly #server: Server;
	#timer: Timer | undefined;
	/** Since when each server is healthy. */
	readonly #healthySince = new Map<string, number>();

	constructor(server: Server) {
		this.#server = server;
	}

	begin(): void {
		this.#healthySince.clear();
		this.#timer = this.#server.options.tasks.every(reconcileInterval, () => this.#reconcile());
	}

	/** Says whether it was at work. */
	end(): boolean {
		const working = this.#timer !== undefined;
		this.#timer?.cancel();
		this.#timer = undefined;
		return working;
	}

	/** Has a server take part: without a vote at first, and with its old one where only its address is new. */
	async addServer({ id, address }: ServerMember): Promise<void> {
		const { raft } = this.#server;
		const known = raft.configuration.servers.find((each) => each.id === id);
		if (known?.address === address) return;
		for (const other of raft.configuration.servers)
			if (other.id !== id && other.address === address) await raft.removeServer(other.id);
		await raft.addServer({ id, address, suffrage: known?.suffrage ?? 'Nonvoter' });
	}

	async #reconcile(): Promise<void> {
		try {
			await this.#prune();
			await this.#promote();
		} catch (error) {
			// The next leader goes on.
			if (!(error instanceof NotLeader)) throw error;
		}
	}

	async #prune(): Promise<void> {
		const { raft, servers, options, log } = this.#server;
		if (!options.configuration.cleanupDeadServers) return;
		const autopilot = log.named('autopilot');
		const voters = votersOf(raft.configuration);
		const memberOf = (id: string) => servers.find((server) => server.id === id);
		const gone = raft.configuration.servers.filter(({ id }) => {
			const status = memberOf(id)?.status;
			return (
				id !== options.identity.nodeId && (status === undefined || status === 'failed' || status === 'left')
			);
		});
		let room = Math.floor((voters.length - 1) / 2);
		for (const { id, address, suffrage } of gone) {
			if (suffrage === 'Voter' && room-- <= 0) {
				autopilot.debug('will not remove server as a removal of a majority of servers is not safe', { id });
				continue;
			}
			const member = memberOf(id);
			if (member?.status === 'failed') {
				autopilot.info('Attempting removal of failed server node', { id, name: member.name, address });
				options.serf.forceLeave(member.name);
			} else {
				autopilot.info('removing stale server from configuration', { id, address });
				await raft.removeServer(id);
			}
		}
	}

	async #promote(): Promise<void> {
		const { raft, servers, options, log } = this.#server;
		const { elapsed } = options.tasks;
		for (const server of raft.configuration.servers) {
			const { id, address, suffrage } = server;
			const member = servers.find((each) => each.id === id);
			const progress = raft.leadership?.progress(id);
			const healthy =
				member?.status === 'alive' &&
				progress !== undefined &&
				raft.options.store.lastIndex - progress.matchIndex <= maxTrailingLogs &&
				elapsed - progress.lastContact < raft.options.times.heartbeat;
			if (!healthy) {
				this.#healthySince.delete(id);
				continue;
			}
			const since = this.#healthySince.get(id) ?? elapsed;
			this.#healthySince.set(id, since);
			if (suffrage === 'Voter' || elapsed - since < serverStabilizationTime) continue;
			log.named('autopilot').info('Promoting server', { id, address, name: member.name });
			await raft.addServer({ ...server, suffrage: 'Voter' });
		}
	}
}
