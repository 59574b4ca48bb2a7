// The objects of one resource in one namespace, in order of name.
import type { KubernetesObject } from '../schema/types.ts';

export class SortedObjects {
	readonly #byName = new Map<string, KubernetesObject>();
	#sorted: KubernetesObject[] | undefined = [];

	get size(): number {
		return this.#byName.size;
	}

	get(name: string): KubernetesObject | undefined {
		return this.#byName.get(name);
	}

	/** Adds or replaces; gives what was there before. */
	set(name: string, object: KubernetesObject): KubernetesObject | undefined {
		const previous = this.#byName.get(name);
		this.#byName.set(name, object);
		this.#sorted = undefined;
		return previous;
	}

	delete(name: string): KubernetesObject | undefined {
		const previous = this.#byName.get(name);
		if (this.#byName.delete(name)) this.#sorted = undefined;
		return previous;
	}

	/** In order of name; sorted when first asked for after a change, so that writes stay cheap. */
	values(): readonly KubernetesObject[] {
		this.#sorted ??= [...this.#byName.keys()].sort().map((name) => this.#byName.get(name)!);
		return this.#sorted;
	}
}
