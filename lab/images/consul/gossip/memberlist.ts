// Who is there, by gossip: members probe each other one by one, ask others to probe whom they cannot reach, and
// tell each other what they find (SWIM, as github.com/hashicorp/memberlist has it with its values for a LAN).
// Packets go over TCP, the lab's network having no UDP.
import type { Timer } from '../../../clock.ts';
import type { Logger } from '../agent/log.ts';
import type { Tasks } from '../agent/tasks.ts';
import { ExchangeError } from '../messages.ts';
import type {
	Alive,
	Dead,
	GossipAnswer,
	GossipRequest,
	LeaveIntent,
	MemberState,
	Rumour,
	StateEntry,
	Suspect,
	Tags,
} from './messages.ts';
import { Rumours } from './rumours.ts';

const probeInterval = 1000;
const probeTimeout = 500;
const indirectProbes = 3;
const gossipInterval = 200;
const gossipNodes = 3;
const pushPullInterval = 30_000;
const tcpTimeout = 10_000;
const suspicionFactor = 4;
const longestSuspicionFactor = 6;
/** How long the dead are told that they are, and kept by name. */
const gossipToTheDead = 30_000;
/** When a dead member's name may be taken by another address; Consul's value. */
const reclaimAfter = 30_000;

export interface Node {
	name: string;
	address: string;
	port: number;
	tags: Tags;
	incarnation: number;
	state: MemberState;
	changedAt: number;
}

interface Suspicion {
	timer: Timer;
	startedAt: number;
	confirmedBy: Set<string>;
}

export interface MemberlistOptions {
	name: string;
	address: string;
	port: number;
	tags: Tags;
	tasks: Tasks;
	log: Logger;
	request(address: string, port: number, message: GossipRequest, timeout: number): Promise<GossipAnswer>;
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
	readonly #nodes = new Map<string, Node>();
	readonly #rumours = new Rumours();
	readonly #suspicions = new Map<string, Suspicion>();
	#probeOrder: string[] = [];
	#gossiping: Timer | undefined;
	#incarnation = 1;
	#leaving = false;

	constructor(options: MemberlistOptions) {
		this.#options = options;
	}

	/** Becomes a member of a cluster of one, and begins to look after others. */
	start(): void {
		const { name, address, port, tags, tasks } = this.#options;
		this.#alive({ type: 'alive', name, address, port, tags, incarnation: this.#incarnation }, true);
		tasks.every(probeInterval, () => this.#probe());
		tasks.every(pushPullInterval, () => this.#exchangeWithSomebody());
	}

	get nodes(): Node[] {
		return [...this.#nodes.values()];
	}

	/** Tells the others; `done` is called when it has been told often enough. */
	tell(rumour: Rumour, done?: () => void): void {
		this.#rumours.add(rumour, done);
		this.#gossip();
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
		const { name, tasks } = this.#options;
		const own = this.#nodes.get(name);
		if (!own) return;
		own.state = 'left';
		const others = this.nodes.some((node) => node !== own && node.state === 'alive');
		if (!others) return;
		const { incarnation } = own;
		await new Promise<void>((resolve) => {
			tasks.after(timeout, resolve);
			this.tell({ type: 'dead', name, incarnation, from: name }, resolve);
		});
	}

	async handle(request: GossipRequest): Promise<GossipAnswer> {
		this.#take(request.rumours);
		const answer = (kind: 'ack' | 'nack'): GossipAnswer => ({ kind, rumours: this.#takeRumours() });
		switch (request.kind) {
			case 'gossip':
				return { kind: 'ack', rumours: [] };
			case 'ping':
				// Whoever took over the address of a member that is gone does not answer in its place.
				return answer(request.to === this.#options.name ? 'ack' : 'nack');
			case 'indirect-ping':
				return answer((await this.#ping(request.to, request.address, request.port)) ? 'ack' : 'nack');
			case 'push-pull': {
				const states = this.#states();
				this.#merge(request);
				return { kind: 'states', states, intents: this.#options.intents(), rumours: [] };
			}
		}
	}

	#takeRumours(): Rumour[] {
		return this.#rumours.take(this.#nodes.size);
	}

	#states(): StateEntry[] {
		return this.nodes.map(({ changedAt: _, ...entry }) => entry);
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

	#take(rumours: readonly Rumour[]): void {
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
			this.#nodes.set(rumour.name, node);
			this.#probeOrder.splice(Math.floor(tasks.random() * (this.#probeOrder.length + 1)), 0, rumour.name);
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
		this.#endSuspicion(rumour.name);
		const was = node.state;
		const changed = JSON.stringify(node.tags) !== JSON.stringify(rumour.tags);
		Object.assign(node, told, { state: 'alive' });
		if (was !== 'alive') node.changedAt = tasks.elapsed;
		this.tell(rumour);
		if (isNew || was === 'dead' || was === 'left') this.#options.joined(node);
		else if (changed) this.#options.updated(node);
	}

	#suspect(rumour: Suspect): void {
		const { name, tasks, log } = this.#options;
		const node = this.#nodes.get(rumour.name);
		if (!node || rumour.incarnation < node.incarnation) return;
		const suspicion = this.#suspicions.get(rumour.name);
		if (suspicion) {
			if (suspicion.confirmedBy.has(rumour.from)) return;
			suspicion.confirmedBy.add(rumour.from);
			this.#restartSuspicion(node, suspicion);
			this.tell(rumour);
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
		const begun: Suspicion = {
			timer: { cancel() {} },
			startedAt: tasks.elapsed,
			confirmedBy: new Set([rumour.from]),
		};
		this.#suspicions.set(rumour.name, begun);
		this.#restartSuspicion(node, begun);
	}

	/** The more members suspect one, the sooner it counts as failed (Lifeguard). */
	#restartSuspicion(node: Node, suspicion: Suspicion): void {
		const { tasks, name, log } = this.#options;
		suspicion.timer.cancel();
		const count = this.#nodes.size;
		const shortest = suspicionFactor * Math.max(1, Math.log10(count)) * probeInterval;
		const expected = count - 2 < suspicionFactor - 2 ? 0 : suspicionFactor - 2;
		const longest = expected === 0 ? shortest : shortest * longestSuspicionFactor;
		const confirmations = suspicion.confirmedBy.size - 1;
		const share = expected === 0 ? 1 : Math.log(confirmations + 1) / Math.log(expected + 1);
		const total = Math.max(shortest, longest - share * (longest - shortest));
		suspicion.timer = tasks.after(suspicion.startedAt + total - tasks.elapsed, () => {
			log.info(
				`memberlist: Marking ${node.name} as failed, suspect timeout reached (${confirmations} peer confirmations)`,
			);
			this.#dead({ type: 'dead', name: node.name, incarnation: node.incarnation, from: name });
		});
	}

	#endSuspicion(name: string): void {
		this.#suspicions.get(name)?.timer.cancel();
		this.#suspicions.delete(name);
	}

	#dead(rumour: Dead): void {
		const { name, tasks, log } = this.#options;
		const node = this.#nodes.get(rumour.name);
		if (!node || rumour.incarnation < node.incarnation) return;
		if (node.state === 'dead' || node.state === 'left') return;
		if (rumour.name === name && !this.#leaving) {
			this.#refute(node, rumour.incarnation);
			log.warn(`memberlist: Refuting a dead message (from: ${rumour.from})`);
			return;
		}
		this.#endSuspicion(rumour.name);
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

	/** Goes round the members in random order, and probes the next one. */
	async #probe(): Promise<void> {
		if (this.#leaving) return;
		for (let looked = 0; looked <= this.#nodes.size; looked++) {
			const name = this.#probeOrder.shift();
			if (name === undefined) {
				this.#startRound();
				continue;
			}
			const node = this.#nodes.get(name);
			if (!node || name === this.#options.name || node.state === 'dead' || node.state === 'left') continue;
			return this.#probeNode(node);
		}
	}

	#startRound(): void {
		const { tasks } = this.#options;
		for (const [name, node] of this.#nodes) {
			const gone = node.state === 'dead' || node.state === 'left';
			if (gone && tasks.elapsed - node.changedAt > gossipToTheDead) this.#nodes.delete(name);
		}
		this.#probeOrder = this.#shuffled([...this.#nodes.keys()]);
	}

	async #probeNode(node: Node): Promise<void> {
		const { tasks, log, name } = this.#options;
		const startedAt = tasks.elapsed;
		const { address, port, incarnation } = node;
		if (await this.#ping(node.name, address, port)) return;
		const helpers = this.#others((each) => each.state === 'alive' && each !== node).slice(0, indirectProbes);
		const asked = await Promise.all(
			helpers.map((helper) =>
				this.#send(
					helper,
					{ kind: 'indirect-ping', to: node.name, address, port, rumours: this.#takeRumours() },
					Math.max(1, startedAt + 2 * probeInterval - tasks.elapsed),
				),
			),
		);
		if (asked.some((answer) => answer?.kind === 'ack') || this.#leaving) return;
		// Without helpers, the rest of the interval is waited for an answer that is late.
		if (tasks.elapsed < startedAt + probeInterval)
			await tasks.sleep(startedAt + probeInterval - tasks.elapsed);
		const expected = helpers.length === 0 ? '' : ` (no acks from ${helpers.length} indirect probes)`;
		log.info(`memberlist: Suspect ${node.name} has failed, no acks received${expected}`);
		this.#suspect({ type: 'suspect', name: node.name, incarnation, from: name });
	}

	async #ping(name: string, address: string, port: number): Promise<boolean> {
		const answer = await this.#send(
			{ address, port },
			{ kind: 'ping', to: name, rumours: this.#takeRumours() },
			probeTimeout,
		);
		return answer?.kind === 'ack';
	}

	/** The answer to a packet; undefined where none comes. */
	async #send(
		{ address, port }: { address: string; port: number },
		message: GossipRequest,
		timeout: number,
	): Promise<GossipAnswer | undefined> {
		try {
			const answer = await this.#options.request(address, port, message, timeout);
			this.#take(answer.rumours);
			return answer;
		} catch (error) {
			if (!(error instanceof ExchangeError)) throw error;
			return undefined;
		}
	}

	/** Sends rumours on as long as there are any. */
	#gossip(): void {
		const { tasks } = this.#options;
		if (this.#gossiping) return;
		this.#gossiping = tasks.after(gossipInterval, () => {
			this.#gossiping = undefined;
			if (this.#rumours.size === 0) return;
			const targets = this.#others(
				({ state, changedAt }) =>
					state === 'alive' || state === 'suspect' || tasks.elapsed - changedAt < gossipToTheDead,
			).slice(0, gossipNodes);
			if (targets.length === 0) this.#takeRumours();
			for (const target of targets)
				tasks.run(async () => {
					const rumours = this.#takeRumours();
					if (rumours.length > 0) await this.#send(target, { kind: 'gossip', rumours }, probeTimeout);
				});
			this.#gossip();
		});
	}

	async #exchangeWithSomebody(): Promise<void> {
		const [other] = this.#others(({ state }) => state === 'alive');
		if (!other || this.#leaving) return;
		try {
			await this.exchange(other.address, other.port, false);
		} catch (error) {
			if (!(error instanceof ExchangeError)) throw error;
			this.#options.log.error(`memberlist: Push/Pull with ${other.name} failed: ${error.message}`);
		}
	}

	#others(wanted: (node: Node) => boolean): Node[] {
		return this.#shuffled(this.nodes.filter((node) => node.name !== this.#options.name && wanted(node)));
	}

	#shuffled<T>(list: T[]): T[] {
		for (let at = list.length - 1; at > 0; at--) {
			const other = Math.floor(this.#options.tasks.random() * (at + 1));
			[list[at], list[other]] = [list[other], list[at]];
		}
		return list;
	}
}
