import type { Store } from './store.ts';

/** Share of the time, and least milliseconds, before the end from which the time is said to be nearly over. */
const nearlyOver = { share: 0.1, least: 60_000 };

interface Kept {
	/** Milliseconds that ran before the last start. */
	before: number;
	/** When it was started last, in ms since the epoch; null while it stands. */
	since: number | null;
}

export type Pace = 'good' | 'nearly-over' | 'over';

/** The time that a talk has taken, against what it should take; goes on over a reload. */
export class TalkTimer {
	readonly plannedMs: number;
	#store: Store;
	#key: string;
	#kept: Kept;

	constructor(store: Store, chapter: string, minutes: number) {
		this.plannedMs = minutes * 60_000;
		this.#store = store;
		this.#key = `slidecar:timer:${chapter}`;
		this.#kept = this.#recall();
	}

	get running(): boolean {
		return this.#kept.since !== null;
	}

	elapsed(now: number): number {
		const { before, since } = this.#kept;
		return before + (since === null ? 0 : Math.max(0, now - since));
	}

	pace(now: number): Pace {
		const left = this.plannedMs - this.elapsed(now);
		if (left < 0) return 'over';
		return left <= Math.max(nearlyOver.least, this.plannedMs * nearlyOver.share) ? 'nearly-over' : 'good';
	}

	start(now: number): void {
		if (!this.running) this.#keep({ before: this.#kept.before, since: now });
	}

	pause(now: number): void {
		this.#keep({ before: this.elapsed(now), since: null });
	}

	/** Back to zero; goes on if it was running. */
	reset(now: number): void {
		this.#keep({ before: 0, since: this.running ? now : null });
	}

	#keep(kept: Kept): void {
		this.#kept = kept;
		this.#store.setItem(this.#key, JSON.stringify(kept));
	}

	#recall(): Kept {
		try {
			const { before, since } = JSON.parse(this.#store.getItem(this.#key) ?? '{}') as Partial<Kept>;
			return { before: Number(before) || 0, since: typeof since === 'number' ? since : null };
		} catch {
			return { before: 0, since: null };
		}
	}
}

/** `m:ss`, with hours where there are some. */
export function clockTime(milliseconds: number): string {
	const seconds = Math.floor(milliseconds / 1000);
	const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
	const tail = String(seconds % 60).padStart(2, '0');
	return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}

/** What is left, in words that do not need their colour. */
export function timeLeftInWords(timer: TalkTimer, now: number): string {
	const left = timer.plannedMs - timer.elapsed(now);
	const words = { good: 'left', 'nearly-over': 'left, nearly over', over: 'over time' };
	// Whole seconds, so that elapsed and left add up.
	return `${clockTime(Math.abs(Math.ceil(left / 1000) * 1000))} ${words[timer.pace(now)]}`;
}
