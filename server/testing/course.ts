// A course for the server's tests, made in memory.
import {
	type Chapter,
	type CommandStep,
	type CourseManifest,
	type FileStep,
	manifestFormat,
	type Step,
} from '../../src/course/manifest.ts';

const source = { file: 'chapters/test/index.mdx', line: 1 };

/** A command step with the defaults of a fence without attributes, and a short timeout. */
export function command(text: string, hints: Partial<CommandStep> = {}): CommandStep {
	return {
		kind: 'command',
		digest: `digest of ${text}`.slice(0, 40),
		source,
		command: text,
		terminal: 'main',
		timeout: 10,
		exit: 0,
		hidden: false,
		optional: false,
		...hints,
	};
}

export function file(path: string, content = ''): FileStep {
	return { kind: 'file', digest: `digest of ${path}`, source, file: path, content, language: 'yaml' };
}

/** A chapter `test` whose exercises have the given steps. */
export function chapter(exercises: Record<string, Step[]>, more: Partial<Chapter> = {}): Chapter {
	return {
		slug: 'test',
		title: 'Test',
		minutes: 1,
		objectives: [],
		lab: { nodes: 1 },
		setup: [],
		slides: [],
		exercises: Object.entries(exercises).map(([id, steps]) => ({
			id,
			title: id,
			digest: `digest of ${id}`,
			slide: 'first',
			extra: false,
			steps,
		})),
		checks: [],
		files: { 'web.yaml': 'kind: Service\n' },
		...more,
	};
}

export function course(...chapters: Chapter[]): CourseManifest {
	return { format: manifestFormat, title: 'Test', chapters };
}
