// One exercise's steps in order: what the course runner does by a learner's clicks, and catching up by itself.
import type {
	Chapter,
	CommandStep,
	Exercise,
	FileStep,
	SourcePosition,
	Step,
} from '../../src/course/manifest.ts';
import type { LabKind, StepReference } from '../protocol.ts';
import { type ExerciseReport, type StepReport, stateOf } from './report.ts';

/** How a step or a check ended. */
export interface Outcome {
	state: 'passed' | 'failed';
	exitCode?: number;
	durationMs?: number;
	reason?: string;
	/** A check's output. */
	output?: string;
	/** What the step's terminal showed, where it failed. */
	screen?: string;
}

/** Carries out steps by reference. */
export interface StepRunner {
	run(reference: StepReference, step: CommandStep): Promise<Outcome>;
	save(reference: StepReference, content: string, step: FileStep): Promise<Outcome>;
}

/** What a step may find, or not. */
export interface Surroundings {
	lab: LabKind;
	/** Images that this lab cannot pull, and why. */
	missingImages?: ReadonlyMap<string, string>;
}

/** `chapters/web/index.mdx:12`. */
export const place = ({ file, line }: SourcePosition): string => `${file}:${line}`;

/** What is typed, or `save FILE`. */
export const commandOf = (step: Step): string => (step.kind === 'file' ? `save ${step.file}` : step.command);

/** The images that an exercise's steps say they need. */
export function imagesOfSteps({ steps }: Exercise): string[] {
	return steps.flatMap((step) => (step.kind === 'command' && step.image !== undefined ? [step.image] : []));
}

/** Why one of these images cannot be had; undefined where all can. */
export function reasonOfImages(
	images: readonly string[],
	{ missingImages }: Surroundings,
): string | undefined {
	const missing = images.find((image) => missingImages?.has(image));
	return missing && `the image ${missing} cannot be had here: ${missingImages?.get(missing)}`;
}

/** Why a step does not run here; undefined where it does. */
export function reasonToSkip(step: Step, surroundings: Surroundings): string | undefined {
	if (step.kind !== 'command') return undefined;
	if (step.only && step.only !== surroundings.lab)
		return `only=${step.only}, and the lab is ${surroundings.lab}`;
	return step.image === undefined ? undefined : reasonOfImages([step.image], surroundings);
}

/** Reports steps as skipped, for one reason. */
export function skippedSteps(steps: readonly Step[], reason: string): StepReport[] {
	return steps.map((step) => ({
		command: commandOf(step),
		state: 'skipped',
		reason,
		source: place(step.source),
	}));
}

async function runStep(
	reference: StepReference,
	step: Step,
	surroundings: Surroundings,
	runner: StepRunner,
): Promise<StepReport> {
	const about = { command: commandOf(step), source: place(step.source) };
	const skip = reasonToSkip(step, surroundings);
	if (skip) return { ...about, state: 'skipped', reason: skip };
	const outcome =
		step.kind === 'file'
			? await runner.save(reference, step.solution ?? step.content, step)
			: await runner.run(reference, step);
	if (step.kind === 'command' && step.optional && outcome.state === 'failed') {
		const reason = `optional, and it failed: ${outcome.reason}`;
		return { ...about, ...outcome, state: 'skipped', reason };
	}
	return { ...about, ...outcome };
}

/**
 * Runs an exercise's steps; after one has failed the others are skipped. A file step saves its solution, or what
 * its field starts with where it has none.
 * @param told each step as it ends.
 */
export async function runExercise(
	chapter: Chapter,
	exercise: Exercise,
	surroundings: Surroundings,
	runner: StepRunner,
	told: (report: StepReport, step: Step, index: number) => void,
): Promise<ExerciseReport> {
	const { id, title } = exercise;
	const steps: StepReport[] = [];
	for (const [index, step] of exercise.steps.entries()) {
		const reference = { chapter: chapter.slug, exercise: id, step: index, digest: step.digest };
		const report = steps.some(({ state }) => state === 'failed')
			? skippedSteps([step], 'a step before it failed')[0]
			: await runStep(reference, step, surroundings, runner);
		steps.push(report);
		told(report, step, index);
	}
	return { id, title, state: stateOf(steps), steps };
}
