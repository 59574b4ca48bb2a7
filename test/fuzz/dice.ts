// Decisions of a random request.
import { pick, type Random } from '../../lab/random.ts';

export class Dice {
	readonly #random: Random;

	constructor(random: Random) {
		this.#random = random;
	}

	/** A whole number from 0 on. */
	below(limit: number): number {
		return Math.floor(this.#random() * limit);
	}

	chance(probability: number): boolean {
		return this.#random() < probability;
	}

	pick<T>(from: readonly T[]): T {
		return pick(this.#random, from);
	}
}
