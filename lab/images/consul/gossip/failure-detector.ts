// Members probe each other one by one, and ask others to probe whom they cannot reach (SWIM's failure detector).
import { shuffle } from '../../../random.ts';
import type { Logger } from '../agent/log.ts';
import type { Tasks } from '../agent/tasks.ts';
import type { Dissemination } from './dissemination.ts';
import { isGone, type Node, type Nodes } from './nodes.ts';
import { gossipToTheDead, probeInterval, probeTimeout } from './times.ts';

const indirectProbes = 3;

export interface FailureDetectorOptions {
	/** Of the member that probes the others. */
	name: string;
	nodes: Nodes;
	dissemination: Dissemination;
	tasks: Tasks;
	log: Logger;
	/** A member does not answer, neither to this one nor to others. */
	silent(name: string, incarnation: number): void;
}

export class FailureDetector {
	readonly #options: FailureDetectorOptions;
	/** Who is probed next, by name. */
	#order: string[] = [];
	#stopped = false;

	constructor(options: FailureDetectorOptions) {
		this.#options = options;
	}

	start(): void {
		this.#options.tasks.every(probeInterval, () => this.#probeNext());
	}

	/** Probes nobody any more, and takes nobody for silent. */
	stop(): void {
		this.#stopped = true;
	}

	/** A new member has its turn somewhere in this round. */
	add(name: string): void {
		const at = Math.floor(this.#options.tasks.random() * (this.#order.length + 1));
		this.#order.splice(at, 0, name);
	}

	/** Whether it is that member who answers at the address. */
	async ping(name: string, address: string, port: number): Promise<boolean> {
		const to = { address, port };
		const answer = await this.#options.dissemination.send(to, { kind: 'ping', to: name }, probeTimeout);
		return answer?.kind === 'ack';
	}

	/** Goes round the members in random order, and probes the next one. */
	async #probeNext(): Promise<void> {
		if (this.#stopped) return;
		const { nodes, name: self } = this.#options;
		for (let looked = 0; looked <= nodes.size; looked++) {
			const name = this.#order.shift();
			if (name === undefined) {
				this.#startRound();
				continue;
			}
			const node = nodes.get(name);
			if (node && name !== self && !isGone(node)) return this.#probe(node);
		}
	}

	#startRound(): void {
		const { tasks, nodes } = this.#options;
		for (const node of nodes.all)
			if (isGone(node) && tasks.elapsed - node.changedAt > gossipToTheDead) nodes.forget(node.name);
		this.#order = shuffle(
			tasks.random,
			nodes.all.map(({ name }) => name),
		);
	}

	async #probe(node: Node): Promise<void> {
		const { tasks, log, nodes, dissemination, silent } = this.#options;
		const startedAt = tasks.elapsed;
		const { name, address, port, incarnation } = node;
		if (await this.ping(name, address, port)) return;
		const helpers = nodes.others((each) => each.state === 'alive' && each !== node).slice(0, indirectProbes);
		const left = Math.max(1, startedAt + 2 * probeInterval - tasks.elapsed);
		const asked = await Promise.all(
			helpers.map((helper) =>
				dissemination.send(helper, { kind: 'indirect-ping', to: name, address, port }, left),
			),
		);
		if (asked.some((answer) => answer?.kind === 'ack') || this.#stopped) return;
		// Without helpers, the rest of the interval is waited for an answer that is late.
		if (tasks.elapsed < startedAt + probeInterval)
			await tasks.sleep(startedAt + probeInterval - tasks.elapsed);
		const unheard = helpers.length === 0 ? '' : ` (no acks from ${helpers.length} indirect probes)`;
		log.info(`memberlist: Suspect ${name} has failed, no acks received${unheard}`);
		silent(name, incarnation);
	}
}
