// Checks a course.json that is read from a file: it may be another version's, or no manifest at all.
import { z } from 'zod';
import { type CourseManifest, manifestFormat } from './manifest.ts';

const patternSchema = z.union([
	z.strictObject({ text: z.string() }),
	z.strictObject({ source: z.string(), flags: z.string() }),
]);
const positionSchema = z.object({ file: z.string(), line: z.number() });

const commandStepSchema = z.object({
	kind: z.literal('command'),
	digest: z.string(),
	source: positionSchema,
	command: z.string(),
	terminal: z.string(),
	timeout: z.number(),
	exit: z.number(),
	expect: patternSchema.optional(),
	wait: patternSchema.optional(),
	// biome-ignore lint/suspicious/noThenProperty: the manifest's name for it, and its value is no function
	then: z.string().optional(),
	opens: z.string().optional(),
	in: z.string().optional(),
	capture: z.object({ variable: z.string(), pattern: patternSchema }).optional(),
	open: z.string().optional(),
	only: z.enum(['embedded', 'kubeconfig']).optional(),
	image: z.string().optional(),
	hidden: z.boolean(),
	optional: z.boolean(),
});

const fileStepSchema = z.object({
	kind: z.literal('file'),
	digest: z.string(),
	source: positionSchema,
	file: z.string(),
	content: z.string(),
	language: z.string(),
	solution: z.string().optional(),
});

const exerciseSchema = z.object({
	id: z.string(),
	title: z.string(),
	digest: z.string(),
	slide: z.string(),
	extra: z.boolean(),
	steps: z.array(z.discriminatedUnion('kind', [commandStepSchema, fileStepSchema])),
});

const checkSchema = z.object({
	id: z.string(),
	title: z.string(),
	for: z.string(),
	digest: z.string(),
	afterOnly: z.boolean(),
	steps: z.array(commandStepSchema),
});

const slideSchema = z.object({
	id: z.string(),
	title: z.string(),
	increments: z.number(),
	extra: z.boolean(),
});

const chapterSchema = z.object({
	slug: z.string(),
	title: z.string(),
	minutes: z.number(),
	objectives: z.array(z.string()),
	lab: z.object({ nodes: z.number(), images: z.array(z.string()).optional() }),
	setup: z.array(commandStepSchema),
	slides: z.array(slideSchema),
	exercises: z.array(exerciseSchema),
	checks: z.array(checkSchema),
	files: z.record(z.string(), z.string()),
});

/** Parses a manifest, or throws a ZodError that says which field is wrong. */
export const manifestSchema: z.ZodType<CourseManifest> = z.object({
	format: z.literal(manifestFormat),
	title: z.string(),
	chapters: z.array(chapterSchema),
});
