/** A typed list of listeners per event. `Events` maps an event's name to what its listeners are given. */
export class Emitter<Events> {
	#listeners = new Map<keyof Events, Set<(value: never) => void>>();

	/** Calls `listener` at each event of that name; the answer takes it off again. */
	on<Name extends keyof Events>(name: Name, listener: (value: Events[Name]) => void): () => void {
		const listeners = this.#listeners.get(name) ?? new Set();
		this.#listeners.set(name, listeners);
		listeners.add(listener);
		return () => listeners.delete(listener);
	}

	protected emit<Name extends keyof Events>(name: Name, value: Events[Name]): void {
		for (const listener of [...(this.#listeners.get(name) ?? [])]) listener(value as never);
	}
}
