// Anti-entropy: what the catalogue says of this node becomes what the agent knows of it.

import type { CatalogNode } from '../server/state.ts';
import type { Identity } from './identity.ts';
import type { Logger } from './log.ts';
import type { Tasks } from './tasks.ts';

const syncInterval = 60_000;
const retryInterval = 15_000;
/** So soon after a leader was found. */
const serverUpInterval = 3000;

export type Call = (method: string, args: unknown) => Promise<unknown>;

export class AntiEntropy {
	readonly #identity: Identity;
	readonly #meta: Record<string, string>;
	readonly #log: Logger;
	readonly #tasks: Tasks;
	readonly #call: Call;
	#next = { cancel() {} };
	#syncing = false;

	constructor(options: {
		identity: Identity;
		meta: Record<string, string>;
		log: Logger;
		tasks: Tasks;
		call: Call;
	}) {
		this.#identity = options.identity;
		this.#meta = { ...options.meta, 'consul-version': options.identity.version };
		this.#log = options.log;
		this.#tasks = options.tasks;
		this.#call = options.call;
	}

	start(): void {
		this.#log.info('started state syncer');
		this.#tasks.run(() => this.#sync());
	}

	/** There is a leader: the catalogue can be asked. */
	serverUp(): void {
		if (!this.#syncing) this.#later(serverUpInterval);
	}

	#later(ms: number): void {
		this.#next.cancel();
		this.#next = this.#tasks.after(ms * (1 + this.#tasks.random() / 16), () =>
			this.#tasks.run(() => this.#sync()),
		);
	}

	async #sync(): Promise<void> {
		if (this.#syncing) return;
		this.#syncing = true;
		let wait = syncInterval;
		try {
			await this.#compare();
		} catch (error) {
			if (!(error instanceof Error)) throw error;
			this.#log.named('anti_entropy').error('failed to sync remote state', { error: error.message });
			wait = retryInterval;
		} finally {
			this.#syncing = false;
		}
		this.#later(wait);
	}

	async #compare(): Promise<void> {
		const { nodeId: id, nodeName: name, address } = this.#identity;
		const meta = this.#meta;
		const { nodes } = (await this.#call('Catalog.ListNodes', {})) as { nodes: CatalogNode[] };
		const known = nodes.find((node) => node.name === name);
		const same =
			known?.id === id && known.address === address && JSON.stringify(known.meta) === JSON.stringify(meta);
		if (same) return;
		await this.#call('Catalog.Register', { type: 'register', node: { id, name, address, meta } });
		this.#log.info('Synced node info');
	}
}
