// A chapter's tree → its part of the manifest, and which node is which of it. The site renders the same reading.
import type { Code, Nodes, Parent, Root, RootContent } from 'mdast';
import type { ContainerDirective } from 'mdast-util-directive';
import { readCommandStep } from './command-step.ts';
import { checkDigest, exerciseDigest, stepDigest } from './digest.ts';
import { checkDirective, idOf, titleOf } from './directives.ts';
import { attributeOf } from './fence.ts';
import { readFileStep } from './file-step.ts';
import type { Chapter, Check, CommandStep, Exercise, FileStep, Step } from './manifest.ts';
import { checkTerminals } from './nested-shells.ts';
import { readSlides, type SlideContent } from './slides.ts';
import type { Source } from './source.ts';

/** What a chapter's nodes are. Nodes are found by identity: a transformation may move them, not copy them. */
export interface ChapterReading {
	slides: SlideContent[];
	setup: CommandStep[];
	exercises: Exercise[];
	checks: Check[];
	exerciseOf: Map<ContainerDirective, Exercise>;
	checkOf: Map<ContainerDirective, Check>;
	/** A hint or solution → the id of its exercise. */
	aidFor: Map<ContainerDirective, string>;
	/** A fence → the step it is. */
	stepOf: Map<Code, { exercise: Exercise; index: number; step: Step }>;
	/** A solution's `file=` fence → what it saves. */
	solutionOf: Map<Code, FileStep>;
	/** Fences that are run but not shown: the setup's and the checks'. */
	unshown: Set<Code>;
}

/** Where in a chapter a node stands. */
interface Context {
	slide: string;
	extra: boolean;
	/** The directives around it, the innermost last. */
	around: ContainerDirective[];
	exercise?: Exercise;
	check?: Check;
	solution?: ContainerDirective;
}

/**
 * Reads a chapter's tree (of remark with directives; frontmatter taken out).
 * `files` are its own files, path in its folder → text. Throws a SourceError for the first thing that is wrong.
 */
export async function readChapter(
	tree: Root,
	source: Source,
	files: Readonly<Record<string, string>>,
): Promise<ChapterReading> {
	const reader = new ChapterReader(source, files);
	return reader.read(tree);
}

/** The chapter's part of the manifest: what was read, with its frontmatter. */
export function chapterOf(
	reading: ChapterReading,
	about: Pick<Chapter, 'slug' | 'title' | 'minutes' | 'objectives' | 'lab' | 'files'>,
): Chapter {
	const { slug, title, minutes, objectives, lab, files } = about;
	const slides = reading.slides.map(({ id, title, increments, extra }) => ({ id, title, increments, extra }));
	const { setup, exercises, checks } = reading;
	return { slug, title, minutes, objectives, lab, setup, slides, exercises, checks, files };
}

class ChapterReader {
	readonly #source: Source;
	readonly #files: Readonly<Record<string, string>>;
	readonly #ids = new Map<string, ContainerDirective>();
	/** References that may point forward, checked when everything is read. */
	readonly #references: { from: ContainerDirective; to: string }[] = [];
	readonly #reading: ChapterReading = {
		slides: [],
		setup: [],
		exercises: [],
		checks: [],
		exerciseOf: new Map(),
		checkOf: new Map(),
		aidFor: new Map(),
		stepOf: new Map(),
		solutionOf: new Map(),
		unshown: new Set(),
	};

	constructor(source: Source, files: Readonly<Record<string, string>>) {
		this.#source = source;
		this.#files = files;
	}

	async read(tree: Root): Promise<ChapterReading> {
		const reading = this.#reading;
		this.#checkDirectives(tree);
		reading.slides = readSlides(tree, this.#source);
		for (const { id, extra, parts } of reading.slides) {
			for (const node of parts.flat()) this.#visit(node, { slide: id, extra, around: [] });
		}
		for (const { from, to } of this.#references) {
			if (reading.exercises.some((exercise) => exercise.id === to)) continue;
			const known = reading.exercises.map((exercise) => exercise.id).join(', ') || 'none';
			throw this.#source.error(
				from,
				`\`:::${from.name}\` is for the exercise “${to}”, which is not there.`,
				`Name one of: ${known}.`,
			);
		}
		this.#applySolutions();
		checkTerminals(reading, this.#source);
		for (const step of [...reading.setup, ...reading.exercises.flatMap(({ steps }) => steps)]) {
			step.digest = await stepDigest(step);
		}
		let before = await exerciseDigest('', reading.setup);
		for (const exercise of reading.exercises) {
			exercise.digest = await exerciseDigest(before, exercise.steps);
			before = exercise.digest;
		}
		for (const check of reading.checks) {
			for (const step of check.steps) step.digest = await stepDigest(step);
			check.digest = await checkDigest(check.steps);
		}
		return reading;
	}

	/** Directives first, wherever they stand: an unknown one may be why everything after it looks wrong. */
	#checkDirectives(node: Nodes): void {
		if (node.type === 'containerDirective') checkDirective(node, this.#source);
		if ('children' in node) for (const child of node.children) this.#checkDirectives(child);
	}

	#visit(node: RootContent, context: Context): void {
		if (node.type === 'code') this.#visitFence(node, context);
		else if (node.type === 'containerDirective') this.#visitDirective(node, context);
		else if ('children' in node) this.#visitChildren(node, context);
	}

	#visitChildren(node: Parent, context: Context): void {
		for (const child of node.children) this.#visit(child, context);
	}

	#visitDirective(directive: ContainerDirective, context: Context): void {
		const inner = { ...context, around: [...context.around, directive] };
		switch (directive.name) {
			case 'exercise':
				this.#visitExercise(directive, inner);
				break;
			case 'check':
				this.#visitCheck(directive, inner);
				break;
			case 'hint':
			case 'solution':
				this.#reading.aidFor.set(directive, this.#exerciseFor(directive, context));
				inner.exercise = undefined;
				inner.solution = directive.name === 'solution' ? directive : undefined;
				this.#visitChildren(directive, inner);
				break;
			case 'speaker':
				this.#visitChildren(directive, { ...inner, exercise: undefined });
				break;
			case 'extra':
				this.#visitChildren(directive, { ...inner, extra: true });
				break;
			default:
				this.#visitChildren(directive, inner);
		}
	}

	#visitExercise(directive: ContainerDirective, context: Context): void {
		const outer = context.around.slice(0, -1).find(({ name }) => name !== 'extra');
		if (outer) {
			throw this.#source.error(
				directive,
				`An exercise stands inside \`:::${outer.name}\` of line ${outer.position!.start.line}.`,
				'Close that first.',
			);
		}
		const title = titleOf(directive, 'Exercise');
		const id = idOf(directive, title);
		this.#claim(id, directive);
		const { slide, extra } = context;
		const exercise: Exercise = { id, title, digest: '', slide, extra, steps: [] };
		this.#reading.exercises.push(exercise);
		this.#reading.exerciseOf.set(directive, exercise);
		this.#visitChildren(directive, { ...context, exercise });
		if (exercise.steps.length === 0) {
			throw this.#source.error(
				directive,
				'The exercise has no step.',
				'Put a `bash` or a `file=` fence into it.',
			);
		}
	}

	#visitCheck(directive: ContainerDirective, context: Context): void {
		const exercise = this.#exerciseFor(directive, context);
		const title = titleOf(directive, 'Check');
		const id = directive.attributes?.id || this.#unclaimed(`check-${exercise}`);
		this.#claim(id, directive);
		const afterOnly = directive.attributes?.['after-only'] !== undefined;
		const check: Check = { id, title, for: exercise, digest: '', afterOnly, steps: [] };
		this.#reading.checks.push(check);
		this.#reading.checkOf.set(directive, check);
		this.#visitChildren(directive, { ...context, exercise: undefined, check });
		if (check.steps.length === 0) {
			throw this.#source.error(directive, 'The check has no command.', 'Put a `bash` fence into it.');
		}
	}

	#visitFence(code: Code, context: Context): void {
		const source = this.#source;
		const isFile = attributeOf(code, source, ['file', 'from']) !== undefined;
		const isBash = code.lang === 'bash';
		if (context.exercise && isFile) {
			this.#addStep(code, context.exercise, readFileStep(code, source, this.#files));
		} else if (context.exercise && isBash) {
			this.#addStep(code, context.exercise, readCommandStep(code, source));
		} else if (context.check && isBash && !isFile) {
			context.check.steps.push(readCommandStep(code, source, 'check'));
			this.#reading.unshown.add(code);
		} else if (context.solution && isFile) {
			this.#reading.solutionOf.set(code, readFileStep(code, source, this.#files));
		} else if (context.around.length === 0 && isBash && attributeOf(code, source, ['hidden'])) {
			this.#reading.setup.push(readCommandStep(code, source, 'setup'));
			this.#reading.unshown.add(code);
		} else {
			this.#refuseAttributes(code, context);
		}
	}

	#addStep(code: Code, exercise: Exercise, step: Step): void {
		this.#reading.stepOf.set(code, { exercise, index: exercise.steps.length, step });
		exercise.steps.push(step);
	}

	/** A fence that is only shown has no attributes of a step. */
	#refuseAttributes(code: Code, context: Context): void {
		const attribute = attributeOf(code, this.#source);
		if (attribute === undefined) return;
		throw this.#source.error(
			code,
			`\`${attribute}\` stands at a fence that is no step.`,
			context.exercise
				? 'A step is a `bash` fence, or one with `file=`.'
				: 'Put the fence into `:::exercise`, or take the attribute out.',
		);
	}

	/** `for=`, or the exercise around it, or the last one before it. */
	#exerciseFor(directive: ContainerDirective, context: Context): string {
		const named = directive.attributes?.for;
		if (named) {
			this.#references.push({ from: directive, to: named });
			return named;
		}
		const exercise = context.exercise ?? this.#reading.exercises.at(-1);
		if (exercise) return exercise.id;
		throw this.#source.error(
			directive,
			`\`:::${directive.name}\` stands before any exercise.`,
			'Put it behind its exercise, or name one: `{for=…}`.',
		);
	}

	#claim(id: string, directive: ContainerDirective): void {
		const earlier = this.#ids.get(id);
		if (earlier) {
			throw this.#source.error(
				directive,
				`The id “${id}” is used already, in line ${earlier.position!.start.line}.`,
				'Give one of them another: `{#…}`.',
			);
		}
		this.#ids.set(id, directive);
	}

	#unclaimed(id: string): string {
		let candidate = id;
		for (let number = 2; this.#ids.has(candidate); number++) candidate = `${id}-${number}`;
		return candidate;
	}

	/** What a solution saves goes into the file step that it solves. */
	#applySolutions(): void {
		const { aidFor, exercises, solutionOf } = this.#reading;
		for (const [directive, id] of aidFor) {
			if (directive.name !== 'solution') continue;
			const steps = exercises.find((exercise) => exercise.id === id)!.steps;
			for (const code of fencesIn(directive)) {
				const solution = solutionOf.get(code);
				if (!solution) continue;
				const solved = steps.filter(
					(step) => step.kind === 'file' && step.file === solution.file,
				) as FileStep[];
				if (solved.length === 0) {
					throw this.#source.error(
						code,
						`The exercise “${id}” has no file “${solution.file}” to edit.`,
						`Put a fence with \`file=${solution.file}\` into it, or mend the name.`,
					);
				}
				for (const step of solved) step.solution = solution.content;
			}
		}
	}
}

function fencesIn(node: Nodes): Code[] {
	if (node.type === 'code') return [node];
	return 'children' in node ? node.children.flatMap(fencesIn) : [];
}
