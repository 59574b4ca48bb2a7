// One chapter from its first exercise to its last, as a learner's clicks would do it, by the rules of the
// course test: every step passes; a check fails before its exercise (unless it is `after-only`) and passes after.

import type { Chapter, Check, CommandStep, Exercise } from '../../src/course/manifest.ts';
import {
	imagesOfSteps,
	place,
	reasonOfImages,
	reasonToSkip,
	runExercise,
	type Surroundings,
	skippedSteps,
} from './exercise-run.ts';
import type { Learner } from './learner.ts';
import {
	type ChapterReport,
	type CheckReport,
	type ExerciseReport,
	type State,
	type StepReport,
	stateOf,
} from './report.ts';

/** Told of everything as it happens. */
export interface Progress {
	chapter(chapter: Chapter): void;
	exercise(exercise: Exercise): void;
	step(report: StepReport): void;
	check(report: CheckReport, check: Check): void;
	/** The chapter is not run here, and why. */
	skipped(reason: string): void;
	/** The chapter could not be begun. */
	problem(message: string): void;
}

/** @param learner a new one, who has not touched the chapter yet. */
export async function runChapter(
	chapter: Chapter,
	surroundings: Surroundings,
	learner: Learner,
	progress: Progress,
): Promise<ChapterReport> {
	const started = performance.now();
	const exercises: ExerciseReport[] = [];
	const checks: CheckReport[] = [];
	progress.chapter(chapter);
	const end = (reason?: string): ChapterReport => {
		const state: State = reason ? 'failed' : stateOf([...exercises, ...checks]);
		const { slug, title } = chapter;
		const durationMs = Math.round(performance.now() - started);
		return { slug, title, state, durationMs, ...(reason && { reason }), exercises, checks };
	};

	const runCheck = async (
		check: Check,
		when: 'before' | 'after',
		unmet: string | undefined,
	): Promise<void> => {
		const { id, digest } = check;
		const source = place(check.steps[0].source);
		const about = { id, for: check.for, when, source };
		const steps = check.steps.filter((step) => !reasonToSkip(step, surroundings));
		const reason = unmet ?? (steps.length === 0 ? reasonToSkip(check.steps[0], surroundings) : undefined);
		if (reason !== undefined) {
			checks.push({ ...about, state: 'skipped', reason });
		} else {
			const timeout = steps.reduce((seconds, step) => seconds + step.timeout, 0);
			const outcome = await learner.check({ chapter: chapter.slug, exercise: id, digest }, timeout);
			checks.push(judge(about, outcome));
		}
		progress.check(checks[checks.length - 1], check);
	};

	const unmet = reasonOfImages(chapter.lab.images ?? [], surroundings);
	if (unmet !== undefined) {
		for (const { id, title, steps } of chapter.exercises)
			exercises.push({ id, title, state: 'skipped', steps: skippedSteps(steps, unmet) });
		progress.skipped(unmet);
		return end();
	}

	try {
		await learner.start(chapter.slug, setupSeconds(chapter.setup));
		for (const exercise of chapter.exercises) {
			progress.exercise(exercise);
			const own = chapter.checks.filter((check) => check.for === exercise.id);
			const unmet = reasonOfImages(imagesOfSteps(exercise), surroundings);
			for (const check of own) if (!check.afterOnly) await runCheck(check, 'before', unmet);
			const told = (report: StepReport) => progress.step(report);
			const report = await runExercise(chapter, exercise, surroundings, learner, told);
			exercises.push(report);
			if (report.state === 'failed')
				return end(`the exercise ${exercise.id} failed: what follows builds on it`);
			for (const check of own) await runCheck(check, 'after', unmet);
		}
		return end();
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		progress.problem(reason);
		return end(reason);
	}
}

/** How long the server may take for the lab and the setup's commands, in seconds. */
function setupSeconds(setup: readonly CommandStep[]): number {
	return setup.reduce((seconds, step) => seconds + step.timeout, 60);
}

/** A check that does before its exercise what it must do after it judges nothing. */
function judge(
	about: Pick<CheckReport, 'id' | 'for' | 'when' | 'source'>,
	outcome: { state: 'passed' | 'failed'; durationMs?: number; reason?: string; output?: string },
): CheckReport {
	const { durationMs, output } = outcome;
	const wanted = about.when === 'before' ? 'failed' : 'passed';
	if (outcome.state === wanted) return { ...about, state: 'passed', durationMs };
	const reason =
		about.when === 'before'
			? `it passes before the exercise ${about.for} has been done: make it stricter, or say {after-only}`
			: outcome.reason;
	return { ...about, state: 'failed', durationMs, reason, output };
}
