// The members that are known, each by its name.
import { type Random, shuffle } from '../../../random.ts';
import type { MemberState, Tags } from './messages.ts';

export interface Node {
	name: string;
	address: string;
	port: number;
	tags: Tags;
	incarnation: number;
	state: MemberState;
	/** When its state was last another. */
	changedAt: number;
}

/** Whether a member has failed or left. */
export const isGone = ({ state }: Node): boolean => state === 'dead' || state === 'left';

export class Nodes {
	readonly #self: string;
	readonly #random: Random;
	readonly #byName = new Map<string, Node>();

	/** `self` is the name of the member that keeps the list. */
	constructor(self: string, random: Random) {
		this.#self = self;
		this.#random = random;
	}

	get size(): number {
		return this.#byName.size;
	}

	get all(): Node[] {
		return [...this.#byName.values()];
	}

	get(name: string): Node | undefined {
		return this.#byName.get(name);
	}

	add(node: Node): void {
		this.#byName.set(node.name, node);
	}

	forget(name: string): void {
		this.#byName.delete(name);
	}

	/** The other members that are wanted, in random order. */
	others(wanted: (node: Node) => boolean): Node[] {
		return shuffle(
			this.#random,
			this.all.filter((node) => node.name !== this.#self && wanted(node)),
		);
	}
}
