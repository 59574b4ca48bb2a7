import { Emitter } from './emitter.ts';
import type { Store } from './store.ts';

/** What is remembered of a step. `running` is there so that a page that was reloaded meanwhile asks how it ended. */
export interface ProgressEntry {
	state: 'running' | 'passed' | 'failed';
	/** The run's id. */
	run: string;
	exitCode?: number;
	durationMs?: number;
	reason?: string;
}

type Slides = Record<string, Record<string, ProgressEntry>>;

/**
 * A chapter's progress, kept in the browser by slide and by step digest, so that an edited step is idle again
 * and an edited neighbour changes nothing. `changed` is told after each change, another tab's included.
 */
export class Progress extends Emitter<{ changed: undefined }> {
	readonly storageKey: string;
	#store: Store;

	constructor(store: Store, chapter: string) {
		super();
		this.#store = store;
		this.storageKey = `slidecar:progress:${chapter}`;
	}

	get(slide: string, step: string): ProgressEntry | undefined {
		return this.#read()[slide]?.[step];
	}

	/** Remembers an entry, or forgets it where it is undefined. */
	set(slide: string, step: string, entry: ProgressEntry | undefined): void {
		// Read anew each time: another tab may have written since.
		const slides = this.#read();
		const steps = { ...slides[slide] };
		if (entry) steps[step] = entry;
		else delete steps[step];
		this.#write({ ...slides, [slide]: steps });
	}

	clear(): void {
		this.#write({});
	}

	/** To be called when another tab has written `storageKey`. */
	changedElsewhere(): void {
		this.emit('changed', undefined);
	}

	#read(): Slides {
		try {
			return parseSlides(this.#store.getItem(this.storageKey));
		} catch {
			return {}; // Not JSON.
		}
	}

	#write(slides: Slides): void {
		this.#store.setItem(this.storageKey, JSON.stringify(slides));
		this.emit('changed', undefined);
	}
}

/** What is stored may be of an older version, or edited by hand: only what has the shape is taken. */
function parseSlides(text: string | null): Slides {
	const parsed: unknown = JSON.parse(text ?? '{}');
	if (!isRecord(parsed)) return {};
	const slides: Slides = {};
	for (const [slide, steps] of Object.entries(parsed)) {
		if (!isRecord(steps)) continue;
		slides[slide] = {};
		for (const [step, entry] of Object.entries(steps)) if (isEntry(entry)) slides[slide][step] = entry;
	}
	return slides;
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEntry(value: unknown): value is ProgressEntry {
	return (
		isRecord(value) &&
		['running', 'passed', 'failed'].includes(value.state as string) &&
		typeof value.run === 'string'
	);
}

export interface Tally {
	passed: number;
	failed: number;
	count: number;
}

/** How many of these steps have passed and failed. */
export function tally(states: readonly string[]): Tally {
	return {
		passed: states.filter((state) => state === 'passed').length,
		failed: states.filter((state) => state === 'failed').length,
		count: states.length,
	};
}
