// How a cluster begins: as many servers as are expected have found each other, and none has been part of a
// cluster before. Each of them comes to the same list by itself.
import { ExchangeError } from '../messages.ts';
import type { LogStore } from '../raft/log-store.ts';
import type { Configuration } from '../raft/messages.ts';
import type { Server } from './server.ts';
import type { ServerMember } from './server-members.ts';

/** maxPeerRetries of agent/consul/server_serf.go. */
const attempts = 6;
const firstWait = 1000;

export class Bootstrap {
	readonly #server: Server;
	readonly #store: LogStore;
	#expected: number;
	#considering = false;
	#again = false;

	constructor(server: Server, store: LogStore) {
		this.#server = server;
		this.#store = store;
		this.#expected = server.options.configuration.bootstrapExpect;
	}

	/** A cluster of one that waits for nobody. */
	alone(): void {
		const { raft } = this.#server;
		if (this.#store.isEmpty) raft.bootstrap({ servers: [{ ...raft.self, suffrage: 'Voter' }] });
	}

	/** Looks whether it is time; called whenever a server joins. */
	async consider(): Promise<void> {
		if (this.#expected === 0) return;
		this.#again = this.#considering;
		if (this.#considering) return;
		this.#considering = true;
		do {
			this.#again = false;
			await this.#look();
		} while (this.#again && this.#expected > 0);
		this.#considering = false;
	}

	async #look(): Promise<void> {
		const { log, options, servers, raft } = this.#server;
		if (!this.#store.isEmpty) {
			log.info('Raft data found, disabling bootstrap mode');
			this.#expected = 0;
			return;
		}
		for (const { name, expect, bootstrap } of servers) {
			if (expect !== 0 && expect !== this.#expected) {
				log.error('Member has a conflicting expect value. All nodes should expect the same number.', {
					member: name,
				});
				return;
			}
			if (bootstrap) {
				log.error('Member has bootstrap mode. Expect disabled.', { member: name });
				return;
			}
		}
		const present = servers.filter(({ status }) => status === 'alive');
		if (present.length < this.#expected) return;
		for (const server of present) {
			if (server.id === options.identity.nodeId) continue;
			const peers = await this.#peersOf(server);
			if (this.#expected === 0) return;
			if (peers.length > 0) {
				log.info('Existing Raft peers reported by server, disabling bootstrap mode', { server: server.name });
				this.#expected = 0;
				return;
			}
		}
		if (!this.#store.isEmpty) return;
		const configuration: Configuration = {
			servers: present.map(({ id, address }) => ({ id, address, suffrage: 'Voter' })),
		};
		log.info('Found expected number of peers, attempting bootstrap', {
			peers: present.map(({ address }) => address).join(','),
		});
		raft.bootstrap(configuration);
		this.#expected = 0;
	}

	/** None where the server never answers: that is no evidence of a cluster, and all come to the same list. */
	async #peersOf({ name, address }: ServerMember): Promise<string[]> {
		const { log, options } = this.#server;
		for (let attempt = 0; attempt < attempts; attempt++) {
			try {
				return (await this.#server.ask(address, {
					method: 'Status.Peers',
					args: {},
					stale: true,
				})) as string[];
			} catch (error) {
				if (!(error instanceof ExchangeError)) throw error;
				const wait = firstWait * 2 ** attempt;
				log.error('Failed to confirm peer status for server (will retry).', {
					server: name,
					nextRetryInterval: `${wait / 1000}s`,
					error: error.message,
				});
				await options.tasks.sleep(wait);
			}
		}
		return [];
	}
}
