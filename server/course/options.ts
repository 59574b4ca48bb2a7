// The command line of `npm run course`.

import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { LabKind } from '../protocol.ts';

export const usage = `Usage: npm run course -- [CHAPTER…] [options]

Runs every exercise of the chapters (all of them unless named) as a learner's clicks would, in a real shell,
and checks every hint. Exit code 0 only if all pass.

  --lab embedded|kubeconfig|none   the cluster to run on (default: embedded)
  --kubeconfig FILE                with --lab kubeconfig: its kubeconfig
  --context NAME                   with --lab kubeconfig: the context in it
  --pace real|fast                 with --lab embedded: whether waits last as on real nodes (default: real)
  --content DIR                    the course (default: content)
  --report FILE                    where to write a report (JSON)
  --help                           this text`;

export interface CourseOptions {
	/** Slugs; empty for all. */
	chapters: string[];
	lab: LabKind;
	kubeconfig?: string;
	context?: string;
	pace: 'real' | 'fast';
	/** Absolute, as `kubeconfig` and `report` are. */
	content?: string;
	report?: string;
}

/** A mistake in the command line, said in one line. */
export class UsageError extends Error {}

function oneOf<T extends string>(flag: string, text: string, choices: readonly T[]): T {
	const choice = choices.find((choice) => choice === text);
	if (!choice) throw new UsageError(`--${flag} is ${choices.join(', ')}; not '${text}'`);
	return choice;
}

/** Reads the command line; 'help' where it asks for it. Throws a UsageError. */
export function readOptions(args: readonly string[]): CourseOptions | 'help' {
	const text = { type: 'string' } as const;
	let parsed: { values: { [flag: string]: string | boolean | undefined }; positionals: string[] };
	try {
		parsed = parseArgs({
			args: [...args],
			allowPositionals: true,
			options: {
				lab: text,
				kubeconfig: text,
				context: text,
				pace: text,
				content: text,
				report: text,
				help: { type: 'boolean', short: 'h' },
			},
		});
	} catch (error) {
		throw new UsageError((error as Error).message);
	}
	const { values, positionals } = parsed;
	if (values.help) return 'help';
	const value = (flag: string) => values[flag] as string | undefined;
	const lab = oneOf('lab', value('lab') ?? 'embedded', ['embedded', 'kubeconfig', 'none']);
	for (const flag of ['kubeconfig', 'context'])
		if (value(flag) !== undefined && lab !== 'kubeconfig')
			throw new UsageError(`--${flag} goes with --lab kubeconfig`);
	const path = (flag: string) => {
		const given = value(flag);
		return given === undefined ? undefined : resolve(given);
	};
	return {
		chapters: positionals,
		lab,
		kubeconfig: path('kubeconfig'),
		context: value('context'),
		pace: oneOf('pace', value('pace') ?? 'real', ['real', 'fast']),
		content: path('content'),
		report: path('report'),
	};
}
