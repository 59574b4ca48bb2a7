// Who is there, by gossip: what members find out about each other, which word about one counts, and what follows
// from it (SWIM, as github.com/hashicorp/memberlist has it with its values for a LAN). Packets go over TCP, the
// lab's network having no UDP.
import type { Logger } from '../agent/log.ts';
import type { Tasks } from '../agent/tasks.ts';
import { ExchangeError } from '../messages.ts';
import { Dissemination, type SendRequest } from './dissemination.ts';
import { FailureDetector } from './failure-detector.ts';
import type {
	Alive,
	Dead,
	GossipAnswer,
	GossipRequest,
	LeaveIntent,
	Rumour,
	StateEntry,
	Suspect,
	Tags,
} from './messages.ts';
import { isGone, type Node, Nodes } from './nodes.ts';
import { Suspicions } from './suspicions.ts';

const pushPullInterval = 30_000;
const tcpTimeout = 10_000;
/** When a dead member's name may be taken by another address; Consul's value. */
const reclaimAfter = 30_000;

export interface MemberlistOptions {
	name: string;
	address: string;
	port: number;
	tags: Tags;
	tasks: Tasks;
	log: Logger;
	request: SendRequest;
	joined(node: Node): void;
	/** It failed, or left. */
	gone(node: Node): void;
	updated(node: Node): void;
	/** Somebody tells that a member leaves; says whether that is news. */
	intended(intent: LeaveIntent): boolean;
	/** What a full exchange of states carries along. */
	intents(): LeaveIntent[];
}

export class Memberlist {
	readonly #options: MemberlistOptions;
	readonly #nodes: Nodes;
	readonly #dissemination: Dissemination;
	readonly #failureDetector: FailureDetector;
	readonly #suspicions: Suspicions;
	#incarnation = 1;
	#leaving = false;

	constructor(options: MemberlistOptions) {
		this.#options = options;
		const { name, tasks, log, request } = options;
		this.#nodes = new Nodes(name, tasks.random);
		this.#dissemination = new Dissemination(this.#nodes, tasks, request, (rumours) => this.#hear(rumours));
		this.#suspicions = new Suspicions(tasks);
		this.#failureDetector = new FailureDetector({
			name,
			nodes: this.#nodes,
			dissemination: this.#dissemination,
			tasks,
			log,
			silent: (silent, incarnation) =>
				this.#suspect({ type: 'suspect', name: silent, incarnation, from: name }),
		});
	}

	/** Becomes a member of a cluster of one, and begins to look after others. */
	start(): void {
		const { name, address, port, tags, tasks } = this.#options;
		this.#alive({ type: 'alive', name, address, port, tags, incarnation: this.#incarnation }, true);
		this.#failureDetector.start();
		tasks.every(pushPullInterval, () => this.#exchangeWithSomebody());
	}

	/** Tells the others; `done` is called when it has been told often enough. */
	tell(rumour: Rumour, done?: () => void): void {
		this.#dissemination.tell(rumour, done);
	}

	/** Exchanges all that is known with a member. Throws ExchangeError. */
	async exchange(address: string, port: number, join: boolean): Promise<void> {
		const states = this.#states();
		const answer = await this.#options.request(
			address,
			port,
			{ kind: 'push-pull', states, intents: this.#options.intents(), join, rumours: [] },
			tcpTimeout,
		);
		if (answer.kind === 'states') this.#merge(answer);
	}

	/** Tells the others that this member leaves, and waits until they have been told. */
	async leave(timeout: number): Promise<void> {
		this.#leaving = true;
		this.#failureDetector.stop();
		const { name, tasks } = this.#options;
		const own = this.#nodes.get(name);
		if (!own) return;
		own.state = 'left';
		const others = this.#nodes.all.some((node) => node !== own && node.state === 'alive');
		if (!others) return;
		const { incarnation } = own;
		await new Promise<void>((resolve) => {
			tasks.after(timeout, resolve);
			this.tell({ type: 'dead', name, incarnation, from: name }, resolve);
		});
	}

	async handle(request: GossipRequest): Promise<GossipAnswer> {
		this.#hear(request.rumours);
		const answer = (kind: 'ack' | 'nack'): GossipAnswer => ({ kind, rumours: this.#dissemination.take() });
		switch (request.kind) {
			case 'gossip':
				return { kind: 'ack', rumours: [] };
			case 'ping':
				// Whoever took over the address of a member that is gone does not answer in its place.
				return answer(request.to === this.#options.name ? 'ack' : 'nack');
			case 'indirect-ping':
				return answer(
					(await this.#failureDetector.ping(request.to, request.address, request.port)) ? 'ack' : 'nack',
				);
			case 'push-pull': {
				const states = this.#states();
				this.#merge(request);
				return { kind: 'states', states, intents: this.#options.intents(), rumours: [] };
			}
		}
	}

	#states(): StateEntry[] {
		return this.#nodes.all.map(({ changedAt: _, ...entry }) => entry);
	}

	#merge({ states, intents }: { states: StateEntry[]; intents: LeaveIntent[] }): void {
		for (const { state, ...entry } of states) {
			const { name, incarnation } = entry;
			if (state === 'alive') this.#alive({ type: 'alive', ...entry });
			// What only one side believes is looked into before it is believed.
			else if (state === 'left') this.#dead({ type: 'dead', name, incarnation, from: name });
			else this.#suspect({ type: 'suspect', name, incarnation, from: this.#options.name });
		}
		for (const intent of intents) this.#options.intended(intent);
	}

	#hear(rumours: readonly Rumour[]): void {
		for (const rumour of rumours) {
			if (rumour.type === 'alive') this.#alive(rumour);
			else if (rumour.type === 'suspect') this.#suspect(rumour);
			else if (rumour.type === 'dead') this.#dead(rumour);
			else if (this.#options.intended(rumour)) this.tell(rumour);
		}
	}

	#alive(rumour: Alive, starting = false): void {
		const { name, tasks, log } = this.#options;
		if (this.#leaving && rumour.name === name) return;
		const { type: _, ...told } = rumour;
		let node = this.#nodes.get(rumour.name);
		const isNew = node === undefined;
		if (!node) {
			node = { ...told, state: 'dead', incarnation: -1, changedAt: tasks.elapsed };
			this.#nodes.add(node);
			this.#failureDetector.add(node.name);
		}
		const moved = !isNew && (node.address !== rumour.address || node.port !== rumour.port);
		if (moved) {
			const reclaimable =
				node.state === 'left' || (node.state === 'dead' && tasks.elapsed - node.changedAt > reclaimAfter);
			if (!reclaimable) {
				const state = ['alive', 'suspect', 'dead', 'left'].indexOf(node.state);
				log.error(
					`memberlist: Conflicting address for ${rumour.name}. Mine: ${node.address}:${node.port} Theirs: ${rumour.address}:${rumour.port} Old state: ${state}`,
				);
				return;
			}
			log.info(
				`memberlist: Updating address for left or failed node ${rumour.name} from ${node.address}:${node.port} to ${rumour.address}:${rumour.port}`,
			);
		}
		if (rumour.name === name && !starting) {
			if (rumour.incarnation > this.#incarnation) this.#refute(node, rumour.incarnation);
			return;
		}
		if (!moved && rumour.incarnation <= node.incarnation) return;
		this.#suspicions.end(rumour.name);
		const was = node.state;
		const wasGone = isGone(node);
		const changed = JSON.stringify(node.tags) !== JSON.stringify(rumour.tags);
		Object.assign(node, told, { state: 'alive' });
		if (was !== 'alive') node.changedAt = tasks.elapsed;
		this.tell(rumour);
		if (wasGone) this.#options.joined(node);
		else if (changed) this.#options.updated(node);
	}

	#suspect(rumour: Suspect): void {
		const { name, tasks, log } = this.#options;
		const node = this.#nodes.get(rumour.name);
		if (!node || rumour.incarnation < node.incarnation) return;
		if (this.#suspicions.has(rumour.name)) {
			if (this.#suspicions.confirm(rumour.name, rumour.from, this.#nodes.size)) this.tell(rumour);
			return;
		}
		if (node.state !== 'alive') return;
		if (rumour.name === name) {
			this.#refute(node, rumour.incarnation);
			log.warn(`memberlist: Refuting a suspect message (from: ${rumour.from})`);
			return;
		}
		node.state = 'suspect';
		node.incarnation = rumour.incarnation;
		node.changedAt = tasks.elapsed;
		this.tell(rumour);
		this.#suspicions.begin(rumour.name, rumour.from, this.#nodes.size, (confirmations) => {
			log.info(
				`memberlist: Marking ${node.name} as failed, suspect timeout reached (${confirmations} peer confirmations)`,
			);
			this.#dead({ type: 'dead', name: node.name, incarnation: node.incarnation, from: name });
		});
	}

	#dead(rumour: Dead): void {
		const { name, tasks, log } = this.#options;
		const node = this.#nodes.get(rumour.name);
		if (!node || rumour.incarnation < node.incarnation) return;
		if (isGone(node)) return;
		if (rumour.name === name && !this.#leaving) {
			this.#refute(node, rumour.incarnation);
			log.warn(`memberlist: Refuting a dead message (from: ${rumour.from})`);
			return;
		}
		this.#suspicions.end(rumour.name);
		node.incarnation = rumour.incarnation;
		node.state = rumour.from === rumour.name ? 'left' : 'dead';
		node.changedAt = tasks.elapsed;
		this.tell(rumour);
		this.#options.gone(node);
	}

	/** Says that this member is alive, louder than who said otherwise. */
	#refute(node: Node, incarnation: number): void {
		this.#incarnation = Math.max(this.#incarnation, incarnation) + 1;
		const { name, address, port, tags } = this.#options;
		Object.assign(node, { state: 'alive', incarnation: this.#incarnation });
		this.tell({ type: 'alive', name, address, port, tags, incarnation: this.#incarnation });
	}

	async #exchangeWithSomebody(): Promise<void> {
		const [other] = this.#nodes.others(({ state }) => state === 'alive');
		if (!other || this.#leaving) return;
		try {
			await this.exchange(other.address, other.port, false);
		} catch (error) {
			if (!(error instanceof ExchangeError)) throw error;
			this.#options.log.error(`memberlist: Push/Pull with ${other.name} failed: ${error.message}`);
		}
	}
}
