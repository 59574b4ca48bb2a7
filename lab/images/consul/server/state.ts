// What the servers agree on: keys and values, and the catalogue of nodes with their services and checks. Only
// commands from Raft's log change it, so that it is the same on every server.
import type { StateMachine } from '../raft/options.ts';

export interface KeyValue {
	key: string;
	/** In base64: a value is bytes. */
	value: string;
	flags: number;
	createIndex: number;
	modifyIndex: number;
}

export interface CatalogNode {
	id: string;
	name: string;
	address: string;
	meta: Record<string, string>;
	createIndex: number;
	modifyIndex: number;
}

export interface CatalogService {
	node: string;
	id: string;
	name: string;
	port: number;
	tags: string[];
	createIndex: number;
	modifyIndex: number;
}

export interface HealthCheck {
	node: string;
	checkId: string;
	name: string;
	status: 'passing' | 'critical';
	output: string;
	createIndex: number;
	modifyIndex: number;
}

export type Command =
	| { type: 'kv-set'; key: string; value: string; flags: number; cas?: number }
	| { type: 'kv-delete'; key: string; cas?: number }
	| { type: 'kv-delete-tree'; prefix: string }
	| {
			type: 'register';
			node: { id: string; name: string; address: string; meta: Record<string, string> };
			service?: { id: string; name: string; port: number; tags: string[] };
			check?: { status: HealthCheck['status']; output: string };
	  }
	| { type: 'deregister'; node: string };

interface Contents {
	index: number;
	keys: KeyValue[];
	nodes: CatalogNode[];
	services: CatalogService[];
	checks: HealthCheck[];
}

/** The check that says whether the node's agent is there, by gossip. */
export const serfCheck = { checkId: 'serfHealth', name: 'Serf Health Status' } as const;

const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);

export class State implements StateMachine {
	#keys = new Map<string, KeyValue>();
	#nodes = new Map<string, CatalogNode>();
	/** By node and ID. */
	#services = new Map<string, CatalogService>();
	/** The check of each node. */
	#checks = new Map<string, HealthCheck>();
	/** The index of the last change. */
	index = 0;

	get nodes(): CatalogNode[] {
		return [...this.#nodes.values()].sort(byName);
	}

	get services(): CatalogService[] {
		return [...this.#services.values()].sort(byName);
	}

	check(node: string): HealthCheck | undefined {
		return this.#checks.get(node);
	}

	key(key: string): KeyValue | undefined {
		return this.#keys.get(key);
	}

	/** In the order of their bytes, as far as keys are ASCII. */
	keysUnder(prefix: string): KeyValue[] {
		return [...this.#keys.values()]
			.filter(({ key }) => key.startsWith(prefix))
			.sort((a, b) => (a.key < b.key ? -1 : 1));
	}

	apply(given: unknown, index: number): unknown {
		const command = given as Command;
		this.index = index;
		switch (command.type) {
			case 'kv-set':
				return this.#set(command, index);
			case 'kv-delete': {
				const known = this.#keys.get(command.key);
				if (command.cas !== undefined && (known?.modifyIndex ?? 0) !== command.cas) return false;
				this.#keys.delete(command.key);
				return true;
			}
			case 'kv-delete-tree':
				for (const { key } of this.keysUnder(command.prefix)) this.#keys.delete(key);
				return true;
			case 'register':
				return this.#register(command, index);
			case 'deregister':
				this.#nodes.delete(command.node);
				this.#checks.delete(command.node);
				for (const [key, { node }] of this.#services) if (node === command.node) this.#services.delete(key);
				return true;
		}
	}

	#set({ key, value, flags, cas }: Extract<Command, { type: 'kv-set' }>, index: number): boolean {
		const known = this.#keys.get(key);
		// Compare and set: 0 asks for a key that is not there yet.
		if (cas !== undefined && (known?.modifyIndex ?? 0) !== cas) return false;
		this.#keys.set(key, { key, value, flags, createIndex: known?.createIndex ?? index, modifyIndex: index });
		return true;
	}

	#register({ node, service, check }: Extract<Command, { type: 'register' }>, index: number): true {
		const indexes = (known?: { createIndex: number }) => ({
			createIndex: known?.createIndex ?? index,
			modifyIndex: index,
		});
		this.#nodes.set(node.name, { ...node, ...indexes(this.#nodes.get(node.name)) });
		if (service) {
			const key = `${node.name}/${service.id}`;
			this.#services.set(key, { node: node.name, ...service, ...indexes(this.#services.get(key)) });
		}
		if (check) {
			const known = this.#checks.get(node.name);
			this.#checks.set(node.name, { node: node.name, ...serfCheck, ...check, ...indexes(known) });
		}
		return true;
	}

	snapshot(): string {
		const contents: Contents = {
			index: this.index,
			keys: this.keysUnder(''),
			nodes: this.nodes,
			services: this.services,
			checks: [...this.#checks.values()],
		};
		return JSON.stringify(contents);
	}

	/** Throws Error for what is no snapshot of a state. */
	restore(text: string): void {
		const { index, keys, nodes, services, checks } = readContents(text);
		this.index = index;
		this.#keys = new Map(keys.map((each) => [each.key, each]));
		this.#nodes = new Map(nodes.map((each) => [each.name, each]));
		this.#services = new Map(services.map((each) => [`${each.node}/${each.id}`, each]));
		this.#checks = new Map(checks.map((each) => [each.node, each]));
	}
}

/** What a snapshot holds. Throws Error for what is none. */
export function readContents(text: string): Contents {
	const contents = JSON.parse(text) as Partial<Contents>;
	const { index = 0, keys = [], nodes = [], services = [], checks = [] } = contents;
	return { index, keys, nodes, services, checks };
}
