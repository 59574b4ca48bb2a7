// One chapter from its first exercise to its last, as a learner's clicks would do it, by the rules of the
// course test: every step passes; a check fails before its exercise (unless it is `after-only`) and passes after.

import type {
	Chapter,
	Check,
	CommandStep,
	Exercise,
	SourcePosition,
	Step,
} from '../../src/course/manifest.ts';
import type { LabKind } from '../protocol.ts';
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
	/** The chapter could not be begun. */
	problem(message: string): void;
}

const place = ({ file, line }: SourcePosition) => `${file}:${line}`;
const commandOf = (step: Step) => (step.kind === 'file' ? `save ${step.file}` : step.command);

/** Why a step does not run on this lab; undefined where it does. */
function reasonToSkip(step: Step, lab: LabKind): string | undefined {
	if (step.kind === 'command' && step.only && step.only !== lab)
		return `only=${step.only}, and the lab is ${lab}`;
	return undefined;
}

/** @param learner a new one, who has not touched the chapter yet. */
export async function runChapter(
	chapter: Chapter,
	lab: LabKind,
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

	const runStep = async (exercise: Exercise, step: Step, index: number): Promise<StepReport> => {
		const about = { command: commandOf(step), source: place(step.source) };
		const skip = reasonToSkip(step, lab);
		if (skip) return { ...about, state: 'skipped', reason: skip };
		const reference = {
			chapter: chapter.slug,
			exercise: exercise.id,
			step: index,
			digest: step.digest,
		};
		const outcome =
			step.kind === 'file'
				? await learner.save(reference, step.solution ?? step.content)
				: await learner.run(reference, step);
		if (step.kind === 'command' && step.optional && outcome.state === 'failed') {
			const reason = `optional, and it failed: ${outcome.reason}`;
			return { ...about, ...outcome, state: 'skipped', reason };
		}
		return { ...about, ...outcome };
	};

	const runCheck = async (check: Check, when: 'before' | 'after'): Promise<void> => {
		const { id, digest } = check;
		const source = place(check.steps[0].source);
		const about = { id, for: check.for, when, source };
		const steps = check.steps.filter((step) => !reasonToSkip(step, lab));
		if (steps.length === 0) {
			const reason = reasonToSkip(check.steps[0], lab);
			checks.push({ ...about, state: 'skipped', reason });
		} else {
			const timeout = steps.reduce((seconds, step) => seconds + step.timeout, 0);
			const outcome = await learner.check({ chapter: chapter.slug, exercise: id, digest }, timeout);
			checks.push(judge(about, outcome));
		}
		progress.check(checks[checks.length - 1], check);
	};

	try {
		await learner.start(chapter.slug, setupSeconds(chapter.setup));
		for (const exercise of chapter.exercises) {
			progress.exercise(exercise);
			const own = chapter.checks.filter((check) => check.for === exercise.id);
			for (const check of own) if (!check.afterOnly) await runCheck(check, 'before');
			const steps: StepReport[] = [];
			for (const [index, step] of exercise.steps.entries()) {
				const failed = steps.find(({ state }) => state === 'failed');
				if (failed) {
					const reason = 'a step before it failed';
					steps.push({ command: commandOf(step), state: 'skipped', reason, source: place(step.source) });
				} else steps.push(await runStep(exercise, step, index));
				progress.step(steps[steps.length - 1]);
			}
			exercises.push({ id: exercise.id, title: exercise.title, state: stateOf(steps), steps });
			if (stateOf(steps) === 'failed')
				return end(`the exercise ${exercise.id} failed: what follows builds on it`);
			for (const check of own) await runCheck(check, 'after');
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
