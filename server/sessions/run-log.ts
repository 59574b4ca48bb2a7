// What a session has run, so that nothing is carried out twice and a page that comes back learns what it missed.
import type { RunInfo, ServerMessage, StepReference } from '../protocol.ts';
import { StepError } from './shell-terminal.ts';

/** Runs that are remembered. */
const longest = 500;

export class RunLog {
	readonly #tell: (message: ServerMessage) => void;
	/** By the page's id, in the order in which they started. */
	readonly #runs = new Map<string, RunInfo>();

	/** @param tell tells every page of the session. */
	constructor(tell: (message: ServerMessage) => void) {
		this.#tell = tell;
	}

	/** Forgets what has ended of a chapter that begins anew. */
	forget(slug: string): void {
		for (const [id, run] of this.#runs)
			if (run.chapter === slug && run.state !== 'running') this.#runs.delete(id);
	}

	/** A run that is known is not carried out again: whoever asks is told how it stands. */
	known(id: string): RunInfo | undefined {
		const run = this.#runs.get(id);
		if (run) this.#tell({ type: 'command', run });
		return run;
	}

	/**
	 * Records the run before anything is done, so that its id cannot start it twice. The action calls `started`
	 * before it carries anything out: what throws until then refuses the run, and what throws later fails it.
	 * Gives the run as it stands then.
	 */
	async once(
		id: string,
		reference: StepReference,
		action: (run: RunInfo, started: (change?: Partial<RunInfo>) => void) => Promise<void>,
	): Promise<RunInfo> {
		const known = this.known(id);
		if (known) return known;
		let started = false;
		const { chapter, exercise, step, digest } = reference;
		const run: RunInfo = { id, chapter, exercise, step, digest, state: 'running' };
		this.#runs.set(id, run);
		for (const [oldest, { state }] of this.#runs) {
			if (this.#runs.size <= longest) break;
			if (state !== 'running') this.#runs.delete(oldest);
		}
		try {
			await action(run, (change = {}) => {
				started = true;
				this.update(run, change);
			});
		} catch (error) {
			if (!started && !(error instanceof StepError)) {
				this.#runs.delete(id);
				throw error;
			}
			this.update(run, { state: 'failed', reason: (error as Error).message });
		}
		return run;
	}

	update(run: RunInfo, change: Partial<RunInfo>): void {
		Object.assign(run, change);
		this.#tell({ type: 'command', run });
	}

	/** Of each step and check the last run. */
	latest(): RunInfo[] {
		const latest = new Map<string, RunInfo>();
		for (const run of this.#runs.values()) {
			const key = JSON.stringify([run.chapter, run.exercise, run.step]);
			latest.delete(key);
			latest.set(key, run);
		}
		return [...latest.values()];
	}
}
