// Where the text of a step comes from: the manifest of the build, never the page.
import { readFile, stat } from 'node:fs/promises';
import { ZodError, z } from 'zod';
import { manifestSchema } from '../../src/course/manifest.schema.ts';
import type { Chapter, Check, CourseManifest, Exercise, Step } from '../../src/course/manifest.ts';
import type { StepReference } from '../protocol.ts';

/** Gives the manifest as it is now. */
export type CourseSource = () => Promise<CourseManifest>;

/** A reference that the course does not know (any more); the code is the protocol's. */
export class StepReferenceError extends Error {
	readonly code: 'unknown-step' | 'old-digest';

	constructor(code: 'unknown-step' | 'old-digest', message: string) {
		super(message);
		this.code = code;
	}
}

function read(text: string, where: string): CourseManifest {
	try {
		return manifestSchema.parse(JSON.parse(text));
	} catch (error) {
		const what = error instanceof ZodError ? z.prettifyError(error) : (error as Error).message;
		throw new Error(
			`${where} is not a manifest that this server reads: ${what}. Build the site again (npm run build).`,
		);
	}
}

/** The build's course.json, read again when it has changed. */
export function courseFromFile(file: string): CourseSource {
	let known: { changed: number; manifest: CourseManifest } | undefined;
	return async () => {
		const changed = (await stat(file).catch(() => undefined))?.mtimeMs;
		if (changed === undefined) throw new Error(`${file} is missing. Build the site (npm run build).`);
		if (known?.changed !== changed) known = { changed, manifest: read(await readFile(file, 'utf8'), file) };
		return known.manifest;
	};
}

/** The manifest of a development server, which makes it anew when a chapter changes. */
export function courseFromUrl(url: string): CourseSource {
	return async () => {
		const response = await fetch(url);
		if (!response.ok)
			throw new Error(`${url} answers ${response.status}: ${(await response.text()).slice(0, 500)}`);
		return read(await response.text(), url);
	};
}

export class Course {
	readonly #source: CourseSource;

	constructor(source: CourseSource) {
		this.#source = source;
	}

	/** @throws StepReferenceError where there is no such chapter. */
	async chapter(slug: string): Promise<Chapter> {
		const { chapters } = await this.#source();
		const chapter = chapters.find((candidate) => candidate.slug === slug);
		if (!chapter)
			throw new StepReferenceError(
				'unknown-step',
				`The course has no chapter ${JSON.stringify(slug)}. Reload the page.`,
			);
		return chapter;
	}

	/** @throws StepReferenceError where there is no such step, or another version of it. */
	async step(reference: StepReference): Promise<{ chapter: Chapter; exercise: Exercise; step: Step }> {
		const chapter = await this.chapter(reference.chapter);
		const exercise = chapter.exercises.find((candidate) => candidate.id === reference.exercise);
		const step = exercise?.steps[reference.step];
		if (!exercise || !step) throw unknown(reference);
		if (step.digest !== reference.digest) throw changed(reference);
		return { chapter, exercise, step };
	}

	/** Likewise for an exercise as a whole, with what is done before it. */
	async exercise(reference: Omit<StepReference, 'step'>): Promise<{ chapter: Chapter; exercise: Exercise }> {
		const chapter = await this.chapter(reference.chapter);
		const exercise = chapter.exercises.find((candidate) => candidate.id === reference.exercise);
		if (!exercise) throw unknown(reference);
		if (exercise.digest !== reference.digest) throw changed(reference);
		return { chapter, exercise };
	}

	/** Likewise for a check. */
	async check(reference: Omit<StepReference, 'step'>): Promise<{ chapter: Chapter; check: Check }> {
		const chapter = await this.chapter(reference.chapter);
		const check = chapter.checks.find((candidate) => candidate.id === reference.exercise);
		if (!check) throw unknown(reference);
		if (check.digest !== reference.digest) throw changed(reference);
		return { chapter, check };
	}
}

function unknown(reference: Omit<StepReference, 'step'> & { step?: number }): StepReferenceError {
	const step = reference.step === undefined ? '' : `, step ${reference.step + 1}`;
	return new StepReferenceError(
		'unknown-step',
		`The course has no ${JSON.stringify(reference.exercise)}${step} in chapter ${reference.chapter}. Reload the page.`,
	);
}

function changed(reference: Omit<StepReference, 'step'>): StepReferenceError {
	return new StepReferenceError(
		'old-digest',
		`${JSON.stringify(reference.exercise)} has changed since this page was loaded. Reload the page.`,
	);
}
