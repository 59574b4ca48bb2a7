// What has come from a client and waits for a process to take it.

/** Values in the order of `push`, until `end`; read by one reader. */
export interface Queue<T> extends AsyncIterable<T> {
	push(value: T): void;
	/** No more will come; what waits is still read. */
	end(): void;
	/** The sum of what waits, by the measure given. */
	readonly size: number;
}

/** `measure` says how much a value counts; `drained` is called when the last waiting value has been taken. */
export function createQueue<T>(options: { measure: (value: T) => number; drained: () => void }): Queue<T> {
	const waiting: T[] = [];
	let size = 0;
	let ended = false;
	let wake = () => {};
	return {
		push(value) {
			if (ended) return;
			waiting.push(value);
			size += options.measure(value);
			wake();
		},
		end() {
			ended = true;
			wake();
		},
		get size() {
			return size;
		},
		async *[Symbol.asyncIterator]() {
			for (;;) {
				const value = waiting.shift();
				if (value !== undefined) {
					size -= options.measure(value);
					if (waiting.length === 0) options.drained();
					yield value;
				} else if (ended) return;
				else
					await new Promise<void>((resolve) => {
						wake = resolve;
					});
			}
		},
	};
}
