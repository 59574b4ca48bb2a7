// The exercise manifest (course.json): what the build writes, and what the server and the course runner run.
// Pure: no Node, no DOM. Types and names; `manifest.schema.ts` checks one that is read from a file.

/** Raised when a reader of the older format would misread the newer one. */
export const manifestFormat = 1;

/** The exercise by which a chapter removes what it has made, where it has one: its id. */
export const cleanUpExercise = 'clean-up';

/** What output must match: a literal text, or a regular expression as `new RegExp(source, flags)`. */
export type Pattern = { text: string } | { source: string; flags: string };

export interface SourcePosition {
	/** Relative to the content folder. */
	file: string;
	line: number;
}

/** A `bash` fence. */
export interface CommandStep {
	kind: 'command';
	/** SHA-256 of the step's kind, text and attributes, base64url, 16 characters. */
	digest: string;
	source: SourcePosition;
	/** What is typed, one or more lines, without a newline at the end. */
	command: string;
	terminal: string;
	/** Seconds. */
	timeout: number;
	exit: number;
	expect?: Pattern;
	wait?: Pattern;
	/** Keys sent when `wait` has matched, decoded: `^C` is "\x03". */
	then?: string;
	opens?: string;
	in?: string;
	capture?: { variable: string; pattern: Pattern };
	open?: string;
	only?: 'embedded' | 'kubeconfig';
	/** A container image that the step needs: where a cluster cannot pull it, the step is skipped. */
	image?: string;
	hidden: boolean;
	optional: boolean;
}

/** A fence with `file=`: an editable field, saved into the working folder. */
export interface FileStep {
	kind: 'file';
	digest: string;
	source: SourcePosition;
	/** Relative to the working folder; never leaves it. */
	file: string;
	/** What the field starts with, `???` for blanks. */
	content: string;
	language: string;
	/** What the exercise's solution saves instead. */
	solution?: string;
}

export type Step = CommandStep | FileStep;

export interface Exercise {
	/** Unique in its chapter, among checks as well. */
	id: string;
	title: string;
	/** Of its steps and of all that is done before it in the chapter: what catching up with it replays. */
	digest: string;
	/** The slide it stands on. */
	slide: string;
	extra: boolean;
	steps: Step[];
}

export interface Check {
	id: string;
	title: string;
	/** The exercise that it judges. */
	for: string;
	/** Of all its steps. */
	digest: string;
	/** Passes before its exercise as well. */
	afterOnly: boolean;
	steps: CommandStep[];
}

export interface Slide {
	/** Its heading's slug. */
	id: string;
	title: string;
	/** How many increments it has: 1 where there is no `--`. */
	increments: number;
	extra: boolean;
}

export interface Chapter {
	slug: string;
	title: string;
	minutes: number;
	objectives: string[];
	/** `images`: container images that the chapter needs: where a cluster cannot pull them, it is skipped. */
	lab: { nodes: number; images?: string[] };
	/** Hidden fences outside any exercise, in order: run when the chapter's lab is made. */
	setup: CommandStep[];
	slides: Slide[];
	exercises: Exercise[];
	checks: Check[];
	/** The chapter's `lab/` files: path in the working folder → text. */
	files: Record<string, string>;
}

export interface CourseManifest {
	format: typeof manifestFormat;
	title: string;
	chapters: Chapter[];
}
