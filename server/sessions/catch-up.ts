// Catching up with an exercise: what comes before it in its chapter is done by the same engine that runs the
// course, in the session's own terminals, so that what shells know afterwards is what a learner's would.
import { randomUUID } from 'node:crypto';
import type { Chapter, Exercise, Step } from '../../src/course/manifest.ts';
import { commandOf, type Outcome, runExercise, type StepRunner } from '../course/exercise-run.ts';
import type { LabKind, RunInfo } from '../protocol.ts';
import type { Steps } from './steps.ts';

/** What is left where it stops. */
const asItIs = 'The lab stands as it was then: go on by hand, or reset it.';
const clusterAsItIs =
	'Your cluster stands as it was then. Resetting leaves it so: where something from before was in the way, remove that and start here again, or go on by hand.';

/** Ends a replay whose lab is gone. */
class Aborted extends Error {}

export class CatchUp {
	readonly chapter: Chapter;
	readonly exercise: Exercise;
	/** How many steps have ended. */
	done = 0;
	/** How many steps come before the exercise. */
	readonly total: number;
	readonly #before: Exercise[];
	#step: Step | undefined;

	constructor(chapter: Chapter, exercise: Exercise) {
		this.chapter = chapter;
		this.exercise = exercise;
		this.#before = chapter.exercises.slice(0, chapter.exercises.indexOf(exercise));
		const steps = this.#before.flatMap(({ steps }) => steps);
		this.total = steps.length;
		this.#step = steps[0];
	}

	/** What it does now, for people. */
	get message(): string {
		const doing = this.#step ? `: ${commandOf(this.#step).split('\n', 1)[0]}` : '';
		return `Catching up with “${this.exercise.title}”${doing}`;
	}

	/**
	 * Does what comes before the exercise. Gives why it has stopped before that was done, in a sentence.
	 * @param gone aborted when the lab is removed; then it stops at once.
	 * @param told after each step.
	 */
	async run(steps: Steps, lab: LabKind, gone: AbortSignal, told: () => void): Promise<string | undefined> {
		const runner: StepRunner = {
			run: (reference) => outcome(gone, () => steps.run(randomUUID(), reference, 'interrupt')),
			save: (reference, content) => outcome(gone, () => steps.save(randomUUID(), reference, content)),
		};
		const left = lab === 'kubeconfig' ? clusterAsItIs : asItIs;
		const all = this.#before.flatMap((exercise) => exercise.steps);
		try {
			for (const exercise of this.#before) {
				const report = await runExercise(this.chapter, exercise, { lab }, runner, () => {
					this.#step = all[++this.done];
					if (!gone.aborted) told();
				});
				const failed = report.steps.find(({ state }) => state === 'failed');
				if (failed) {
					const [command] = failed.command.split('\n', 1);
					return `Catching up stopped in “${exercise.title}” at \`${command}\`: ${failed.reason} ${left}`;
				}
			}
			return undefined;
		} catch (error) {
			if (error instanceof Aborted) return undefined;
			return `Catching up stopped: ${(error as Error).message} ${left}`;
		}
	}
}

/** Nothing more is run once the lab is gone: a run would make a new one. */
async function outcome(gone: AbortSignal, start: () => Promise<RunInfo>): Promise<Outcome> {
	if (gone.aborted) throw new Aborted();
	const { state, exitCode, durationMs, reason } = await start();
	if (gone.aborted) throw new Aborted();
	return { state: state === 'passed' ? 'passed' : 'failed', exitCode, durationMs, reason };
}
