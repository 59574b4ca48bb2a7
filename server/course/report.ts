// What a run of the course found, as `--report` writes it and as the table at the end shows it.

import type { LabKind } from '../protocol.ts';

/** Raised when a reader of the older format would misread the newer one. */
export const reportFormat = 1;

export type State = 'passed' | 'failed' | 'skipped';

export interface StepReport {
	/** What was typed, or `save FILE`. */
	command: string;
	state: State;
	exitCode?: number;
	durationMs?: number;
	/** Why it failed or was skipped. */
	reason?: string;
	/** What the terminal showed when it failed. */
	screen?: string;
	/** Where it is written: `chapters/web/index.mdx:12`. */
	source: string;
}

export interface CheckReport {
	id: string;
	for: string;
	/** Before its exercise it must fail, and after it pass; `state` says whether it did as it must. */
	when: 'before' | 'after';
	state: State;
	durationMs?: number;
	reason?: string;
	/** What it printed when it did otherwise. */
	output?: string;
	source: string;
}

export interface ExerciseReport {
	id: string;
	title: string;
	state: State;
	steps: StepReport[];
}

export interface ChapterReport {
	slug: string;
	title: string;
	state: State;
	durationMs: number;
	/** Why the chapter could not be run at all, or to its end. */
	reason?: string;
	exercises: ExerciseReport[];
	checks: CheckReport[];
}

export interface CourseReport {
	format: typeof reportFormat;
	lab: LabKind;
	chapters: ChapterReport[];
}

/** Failed where one failed, passed where one passed and none failed, else skipped. */
export function stateOf(parts: readonly { state: State }[]): State {
	if (parts.some(({ state }) => state === 'failed')) return 'failed';
	return parts.length === 0 || parts.some(({ state }) => state === 'passed') ? 'passed' : 'skipped';
}

const count = (parts: readonly { state: State }[], state: State) =>
	parts.filter((part) => part.state === state).length;

/** What a cluster of the user's own is left with, and the mend; undefined where nothing is. */
export function leftInCluster({ lab, chapters }: CourseReport): string | undefined {
	const stopped = chapters.filter(({ state, exercises }) => state === 'failed' && exercises.length > 0);
	if (lab !== 'kubeconfig' || stopped.length === 0) return undefined;
	const slugs = stopped.map(({ slug }) => slug).join(', ');
	return `Not run to the end: ${slugs}. What was made in your cluster is still there, and is in the way of the next run: remove it as the chapter's last exercises do.`;
}

/** The report as lines of a table: one row a chapter, and the sum. */
export function table(report: CourseReport): string {
	const rows = report.chapters.map((chapter) => {
		const steps = chapter.exercises.flatMap((exercise) => exercise.steps);
		return {
			chapter: chapter.slug,
			state: chapter.state,
			numbers: [
				count(steps, 'passed'),
				count(steps, 'failed'),
				count(steps, 'skipped'),
				count(chapter.checks, 'passed'),
				count(chapter.checks, 'failed'),
			],
			seconds: chapter.durationMs / 1000,
		};
	});
	const sum = {
		chapter: 'all',
		state: stateOf(report.chapters),
		numbers: [0, 1, 2, 3, 4].map((column) => rows.reduce((total, row) => total + row.numbers[column], 0)),
		seconds: rows.reduce((total, row) => total + row.seconds, 0),
	};
	const head = [
		'chapter',
		'state',
		'steps passed',
		'failed',
		'skipped',
		'checks passed',
		'failed',
		'seconds',
	];
	const cells = [...rows, ...(rows.length > 1 ? [sum] : [])].map((row) => [
		row.chapter,
		row.state,
		...row.numbers.map(String),
		row.seconds.toFixed(1),
	]);
	const widths = head.map((title, column) =>
		Math.max(title.length, ...cells.map((row) => row[column].length)),
	);
	const line = (row: string[]) =>
		row
			.map((cell, column) => (column < 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
			.join('  ');
	return [head, ...cells].map(line).join('\n');
}
